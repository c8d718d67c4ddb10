"""JSON Feed 1.1 (jsonfeed.org/version/1.1), with categories and places in `_dateline`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from aggregator.publish.head import Head
from aggregator.publish.markup import UNKNOWN_TYPE, last_change, legal, rfc3339, scheme_of
from aggregator.schema import Article, Enclosure, Mention, Place

_EMPTY: tuple[object, ...] = ("", None, [])


def json_feed(articles: Iterable[Article], head: Head) -> bytes:
    """The articles, in the order given, as a JSON Feed 1.1 document."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": head.title,
        "home_page_url": head.page_url,
        "feed_url": head.url,
        "description": head.description,
        "language": head.language,
    }
    whole = _given(feed) | {"items": [_item(article) for article in articles]}
    return json.dumps(_legal(whole), ensure_ascii=False, separators=(",", ":")).encode()


def _item(article: Article) -> dict[str, Any]:
    item = {
        "url": article.url,
        "title": article.title,
        "summary": article.summary,
        "image": article.image,
        "date_published": rfc3339(article.published),
        "date_modified": rfc3339(last_change(article)) if article.updated or article.edited else "",
        "authors": [{"name": author} for author in article.authors],
        "tags": [category.name for category in article.categories],
        "language": article.language,
        "attachments": [_attachment(file) for file in article.enclosures],
        "_dateline": _given(
            {
                "dateline": article.dateline,
                "sources": list(article.sources),
                "categories": [
                    {"id": category.id, "name": category.name, "scheme": scheme_of(category)}
                    | {"score": category.score}
                    for category in article.categories
                ],
                "places": [_place(mention) for mention in _once(article.mentions)],
            }
        ),
    }
    words = {"content_html": article.html, "content_text": article.text}
    return {"id": article.uid} | words | _given(item)


def _attachment(file: Enclosure) -> dict[str, Any]:
    return {"url": file.url, "mime_type": file.type or UNKNOWN_TYPE} | _given({"size_in_bytes": file.length})


def _once(mentions: Iterable[Mention]) -> Iterable[Mention]:
    """Each place once, in the order of the article, with its surest mention."""
    best: dict[Place, Mention] = {}
    for one in mentions:
        if one.place not in best or one.score > best[one.place].score:
            best[one.place] = one
    return best.values()


def _place(mention: Mention) -> dict[str, Any]:
    place = mention.place
    return _given(
        {
            "name": place.name,
            "kind": place.kind,
            "country": place.country,
            "geonameid": place.geonameid,
            "lat": place.lat,
            "lon": place.lon,
            "role": mention.role,
            "score": mention.score,
        }
    )


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value not in _EMPTY}


def _legal(value: Any) -> Any:
    """The value, its texts without the characters that the XML formats drop as well."""
    match value:
        case str():
            return legal(value)
        case list():
            return [_legal(item) for item in value]
        case dict():
            return {name: _legal(item) for name, item in value.items()}
    return value
