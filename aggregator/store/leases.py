"""What hubs have promised: which source, how long, and when to ask again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from aggregator.schema import Lease, Polled
from aggregator.store.dialect import sentences, writing
from aggregator.store.tables import lease, source

_LEASE = (
    source.c.source_id,
    lease.c.hub,
    lease.c.topic,
    lease.c.key,
    lease.c.secret,
    lease.c.next_ask,
    lease.c.until,
)


class Leases:
    """The side of the store that deals with hubs. Every method raises StoreError."""

    engine: sa.Engine

    def lease(self, key: str) -> Lease | None:
        """The lease whose hub pushes to the address that ends so."""
        with sentences(self.engine), self.engine.connect() as connection:
            row = connection.execute(_leases().where(lease.c.key == key)).first()
            return Lease(**row._mapping) if row else None

    def leases(self) -> tuple[Lease, ...]:
        """All leases, by source."""
        with sentences(self.engine), self.engine.connect() as connection:
            rows = connection.execute(_leases().order_by(source.c.source_id))
            return tuple(Lease(**row._mapping) for row in rows)

    def leased_until(self, source_id: str) -> datetime | None:
        """How long the hub of a source has promised to push; None if it has not."""
        query = sa.select(lease.c.until).join_from(lease, source).where(source.c.source_id == source_id)
        with sentences(self.engine), self.engine.connect() as connection:
            found: datetime | None = connection.execute(query).scalar()
            return found

    def leases_due(self, now: datetime, *, limit: int = 50) -> tuple[Lease, ...]:
        """Those of sources in use that are to be asked for now, the longest overdue first."""
        due = _leases().where(source.c.active == sa.true(), lease.c.next_ask <= now)
        with sentences(self.engine), self.engine.connect() as connection:
            rows = connection.execute(due.order_by(lease.c.next_ask).limit(limit))
            return tuple(Lease(**row._mapping) for row in rows)

    def set_lease(self, key: str, *, next_ask: datetime, until: datetime | None) -> None:
        """Keeps how long the hub has promised to push, and when to ask it again."""
        with sentences(self.engine), writing(self.engine) as connection:
            connection.execute(
                sa.update(lease).where(lease.c.key == key).values(next_ask=next_ask, until=until)
            )


def _leases() -> sa.Select[tuple[object, ...]]:
    return sa.select(*_LEASE).join_from(lease, source)


def keep_hubs(
    connection: sa.Connection, batch: Sequence[Polled], numbers: Mapping[str, int], now: datetime
) -> None:
    """Keeps the hub a feed names; another one than before is to be asked at once, under a new address."""
    named = {numbers[polled.source.id]: polled.hub for polled in batch if polled.hub is not None}
    if not named:
        return
    query = sa.select(lease.c.source_n, lease.c.hub, lease.c.topic).where(lease.c.source_n.in_(list(named)))
    before = {row.source_n: (row.hub, row.topic) for row in connection.execute(query)}
    for number, hub in named.items():
        if before.get(number) == (hub.address, hub.topic):
            continue
        connection.execute(sa.delete(lease).where(lease.c.source_n == number))
        row = {
            "source_n": number,
            "hub": hub.address,
            "topic": hub.topic,
            "key": secrets.token_urlsafe(24),
            "secret": secrets.token_urlsafe(32),
            "next_ask": now,
            "until": None,
        }
        connection.execute(sa.insert(lease), [row])
