"""Figures for admins: how long the queue is, how large the database. Each is cheap at any size."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from aggregator.store import dialect
from aggregator.store.columns import from_ms, to_ms
from aggregator.store.tables import article, article_source, metadata, poll, source

MOST_ROWS = 1_000_000
"""How far the rows of a table are counted."""
_DAY_MS = 86_400_000
_PLACE = 1 << 20
"""A position is the time in ms times this, and a number (`schema.Article.position`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The sources that should be asked now."""

    sources: int
    """All in use."""
    due: int
    lag: timedelta
    """How long the one that waits longest has been due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much the database holds."""

    bytes: int
    articles: int
    """Counted as far as MOST_ROWS."""
    oldest: datetime | None
    """When the oldest article was published."""
    tables: tuple[tuple[str, int], ...]
    """Name and rows of each table, counted as far as MOST_ROWS; the largest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollLine:
    """One poll, as the log has it."""

    at: datetime
    kind: str
    status: int | None
    entries: int
    new: int
    updated: int
    size: int
    """Bytes of the inflated body."""
    elapsed: float
    """Seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much the database holds, told at once at any size."""

    bytes: int
    articles: int
    """On PostgreSQL as its statistics have it, if they do: counting takes minutes there."""


class Figures:
    """The side of the store that admins look at. Every method raises StoreError."""

    engine: sa.Engine

    def queue(self, now: datetime) -> Queue:
        active = source.c.active == sa.true()
        due = active & (source.c.next_poll.is_(None) | (source.c.next_poll <= now))
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            count = sa.select(sa.func.count()).select_from(source)
            longest = connection.execute(
                sa.select(sa.func.min(source.c.next_poll)).where(active, source.c.next_poll <= now)
            ).scalar()
            return Queue(
                sources=connection.execute(count.where(active)).scalar_one(),
                due=connection.execute(count.where(due)).scalar_one(),
                lag=now - longest if longest else timedelta(),
            )

    def sizes(self) -> Size:
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            rows = {name: _rows(connection, table) for name, table in metadata.tables.items()}
            oldest = sa.select(article.c.published).order_by(article.c.position).limit(1)
            return Size(
                bytes=dialect.size(connection),
                articles=rows[article.name],
                oldest=connection.execute(oldest).scalar(),
                tables=tuple(sorted(rows.items(), key=lambda row: (-row[1], row[0]))),
            )

    def load(self) -> Load:
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            articles = dialect.rows_about(connection, article)
            if articles is None:
                articles = connection.execute(sa.select(sa.func.count()).select_from(article)).scalar_one()
            return Load(bytes=dialect.size(connection), articles=articles)

    @property
    def connections(self) -> int:
        """Connections in use at this moment."""
        pool = self.engine.pool
        return pool.checkedout() if isinstance(pool, sa.QueuePool) else 0

    def server_time(self) -> datetime | None:
        """What time it is for PostgreSQL; None on SQLite, which has this machine's."""
        if dialect.is_sqlite(self.engine):
            return None
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            at: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
            return at

    def last_poll(self) -> datetime | None:
        """When a source in use was last polled."""
        query = sa.select(sa.func.max(source.c.last_poll)).where(source.c.active == sa.true())
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            found: datetime | None = connection.execute(query).scalar()
            return found

    def daily(self, source_ids: Collection[str], since: datetime) -> dict[str, dict[date, int]]:
        """How many articles of these sources were published on each day (UTC) since then.

        Read from the order of each source's list alone, so that only what is counted is touched.
        """
        day = article_source.c.position // (_PLACE * _DAY_MS)
        numbers = sa.select(source.c.n).where(source.c.source_id.in_(list(source_ids)))
        query = (
            sa.select(article_source.c.source_n, day, sa.func.count())
            .where(article_source.c.source_n.in_(numbers), article_source.c.position >= _position(since))
            .group_by(article_source.c.source_n, day)
        )
        names = sa.select(source.c.n, source.c.source_id).where(source.c.source_id.in_(list(source_ids)))
        result: dict[str, dict[date, int]] = {}
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            known = {row.n: row.source_id for row in connection.execute(names)}
            for number, days, count in connection.execute(query):
                result.setdefault(known[number], {})[from_ms(days * _DAY_MS).date()] = count
        return result

    def published_since(self, at: datetime) -> int:
        """How many articles were published then or later."""
        query = sa.select(sa.func.count()).select_from(article).where(article.c.position >= _position(at))
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def last_polls(self, source_id: str, limit: int) -> tuple[PollLine, ...]:
        """The latest polls of a source, newest first."""
        names = ("at", "kind", "status", "entries", "new", "updated", "size", "elapsed")
        query = (
            sa.select(*(poll.c[name] for name in names))
            .join(source, source.c.n == poll.c.source_n)
            .where(source.c.source_id == source_id)
            .order_by(poll.c.at.desc())
            .limit(limit)
        )
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return tuple(PollLine(**row._mapping) for row in connection.execute(query))


def _rows(connection: sa.Connection, table: sa.Table) -> int:
    some = sa.select(sa.literal(1)).select_from(table).limit(MOST_ROWS).subquery()
    count: int = connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()
    return count


def _position(at: datetime) -> int:
    return to_ms(at) * _PLACE
