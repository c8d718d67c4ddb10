"""Look-ups in the gazetteer: a read-only SQLite file, shared by all threads."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Literal, cast

from aggregator.errors import StoreError
from aggregator.locate.names import ANY, code_of, demonym, key, number, one_letter_off, tongue
from aggregator.locate.tables import DISPUTED
from aggregator.schema import Filing, Place

VERSION = 4
"""Of the file; another number means that it must be built anew."""
BITS = 25
"""The file holds a filter of 2**BITS bits: no place has a name whose bit is not set."""

_CACHED = 20_000
_MOST = 80
"""Places of one name that are looked at."""
_AS_IT_IS = Filing(name="")
FILED = 4
"""Rank of a name that the admin has filed."""
_SHIFT = 32 - BITS
Kind = Literal["country", "admin1", "admin2", "city", "region", "feature"]
_SELECT = """
    SELECT place.n, geonameid, name, kind, country, code, lat, lon, people, capital, max(rank) AS best, languages
    FROM name JOIN place ON place.n = name.place WHERE hash IN (?, ?) GROUP BY place.n
    ORDER BY (CASE WHEN best > 1 THEN people ELSE people / 10 END) DESC, place.n LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that goes by a name."""

    n: int
    """Its row, by which places are told apart."""
    geonameid: int | None
    name: str
    kind: Kind
    country: str
    code: str
    """Of the country, or of the first-level division it lies in: `US.TX`."""
    lat: float | None
    lon: float | None
    people: int
    capital: int
    """1 for the capital of a country."""
    rank: int
    """4 filed by the admin, 3 its own name, 2 a usual one, 1 an alternate name or code, 0 a word for its people."""
    languages: int = 0
    """Those (bits of `tongue`) in which it goes by the name; 0 for all."""

    @property
    def weight(self) -> int:
        """Inhabitants; a tenth of them where the name is an alternate one."""
        return self.people if self.rank > 1 else self.people // 10


_NOBODY = Candidate(0, None, "", "city", "", "", None, None, 0, 0, 0)


class Gazetteer:
    """The places of the world by name. Thread-safe; close it when done."""

    VERSION = VERSION

    def __init__(
        self, connection: sqlite3.Connection, filings: Iterable[Filing] = (), lock: Lock | None = None
    ) -> None:
        self._connection = connection
        self._lock = lock or Lock()
        self._bits: bytes = self._value("filter")
        self._filed: dict[int, Filing] = {}
        self._countries: dict[str, str] = {}
        self._added: dict[str, Candidate] = {}
        self._blocked: set[str] = set()
        for number_, filing in enumerate(filings, 1):
            self._file(filing, -number_)
        self.named = lru_cache(maxsize=_CACHED)(self._named)
        self.division = lru_cache(maxsize=5000)(self._division)
        self.regions = lru_cache(maxsize=5000)(self._regions)
        self.place = lru_cache(maxsize=_CACHED // 4)(self._place)

    @classmethod
    def open(cls, path: Path, filings: Iterable[Filing] = ()) -> Gazetteer:
        """Opens what `build` made. Raises StoreError if it is missing, broken or of another version.

        `filings` are the admin's corrections: the largest place of each name, and its namesakes in the same
        country, are filed as they say.
        """
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
        return cls(connection, filings)

    def filed(self, filings: Sequence[Filing]) -> Gazetteer:
        """The same places, filed as the admin says; it shares the open file with this one."""
        return Gazetteer(self._connection, filings, self._lock) if filings else self

    def find(self, name: str, *, country: str = "") -> tuple[Place, ...]:
        """The places of that name, most populous first (an alternate name counts a tenth).

        Case, accents, apostrophes and hyphens do not matter; ISO codes must be in capitals. With `country`
        (ISO 3166-1 alpha-2) only the places in it.
        """
        found = self.candidates(name)
        return tuple(self.place(one) for one in found if country in ("", one.country))

    def numbered(self, geonameid: int) -> Place | None:
        """The place of that number in GeoNames."""
        with self._lock:
            row = self._connection.execute(
                "SELECT *, 3 FROM place WHERE geonameid = ?", (min(geonameid, 2**62),)
            ).fetchone()
        return self.place(self._as_filed(Candidate(*row))) if row else None

    def nearest(self, name: str) -> str:
        """The name of the largest place that is written like it but for one letter, or nothing."""
        written = key(name)[:50]
        found = (
            one for other in one_letter_off(written) if self.knows(other) for one in self.named(other, other)
        )
        return max(found, key=lambda one: one.weight, default=_NOBODY).name

    def candidates(self, name: str, language: str = "") -> tuple[Candidate, ...]:
        """As `find`, with what speaks for each place; only by what they are called in a language, if one is given."""
        if len(name) > 200:
            return ()
        return self.named(
            code_of(name) or (name if name.endswith(".") else key(name)), key(name), tongue(language)
        )

    def knows(self, name_key: str) -> bool:
        """False if no place has that key; True if one has, or rarely if none has. Cheap."""
        bit = zlib.crc32(name_key.encode()) >> _SHIFT
        return bool(self._bits[bit >> 3] & (1 << (bit & 7))) or name_key in self._added

    def country(self, code: str) -> Place | None:
        """The country with that ISO 3166-1 alpha-2 code. Its coordinates are those of a point inside it."""
        found = self.division(code.upper())
        return self.place(found) if found and found.kind == "country" else None

    def _place(self, candidate: Candidate) -> Place:
        """A candidate as an article holds it, with what it lies in."""
        above = self.division(candidate.code) if candidate.kind in ("city", "admin2") else None
        return Place(
            name=candidate.name,
            kind=candidate.kind,
            geonameid=candidate.geonameid,
            country=candidate.country,
            lat=candidate.lat,
            lon=candidate.lon,
            code=candidate.code,
            admin1=above.name if above and above.kind == "admin1" else "",
            regions=self.regions(candidate.country, candidate.code) if candidate.country else (),
            disputed_by=self._disputed(candidate),
        )

    def credit(self) -> str:
        """Whose data these are, and under which licence: to be shown where places are."""
        return str(self._value("credit"))

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _value(self, name: str) -> bytes:
        with self._lock:
            row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return cast(bytes, row[0]) if row else b""

    def _named(self, name_key: str, also: str = "", languages: int = ANY) -> tuple[Candidate, ...]:
        """The places of a key (or another) in a text of those languages, bits of `tongue`."""
        keys = (name_key, also) if also else (name_key,)
        if self._blocked.intersection(keys):
            return ()
        added = tuple(self._added[each] for each in dict.fromkeys(keys) if each in self._added)
        hashes = [number(each) for each in keys if self.knows(each)]
        if not hashes:
            return added
        with self._lock:
            rows = self._connection.execute(_SELECT, (hashes[0], hashes[-1], _MOST)).fetchall()
        found = [self._as_filed(Candidate(*row)) for row in rows]
        if languages != ANY and any(one.languages and not one.languages & languages for one in found):
            found = sorted(_in_languages(found, languages), key=lambda one: -one.weight)
        return added + tuple(found)

    def _file(self, filing: Filing, n: int) -> None:
        """Takes a correction in: a name that no place has becomes a city where it says it is."""
        name_key = key(filing.name)
        known = self._named(name_key)
        if filing.block:
            people = {demonym(each) for each in (name_key, name_key.removeprefix("ال"))}
            self._blocked |= {name_key, code_of(filing.name) or name_key, *people}
        elif known:
            country = known[0].country
            if not self._disputed(known[0]) and any(one.country == filing.country for one in known):
                country = filing.country  # Of several places of that name, the one there is meant.
            same = [one for one in known if one.country == country and one.rank > 1]
            self._filed |= {one.n: filing for one in same or known[:1]}
            if known[0].kind == "country" and filing.country:
                self._countries[known[0].country] = filing.country
        elif filing.lat is not None:
            name, country = filing.rename or filing.name, filing.country
            self._added[name_key] = Candidate(
                n, None, name, "city", country, country, filing.lat, filing.lon, 20_000, 0, FILED
            )

    def _as_filed(self, candidate: Candidate) -> Candidate:
        filing = self._filed.get(candidate.n) or _AS_IT_IS
        country = filing.country or self._countries.get(candidate.country, candidate.country)
        if filing is _AS_IT_IS and country == candidate.country:
            return candidate
        return replace(
            candidate,
            rank=FILED if filing is not _AS_IT_IS and candidate.rank > 1 else candidate.rank,
            name=filing.rename or candidate.name,
            country=country,
            code=candidate.code if country == candidate.country else country,
            lat=candidate.lat if filing.lat is None else filing.lat,
            lon=candidate.lon if filing.lon is None else filing.lon,
        )

    def _disputed(self, candidate: Candidate) -> tuple[str, ...]:
        """Who else claims a place: by GeoNames' country, and by its own country if it is filed elsewhere."""
        claims = next(
            (DISPUTED[one] for one in (candidate.name, candidate.code, candidate.country) if one in DISPUTED),
            (),
        )
        return tuple(one for one in claims if one != candidate.country)

    def _division(self, code: str) -> Candidate | None:
        """The country or first-level division of that code."""
        query = "SELECT *, 3, 0 FROM place WHERE code = ? AND kind IN ('country', 'admin1')"
        with self._lock:
            row = self._connection.execute(query, (code,)).fetchone()
        return Candidate(*row) if row else None

    def _regions(self, country: str, code: str) -> tuple[str, ...]:
        """The macro-regions a country and its division belong to."""
        query = "SELECT DISTINCT region FROM member WHERE code IN (?, ?) ORDER BY region"
        with self._lock:
            return tuple(row[0] for row in self._connection.execute(query, (country, code)))


def _in_languages(found: list[Candidate], languages: int) -> Iterator[Candidate]:
    """The places that go by the name in those languages; elsewhere, a usual name of a city is an alternate one."""
    for one in found:
        if not one.languages or one.languages & languages:
            yield one
        elif one.kind == "city" and one.rank == 2:
            yield replace(one, rank=1)
