"""The project's own tables of places, small text files beside this module: read when a gazetteer is built."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_DATA = Path(__file__).parent / "facts"
_COLUMNS = (("en",), ("fr", "es", "pt"), ("de",), ("ar",))
_GERMAN = ("", "e", "en", "er", "es", "em")

COUNTRY_NAMES: dict[str, str] = {
    "Britain": "GB", "UK": "GB", "U.K.": "GB", "USA": "US", "U.S.A.": "US", "U.S.": "US",
    "United States of America": "US", "US": "US", "the States": "US", "UAE": "AE",
    "Emirates": "AE", "Holland": "NL", "The Netherlands": "NL", "Czech Republic": "CZ",
    "Slovak Republic": "SK", "Burma": "MM", "Swaziland": "SZ", "Cape Verde": "CV", "East Timor": "TL",
    "Timor-Leste": "TL", "Côte d'Ivoire": "CI", "Ivory Coast": "CI", "Macedonia": "MK", "FYROM": "MK",
    "Turkey": "TR", "Türkiye": "TR", "Turkiye": "TR", "Russian Federation": "RU", "Viet Nam": "VN",
    "Korea": "KR", "Republic of Korea": "KR", "Democratic People's Republic of Korea": "KP", "DPRK": "KP",
    "Republic of Ireland": "IE", "Republic of Moldova": "MD", "Syrian Arab Republic": "SY",
    "Islamic Republic of Iran": "IR", "Irish Republic": "IE", "Lao People's Democratic Republic": "LA",
    "Brunei Darussalam": "BN", "Vatican City": "VA", "Persia": "IR", "Holy See": "VA", "Palestine": "PS",
    "State of Palestine": "PS", "Palestinian Territories": "PS", "Occupied Palestinian Territory": "PS",
    "Congo": "CD", "DRC": "CD", "DR Congo": "CD", "Congo-Kinshasa": "CD",
    "Democratic Republic of Congo": "CD", "Democratic Republic of the Congo": "CD",
    "Congo-Brazzaville": "CG", "Congo Republic": "CG", "Republic of Congo": "CG",
    "Republic of the Congo": "CG", "RDC": "CD", "Sahrawi Arab Democratic Republic": "EH",
    "Kingdom of Morocco": "MA", "People's Republic of China": "CN", "PRC": "CN", "Republic of China": "TW",
    "Macau": "MO", "Hong Kong": "HK", "Bosnia": "BA", "Bosnia-Herzegovina": "BA", "Trinidad": "TT",
    "Tobago": "TT", "T&T": "TT", "The Bahamas": "BS", "The Gambia": "GM", "Kosova": "XK", "Hellas": "GR",
    "Kingdom of Saudi Arabia": "SA", "KSA": "SA", "Republic of Armenia": "AM",
    "Republic of Azerbaijan": "AZ", "Republic of South Africa": "ZA", "EE.UU.": "US", "EEUU": "US",
    "EUA": "US", "Etats-Unis": "US", "Estados Unidos": "US", "Grande-Bretagne": "GB", "Reino Unido": "GB",
    "Royaume-Uni": "GB", "RCA": "CF", "Centrafrique": "CF", "Birmanie": "MM", "Biélorussie": "BY",
    "Weißrussland": "BY", "Belorussia": "BY", "Corée du Nord": "KP", "Corée du Sud": "KR",
    "Corea del Norte": "KP", "Corea del Sur": "KR", "Nordkorea": "KP", "Südkorea": "KR", "Tschechien": "CZ",
    "الولايات المتحدة": "US", "الولايات المتحدة الأمريكية": "US",
    "بريطانيا": "GB", "السعودية": "SA", "الإمارات": "AE", "الإمارات العربية المتحدة": "AE", "سوريا": "SY",
    "سورية": "SY", "مصر": "EG", "المغرب": "MA", "الجزائر": "DZ", "كوريا الجنوبية": "KR",
    "كوريا الشمالية": "KP", "المملكة العربية السعودية": "SA", "روسيا": "RU", "تركيا": "TR", "فلسطين": "PS",
    "Hong Kong SAR": "HK", "中国": "CN", "日本": "JP", "한국": "KR",
}  # fmt: skip

AMERICA = {"America": ("en",), "Amérique": ("fr",), "Amerika": ("de",), "أمريكا": ("ar",), "أميركا": ("ar",)}
"""What the USA are called in languages in which it does not mean the continent."""
CONTINENTS = {
    "AF": "Africa", "AN": "Antarctica", "AS": "Asia", "EU": "Europe", "NA": "North America", "OC": "Oceania",
    "SA": "South America",
}  # fmt: skip
"""As GeoNames abbreviates them."""
_HOMES = {
    "fr": "FR BE CH LU MC CA HT DZ MA TN SN CI ML BF NE TG BJ GN CM GA CG CD CF TD MG DJ KM",
    "es": "ES MX GT HN SV NI CR PA CU DO PR CO VE EC PE BO CL AR UY PY GQ",
    "de": "DE AT CH LI LU",
    "pt": "PT BR AO MZ CV GW ST TL",
    "ar": "DZ BH DJ EG IQ JO KW LB LY MR MA OM PS QA SA SD SO SY TN AE YE EH",
}
HOMES = {language: frozenset(codes.split()) for language, codes in _HOMES.items()}
"""Countries in which a language is read, but for English, which is read everywhere."""
PARTS = frozenset({"England", "Scotland", "Wales", "Northern Ireland"})
"""Not the country, though some data say so."""
STATE_SHORTS = """
AL Ala. AK Alaska AZ Ariz. AR Ark. CA Calif. Cal. CO Colo. CT Conn. DE Del. FL Fla. GA Ga. HI Hawaii ID
Idaho IL Ill. IN Ind. IA Iowa KS Kan. Kans. KY Ky. LA La. ME Maine MD Md. MA Mass. MI Mich. MN Minn. MS
Miss. MO Mo. MT Mont. NE Neb. Nebr. NV Nev. NH N.H. NJ N.J. NM N.M. NY N.Y. NC N.C. ND N.D. OH Ohio OK Okla.
OR Ore. PA Pa. Penn. RI R.I. SC S.C. SD S.D. TN Tenn. TX Tex. UT Utah VT Vt. VA Va. WA Wash. WV W.Va. WI
Wis. Wisc. WY Wyo. DC D.C.
"""
PROVINCE_SHORTS = {
    "B.C.": "CA.02", "BC": "CA.02", "Ont.": "CA.08", "Que.": "CA.10", "Alta.": "CA.01", "Sask.": "CA.11",
    "N.S.": "CA.07", "N.B.": "CA.04", "P.E.I.": "CA.09", "NSW": "AU.02", "N.S.W.": "AU.02",
}  # fmt: skip
MORE_NAMES: dict[int, tuple[str, ...]] = {
    5128581: ("New York", "NYC", "N.Y.C."),
    4140963: ("Washington, D.C.", "Washington DC", "Washington D.C.", "D.C.", "DC"), 5368361: ("L.A.",),
    524901: ("Moskau",),
}  # fmt: skip
"""Usual names of cities that GeoNames has as alternate ones or lacks, by id."""
POINTED = {250441: "عمّان", 286963: "عُمان"}
"""Names that only their points tell apart: Amman and Oman."""
DISPUTED: dict[str, tuple[str, ...]] = {
    "EH": ("MA",), "PS": ("IL",), "TW": ("CN",), "XK": ("RS",), "FK": ("AR",), "GI": ("ES",),
    "Crimea": ("RU",), "Donbas": ("RU",), "Abkhazia": ("RU",), "South Ossetia": ("RU",),
    "Transnistria": ("RU",), "Kashmir": ("IN", "PK", "CN"), "Golan Heights": ("IL",),
    "Nagorno-Karabakh": ("AM",), "Gaza": ("IL",), "West Bank": ("IL",), "UA.11": ("RU",), "UA.20": ("RU",),
    "UA.05": ("RU",), "UA.14": ("RU",), "GE.02": ("RU",), "IN.12": ("PK",), "PK.06": ("IN",),
    "PK.07": ("IN",),
}  # fmt: skip
"""Who else claims a country, region or division (its code in GeoNames), by ISO code."""


class Region(NamedTuple):
    """A part of the world that is no country: a macro-region with its countries, or a sea, river or range."""

    name: str
    lat: float
    lon: float
    names: tuple[str, ...]
    countries: tuple[str, ...]
    """ISO codes."""
    members: tuple[str, ...]
    """Codes of the countries, or of the divisions of one, that it is made of."""


class Division(NamedTuple):
    """A first or second level division of a country."""

    geonameid: int
    code: str
    level: int
    lat: float
    lon: float
    people: int
    names: tuple[str, ...]


def points() -> dict[str, tuple[float, float]]:
    """A point well inside each country, by its ISO code."""
    return {code: (float(lat), float(lon)) for code, lat, lon in map(str.split, _lines("countries.tsv"))}


def divisions() -> Iterator[Division]:
    for line in _lines("divisions.tsv"):
        geonameid, code, level, lat, lon, people, names = line.split("\t")
        yield Division(
            int(geonameid), code, int(level), float(lat), float(lon), int(people), tuple(names.split("|"))
        )


def regions(file: str) -> Iterator[Region]:
    """The macro-regions of `regions.txt` or the waters and lands of `features.txt`."""
    for line in _lines(file):
        name, lat, lon, others, members = line.split("|")
        names = tuple(filter(None, (other.strip() for other in others.split(","))))
        countries = tuple(dict.fromkeys(code[:2] for code in members.split()))
        yield Region(name, float(lat), float(lon), names, countries, tuple(members.split()))


def demonyms() -> Iterator[tuple[str, list[tuple[str, tuple[str, ...]]]]]:
    """Of whom one speaks: an ISO code or the name of a place; its words in all their forms, and their languages."""
    for line in _lines("demonyms.txt"):
        owner, *columns = (column.strip() for column in line.split("|"))
        words = [
            (form, languages)
            for column, languages in zip(columns, _COLUMNS, strict=False)
            for word in re.split(r"(?<!\\) ", column)
            for form in _forms(word.replace("\\ ", " "))
        ]
        yield owner.replace("\\ ", " "), words


def exonyms() -> Iterator[tuple[str, str, dict[str, list[str]]]]:
    """Cities by country and name in GeoNames, divisions by code, with what they are called in each language."""
    for line in _lines("exonyms.txt"):
        place, *columns = line.split("|")
        country, _, name = place.partition(" ")
        called = zip(("en", "fr", "es", "de", "pt", "ar"), columns, strict=False)
        yield country, name, {language: names.split(",") for language, names in called if names}


def _forms(word: str) -> Iterator[str]:
    first, *endings = word.split("/")
    if first.endswith("isch"):
        endings = [*endings, *_GERMAN]
    yield first
    yield from (first + ending for ending in endings)


def states() -> Iterator[tuple[str, list[str]]]:
    """The code of each state of the USA and what it is abbreviated to."""
    found: dict[str, list[str]] = {}
    code = ""
    for word in STATE_SHORTS.split():
        if len(word) == 2 and word.isupper():
            code = word
            found[code] = []
        elif word.endswith("."):
            found[code].append(word)
    yield from found.items()


def _lines(file: str) -> list[str]:
    text = (_DATA / file).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
