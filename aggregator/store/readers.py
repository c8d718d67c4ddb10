"""Readers: who they are, and what they may do."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from aggregator.schema import Reader
from aggregator.store.dialect import sentences, upsert, writing
from aggregator.store.people import reader

OWNER = "owner"
"""Name of the reader that whoever sits at the desk's own machine is."""
_READER = (reader.c.n, reader.c.name, reader.c.role)


class Readers:
    """The side of the store that knows readers. Every method raises StoreError."""

    engine: sa.Engine

    def owner(self, now: datetime) -> Reader:
        """The reader at the desk's own machine, an admin; made when first asked for."""
        found = self.reader(OWNER)
        if found is None:
            row = {"name": OWNER, "role": "admin", "created": now}
            with sentences(self.engine), writing(self.engine) as connection:
                connection.execute(upsert(connection, reader).values(row).on_conflict_do_nothing())
            found = self.reader(OWNER)
            assert found is not None  # noqa: S101
        return found

    def reader(self, name: str) -> Reader | None:
        """The reader of that name."""
        query = sa.select(*_READER).where(reader.c.name == name)
        with sentences(self.engine), self.engine.connect() as connection:
            row = connection.execute(query).first()
            return Reader(**row._mapping) if row else None
