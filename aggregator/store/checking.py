"""Looks through a database for what should not be: each finding is a sentence. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from aggregator.errors import StoreError
from aggregator.store.copying import Told
from aggregator.store.dialect import is_sqlite, sentences, shown, writing
from aggregator.store.keys import known_rows
from aggregator.store.layout import Layout, last_numbers, layouts, snapshot
from aggregator.store.migrate import head, known
from aggregator.store.rows import COLUMNS, articles_from, words_row
from aggregator.store.tables import article, article_facet, article_key, article_point, metadata
from aggregator.store.words import sum_of_rows, sum_of_words

PAGE = 500
_BELONGING = (
    ("article_key", "position", "article", "position"),
    ("article_key", "key_n", "key", "n"),
    ("article_facet", "position", "article", "position"),
    ("article_facet", "key_n", "key", "n"),
    ("article_point", "position", "article", "position"),
    ("article_source", "entry_n", "entry", "n"),
    ("fingerprint", "article_id", "article", "id"),
    ("mark", "position", "article", "position"),
    ("notice", "article_id", "article", "id"),
    ("rule", "key_n", "key", "n"),
    ("story_window", "article_id", "article", "id"),
    ("tag", "reader_n", "reader", "n"),
    ("tagged", "position", "article", "position"),
)
"""What belongs together without a foreign key, which would cost each insert a look-up: table, column, of which."""

_NUMBERED = {"key", "reader", "rule", "tag"}
"""The tables whose rows are numbered by the database, if it remembers the last number."""


def problems(engine: sa.Engine, told: Told) -> tuple[str, ...]:
    """What is wrong with a database, a sentence each. Raises StoreError if it cannot be asked."""
    with sentences(engine):
        at = known(engine)
    if at != head():
        return (
            f"The database {shown(engine.url)} is not up to date (schema {at or 'none'}): dateline db upgrade",
        )
    told("integrity", 0, 1)
    if damaged := tuple(_damaged(engine)):
        return damaged
    with snapshot(engine) as connection:
        tables = layouts(connection)
        found = [
            *_altered(connection),
            *_astray(connection, tables, told),
            *_miscounted(connection, tables),
            *_unsearchable(connection, told),
        ]
    return tuple(found)


def _damaged(engine: sa.Engine) -> Iterator[str]:
    """What the database itself finds."""
    with sentences(engine), engine.connect() as connection:
        if is_sqlite(connection):
            found = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars().all()
            yield from (f"The file is damaged: {one}; restore a backup." for one in found if one != "ok")
        else:
            query = (
                "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
                "WHERE NOT indisvalid AND relnamespace = CAST(current_schema() AS regnamespace)"
            )
            for name in connection.exec_driver_sql(query).scalars():
                yield f"The index {name} was not finished; run: REINDEX INDEX {name}"
    if is_sqlite(engine):
        try:
            with sentences(engine), writing(engine) as connection:  # which this command of FTS5 asks for
                connection.exec_driver_sql(
                    "INSERT INTO article_words (article_words) VALUES ('integrity-check')"
                )
        except StoreError as error:
            yield f"The index of words is damaged: {error}"


def _altered(connection: sa.Connection) -> Iterator[str]:
    """Tables, columns and indexes that are not as the migrations make them."""
    database = connection.dialect.name
    ours = {
        "include_name": lambda name, kind, _: kind != "table" or name in metadata.tables,
        "include_object": lambda item, *_: item.info.get("only", database) == database,
    }
    for difference in compare_metadata(MigrationContext.configure(connection, opts=ours), metadata):
        what = difference[0] if isinstance(difference, tuple) else difference[0][0]
        yield f"The tables are not as this program makes them ({what}); restore a backup."


def _astray(connection: sa.Connection, tables: tuple[Layout, ...], told: Told) -> Iterator[str]:
    """Rows that belong to what is not there."""
    references = [
        (table.name, key.parent.name, key.column.table.name, key.column.name)
        for table in metadata.sorted_tables
        for key in table.foreign_keys
    ]
    wanted = [*references, *_BELONGING]
    for done, (table, column, whose, name) in enumerate(wanted):
        told("references", done, len(wanted))
        query = (
            f'SELECT COUNT(*) FROM "{table}" AS a WHERE "{column}" IS NOT NULL '
            f'AND NOT EXISTS (SELECT 1 FROM "{whose}" AS b WHERE b."{name}" = a."{column}")'
        )
        if count := connection.exec_driver_sql(query).scalar_one():
            yield f"{count} rows of {table} belong to no {whose} ({column}); restore a backup."


def _miscounted(connection: sa.Connection, tables: tuple[Layout, ...]) -> Iterator[str]:
    """Counters that would give a number for the second time."""
    for counter, column in (("article", "id"), ("entry", "n")):
        query = (
            f"SELECT COALESCE((SELECT MAX({column}) FROM {counter}), 0), "
            f"COALESCE((SELECT value FROM meta WHERE key = '{counter}'), 0)"
        )
        last, given = connection.exec_driver_sql(query).one()
        if last > given:
            yield f"The last number of {counter} is {last}, and the counter says {given}; restore a backup."
    sequences = last_numbers(connection, tables)
    for name in _NUMBERED & sequences.keys():
        given = sequences[name]
        last = connection.exec_driver_sql(f'SELECT COALESCE(MAX(n), 0) FROM "{name}"').scalar_one()
        if last > given:
            yield f"The last number of {name} is {last}, and its sequence says {given}; restore a backup."


def _unsearchable(connection: sa.Connection, told: Told) -> Iterator[str]:
    """What articles are found by, against the articles themselves."""
    tables = (article_key, article_facet, article_point)
    expected = dict.fromkeys(tables, (0, 0))
    words, done, last = 0, 0, 0
    total = connection.execute(sa.select(sa.func.count()).select_from(article)).scalar_one()
    query = sa.select(*COLUMNS).order_by(article.c.id).limit(PAGE)
    while rows := connection.execute(query.where(article.c.id > last)).all():
        some = articles_from(connection, rows)
        for table, made in known_rows(connection, some).items():
            count, checksum = expected[table]
            expected[table] = count + len(made), checksum + sum(map(hash, made))
        words += sum_of_rows(connection, [words_row(one) for one in some])
        last, done = rows[-1].id, done + len(rows)
        told("articles", done, total)
    layout_of = {layout.name: layout for layout in layouts(connection)}
    for table, wanted in expected.items():
        found = _summed(layout_of[table.name], connection)
        if found != wanted:
            yield (
                f"{table.name} does not say what the articles have: {found[0]} rows, and {wanted[0]} should be; "
                "restore a backup."
            )
    if words != sum_of_words(connection):
        yield "The index of words does not say what the articles say; dateline db copy makes a database with a new one."


def _summed(layout: Layout, connection: sa.Connection) -> tuple[int, int]:
    count = checksum = 0
    for page in layout.rows(connection):
        count += len(page)
        checksum += sum(map(hash, page))
    return count, checksum
