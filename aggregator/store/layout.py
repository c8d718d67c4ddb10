"""Tables as a database has them, read and written whole: in one order on SQLite and PostgreSQL, past SQLAlchemy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count
from typing import Any

import msgspec
import sqlalchemy as sa

from aggregator.store.dialect import is_sqlite, sentences

PAGE = 2_000
"""Rows that are read or written in one step."""
WORDS = "article_words"
"""The index of full text, of which each database has its own kind."""
_REVISION = "alembic_version"

_names = count()
"""PostgreSQL keeps what is read in pages under a name."""

Row = tuple[Any, ...]
_encode = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One table: its columns, and the order that its rows are told apart by."""

    name: str
    columns: tuple[str, ...]
    order: tuple[str, ...]
    """The primary key; all columns where there is none."""
    texts: frozenset[str]
    """The columns of text: databases order them differently unless they are told."""
    gaps: frozenset[str]
    """The columns that may be null: these too."""
    booleans: frozenset[str]
    floats: frozenset[str]
    number: str
    """The column that the database numbers by itself; empty if there is none."""

    def rows(self, connection: sa.Connection, after: int = 0) -> Iterator[list[Row]]:
        """All rows in pages, in an order that both databases share, the first `after` of them left out."""
        sqlite = is_sqlite(connection)
        columns = (
            f'CAST("{name}" AS INTEGER)' if name in self.booleans
            # PostgreSQL keeps -0.0, SQLite does not.
            else f'"{name}" + 0.0' if name in self.floats
            else f'"{name}"'
            for name in self.columns
        )  # fmt: skip
        order = (f'"{name}"' if sqlite else self._as_in_sqlite(name) for name in self.order)
        return pages(
            connection,
            f'SELECT {", ".join(columns)} FROM "{self.name}" ORDER BY {", ".join(order)} '
            f"{'LIMIT -1 ' if sqlite else ''}OFFSET {int(after)}",
        )

    def _as_in_sqlite(self, name: str) -> str:
        collated = ' COLLATE "C"' if name in self.texts else ""
        return f'"{name}"{collated}{" NULLS FIRST" if name in self.gaps else ""}'

    def put(self, connection: sa.Connection, rows: Sequence[Row]) -> None:
        """Adds rows, given in the order of the columns."""
        columns = ", ".join(f'"{name}"' for name in self.columns)
        raw: Any = connection.connection.driver_connection
        if is_sqlite(connection):
            marks = ", ".join("?" for _ in self.columns)
            raw.executemany(f'INSERT INTO "{self.name}" ({columns}) VALUES ({marks})', rows)
            return
        with raw.cursor() as cursor, cursor.copy(f'COPY "{self.name}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)

    def count(self, connection: sa.Connection) -> int:
        return int(connection.exec_driver_sql(f'SELECT COUNT(*) FROM "{self.name}"').scalar_one())

    def digest(self, connection: sa.Connection) -> Iterator[tuple[int, str]]:
        """Rows read so far and BLAKE2 of them all, after each page: the same of the same rows on every database."""
        read, digest = 0, blake2b(digest_size=16)
        for page in self.rows(connection):
            read += len(page)
            digest.update(_encode(page))
            yield read, digest.hexdigest()


def pages(connection: sa.Connection, query: str) -> Iterator[list[Row]]:
    """The rows of a constant query, as the driver gives them, without holding them all."""
    raw: Any = connection.connection.driver_connection
    with closing(raw.cursor() if is_sqlite(connection) else raw.cursor(f"pages_{next(_names)}")) as cursor:
        cursor.execute(query)
        while page := cursor.fetchmany(PAGE):
            yield page


def layouts(connection: sa.Connection) -> tuple[Layout, ...]:
    """The tables of a database, those first that others refer to; without its index of words."""
    found = sa.MetaData()
    found.reflect(connection, only=lambda name, _: not name.startswith(WORDS) and name != _REVISION)
    return tuple(_layout(table) for table in found.sorted_tables)


def _layout(table: sa.Table) -> Layout:
    columns = tuple(column.name for column in table.columns)
    key = [column.name for column in table.primary_key.columns]
    return Layout(
        name=table.name,
        columns=columns,
        order=tuple(key) or columns,
        texts=frozenset(column.name for column in table.columns if isinstance(column.type, sa.Text)),
        gaps=frozenset(column.name for column in table.columns if column.nullable),
        booleans=frozenset(column.name for column in table.columns if isinstance(column.type, sa.Boolean)),
        floats=frozenset(column.name for column in table.columns if isinstance(column.type, sa.Float)),
        number="n" if key == ["n"] else "",
    )


@contextmanager
def snapshot(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection to which the database stays as it is now, whatever others write. Raises StoreError."""
    options = {} if is_sqlite(engine) else {"isolation_level": "REPEATABLE READ"}
    with sentences(engine), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def last_numbers(connection: sa.Connection, tables: Sequence[Layout]) -> Mapping[str, int]:
    """The last number that the database gave by itself in each table, where it remembers that."""
    if is_sqlite(connection):
        if not _remembered(connection):
            return {}
        found = connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence").all()
        return {row.name: row.seq for row in found}
    given = {}
    for table in tables:
        if sequence := _sequence(connection, table):
            query = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"
            given[table.name] = int(connection.exec_driver_sql(query).scalar_one())
    return given


def go_on_from(connection: sa.Connection, tables: Sequence[Layout], given: Mapping[str, int]) -> None:
    """Lets the numbers that the database gives by itself go on behind those that are there or were given."""
    remembered = _remembered(connection) if is_sqlite(connection) else frozenset()
    for table in tables:
        query = f'SELECT COALESCE(MAX("{table.number}"), 0) FROM "{table.name}"'
        last = connection.exec_driver_sql(query).scalar_one() if table.number else 0
        row = {"name": table.name, "last": max(given.get(table.name, 0), last)}
        if table.name in remembered:
            connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), row)
            connection.execute(sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), row)
        elif row["last"] and (sequence := _sequence(connection, table)):
            connection.execute(sa.text("SELECT setval(:name, :last)"), row | {"name": sequence})


def _remembered(connection: sa.Connection) -> frozenset[str]:
    """The tables of SQLite that give no number twice."""
    query = sa.text("SELECT name FROM sqlite_master WHERE sql LIKE :mark")
    return frozenset(connection.execute(query, {"mark": "%AUTOINCREMENT%"}).scalars())


def _sequence(connection: sa.Connection, table: Layout) -> str | None:
    """The sequence that PostgreSQL numbers the rows of a table by."""
    if is_sqlite(connection) or not table.number:
        return None
    query = sa.text("SELECT pg_get_serial_sequence(:name, :number)")
    found: str | None = connection.execute(
        query, {"name": f'"{table.name}"', "number": table.number}
    ).scalar_one()
    return found
