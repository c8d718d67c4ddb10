"""Procrastinate as Dateline uses it: its tables in a schema of their own, its errors as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from procrastinate import PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.schema import SchemaManager
from psycopg_pool import AsyncConnectionPool

from aggregator.errors import StoreError
from aggregator.store import libpq

SCHEMA: Final = "jobs"
"""Where the tables of jobs are, apart from those of the news."""
POLL, APART, TELL, REDO, RETELL = "poll_host", "poll_apart", "tell", "redo", "retell"
HEARTBEAT = 2.0
"""Seconds between two signs of life of a worker."""
DEAD = 10.0
"""Seconds without one after which what a worker was doing is done by others."""
_PREPARING = 0x64617467
"""Number of the advisory lock under which the tables are made."""
_WAIT = 10.0
"""Seconds to wait for a connection."""

_HOST = "host:"
HIGH, USUAL, LOW, BEHIND = 10, 0, -10, -20
"""Priorities: what a person waits for, what is due, what failed last, what may take as long as it takes."""


def connector(url: str) -> SyncPsycopgConnector:
    """A connector to the tables of jobs; to be opened."""
    return SyncPsycopgConnector(min_size=1, max_size=4, **_reached(url))


def async_connector(url: str) -> PsycopgConnector:
    """The same for a worker: its connections are not tried before each use, for it opens new ones when one fails."""

    def pool(check: object, **given: Any) -> AsyncConnectionPool:
        return AsyncConnectionPool(**given)

    return PsycopgConnector(pool_factory=pool, min_size=1, max_size=8, **_reached(url))


def _reached(url: str) -> dict[str, Any]:
    conninfo = psycopg.conninfo.conninfo_to_dict(libpq(url))
    options = f"{conninfo.get('options') or ''} -c search_path={SCHEMA}".strip()
    # Each job is one statement: no transaction need be opened and closed around it.
    kwargs = {"options": options, "connect_timeout": int(_WAIT), "autocommit": True}
    return {"conninfo": libpq(url), "kwargs": kwargs, "timeout": _WAIT}


def lock_of(host: str) -> str:
    """The lock of all jobs that ask a host: one of them runs at a time, on whatever machine."""
    return _HOST + host


def host_of_lock(lock: str) -> str:
    return lock.removeprefix(_HOST)


def job(task: str, *, priority: int, lock: str | None, queueing_lock: str, **args: Any) -> Job:
    """A job that is not deferred yet; of one `queueing_lock`, one waits at a time."""
    return Job(
        id=None,
        queue="dateline",
        lock=lock,
        queueing_lock=queueing_lock,
        task_name=task,
        priority=priority,
        task_kwargs=args,
    )


@contextmanager
def sentences() -> Iterator[None]:
    """Turns the errors of the driver and of Procrastinate into StoreError."""
    try:
        yield
    except (psycopg.Error, ConnectorException) as error:
        cause = str(error.__cause__ or error).strip().splitlines() or [type(error).__name__]
        raise StoreError(f"The database of jobs refused: {cause[0]}") from error


def prepare(url: str) -> None:
    """Makes the tables of jobs, or brings them up to date with the installed Procrastinate. Raises StoreError.

    The comment of their schema says up to which of Procrastinate's migrations they are.
    """
    found = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    reached = connector(url)
    with sentences():
        reached.open()
        try:
            with reached.pool.connection() as connection, connection.transaction():
                connection.execute("SELECT pg_advisory_xact_lock(%s)", [_PREPARING])
                row = connection.execute(
                    "SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", [SCHEMA]
                ).fetchone()
                known, newest = row[0] if row else None, found[-1].stem
                if known == newest:
                    return
                if known is None:
                    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
                    connection.execute(SchemaManager.get_schema())
                else:
                    for one in found:
                        if one.stem > known:
                            connection.execute(one.read_bytes())
                # By which a job is taken fast whatever the statistics say of a table that empties all the time.
                connection.execute(
                    f"CREATE INDEX IF NOT EXISTS dateline_lock ON {SCHEMA}.procrastinate_jobs (lock) "
                    "WHERE status IN ('todo', 'doing')"
                )
                connection.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{newest}'")
        finally:
            reached.close()
