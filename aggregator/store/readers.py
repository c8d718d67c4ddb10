"""Readers: who they are, what they may do, and all that is theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aggregator.schema import Reader, Standing
from aggregator.store.dialect import sentences, upsert, writing
from aggregator.store.reader_tables import reader, session
from aggregator.store.sessions import READER
from aggregator.store.tables import article, metadata

OWNER = "owner"
"""Name of the reader that whoever sits at the desk's own machine is."""
_UNTOLD = ("reader_n", "hash", "password")
"""Columns that an export leaves out: numbers of ours, and what is made of secrets."""


class Readers:
    """The side of the store that knows readers. Every method raises StoreError."""

    engine: sa.Engine

    def owner(self, now: datetime) -> Reader:
        """The reader at the desk's own machine, an admin; made when first asked for."""
        return self.reader(OWNER) or self.welcome(OWNER, role="admin", now=now)

    def reader(self, name: str) -> Reader | None:
        """The reader of that name."""
        return self._reader(reader.c.name == name)

    def readers(self) -> Sequence[Reader]:
        """All readers, by name."""
        with sentences(self.engine), self.engine.connect() as connection:
            rows = connection.execute(sa.select(*READER).order_by(reader.c.name))
            return [Reader(**row._mapping) for row in rows]

    def welcome(self, name: str, *, role: Standing = "reader", subject: str = "", now: datetime) -> Reader:
        """The reader who is known elsewhere by that subject, else by that name; made if there is none.

        Someone of a subject of their own never becomes a reader of the same name: they get another one.
        """
        column, value = (reader.c.subject, subject) if subject else (reader.c.name, name)
        for number in range(1, 1000):
            found = self._reader(column == value)
            if found is not None:
                return found
            row = {"name": name if number == 1 else f"{name}-{number}", "role": role, "created": now}
            self._insert(row | {"subject": subject or None})
        raise AssertionError("There are a thousand readers of one name.")

    def add_reader(self, name: str, *, role: Standing, password: str, now: datetime) -> bool:
        """A new reader with the hash of a password; False if the name is taken."""
        return self._insert({"name": name, "role": role, "password": password, "created": now})

    def password_of(self, name: str) -> str | None:
        """The hash of a reader's password; None if there is no such reader, or none with a password."""
        query = sa.select(reader.c.password).where(reader.c.name == name)
        with sentences(self.engine), self.engine.connect() as connection:
            found: str | None = connection.execute(query).scalar()
            return found

    def set_password(self, who: Reader, password: str) -> None:
        """Keeps the hash of a new password, and signs the reader out everywhere."""
        with sentences(self.engine), writing(self.engine) as connection:
            connection.execute(sa.update(reader).where(reader.c.n == who.n).values(password=password))
            connection.execute(sa.delete(session).where(session.c.reader_n == who.n))

    def set_role(self, who: Reader, role: Standing) -> None:
        with sentences(self.engine), writing(self.engine) as connection:
            connection.execute(sa.update(reader).where(reader.c.n == who.n).values(role=role))

    def remove_reader(self, who: Reader) -> None:
        """Takes a reader out, with all that is theirs."""
        with sentences(self.engine), writing(self.engine) as connection:
            for table, whose in reversed(list(_owned())):
                connection.execute(sa.delete(table).where(whose == who.n))
            connection.execute(sa.delete(reader).where(reader.c.n == who.n))

    def belongings(self, who: Reader) -> dict[str, list[dict[str, Any]]]:
        """All rows that are a reader's, by table; articles are named, hashes of secrets left out."""
        with sentences(self.engine), self.engine.connect() as connection:
            query = sa.select(reader).where(reader.c.n == who.n)
            found = {"reader": [_told(row._mapping) for row in connection.execute(query)]}
            for table, whose in _owned():
                rows = connection.execute(_rows(table).where(whose == who.n).order_by(*table.primary_key))
                found[table.name] = [_told(row._mapping) for row in rows]
        return found

    def _reader(self, condition: sa.ColumnElement[bool]) -> Reader | None:
        with sentences(self.engine), self.engine.connect() as connection:
            row = connection.execute(sa.select(*READER).where(condition)).first()
            return Reader(**row._mapping) if row else None

    def _insert(self, row: Mapping[str, Any]) -> bool:
        with sentences(self.engine), writing(self.engine) as connection:
            insert = upsert(connection, reader).values(row).on_conflict_do_nothing()
            return connection.execute(insert.returning(reader.c.n)).first() is not None


def _owned() -> Iterator[tuple[sa.Table, sa.ColumnElement[int]]]:
    """Every table with rows of readers, and the number of whose they are; what others refer to comes first.

    A table without a column of its own for that refers to one that has it.
    """
    for table in metadata.sorted_tables:
        if "reader_n" in table.c:
            yield table, table.c.reader_n
            continue
        for key in table.foreign_keys:
            owner = key.column.table
            if "reader_n" in owner.c:
                found = sa.select(owner.c.reader_n).where(key.column == key.parent)
                yield table, found.scalar_subquery()


def _rows(table: sa.Table) -> sa.Select[Any]:
    """The rows of a table; those about an article with its title and address."""
    if "position" not in table.c:
        return sa.select(table)
    named = (article.c.title.label("article_title"), article.c.url.label("article_url"))
    joined = table.outerjoin(article, article.c.position == table.c.position)
    return sa.select(table, *named).select_from(joined)


def _told(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items() if str(name) not in _UNTOLD}
