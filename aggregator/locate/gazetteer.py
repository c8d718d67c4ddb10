"""Look-ups in the gazetteer: a small read-only SQLite file, shared by all threads."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from aggregator.errors import StoreError
from aggregator.locate.names import code_of, key
from aggregator.schema import Place

VERSION = 1
"""Of the file; another number means that it must be built anew."""

_CACHED = 20_000
_COLUMNS = "place.geonameid, place.name, place.kind, place.country, place.lat, place.lon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place that goes by a name."""

    place: Place
    weight: int
    """Inhabitants; a tenth of them where the name is not the place's own, but an alternate one."""
    own: bool
    """True if the place is called so, False for alternate names and codes."""


class Gazetteer:
    """The places of the world by name. Thread-safe; close it when done."""

    VERSION = VERSION

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = Lock()
        self._cached = lru_cache(maxsize=_CACHED)(self._look_up)

    @classmethod
    def open(cls, path: Path) -> Gazetteer:
        """Opens what `build` made. Raises StoreError if it is missing, broken or of another version."""
        advice = "delete it, and it is built anew at the next start."
        try:
            address = path.absolute().as_uri() + "?mode=ro&immutable=1"
            connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise StoreError(f"The gazetteer {path} cannot be opened ({error}).") from error
        try:
            found = connection.execute("SELECT value FROM meta WHERE name = 'version'").fetchone()
        except sqlite3.Error as error:
            connection.close()
            raise StoreError(f"{path} is no gazetteer ({error}); {advice}") from error
        if found != (str(VERSION),):
            connection.close()
            raise StoreError(f"The gazetteer {path} is of another version of Dateline; {advice}")
        return cls(connection)

    def find(self, name: str, *, country: str = "") -> tuple[Place, ...]:
        """The places of that name, most populous first (an alternate name counts a tenth).

        Case, accents, apostrophes and hyphens do not matter; ISO codes must be in capitals. With `country`
        (ISO 3166-1 alpha-2) only the places in it.
        """
        found = (candidate.place for candidate in self.candidates(name))
        return tuple(place for place in found if country in ("", place.country))

    def candidates(self, name: str) -> tuple[Candidate, ...]:
        """As `find`, with what speaks for each place."""
        if len(name) > 200:
            return ()
        return self._cached(name)

    def country(self, code: str) -> Place | None:
        """The country with that ISO 3166-1 alpha-2 code. Its coordinates are those of its capital."""
        code = code.upper()
        found = (candidate.place for candidate in self.candidates(code))
        return next((place for place in found if place.kind == "country" and place.country == code), None)

    def credit(self) -> str:
        """Whose data these are, and under which licence: to be shown where places are."""
        with self._lock:
            row = self._connection.execute("SELECT value FROM meta WHERE name = 'credit'").fetchone()
        return str(row[0]) if row else ""

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _look_up(self, name: str) -> tuple[Candidate, ...]:
        query = (
            f"SELECT {_COLUMNS}, max(name.weight), max(name.own) FROM name JOIN place ON place.n = name.place"
            " WHERE name.key IN (?, ?) GROUP BY place.n ORDER BY 7 DESC, place.n"
        )
        with self._lock:
            rows = self._connection.execute(query, (code_of(name), key(name))).fetchall()
        return tuple(_candidate(*row) for row in rows)


def _candidate(
    geonameid: int,
    name: str,
    kind: Literal["country", "admin1", "city"],
    country: str,
    lat: float | None,
    lon: float | None,
    *ranks: Any,
) -> Candidate:
    place = Place(name=name, kind=kind, geonameid=geonameid, country=country, lat=lat, lon=lon)
    return Candidate(place=place, weight=int(ranks[0]), own=bool(ranks[1]))
