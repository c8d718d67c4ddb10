"""Backups: a database in one SQLite file that is whole, verified, and opens as a Dateline database itself."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from aggregator.errors import StoreError
from aggregator.store.copying import Told, clear, copy, differing, fill
from aggregator.store.dialect import is_sqlite, sentences, shown, writing
from aggregator.store.engines import connect
from aggregator.store.layout import Layout, layouts, snapshot
from aggregator.store.migrate import bring_up, known

SUFFIX = ".db"
BEFORE = "before-"
"""So begin the names of the backups that are made by themselves, before a migration."""
_STEP = 1_000
"""Pages of SQLite that are copied at a time."""
_BESIDE = ("-wal", "-shm", "-journal")
_SEAL = (slice(60, 64), slice(68, 72))
"""Where in the header of SQLite's file its checksum is kept: the user version and the application id, free to use."""
_CHUNK = 1 << 20


def back_up(engine: sa.Engine, place: Path, now: datetime, told: Told) -> Path:
    """Writes a backup and verifies it, while others read and write; returns its file, readable by its owner alone.

    A folder gets a file named by the time. The file keeps a checksum of itself, by which `restore` sees whether it is
    still as it was written. Raises StoreError; then there is no file.
    """
    path = place / f"dateline-{now:%Y%m%d-%H%M%S}{SUFFIX}" if place.is_dir() else place
    if path.exists():
        raise StoreError(f"{path} is there already; name another file.")
    if known(engine) is None:
        raise StoreError(f"The database {shown(engine.url)} holds nothing to back up.")
    part = path.with_name(f".{path.name}.part")
    try:
        with _only_mine(path, part):
            if is_sqlite(engine):
                _pages(engine, part, told)
            else:
                with closing_engine(connect(f"sqlite:///{part}")) as target:
                    copy(engine, target, told)
            _in_one_file(part)
            _seal(part)
            verify(part, told)
            os.replace(part, path)
            _flush(path.parent)
    except OSError as error:
        raise StoreError(f"The backup {path} cannot be written: {error.strerror}.") from error
    except sqlite3.Error as error:
        raise StoreError(f"The backup {path} cannot be written: {error}.") from error
    return path


