"""What feeds ask of the store: lists in their orders, the pages of an archive, who carries what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from aggregator.filters import Filter
from aggregator.schema import Article, Collapse
from aggregator.store.asking import holds
from aggregator.store.collapsing import collapsed
from aggregator.store.columns import from_ms
from aggregator.store.dialect import among, at_once, sentences
from aggregator.store.rows import COLUMNS, articles_from, sources_of
from aggregator.store.tables import article, article_source, source
from aggregator.store.where import positions

Order = Literal["newest", "oldest", "arrived"]
"""By publication, the newest or the oldest first; or by arrival, the latest first."""
SPAN = 20_000
"""Articles looked through for a choice among many sources: a bound on the time a feed takes."""
_STRIDE = 500
_DAY = timedelta(days=1)


class Leaf(NamedTuple):
    """Which page of an archive: the day (UTC) its articles arrived on, and the number of the page, from 1."""

    day: date
    number: int
    upto: int | None = None
    """Of a page that was not full yet, how many articles of its day had arrived: so it stays as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePage:
    """The articles of one page of an archive, and the page before it."""

    articles: tuple[Article, ...]
    older: Leaf | None


class Feeding:
    """The side of the store that feeds read. Every method raises StoreError."""

    engine: sa.Engine

    def standing(self) -> tuple[str, datetime | None]:
        """A short token that changes whenever any article changes, and when that last was."""
        found = dict(at_once(self.engine, _STANDING))
        changed = found.get("changed")
        return f"{found.get('state', 0):x}", from_ms(changed) if changed else None

    def selection(
        self,
        where: Filter,
        *,
        now: datetime,
        order: Order,
        limit: int,
        per_source: int = 0,
        collapse: Collapse = "article",
    ) -> tuple[Article, ...]:
        """The first articles a filter finds; of one source no more than `per_source`, if that is given.

        `collapse` holds for the newest articles (see `Reading.articles`).
        An article several sources carry counts for the one that brought it. The newest 20,000 are looked at.
        """
        column = {
            "newest": article.c.position.desc(),
            "oldest": article.c.position,
            "arrived": article.c.id.desc(),
        }[order]
        with sentences(self.engine), self.engine.connect() as connection:
            if order == "newest" and not per_source:
                return collapsed(connection, where, collapse, now=now, limit=limit)
            found = holds(connection, where, article.c.position, now=now)
            query = sa.select(*COLUMNS).where(found).order_by(column).limit(limit)
            if per_source:
                chosen = _spread(connection, found, column, limit, per_source)
                query = sa.select(*COLUMNS).where(article.c.id.in_(chosen)).order_by(column)
            return articles_from(connection, connection.execute(query).all())

    def archive_page(
        self, where: Filter, leaf: Leaf, *, today: date, size: int, now: datetime
    ) -> ArchivePage | None:
        """The articles that arrived on one day, `size` a page in order of arrival; of today, full pages or `upto`.

        Newest publication first within a page. None if there is no such page.
        """
        since, until = _bounds(leaf.day)
        with sentences(self.engine), self.engine.connect() as connection:
            found = holds(connection, where, article.c.position, now=now)
            within = sa.and_(found, article.c.first_seen >= since, article.c.first_seen < until)
            numbers = sa.select(article.c.id).where(within).order_by(article.c.id)
            ids = connection.execute(numbers).scalars().all()
            end = leaf.number * size if leaf.upto is None else leaf.upto
            chosen = ids[(leaf.number - 1) * size : end]
            is_open = leaf.upto is not None or leaf.day >= today
            if not chosen or len(chosen) > size or (is_open and end > len(ids)):
                return None
            query = sa.select(*COLUMNS).where(article.c.id.in_(chosen)).order_by(article.c.position.desc())
            older = Leaf(leaf.day, leaf.number - 1) if leaf.number > 1 else None
            return ArchivePage(
                articles=articles_from(connection, connection.execute(query).all()),
                older=older or _last_leaf(connection, found, leaf.day, size),
            )

    def newest_leaf(self, where: Filter, *, today: date, size: int, now: datetime) -> Leaf | None:
        """The last page of the archive as it stands, today's articles included; None while there is none."""
        with sentences(self.engine), self.engine.connect() as connection:
            found = holds(connection, where, article.c.position, now=now)
            count = _count(connection, found, today)
            if count:
                return Leaf(today, -(-count // size), count if count % size else None)
            return _last_leaf(connection, found, today, size)

    def mark(self, where: Filter, *, now: datetime, limit: int) -> str:
        """A short token that changes when an article comes into the newest ones of a filter, goes or is edited."""
        with sentences(self.engine), self.engine.connect() as connection:
            newest = positions(connection, where, now=now, limit=limit)
            query = sa.select(article.c.id, article.c.edited).where(article.c.position.in_(newest))
            rows = connection.execute(query.order_by(article.c.position.desc())).all()
        return sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()[:32]

    def carriers(self, where: Filter, *, now: datetime) -> tuple[str, ...]:
        """Ids of the sources that carry the newest 20,000 articles a filter finds."""
        with sentences(self.engine), self.engine.connect() as connection:
            found = positions(connection, where, now=now, limit=SPAN)
            query = (
                sa.select(source.c.source_id)
                .join_from(article_source, source)
                .where(among(connection, article_source.c.position, found))
                .distinct()
                .order_by(source.c.source_id)
            )
            return tuple(connection.execute(query).scalars())


_STANDING = "SELECT key, value FROM meta WHERE key IN ('state', 'changed')"


def _spread(
    connection: sa.Connection,
    found: sa.ColumnElement[bool],
    column: sa.ColumnElement[Any],
    limit: int,
    per_source: int,
) -> list[int]:
    """Numbers of the first articles, no more of one source than allowed."""
    taken: Counter[str] = Counter()
    chosen: list[int] = []
    query = sa.select(article.c.id).where(found).order_by(column).limit(SPAN)
    numbers = connection.execute(query).scalars().all()
    for start in range(0, len(numbers), _STRIDE):
        carriers = sources_of(connection, numbers[start : start + _STRIDE])
        for number in numbers[start : start + _STRIDE]:
            first = carriers.get(number, ("",))[0]
            if taken[first] < per_source:
                taken[first] += 1
                chosen.append(number)
                if len(chosen) == limit:
                    return chosen
    return chosen


def _last_leaf(
    connection: sa.Connection, found: sa.ColumnElement[bool], before: date, size: int
) -> Leaf | None:
    """The last page of the last day before this one."""
    query = sa.select(article.c.first_seen).where(found, article.c.first_seen < _bounds(before)[0])
    last = connection.execute(query.order_by(article.c.first_seen.desc()).limit(1)).scalar()
    if last is None:
        return None
    return Leaf(last.date(), -(-_count(connection, found, last.date()) // size))


def _count(connection: sa.Connection, found: sa.ColumnElement[bool], day: date) -> int:
    """How many articles arrived on a day (UTC)."""
    since, until = _bounds(day)
    within = (article.c.first_seen >= since, article.c.first_seen < until)
    count: int = connection.execute(
        sa.select(sa.func.count()).select_from(article).where(found, *within)
    ).scalar_one()
    return count


def _bounds(day: date) -> tuple[datetime, datetime]:
    """The beginning of a day (UTC) and of the next; of the last day of the calendar, its own end."""
    since = datetime.combine(day, time(), tzinfo=UTC)
    return since, since + (_DAY if day < date.max else timedelta())
