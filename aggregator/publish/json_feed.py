"""JSON Feed 1.1 (jsonfeed.org/version/1.1), with categories and places in `_dateline`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from aggregator.publish.head import Head
from aggregator.publish.markup import (
    UNKNOWN_TYPE,
    addressed,
    feed_address,
    html_of,
    last_change,
    legal,
    main_place,
    rfc3339,
    scheme_of,
)
from aggregator.schema import Article, Enclosure, Mention, Place, Source, shown_categories

_EMPTY: tuple[object, ...] = ("", None, [], {})


def json_feed(articles: Iterable[Article], head: Head) -> bytes:
    """The articles, in the order given, as a JSON Feed 1.1 document."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": head.title,
        "home_page_url": head.page_url,
        "feed_url": head.url,
        "description": head.description,
        "language": head.language,
        "next_url": head.older,
        "hubs": [{"type": "WebSub", "url": hub} for hub in head.hubs],
        "_dateline": given({"archive": head.archive or None, "current": head.current}),
    }
    return encoded(given(feed) | {"items": [_item(article, head) for article in articles]})


def told(article: Article, *, target: str, page: str, sources: Iterable[Source]) -> bytes:
    """One article for a program that is told of it: the item of the JSON Feed, with its text and its page here."""
    head = Head(
        title="",
        url="",
        page_url="",
        description="",
        updated=article.first_seen,
        id="",
        content="text",
        sources={source.id: source for source in sources},
    )
    return encoded({"notify": target, "page": page, "item": _item(addressed(article), head)})


def encoded(value: Any) -> bytes:
    """JSON in UTF-8, its texts without the characters that the XML formats drop as well."""
    return json.dumps(_legal(value), ensure_ascii=False, separators=(",", ":")).encode()


def given(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value not in _EMPTY}


def understood(article: Article, head: Head) -> dict[str, Any]:
    """What Dateline adds to an article: where it came from, what and where it is about."""
    place = main_place(article)
    source = head.source_of(article)
    return given(
        {
            "dateline": article.dateline,
            "sources": list(article.sources),
            "source": source and _source(source),
            "categories": [
                {"id": category.id, "name": category.name, "scheme": scheme_of(category)}
                | {"score": category.score}
                for category in shown_categories(article)
            ],
            "place": place and _place(place),
            "places": [_mention(mention) for mention in _once(article.mentions)],
        }
    )


def _item(article: Article, head: Head) -> dict[str, Any]:
    item = {
        "url": article.url,
        "title": article.title,
        "summary": article.summary,
        "image": article.image,
        "date_published": rfc3339(article.published),
        "date_modified": rfc3339(last_change(article)) if article.updated or article.edited else "",
        "authors": [{"name": author} for author in article.authors],
        "tags": [category.name for category in shown_categories(article) if category.name],
        "language": article.language,
        "attachments": [_attachment(file) for file in article.enclosures],
        "_dateline": understood(article, head),
    }
    return {"id": article.uid} | _words(article, head) | given(item)


def _words(article: Article, head: Head) -> dict[str, str]:
    """An item must have a content, be it empty."""
    match head.content:
        case "full":
            return {"content_html": html_of(article), "content_text": article.text}
        case "text":
            return {"content_text": article.text or article.summary}
        case _:
            return {"content_text": article.summary}


def _attachment(file: Enclosure) -> dict[str, Any]:
    return {"url": file.url, "mime_type": file.type or UNKNOWN_TYPE} | given({"size_in_bytes": file.length})


def _source(source: Source) -> dict[str, Any]:
    return {"id": source.id, "title": source.title, "feed_url": feed_address(source)}


def _once(mentions: Iterable[Mention]) -> Iterable[Mention]:
    """Each place once, in the order of the article, with its surest mention."""
    best: dict[Place, Mention] = {}
    for one in mentions:
        if one.place not in best or one.score > best[one.place].score:
            best[one.place] = one
    return best.values()


def _mention(mention: Mention) -> dict[str, Any]:
    return _place(mention.place) | {"role": mention.role, "score": mention.score}


def _place(place: Place) -> dict[str, Any]:
    return given(
        {
            "name": place.name,
            "kind": place.kind,
            "country": place.country,
            "geonameid": place.geonameid,
            "lat": place.lat,
            "lon": place.lon,
        }
    )


def _legal(value: Any) -> Any:
    match value:
        case str():
            return legal(value)
        case list():
            return [_legal(item) for item in value]
        case dict():
            return {name: _legal(item) for name, item in value.items()}
    return value
