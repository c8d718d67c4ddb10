"""What differs between SQLite and PostgreSQL: upserts, error sentences (engines: `engines.py`, words: `words.py`)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine as Engine  # for those who hand one on
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, ProgrammingError, SQLAlchemyError

from aggregator.errors import AwayError, RefusedError, StoreError
from aggregator.store.journal import keep_short

BUSY_SECONDS = 90
"""How long SQLite waits for a lock: a backup or another program may hold it for a minute."""
UNFINISHED = "copy "
"""The revision of a database begins so while rows are still being copied into it."""
_LIMIT = "54"  # PostgreSQL's class of errors for what is larger than it can be
_VALUES = 1_000
"""Values that one statement inserts."""


def is_sqlite(bind: sa.Engine | sa.Connection) -> bool:
    return bind.dialect.name == "sqlite"


@contextmanager
def sentences(engine: sa.Engine) -> Iterator[None]:
    """Turns the driver's errors into StoreError with a sentence for the admin."""
    driver = engine.dialect.loaded_dbapi  # its errors come from what goes past SQLAlchemy
    refused = (DataError, IntegrityError, ProgrammingError, OverflowError, UnicodeEncodeError)
    try:
        yield
    except (*refused, driver.DataError, driver.IntegrityError, driver.ProgrammingError) as error:
        raise RefusedError(_sentence(engine, error)) from error
    except (SQLAlchemyError, sqlite3.Error, driver.Error) as error:
        too_large = str(getattr(getattr(error, "orig", error), "sqlstate", "")).startswith(_LIMIT)
        may_pass = isinstance(error, (OperationalError, driver.OperationalError)) and not is_sqlite(engine)
        kind = RefusedError if too_large else AwayError if may_pass else StoreError
        raise kind(_sentence(engine, error)) from error


def _sentence(engine: sa.Engine, error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    words = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    where = shown(engine.url)
    known = {
        "database is locked": f"The database {where} stayed locked by another program for {BUSY_SECONDS} s; "
        "stop that program or wait.",
        "disk is full": f"The disk of the database {where} is full; free space, nothing was lost.",
        "unable to open": f"The database {where} cannot be opened; check that its folder is yours.",
        "readonly database": f"The database {where} may not be written; check the file's owner and rights.",
        "not a database": f"The file {where} is not a SQLite database; name another in [store] url.",
        "malformed": f"The database {where} is damaged; restore a backup.",
        "QueuePool limit": f"All connections to the database {where} were in use for half a minute; "
        "raise max_connections in [store].",
        "due to statement timeout": f"The database {where} took too long for one statement; "
        "raise statement_timeout in [store], or give it more memory or a faster disk.",
        "disk I/O error": f"The disk of the database {where} fails or is full; free space or check the disk.",
    }
    for mark, sentence in known.items():
        if mark in words:
            return sentence
    return f"The database {where} refused: {words}"


def shown(url: sa.URL) -> str:
    """The database of a URL in words that hold no secret: those may stand anywhere in it."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    port = f":{url.port}" if url.port else ""
    return f"{url.get_backend_name()}://{url.host or ''}{port}/{url.database or ''}"


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection in a transaction that writes; committed at the end, rolled back by an error."""
    with engine.execution_options(writes=True).begin() as connection:
        yield connection
    keep_short(engine)


def at_once(engine: sa.Engine, query: str, given: Mapping[str, Any] | None = None) -> Sequence[Any]:
    """The rows of a short query, past SQLAlchemy, which takes three to eight times as long. Raises StoreError.

    `query`: in the driver's own words (see `spelled`); the values come as the driver has them.
    """
    with sentences(engine):
        raw = engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute(query, given or {})
            return cursor.fetchall()
        except engine.dialect.loaded_dbapi.Error as error:
            raw.invalidate(error)
            raise
        finally:
            raw.close()


def spelled(query: sa.Select[Any] | sa.Update, kind: sa.Dialect) -> str:
    """A statement in the words of the driver, with its parameters by name, for `at_once` and `exec_driver_sql`."""
    return str(query.compile(dialect=sqlite.dialect(paramstyle="named") if kind.name == "sqlite" else kind))


def shrink(engine: sa.Engine) -> None:
    """Gives freed pages of SQLite's file back to the disk, a thousand at a time; PostgreSQL uses them again itself."""
    while is_sqlite(engine):
        with writing(engine) as connection:
            free = connection.exec_driver_sql("PRAGMA freelist_count").scalar_one()
            gradual = connection.exec_driver_sql("PRAGMA auto_vacuum").scalar_one() == 2
            if not free or not gradual:
                return
            with closing(connection.connection.cursor()) as cursor:
                cursor.execute("PRAGMA incremental_vacuum(1000)")
                cursor.fetchall()  # each page is freed by a step of its own


def size(connection: sa.Connection) -> int:
    """Bytes of the database, its indexes and free pages included."""
    query = (
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        if is_sqlite(connection)
        else "SELECT pg_database_size(current_database())"
    )
    return int(connection.exec_driver_sql(query).scalar_one())


def rows_about(connection: sa.Connection, table: sa.Table) -> int | None:
    """Rows of a table as the statistics of PostgreSQL have them; None where nobody knows."""
    if is_sqlite(connection):
        return None
    query = "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)"
    rows: int = connection.exec_driver_sql(query, (table.name,)).scalar_one()
    return rows if rows >= 0 else None


def upsert(bind: sa.Connection, table: sa.Table) -> Any:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    if is_sqlite(bind):
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # takes longer to load than a short command takes

    return postgresql.insert(table)


def insert_rows(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], otherwise: str = ""
) -> None:
    """Inserts rows of the same columns, with values as the driver takes them; `otherwise` follows these."""
    if rows:
        _insert(connection, table, tuple(rows[0]), [tuple(row.values()) for row in rows], otherwise)


