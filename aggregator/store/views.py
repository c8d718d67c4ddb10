"""The views that readers saved: theirs alone, kept until they take them away."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from aggregator.schema import OWN, View
from aggregator.store.dialect import sentences, writing
from aggregator.store.noting import stamped
from aggregator.store.reader_tables import saved_view, token

MOST_VIEWS = 30
"""Of one reader: what is unread in each is counted for every page."""


class Views:
    """The side of the store that keeps readers' views. Every method raises StoreError."""

    engine: sa.Engine

    def own_views(self, reader: int) -> tuple[View, ...]:
        """The views a reader saved, the oldest first."""
        columns = (saved_view.c.id, saved_view.c.title, saved_view.c.filter)
        query = sa.select(*columns).where(saved_view.c.reader_n == reader)
        with sentences(self.engine), self.engine.connect() as connection:
            rows = connection.execute(query.order_by(saved_view.c.created, saved_view.c.id))
            return tuple(View(**row._mapping) for row in rows)

    def save_view(self, reader: int, slug: str, *, title: str, filter: str, now: datetime) -> str | None:
        """Saves a filter as a view, and returns its id: of the slug, with a number where that is taken.

        None if the reader has as many as may be.
        """
        with sentences(self.engine), writing(self.engine) as connection:
            stamped(connection, reader, now)  # locks out another change by this reader
            ids = sa.select(saved_view.c.id).where(saved_view.c.reader_n == reader)
            taken = set(connection.execute(ids).scalars())
            if len(taken) >= MOST_VIEWS:
                return None
            names = (f"{OWN}{slug}{f'-{n}' if n > 1 else ''}" for n in range(1, MOST_VIEWS + 2))
            id = next(name for name in names if name not in taken)
            row = {"reader_n": reader, "id": id, "title": title, "filter": filter, "created": now}
            connection.execute(sa.insert(saved_view), [row])
            return id

    def rename_view(self, reader: int, id: str, title: str, *, now: datetime) -> bool:
        """Another title; False if the reader has no such view."""
        query = sa.update(saved_view).where(*_one(reader, id)).values(title=title)
        with sentences(self.engine), writing(self.engine) as connection:
            stamped(connection, reader, now)
            return connection.execute(query).rowcount > 0

    def remove_view(self, reader: int, id: str, *, now: datetime) -> bool:
        """Takes a view away, and with it the tokens of its feeds; False if the reader has no such view."""
        with sentences(self.engine), writing(self.engine) as connection:
            stamped(connection, reader, now)
            connection.execute(sa.delete(token).where(token.c.reader_n == reader, token.c.view == id))
            return connection.execute(sa.delete(saved_view).where(*_one(reader, id))).rowcount > 0


def _one(reader: int, id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return saved_view.c.reader_n == reader, saved_view.c.id == id
