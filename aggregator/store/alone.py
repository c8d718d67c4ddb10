"""Locks between processes: one poller for each database, one writer of articles at a time, no desk beside a restore."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from aggregator.errors import AwayError
from aggregator.store.dialect import is_sqlite, sentences, shown

POLLER_LOCK = 0x64617465
"""Number of the advisory lock that a poller holds on PostgreSQL."""
MIGRATION_LOCK = 0x64617468
"""Number of the advisory lock that who brings the tables up to date holds on PostgreSQL."""
WRITER_LOCK = 0x64617466
"""Number of the advisory lock that who writes articles holds for a transaction on PostgreSQL."""
DESK_LOCK = 0x64617469
"""Number of the advisory lock that every connection of a running Dateline shares on PostgreSQL."""
_SOON_DEAD = "SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3"
"""By which the server notices within ten seconds that the machine of a poller is gone, and frees its lock."""


def one_writer(connection: sa.Connection) -> None:
    """Lets writers of articles come one after another, until the end of the transaction.

    SQLite has one writer anyway. On PostgreSQL two that write copies of one article at once would not see each other's.
    """
    if not is_sqlite(connection):
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITER_LOCK)))


def share_desk(engine: sa.Engine) -> None:
    """Has each connection to PostgreSQL tell that Dateline runs, as long as it is open; see `no_desk`.

    Connecting raises AwayError while somebody needs the database alone.
    """
    if is_sqlite(engine):
        return

    @sa.event.listens_for(engine, "connect")
    def share(connection: Any, _record: object) -> None:
        row = connection.execute("SELECT pg_try_advisory_lock_shared(%s)", (DESK_LOCK,)).fetchone()
        connection.commit()
        if row != (True,):
            connection.close()
            raise AwayError(
                f"The database {shown(engine.url)} is being restored or copied; Dateline can use it when that ends."
            )


@contextmanager
def no_desk(engine: sa.Engine) -> Iterator[bool]:
    """Yields whether no process of a desk has the database open; if so, none opens it meanwhile.

    Of SQLite, which one process polls, the lock of that one says it.
    """
    if is_sqlite(engine):
        yield True
        return
    with engine.connect() as connection:
        with sentences(engine):
            free = connection.execute(sa.select(sa.func.pg_try_advisory_lock(DESK_LOCK))).scalar_one()
            connection.commit()
        try:
            yield bool(free)
        finally:
            connection.invalidate()  # with which the lock goes


@contextmanager
def one_migration(engine: sa.Engine) -> Iterator[None]:
    """Lets processes that start at once bring a database up to date one after another; the lock goes with them."""
    if is_sqlite(engine):
        folder = os.open(Path(engine.url.database or ".").parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)
        return
    with engine.connect() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.execute(sa.select(sa.func.pg_advisory_lock(MIGRATION_LOCK)))
        connection.commit()  # the lock is the connection's, not the transaction's
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(MIGRATION_LOCK)))


@contextmanager
def poller_lock(engine: sa.Engine) -> Iterator[Callable[[], bool]]:
    """Yields what says whether this process is the one poller of the database; it takes the lock if free.

    The lock goes with the process: a killed poller holds nothing. On PostgreSQL it also goes with the
    connection, so a restart of the server takes it away, and asking takes it back.
    """
    lock = _file_lock(engine.url.database or "") if is_sqlite(engine) else _advisory_lock(engine)
    with lock as holds:
        yield holds


@contextmanager
def _file_lock(database: str) -> Iterator[Callable[[], bool]]:
    handle = os.open(f"{database}.poller", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def holds() -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    try:
        yield holds
    finally:
        os.close(handle)


@contextmanager
def _advisory_lock(engine: sa.Engine) -> Iterator[Callable[[], bool]]:
    connection: sa.Connection | None = None

    def let_go() -> None:
        nonlocal connection
        gone, connection = connection, None
        # The lock goes with the connection, also with one the server has already cut.
        with suppress(SQLAlchemyError):
            if gone is not None:
                gone.invalidate()
                gone.close()

    def holds() -> bool:
        nonlocal connection
        if connection is not None:
            try:
                connection.execute(sa.select(1))
                connection.commit()
            except SQLAlchemyError:
                let_go()
            else:
                return True
        with sentences(engine):
            connection = engine.connect()
            connection.exec_driver_sql(_SOON_DEAD)
            held = connection.execute(sa.select(sa.func.pg_try_advisory_lock(POLLER_LOCK))).scalar_one()
            connection.commit()
        if not held:
            let_go()
        return bool(held)

    try:
        yield holds
    finally:
        let_go()