def insert_pairs(connection: sa.Connection, table: sa.Table, pairs: Sequence[tuple[int, int]]) -> None:
    """Inserts rows of a table of two numbers."""
    _insert(connection, table, table.c.keys(), pairs, "")


def _insert(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: Sequence[Sequence[Any]], end: str
) -> None:
    """Many rows in each statement, past SQLAlchemy, which looks at each value: that took longer than the database."""
    row = f"({', '.join(['?' if is_sqlite(connection) else '%s'] * len(names))})"
    most = _VALUES // len(names)
    for start in range(0, len(rows), most):
        some = rows[start : start + most]
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {', '.join([row] * len(some))} {end}",
            tuple(chain.from_iterable(some)),
        )


def recordset(name: str, columns: Mapping[str, sa.Column[Any]]) -> sa.TableValuedAlias:
    """Rows with columns of these kinds that come as one JSON list, the parameter `name`: PostgreSQL alone."""
    given = sa.cast(sa.bindparam(name, type_=sa.Text), sa.JSON)
    kinds = (sa.column(label, column.type) for label, column in columns.items())
    return sa.func.json_to_recordset(given).table_valued(*kinds).render_derived(name=name, with_types=True)


def as_held(
    connection: sa.Connection, rows: sa.TableValuedAlias, values: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Values of a recordset as its columns hold them: instants, spans and sets become what a driver takes."""
    kinds: dict[str, Any] = {column.name: column.type for column in rows.c}
    written = {
        name: kind.process_bind_param for name, kind in kinds.items() if isinstance(kind, sa.TypeDecorator)
    }
    return [
        one | {name: write(one[name], connection.dialect) for name, write in written.items()}
        for one in map(dict, values)
    ]


def libpq(url: str) -> str:
    """A PostgreSQL URL as other programs of PostgreSQL take it, password and all."""
    return sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def among(
    bind: sa.Engine | sa.Connection, column: sa.ColumnElement[Any], values: Collection[int] | Collection[str]
) -> sa.ColumnElement[bool]:
    """The condition that a column has one of the values, however many: they are one parameter."""
    return listed(is_sqlite(bind), column, sa.bindparam(None, json.dumps(list(values)), sa.Text, unique=True))


def listed(
    sqlite: bool, column: sa.ColumnElement[Any], values: sa.BindParameter[Any]
) -> sa.ColumnElement[bool]:
    """The same for a statement that is made once; the parameter is a JSON list."""
    each = sa.func.json_each(values) if sqlite else sa.func.json_array_elements_text(sa.cast(values, sa.JSON))
    kind = sa.Text() if isinstance(column.type, sa.Text) else sa.BigInteger()
    return column.in_(sa.select(sa.cast(each.table_valued("value").c.value, kind)))


def revision(engine: sa.Engine) -> str | None:
    """The revision of a database's tables; None if it has none yet."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return found


def now_ms(bind: sa.Connection) -> sa.ColumnElement[int]:
    """The database's own time in milliseconds since 1970 UTC."""
    seconds: sa.ColumnElement[Any] = (
        (sa.func.julianday("now") - 2440587.5) * 86_400
        if is_sqlite(bind)
        else sa.extract("epoch", sa.func.clock_timestamp())
    )
    return sa.cast(seconds * 1000, sa.BigInteger)
