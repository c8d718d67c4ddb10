"""Engines: how SQLite and PostgreSQL are opened."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from aggregator.errors import StoreError
from aggregator.schema import StoreSettings
from aggregator.store.dialect import BUSY_SECONDS

QUEUE_SECONDS = 30.0
"""Seconds that a thread waits for a free connection to PostgreSQL."""
PATIENCE = {
    "connect_timeout": 10,
    "tcp_user_timeout": 30_000,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
"""How long PostgreSQL may be silent before it counts as away (libpq's names; seconds, and ms)."""


def connect(url: str, wanted: StoreSettings | None = None) -> sa.Engine:
    """An engine for the URL; makes the folder of a SQLite file. Raises StoreError.

    `wanted`: how many connections there may be, and how long a statement may take; without it, any.
    """
    try:
        parsed = sa.make_url(url)
    except SQLAlchemyError as error:
        raise StoreError("[store] url is not a database URL; write sqlite:///data/dateline.db") from error
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        driven = parsed.set(drivername="postgresql+psycopg")
        return _postgresql(driven, wanted)
    raise StoreError(f"[store] url names {parsed.get_backend_name()}; Dateline runs on sqlite or postgresql.")


def _postgresql(url: sa.URL, wanted: StoreSettings | None) -> sa.Engine:
    given = {name: value for name, value in PATIENCE.items() if name not in url.query}
    if wanted is None:
        return sa.create_engine(url, connect_args=given, max_overflow=-1, pool_pre_ping=True)
    engine = sa.create_engine(
        url,
        connect_args=given,
        pool_size=wanted.pool_size,
        max_overflow=wanted.max_connections - wanted.pool_size,
        pool_timeout=QUEUE_SECONDS,
        pool_pre_ping=True,
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # Not among the parameters of the connection, which some poolers between refuse.
        milliseconds = int(wanted.statement_timeout.total_seconds() * 1000)
        connection.execute(f"SET statement_timeout = {milliseconds}")
        connection.commit()

    return engine


def _sqlite(url: sa.URL) -> sa.Engine:
    if not url.database:
        raise StoreError("[store] url names no file; write sqlite:///data/dateline.db")
    try:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder of the database {url.database} cannot be made: {error.strerror}."
        ) from error
    with suppress(OSError):  # of which SQLite says more
        os.close(os.open(url.database, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    # The threads that ask bound the number of connections; none of them should wait for one.
    engine = sa.create_engine(
        url,
        max_overflow=-1,
        pool_use_lifo=True,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
    )

    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    if connection.execute("PRAGMA page_count").fetchone() == (0,):
        # Of a new database only: it would wait for whoever writes.
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "wal_autocheckpoint=4000",
        "cache_size=-8000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    # A writer takes its lock at once, so that it never fails half-way for another's commit.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
