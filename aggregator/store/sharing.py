"""What several processes share that poll one database: hosts, their turns, and the pressure they are under."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from aggregator.schema import CRASHES, Memory
from aggregator.store import dialect
from aggregator.store.columns import MILLISECOND, to_ms
from aggregator.store.polling import CLOCK_STEP, HANDICAP, MEMORY, NAMES
from aggregator.store.tables import meta, source, turn

_STRETCH = "stretch"
_MILLI = 1000
_SECRET = ("secret 1", "secret 2", "secret 3", "secret 4")
APART = f"Asking it ended Dateline's process {CRASHES} times in a row: it is asked apart from the others, once a day."
# Made once: a query costs more to put together than to run.
_DUE_AT = (
    sa.select(*MEMORY)
    .where(
        source.c.host == sa.bindparam("of"),
        source.c.active == sa.true(),
        source.c.crashes < CRASHES,
        sa.or_(
            source.c.next_poll.is_(None),
            source.c.next_poll <= sa.bindparam("now"),
            source.c.next_poll > sa.bindparam("ahead"),
            source.c.last_poll > sa.bindparam("jumped"),
        ),
    )
    .order_by(
        sa.func.coalesce(sa.type_coerce(source.c.next_poll, sa.BigInteger), 0)
        + sa.case((source.c.failures > 0, HANDICAP // MILLISECOND), else_=0)
    )
    .limit(sa.bindparam("most"))
)


class Sharing:
    """The side of the store that lets many workers poll as one. Every method raises StoreError."""

    engine: sa.Engine

    def due_at(self, host: str, now: datetime, *, horizon: timedelta, limit: int) -> tuple[Memory, ...]:
        """The memories of a host's sources to ask now, as `due`; without those that are asked apart."""
        given = {"of": host, "now": now, "ahead": now + horizon, "jumped": now + CLOCK_STEP, "most": limit}
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return tuple(
                Memory(**dict(zip(NAMES, row, strict=True))) for row in connection.execute(_DUE_AT, given)
            )

    def suspect(self, source_id: str) -> None:
        """Writes down that a source is about to be asked: if nothing is stored of it, it ended the process."""
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            connection.execute(
                sa.update(source)
                .where(source.c.source_id == source_id)
                .values(
                    crashes=source.c.crashes + 1,
                    reason=sa.case((source.c.crashes + 1 >= CRASHES, APART), else_=source.c.reason),
                )
            )

    def set_aside(self, source_id: str, again: datetime) -> None:
        """The same for one that is asked apart: if that ends badly too, it is asked again then."""
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            connection.execute(
                sa.update(source)
                .where(source.c.source_id == source_id)
                .values(crashes=source.c.crashes + 1, next_poll=again, reason=APART)
            )

    def turn(self, host: str, delay: timedelta) -> timedelta:
        """Takes the turn to start a request to a host, among all machines: zero, or how long it is not free yet.

        Two turns are `delay` apart by the clock of the database, whatever the clocks of the machines say.
        """
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            now = dialect.now_ms(connection)
            row = dialect.upsert(connection, turn).values(host=host, free=now + delay // MILLISECOND)
            free = row.on_conflict_do_update(
                index_elements=["host"], set_={"free": row.excluded.free}, where=turn.c.free <= now
            )
            if connection.execute(free.returning(turn.c.host)).first():
                return timedelta()
            ahead = connection.execute(sa.select(turn.c.free - now).where(turn.c.host == host)).scalar()
        return min(delay, max(MILLISECOND, timedelta(milliseconds=float(ahead or 0))))

    def forget_turns(self, before: datetime) -> None:
        """Drops the hosts that have long been free."""
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            connection.execute(sa.delete(turn).where(turn.c.free < to_ms(before)))

    def stretch(self) -> float:
        """The factor by which intervals are stretched, because the workers cannot keep up: 1 or more."""
        query = sa.select(meta.c.value).where(meta.c.key == _STRETCH)
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return max(1.0, (connection.execute(query).scalar() or 0) / _MILLI)

    def set_stretch(self, factor: float) -> None:
        """Lets all workers know by what factor intervals are stretched."""
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            row = dialect.upsert(connection, meta).values(key=_STRETCH, value=round(factor * _MILLI))
            connection.execute(
                row.on_conflict_do_update(index_elements=["key"], set_={"value": row.excluded.value})
            )

    def secret(self) -> bytes:
        """252 random bits that all processes of a desk share, made by whoever asks first."""
        query = sa.select(meta.c.value).where(meta.c.key.in_(_SECRET)).order_by(meta.c.key)
        with dialect.sentences(self.engine):
            with self.engine.connect() as connection:
                values = connection.execute(query).scalars().all()
            if len(values) < len(_SECRET):
                with dialect.writing(self.engine) as connection:
                    rows = [{"key": key, "value": secrets.randbits(63)} for key in _SECRET]
                    connection.execute(dialect.upsert(connection, meta).on_conflict_do_nothing(), rows)
                    values = connection.execute(query).scalars().all()
            return b"".join(value.to_bytes(8) for value in values)
