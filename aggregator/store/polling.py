"""What polling asks of the store: who is due, which entries are known; and the memory of each source."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from aggregator.schema import Habits, Known, Memory, Source, replace
from aggregator.store import dialect
from aggregator.store.alone import poller_lock
from aggregator.store.columns import EPOCH, from_ms
from aggregator.store.tables import alias, entry, habit, poll, source
from aggregator.urls import host_of

CLOCK_STEP = timedelta(minutes=10)
HANDICAP = timedelta(hours=1)
"""Sources that failed last come behind those that were due so much later, but not behind all others for ever."""
_encode = msgspec.json.Encoder().encode
_decode_habits = msgspec.json.Decoder(Habits).decode
MEMORY = [source.c[name] for name in Memory.__struct_fields__]
NAMES = [column.name for column in MEMORY]
_LABELS = [name for name in Known.__struct_fields__ if name != "first_seen"]
_NUMBER = sa.select(source.c.n).where(source.c.source_id == sa.bindparam("of")).scalar_subquery()
_PUT_OFF = (
    sa.update(source)
    .where(
        source.c.source_id == sa.bindparam("id"),
        sa.or_(source.c.next_poll.is_(None), source.c.next_poll < sa.bindparam("at")),
    )
    .values(next_poll=sa.bindparam("at"), reason=sa.bindparam("why"))
)


class _Questions(NamedTuple):
    """What each poll asks, in the words of a driver."""

    served_before: str
    known: str
    habits: str


@lru_cache(maxsize=8)
def _questions(engine: sa.Engine) -> _Questions:
    named = partial(dialect.listed, dialect.is_sqlite(engine), values=sa.bindparam("names", type_=sa.Text))
    kept = (entry.c.first_seen, *(entry.c["n" if name == "entry_n" else name] for name in _LABELS))
    served_before = sa.select(entry.c.item_hash, *kept).where(
        entry.c.source_n == _NUMBER, named(entry.c.item_hash)
    )
    known = (
        sa.select(alias.c.alias, *kept)
        .join(entry, entry.c.n == alias.c.entry_n)
        .where(alias.c.source_n == _NUMBER, named(alias.c.alias))
    )
    habits = sa.select(habit.c.habits).where(habit.c.source_n == _NUMBER)
    return _Questions(*(dialect.spelled(query, engine.dialect) for query in (served_before, known, habits)))


class Polling:
    """The polling side of the store."""

    engine: sa.Engine

    def poller(self) -> AbstractContextManager[Callable[[], bool]]:
        """Enters with what says whether this process is the one poller of the database (see `alone`)."""
        return poller_lock(self.engine)

    def configure(self, sources: Sequence[Source], first_polls: Callable[[int], Sequence[datetime]]) -> None:
        """Makes the stored sources those of the configuration; removed ones sleep and keep their articles.

        A source whose address was changed in the configuration is asked anew; one whose interval became
        shorter is asked sooner. `first_polls(n)` gives the times at which n new sources are first asked.
        """
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            stored = {row.source_id: row for row in connection.execute(sa.select(source))}
            configured = {one.id: one for one in sources if one.enabled}
            new = [one for id, one in configured.items() if id not in stored]
            titles = {one.id: one.title for one in sources}
            next_n = max((row.n for row in stored.values()), default=0) + 1
            rows = [
                _new_row(one, next_n + i, at)
                for i, (one, at) in enumerate(zip(new, first_polls(len(new)), strict=True))
            ]
            if rows:
                connection.execute(sa.insert(source), rows)
            for id, row in stored.items():
                change = _change(row, configured.get(id)) | (
                    {"title": titles[id]} if titles.get(id, row.title) != row.title else {}
                )
                if change:
                    connection.execute(sa.update(source).where(source.c.n == row.n).values(change))

    def due(
        self,
        now: datetime,
        *,
        horizon: timedelta,
        limit: int = 10_000,
        besides: Collection[str] = (),
        known: Container[str] = (),
    ) -> tuple[Memory, ...]:
        """The memories of sources to ask now, the longest overdue first; those that failed last have a HANDICAP.

        A next poll farther ahead than `horizon`, or a last poll in the future, means that the clock jumped:
        due as well, if `cadence.is_due` agrees. Sources of the hosts in `besides` are left out, and those in
        `known`, whose memories are not even read: of many that are due, most stand in line already.
        """
        active = source.c.active == sa.true()
        if besides:
            active &= ~dialect.among(self.engine, source.c.host, besides)
        late = (source.c.next_poll <= now, source.c.next_poll.is_(None), *clock_jumped(now, horizon))
        each = (
            sa.select(source.c.source_id, source.c.next_poll, source.c.failures)
            .where(active, one)
            .order_by(source.c.next_poll)
            .limit(limit)
            .subquery()
            for one in late
        )
        query = sa.union_all(*(sa.select(some) for some in each))
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            found = {row.source_id: row for row in connection.execute(query) if row.source_id not in known}
            handicaps = (timedelta(), HANDICAP)
            ordered = sorted(
                found.values(), key=lambda row: (row.next_poll or EPOCH) + handicaps[row.failures > 0]
            )
            wanted = [row.source_id for row in ordered[:limit]]
            chosen = dialect.among(self.engine, source.c.source_id, wanted)
            rows = connection.execute(sa.select(*MEMORY).where(chosen)) if wanted else ()
            memories = {row.source_id: Memory(**dict(zip(NAMES, row, strict=True))) for row in rows}
        return tuple(memories[source_id] for source_id in wanted)

    def memories(self) -> tuple[Memory, ...]:
        """The memory of every source ever configured, by title."""
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            query = sa.select(*MEMORY).order_by(source.c.title, source.c.source_id)
            rows = connection.execute(query)
            return tuple(Memory(**dict(zip(NAMES, row, strict=True))) for row in rows)

    def failing(self) -> tuple[Memory, ...]:
        """The memories of the sources that failed last, by id."""
        query = sa.select(*MEMORY).where(source.c.active == sa.true(), source.c.failures > 0)
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return tuple(
                Memory(**row._mapping) for row in connection.execute(query.order_by(source.c.source_id))
            )

    def memory(self, source_id: str) -> Memory | None:
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            row = connection.execute(sa.select(*MEMORY).where(source.c.source_id == source_id)).first()
            return Memory(**row._mapping) if row else None

    def source_titles(self, ids: Collection[str] | None = None) -> dict[str, str]:
        """The title of every source (or of these alone) by id, also of those no longer configured."""
        query = sa.select(source.c.source_id, source.c.title)
        if ids is not None:
            query = query.where(source.c.source_id.in_(list(ids)))
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            rows = connection.execute(query)
            return {row.source_id: row.title for row in rows}

    def source_urls(self) -> dict[str, str]:
        """The configured address of every source by id, also of those no longer configured."""
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            rows = connection.execute(sa.select(source.c.source_id, source.c.config_url))
            return {row.source_id: row.config_url for row in rows}

    def ask_soon(self, source_ids: Collection[str], why: str = "Asked for by the admin.") -> None:
        """Makes sources due now, for the poller that runs to ask; later where a publisher asked to be left alone."""
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            connection.execute(
                sa.update(source)
                .where(source.c.source_id.in_(list(source_ids)))
                .values(next_poll=source.c.asked_not_before, reason=why)
            )

    def put_off(self, until: Mapping[str, datetime], why: str) -> None:
        """Lets sources be asked next at these times, unless they are to be asked later anyway."""
        rows = [{"id": id, "at": at, "why": why} for id, at in until.items()]
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            connection.execute(_PUT_OFF, rows)

    def served_before(self, source_id: str, hashes: Collection[str]) -> dict[str, Known]:
        """The stored entries of a source whose bytes had these hashes."""
        return self._known(_questions(self.engine).served_before, source_id, hashes)

    def known(self, source_id: str, names: Collection[str]) -> dict[str, Known]:
        """The stored entries of a source that go by these keys or aliases."""
        return self._known(_questions(self.engine).known, source_id, names)

    def _known(self, query: str, source_id: str, names: Collection[str]) -> dict[str, Known]:
        rows = dialect.at_once(self.engine, query, {"of": source_id, "names": json.dumps(list(names))})
        return {
            name: Known(first_seen=from_ms(first_seen), **dict(zip(_LABELS, values, strict=True)))
            for name, first_seen, *values in rows
        }

    def habits(self, source_id: str) -> Habits:
        """What a source usually does, as far as it has been learned."""
        found = dialect.at_once(self.engine, _questions(self.engine).habits, {"of": source_id})
        return _decode_habits(found[0][0]) if found else Habits()

    def poll_log(self, since: datetime) -> Iterator[tuple[str, datetime, str, int]]:
        """Source id, time, outcome and number of new articles of every poll since then, in time order."""
        query = (
            sa.select(source.c.source_id, poll.c.at, poll.c.kind, poll.c.new)
            .join(source, source.c.n == poll.c.source_n)
            .where(poll.c.at >= since)
            .order_by(poll.c.at)
        )
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            for row in connection.execution_options(yield_per=1000).execute(query):
                yield row.source_id, row.at, row.kind, row.new

    def polled_before(self, before: datetime) -> datetime | None:
        """When the latest poll before then was, as far as the log goes."""
        query = sa.select(poll.c.at).where(poll.c.at < before).order_by(poll.c.at.desc()).limit(1)
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return connection.execute(query).scalar()

    def forget_polls(self, before: datetime) -> None:
        """Drops the poll log older than this."""
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            connection.execute(sa.delete(poll).where(poll.c.at < before))


def clock_jumped(now: datetime, horizon: timedelta) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions by which a source shows that the clock jumped."""
    return source.c.next_poll > now + horizon, source.c.last_poll > now + CLOCK_STEP