def verify(path: Path, told: Told) -> None:
    """Opens a backup and looks through all of it. Raises StoreError if it could not be restored."""
    told("verifying", 0, 1)
    with opened(path) as engine, sentences(engine), _readable(path), engine.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA integrity_check(3)").scalars().all()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if found != ["ok"] or broken:
            raise StoreError(f"The backup {path} is damaged ({'; '.join(found)}); take another one.")
        if not sa.inspect(connection).has_table("alembic_version"):
            raise StoreError(f"The file {path} is no backup of Dateline.")
        known(engine)
    kept, now = _checksums(path)
    if any(kept) and kept != now:
        raise StoreError(f"The backup {path} is not as it was written, so it is damaged; take another one.")
    told("verifying", 1, 1)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Says of a file that SQLite cannot read what is to be done about a backup."""
    try:
        yield
    except sa.exc.DatabaseError as error:
        if "malformed" not in str(error.orig):
            raise
        raise StoreError(f"The backup {path} is damaged or cut short; take another one.") from error


def restore(path: Path, target: sa.Engine, told: Told, *, force: bool) -> None:
    """Puts a backup in the place of a database, all of it or nothing; the caller sees that nobody else writes.

    Raises StoreError if it is damaged, or the database is not empty and `force` is not given.
    """
    if not path.is_file():
        raise StoreError(f"There is no file {path}.")
    verify(path, told)
    if not force and sa.inspect(target).get_table_names():
        raise StoreError(
            f"The database {shown(target.url)} is not empty; --force puts the backup in its place, "
            "and what is in it now is gone."
        )
    with opened(path) as source:
        if is_sqlite(target):
            _replace_file(source, target, told)
        else:
            _replace_tables(source, target, told)


def back_up_before_migration(engine: sa.Engine, folder: Path, most: int, now: datetime) -> Path:
    """A backup under a name of its own; of those, the newest `most` are kept. Raises StoreError."""
    name = f"{BEFORE}{now:%Y%m%d-%H%M%S}-schema-{known(engine)}{SUFFIX}"
    path = back_up(engine, folder / name, now, lambda *_: None)
    # A clock that ran back gave the new one an older name.
    others = sorted(old for old in folder.glob(f"{BEFORE}*{SUFFIX}") if old != path)
    for old in others[: max(0, len(others) + 1 - most)]:
        old.unlink(missing_ok=True)
    return path


@contextmanager
def opened(path: Path) -> Iterator[sa.Engine]:
    """A SQLite file, for reading alone: nothing is written to it or beside it."""
    alone = "" if Path(f"{path}-wal").exists() else "&immutable=1"
    address = f"file:{quote(str(path.absolute()))}?mode=ro{alone}"
    url = sa.URL.create("sqlite", database=str(path))
    with closing_engine(sa.create_engine(url, creator=lambda: sqlite3.connect(address, uri=True))) as engine:
        yield engine


@contextmanager
def closing_engine(engine: sa.Engine) -> Iterator[sa.Engine]:
    try:
        yield engine
    finally:
        engine.dispose()


def _pages(engine: sa.Engine, part: Path, told: Told) -> None:
    """Copies a SQLite file page by page, as it is now: while it is read, the online backup need not begin anew."""
    with snapshot(engine) as read, closing(sqlite3.connect(part)) as written:
        read.exec_driver_sql("SELECT COUNT(*) FROM alembic_version").scalar_one()
        _raw(read).backup(written, pages=_STEP, progress=_progress("copying", told), sleep=0)


def _replace_file(source: sa.Engine, target: sa.Engine, told: Told) -> None:
    """SQLite's own backup writes in one transaction: whoever is stopped has changed nothing."""
    with sentences(target), source.connect() as read, target.connect() as written:
        _raw(read).backup(_raw(written), pages=-1, progress=_progress("restoring", told))
        for field in (
            "user_version",
            "application_id",
        ):  # the checksum of the backup is not that of the database
            written.exec_driver_sql(f"PRAGMA {field} = 0")
        written.commit()


def _replace_tables(source: sa.Engine, target: sa.Engine, told: Told) -> None:
    """Copies in one transaction of PostgreSQL, which changes tables in it too, and verifies before it ends."""
    with sentences(target), source.connect() as read, writing(target) as connection:
        tables: tuple[Layout, ...] = layouts(read)
        at = read.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        if sa.inspect(connection).has_table("alembic_version"):
            clear(connection)
        bring_up(connection, at)
        fill(read, lambda: nullcontext(connection), tables, told)
        if different := differing(read, connection, tables, told):
            raise StoreError(f"The backup could not be restored whole ({', '.join(different)}).")


@contextmanager
def _only_mine(path: Path, part: Path) -> Iterator[None]:
    """A new file that others cannot read, gone if it was not finished."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield
    finally:
        for left in (part, *(Path(f"{part}{suffix}") for suffix in _BESIDE)):
            left.unlink(missing_ok=True)


def _in_one_file(part: Path) -> None:
    """Ends the write-ahead log of a copy, so that nothing of it stands in another file, and sees it on the disk."""
    with closing(sqlite3.connect(part)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    _flush(part)


def _checksums(path: Path) -> tuple[bytes, bytes]:
    """The checksum that a file keeps of itself, zeros if it keeps none; and that of what it holds now."""
    digest = blake2b(digest_size=8)
    with path.open("rb") as file:
        head = bytearray(file.read(_CHUNK))
        kept = b"".join(head[one] for one in _SEAL)
        for one in _SEAL:
            head[one] = bytes(4)
        digest.update(head)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return kept, digest.digest()


def _seal(part: Path) -> None:
    """Has a file keep a checksum of itself."""
    _, found = _checksums(part)
    with part.open("r+b") as file:
        for n, one in enumerate(_SEAL):
            file.seek(one.start)
            file.write(found[4 * n : 4 * n + 4])
    _flush(part)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _raw(connection: sa.Connection) -> Any:
    return connection.connection.driver_connection


def _progress(what: str, told: Told) -> Any:
    return lambda _status, remaining, total: told(what, total - remaining, total)
