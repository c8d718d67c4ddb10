"""Articles as rows: the searchable parts in columns, the rest as JSON in `detail`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from aggregator.filters import fold, searched_text
from aggregator.schema import Article, Identity, replace
from aggregator.store.tables import article, article_source, article_story, source

_NO_IDENTITY = Identity(key="")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Article).decode
COLUMNS = (
    article.c.id,
    article.c.position,
    article.c.title,
    article.c.html,
    article.c.text,
    article.c.edited,
    article.c.detail,
)


def article_row(one: Article) -> dict[str, Any]:
    """The row of an article that has its id and position."""
    bare = replace(
        one,
        identity=_NO_IDENTITY,
        title="",
        html="",
        text="",
        sources=(),
        id=None,
        position=None,
        edited=None,
        story="",
    )
    return {
        "id": one.id,
        "position": one.position,
        "uid": one.uid,
        "url": one.url,
        "title": one.title,
        "published": one.published,
        "first_seen": one.first_seen,
        "edited": one.edited,
        "language": one.language,
        "html": one.html,
        "text": one.text,
        "detail": _encode(bare),
    }


def category_rows(one: Article) -> list[dict[str, Any]]:
    return [
        {"category": category.id, "name": category.name, "position": one.position, "article_id": one.id}
        for category in one.categories
    ]


def place_rows(one: Article) -> list[dict[str, Any]]:
    named = {
        (fold(mention.place.name), mention.place.country, mention.place.geonameid) for mention in one.mentions
    }
    return [
        {
            "article_id": one.id,
            "position": one.position,
            "name": name,
            "country": country,
            "geonameid": geonameid,
        }
        for name, country, geonameid in sorted(named, key=str)
    ]


def words_row(one: Article) -> dict[str, Any]:
    """What the full-text index holds of an article: folded words."""
    return {"position": one.position, "title": fold(one.title), "text": fold(searched_text(one))}


def articles_from(connection: sa.Connection, rows: Sequence[Any]) -> tuple[Article, ...]:
    """Articles of rows of COLUMNS, in the same order, with the sources that carry them."""
    ids = [row.id for row in rows]
    carriers, stories = sources_of(connection, ids), _stories_of(connection, ids)
    return tuple(
        replace(
            _decode(row.detail),
            title=row.title,
            html=row.html,
            text=row.text,
            id=row.id,
            position=row.position,
            edited=row.edited,
            sources=carriers.get(row.id, ()),
            story=stories.get(row.id, ""),
        )
        for row in rows
    )


def _stories_of(connection: sa.Connection, ids: Iterable[int]) -> Mapping[int, str]:
    """The story of each article, where it is told."""
    query = sa.select(article_story.c.article_id, article_story.c.story).where(
        article_story.c.article_id.in_(list(ids))
    )
    return {row.article_id: row.story for row in connection.execute(query)}


def sources_of(connection: sa.Connection, ids: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
    """Ids of the sources that carry each article, in the order they came to be known."""
    carriers: dict[int, tuple[str, ...]] = {}
    query = (
        sa.select(article_source.c.article_id, source.c.source_id)
        .join(source, source.c.n == article_source.c.source_n)
        .where(article_source.c.article_id.in_(list(ids)))
        .order_by(article_source.c.article_id, article_source.c.entry_n)
    )
    for article_id, source_id in connection.execute(query):
        carriers[article_id] = (*carriers.get(article_id, ()), source_id)
    return carriers
