"""Lists in which a story stands once, and lists in which an article stands once for each source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

import msgspec
import sqlalchemy as sa

from aggregator.filters import Filter, Keys, leaves, matches
from aggregator.schema import Article, Collapse, Entry, replace
from aggregator.store.asking import holds
from aggregator.store.keys import chunks
from aggregator.store.rows import articles_at, inflated
from aggregator.store.tables import article, article_source, article_story, entry, source
from aggregator.store.where import positions
from aggregator.urls import canonical_url

_decode = msgspec.json.Decoder(Entry).decode


def collapsed(
    connection: sa.Connection,
    where: Filter,
    collapse: Collapse,
    *,
    now: datetime,
    limit: int,
    before: int | None = None,
    after: int | None = None,
) -> tuple[Article, ...]:
    """The articles a filter finds, newest first (see `Reading.articles`)."""
    choose = _stories_once if collapse == "story" else positions
    found = choose(connection, where, now=now, limit=limit, before=before, after=after)
    articles = articles_at(connection, found if after is None else found[::-1])
    return _asked(apart(connection, articles), articles, where, now) if collapse == "none" else articles


def _asked(
    copies: tuple[Article, ...], articles: Sequence[Article], where: Filter, now: datetime
) -> tuple[Article, ...]:
    """Those copies whose own source the filter finds: one that asks for a source wants no other's."""
    if not any(isinstance(leaf, Keys) and leaf.kind == "source" for leaf in leaves(where)):
        return copies
    whole = {one.position: one for one in articles}
    return tuple(
        copy
        for copy in copies
        if matches(where, replace(whole[copy.position], sources=copy.sources), now=now)
    )


def _stories_once(
    connection: sa.Connection,
    where: Filter,
    *,
    now: datetime,
    limit: int,
    before: int | None = None,
    after: int | None = None,
) -> list[int]:
    """Positions as `where.positions` gives them, without those whose story has a newer article in the list."""
    chosen: list[int] = []
    start = before if after is None else after
    while len(chosen) < limit:
        page = positions(
            connection,
            where,
            now=now,
            limit=limit,
            before=start if after is None else before,
            after=None if after is None else start,
        )
        newer = _newer(connection, page)
        held = _held(connection, where, sorted({one for some in newer.values() for one in some}), now)
        chosen += [position for position in page if not held & newer.get(position, set())]
        if len(page) < limit:
            break
        start = page[-1]
    return chosen[:limit]


def _held(connection: sa.Connection, where: Filter, some: Sequence[int], now: datetime) -> set[int]:
    """Those of some positions whose articles the filter finds."""
    if not some:
        return set()
    asked = holds(connection, where, article.c.position, now=now)
    query = sa.select(article.c.position).where(article.c.position.in_(some), asked)
    return set(connection.execute(query).scalars())


def _newer(connection: sa.Connection, positions: Sequence[int]) -> dict[int, set[int]]:
    """For each position those of the newer articles of its story."""
    one, other = article_story.alias(), article_story.alias()
    newer: dict[int, set[int]] = {}
    for some in chunks(positions):
        query = (
            sa.select(one.c.position, other.c.position)
            .join(other, (other.c.story == one.c.story) & (other.c.position > one.c.position))
            .where(one.c.position.in_(some))
        )
        for position, another in connection.execute(query):
            newer.setdefault(position, set()).add(another)
    return newer


def apart(connection: sa.Connection, articles: Sequence[Article]) -> tuple[Article, ...]:
    """The articles, each as often as it has sources, with the link that the source gives it."""
    links: dict[tuple[int, str], str] = {}
    for some in chunks([one.id for one in articles if len(one.sources) > 1]):
        query = (
            sa.select(article_source.c.article_id, source.c.source_id, entry.c.raw)
            .join(source, source.c.n == article_source.c.source_n)
            .join(entry, entry.c.n == article_source.c.entry_n)
            .where(article_source.c.article_id.in_(some))
        )
        for article_id, source_id, raw in connection.execute(query):
            links[article_id, source_id] = canonical_url(_decode(inflated(raw)).link)
    return tuple(
        one
        if len(one.sources) < 2
        else replace(
            one,
            sources=(source_id,),
            url=links.get((one.id or 0, source_id)) or one.url,
            uid=one.uid if not number else uuid5(UUID(one.uid), source_id).urn,
        )
        for one in articles
        for number, source_id in enumerate(one.sources or ("",))
    )