def _new_row(one: Source, n: int, at: datetime) -> dict[str, Any]:
    fresh = Memory(source_id=one.id, url=one.url, title=one.title, next_poll=at, reason="Never asked yet.")
    return {
        "n": n,
        "active": True,
        "host": host_of(one.url),
        "config_url": one.url,
        "config_interval": one.interval,
        "config": _bare(one),
    } | {name: getattr(fresh, name) for name in Memory.__struct_fields__}


def _bare(one: Source) -> bytes:
    """JSON of the source without its secrets, and without the line it stands in."""
    return _encode(replace(one, headers=(), username="", password=None, origin=""))


def _change(row: sa.Row[Any], one: Source | None) -> dict[str, Any]:
    """What the configuration changes of a stored source."""
    if one is None:
        return {"active": False} if row.active else {}
    change: dict[str, Any] = {} if row.active else {"active": True}
    if row.config != _bare(one):
        change["config"] = _bare(one)
    if row.config_url != one.url:
        blank = Memory(source_id=one.id, url=one.url, title=one.title, reason="The address is new.")
        kept = {"polls", "not_modified", "last_new", "news", "span", "source_id"}
        change |= {name: getattr(blank, name) for name in Memory.__struct_fields__ if name not in kept}
        change |= {"config_url": one.url, "config_interval": one.interval, "host": host_of(one.url)}
    elif row.config_interval != one.interval:
        change["config_interval"] = one.interval
        soonest = one.interval and row.last_poll and row.last_poll + one.interval
        if soonest and row.asked_not_before:
            soonest = max(soonest, row.asked_not_before)
        if soonest and not row.failures and row.next_poll and soonest < row.next_poll:
            change |= {"next_poll": soonest, "reason": "The interval was made shorter in the configuration."}
    return change
