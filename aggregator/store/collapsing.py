"""Lists in which a story stands once, and lists in which an article stands once for each source."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from uuid import UUID, uuid5

import msgspec
import sqlalchemy as sa

from aggregator.schema import Article, Entry, replace
from aggregator.store.tables import article_source, article_story, entry, source
from aggregator.store.writing import chunks
from aggregator.urls import canonical_url

_decode = msgspec.json.Decoder(Entry).decode

Page = Callable[[int | None], Sequence[int]]
"""The positions that follow a position (None: from the start) in the order of a list."""
Holding = Callable[[Sequence[int]], set[int]]
"""Those of some positions whose articles the list holds."""


def once_a_story(connection: sa.Connection, page: Page, holding: Holding, start: int | None) -> Iterator[int]:
    """The positions of a list without those whose story has a newer article in the list."""
    while found := page(start):
        newer = _newer(connection, found)
        held = holding(sorted({position for some in newer.values() for position in some}))
        yield from (position for position in found if not held & newer.get(position, set()))
        start = found[-1]


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
            links[article_id, source_id] = canonical_url(_decode(zlib.decompress(raw)).link)
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
