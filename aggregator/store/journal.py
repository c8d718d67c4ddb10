"""SQLite's write-ahead log, kept short (https://www.sqlite.org/wal.html#avoiding_excessively_large_wal_files)."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import sqlalchemy as sa

LONGEST = 64 * 2**20
"""Bytes of the log above which it is written back whole: every look-up searches the log first."""
PATIENCE = 0.5
"""Seconds that writing it back waits for readers who look at an older state, for each time that it is as long;
if one stays, as a backup does, the next writer tries."""


def keep_short(engine: sa.Engine) -> None:
    """Writes a long log back and begins it anew.

    SQLite does so by itself, but only at a moment without readers, which a desk with many may never have.
    """
    times = _length(f"{engine.url.database}-wal") // LONGEST if engine.dialect.name == "sqlite" else 0
    if not times:
        return
    with closing(engine.raw_connection()) as raw, closing(raw.cursor()) as cursor:
        (usual,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={int(1000 * PATIENCE * times)}")
        with suppress(sqlite3.OperationalError):  # locked by who does the same
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute(f"PRAGMA busy_timeout={usual}")


def _length(log: str) -> int:
    try:
        return Path(log).stat().st_size
    except OSError:
        return 0
