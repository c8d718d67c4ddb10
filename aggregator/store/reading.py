"""What readers ask of the store: lists, one article, counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from aggregator.filters import Filter, Kind, fold, spoken
from aggregator.schema import Article, Collapse
from aggregator.store.asking import holds
from aggregator.store.collapsing import collapsed
from aggregator.store.columns import from_ms
from aggregator.store.dialect import sentences
from aggregator.store.facets import Facets, counted
from aggregator.store.keys import numbers_of
from aggregator.store.rows import COLUMNS, articles_at, articles_from
from aggregator.store.tables import article, key, meta, revision
from aggregator.store.where import positions
from aggregator.store.words import ranked

RANKED = 1_000
"""The newest articles that are put in order of relevance: news are new."""
FACET_SPAN = 5_000
"""Articles that are counted: a bound on the time a page takes, whatever the database holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Earlier words of an article."""

    replaced_at: datetime
    title: str
    html: str


class Reading:
    """The reading side of the store."""

    engine: sa.Engine

    def articles(
        self,
        where: Filter,
        *,
        now: datetime,
        limit: int,
        before: int | None = None,
        after: int | None = None,
        collapse: Collapse = "article",
    ) -> tuple[Article, ...]:
        """The articles a filter finds, newest first.

        `before` and `after` are positions: the page just older, or just newer, than that one. `collapse` says
        what stands once: a `story` as the newest of its articles that the filter finds, an `article` whatever
        sources carry it, or (`none`) an article for each source, so that more than `limit` are returned.
        Raises StoreError.
        """
        with sentences(self.engine), self.engine.connect() as connection:
            return collapsed(connection, where, collapse, now=now, limit=limit, before=before, after=after)

    def relevant(
        self, where: Filter, *, now: datetime, limit: int, after: int | None = None
    ) -> tuple[Article, ...]:
        """Of the newest 1,000 articles a filter finds, those that answer best to its words; best first.

        `after` is the position of the last article of the page before. Raises StoreError.
        """
        with sentences(self.engine), self.engine.connect() as connection:
            found = ranked(connection, spoken(where), positions(connection, where, now=now, limit=RANKED))
            start = found.index(after) + 1 if after in found else 0
            return articles_at(connection, found[start : start + limit])

    def arrivals(self, where: Filter, *, now: datetime, limit: int, after: int = 0) -> tuple[Article, ...]:
        """The articles a filter finds that arrived after the one of that number, in the order of arrival.

        However late an article comes and whatever its date, who goes on from the last number misses none.
        Raises StoreError.
        """
        with sentences(self.engine), self.engine.connect() as connection:
            query = (
                sa.select(article.c.position)
                .where(article.c.id > after, holds(connection, where, article.c.position, now=now))
                .order_by(article.c.id)
                .limit(limit)
            )
            return articles_at(connection, list(connection.execute(query).scalars()))

    def article(self, id: int) -> Article | None:
        """One article, or None if there is no such number."""
        return self.by_id([id]).get(id)

    def by_id(self, ids: Sequence[int]) -> dict[int, Article]:
        with sentences(self.engine), self.engine.connect() as connection:
            rows = connection.execute(sa.select(*COLUMNS).where(article.c.id.in_(ids))).all()
            return {found.id: found for found in articles_from(connection, rows) if found.id is not None}

    def neighbours(self, uids: Sequence[str]) -> dict[str, Article]:
        """The stored articles among these uids."""
        with sentences(self.engine), self.engine.connect() as connection:
            rows = connection.execute(sa.select(*COLUMNS).where(article.c.uid.in_(uids))).all()
            return {found.uid: found for found in articles_from(connection, rows)}

    def revisions(self, id: int) -> tuple[Revision, ...]:
        """What the article said before, newest first."""
        query = (
            sa.select(revision.c.replaced_at, revision.c.title, revision.c.html)
            .where(revision.c.article_id == id)
            .order_by(revision.c.replaced_at.desc())
        )
        with sentences(self.engine), self.engine.connect() as connection:
            return tuple(Revision(**row._mapping) for row in connection.execute(query))

    def every_article(self, page: int = 500) -> Iterator[Article]:
        """All articles in the order they arrived, read a page at a time."""
        last = 0
        while True:
            query = sa.select(*COLUMNS).where(article.c.id > last).order_by(article.c.id).limit(page)
            with sentences(self.engine), self.engine.connect() as connection:
                found = articles_from(connection, connection.execute(query).all())
            yield from found
            if len(found) < page:
                return
            last = found[-1].id or 0

    def arrived_since(self, at: datetime) -> int | None:
        """The number of the first article that arrived then or later; None if there is none."""
        query = sa.select(sa.func.min(article.c.id)).where(article.c.first_seen >= at)
        with sentences(self.engine), self.engine.connect() as connection:
            found: int | None = connection.execute(query).scalar()
            return found

    def last_number(self) -> int:
        """The number of the article that arrived last; 0 if there is none."""
        with sentences(self.engine), self.engine.connect() as connection:
            return connection.execute(sa.select(sa.func.max(article.c.id))).scalar() or 0

    def count(self) -> int:
        """How many articles there are."""
        with sentences(self.engine), self.engine.connect() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(article)).scalar_one()

    def number(self, where: Filter, *, now: datetime, most: int) -> int:
        """How many articles a filter finds, counted as far as `most`."""
        with sentences(self.engine), self.engine.connect() as connection:
            return len(positions(connection, where, now=now, limit=most))

    def known_keys(self, kind: Kind, values: Sequence[str]) -> list[str]:
        """Those of the keys (see `filters.keys`) that some article had at some time."""
        with sentences(self.engine), self.engine.connect() as connection:
            return [value for _, value in numbers_of(connection, [(kind, value) for value in values])]

    def key_names(self, kind: Kind, values: Sequence[str]) -> dict[str, str]:
        """What people call the keys, by key; those that no article ever had are left out."""
        if not values:
            return {}
        query = sa.select(key.c.value, key.c.name).where(key.c.kind == kind, key.c.value.in_(values))
        with sentences(self.engine), self.engine.connect() as connection:
            return {row.value: row.name for row in connection.execute(query)}

    def named(self, kind: Kind, start: str, limit: int) -> list[tuple[str, str]]:
        """Keys of a kind, with their names, whose names begin so, whatever their accents; short names first."""
        query = (
            sa.select(key.c.value, key.c.name)
            .where(key.c.kind == kind, key.c.folded.startswith(fold(start), autoescape=True))
            .order_by(sa.func.length(key.c.name), key.c.name, key.c.value)
            .limit(limit)
        )
        with sentences(self.engine), self.engine.connect() as connection:
            return [(row.value, row.name) for row in connection.execute(query)]

    def facets(self, where: Filter, *, now: datetime) -> Facets:
        """How the newest 5,000 articles a filter finds divide among sources, categories and so on."""
        with sentences(self.engine), self.engine.connect() as connection:
            found = positions(connection, where, now=now, limit=FACET_SPAN)
            return counted(connection, found)

    def state(self) -> str:
        """A short token that changes whenever any article changes."""
        return f"{self._counter('state'):x}"

    def changed_at(self) -> datetime | None:
        """When any article last changed; None before the first."""
        value = self._counter("changed")
        return from_ms(value) if value else None

    def _counter(self, key: str) -> int:
        with sentences(self.engine), self.engine.connect() as connection:
            found = connection.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar()
            return found or 0
