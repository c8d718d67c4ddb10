"""Copies a database into an empty one, SQLite or PostgreSQL, and verifies the copy; goes on where it was stopped.

Rows go over table by table in one order, so the number of rows that are there says where to go on. Until the copy is
verified its revision is a mark (`dialect.UNFINISHED`), with which no Dateline opens it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from hashlib import blake2b

import sqlalchemy as sa

from aggregator.errors import StoreError
from aggregator.schema import replace
from aggregator.store.dialect import UNFINISHED, is_sqlite, revision, sentences, shown, writing
from aggregator.store.layout import WORDS, Layout, go_on_from, last_numbers, layouts, pages, snapshot
from aggregator.store.migrate import bring_up, known
from aggregator.store.rows import unpacked, words_row
from aggregator.store.tables import metadata
from aggregator.store.words import index_words

Told = Callable[[str, int, int], None]
"""Told how far it has come: what is being done, how much of it is done, of how much."""
Writes = Callable[[], AbstractContextManager[sa.Connection]]
"""What begins a transaction for each step, or goes on with one for all of them."""

FIRST = "0004"
"""The first revision whose articles are packed and searched as they are now."""
_MARK_BYTES = 12
"""A revision has 32 characters."""


def copy(source: sa.Engine, target: sa.Engine, told: Told) -> int:
    """Copies all of a database into one that is empty, or holds a part of this very copy; returns the articles.

    Raises StoreError, also if the copy does not hold what the source holds: then nobody takes it for one.
    """
    at = known(source)
    if at is None:
        raise StoreError(f"The database {shown(source.url)} holds nothing to copy.")
    if at < FIRST:
        raise StoreError(
            f"The database {shown(source.url)} is too old to be copied (schema {at}); "
            "bring it up to date first: dateline db upgrade"
        )
    with snapshot(source) as read:
        _prepare(target, _mark(read, at), at)
        with sentences(target):
            with target.connect() as connection:
                tables = layouts(connection)
            fill(read, partial(writing, target), tables, told)
            with snapshot(target) as connection:
                different = differing(read, connection, tables, told)
            with writing(target) as connection:
                _set_revision(connection, f"{UNFINISHED}changed" if different else at)
        if different:
            raise StoreError(
                f"The database {shown(source.url)} was changed while it was copied ({', '.join(different)}); "
                "stop what writes to it and copy it again, from the start."
            )
        return int(read.exec_driver_sql("SELECT COUNT(*) FROM article").scalar_one())


def fill(read: sa.Connection, writes: Writes, tables: Sequence[Layout], told: Told) -> None:
    """Copies the rows that are not there yet, makes the index of words, and lets numbers go on behind the last."""
    for table in tables:
        total = table.count(read)
        with writes() as connection:
            done = table.count(connection)
        told(table.name, done, total)
        if done < total:
            for rows in table.rows(read, done):
                with writes() as connection:
                    table.put(connection, rows)
                done += len(rows)
                told(table.name, done, total)
    _fill_words(read, writes, told)
    with writes() as connection:
        go_on_from(connection, tables, last_numbers(read, tables))


def _fill_words(read: sa.Connection, writes: Writes, told: Told) -> None:
    total = read.exec_driver_sql("SELECT COUNT(*) FROM article").scalar_one()
    with writes() as connection:
        done = connection.exec_driver_sql(f"SELECT COUNT(*) FROM {WORDS}").scalar_one()
    limit = "LIMIT -1 " if is_sqlite(read) else ""
    for rows in pages(read, f"SELECT position, title, detail FROM article ORDER BY id {limit}OFFSET {done}"):
        found = [
            words_row(replace(unpacked(detail), title=title, position=position))
            for position, title, detail in rows
        ]
        with writes() as connection:
            index_words(connection, found)
        done += len(rows)
        told("words", done, total)


def differing(read: sa.Connection, written: sa.Connection, tables: Sequence[Layout], told: Told) -> list[str]:
    """The tables in which rows or their checksums are not the same on both sides; words are counted."""
    different = []
    for table in tables:
        count = table.count(read)
        ends = []
        for side, first in ((read, 0), (written, count)):
            end = (0, "")
            for end in table.digest(side):
                told(f"verifying {table.name}", first + end[0], 2 * count)
            ends.append(end)
        if ends[0] != ends[1]:
            different.append(table.name)
    articles, words = (
        side.exec_driver_sql(f"SELECT COUNT(*) FROM {name}").scalar_one()
        for side, name in ((read, "article"), (written, WORDS))
    )
    return different if articles == words else [*different, "words"]


def _mark(read: sa.Connection, at: str) -> str:
    """What tells this copy from another one: what the source holds, as far as counting tells."""
    digest = blake2b(at.encode(), digest_size=_MARK_BYTES)
    for name, value in sorted(map(tuple, read.exec_driver_sql("SELECT key, value FROM meta").all())):
        digest.update(f"{name} {value} ".encode())
    for table in layouts(read):
        digest.update(f"{table.name} {table.count(read)} ".encode())
    return UNFINISHED + digest.hexdigest()


def _prepare(target: sa.Engine, mark: str, at: str) -> None:
    """Makes the tables at the revision of the source, unless this copy has begun. Refuses what is not its own."""
    begun = revision(target) if sa.inspect(target).get_table_names() else None
    if begun == mark:
        return
    with sentences(target), writing(target) as connection:
        if begun is not None and begun.startswith(UNFINISHED):
            clear(connection)
        elif sa.inspect(connection).get_table_names():
            raise StoreError(
                f"The database {shown(target.url)} is not empty; name an empty one, or take its tables out first."
            )
        bring_up(connection, at)
        _set_revision(connection, mark)


def clear(connection: sa.Connection) -> None:
    """Takes the tables of Dateline out of a database, and no others."""
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {WORDS}")
    for table in reversed(layouts(connection)):
        if table.name in metadata.tables:
            connection.exec_driver_sql(f'DROP TABLE "{table.name}"')
    connection.exec_driver_sql("DROP TABLE alembic_version")


def _set_revision(connection: sa.Connection, to: str) -> None:
    connection.execute(sa.text("UPDATE alembic_version SET version_num = :to"), {"to": to})
