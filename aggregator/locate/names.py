"""Names of places: one spelling to look them up by, and names of countries that the data lack."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})
_APOSTROPHES = re.compile("['’‘ʻʼʿʾ`´]")
_CODE = re.compile("[A-Z]{2,3}")

COUNTRY_NAMES: dict[str, str] = {
    "Britain": "GB", "Great Britain": "GB", "UK": "GB", "U.K.": "GB", "England": "GB", "Scotland": "GB",
    "Wales": "GB", "Northern Ireland": "GB", "USA": "US", "U.S.A.": "US", "U.S.": "US",
    "United States of America": "US", "UAE": "AE", "Emirates": "AE", "Holland": "NL", "Netherlands": "NL",
    "Czech Republic": "CZ", "Slovak Republic": "SK", "Burma": "MM", "Swaziland": "SZ", "Cape Verde": "CV",
    "East Timor": "TL", "Timor-Leste": "TL", "Côte d'Ivoire": "CI", "Macedonia": "MK", "FYROM": "MK",
    "Türkiye": "TR", "Turkiye": "TR", "Russian Federation": "RU", "Viet Nam": "VN", "Korea": "KR",
    "Republic of Korea": "KR", "Democratic People's Republic of Korea": "KP", "DPRK": "KP",
    "Republic of Moldova": "MD", "Syrian Arab Republic": "SY", "Islamic Republic of Iran": "IR",
    "Lao People's Democratic Republic": "LA", "Brunei Darussalam": "BN", "Vatican City": "VA",
    "Holy See": "VA", "Palestine": "PS", "State of Palestine": "PS", "Palestinian Territories": "PS",
    "Occupied Palestinian Territory": "PS", "West Bank": "PS", "Gaza Strip": "PS", "Congo": "CD",
    "DRC": "CD", "DR Congo": "CD", "Congo-Kinshasa": "CD", "Congo-Brazzaville": "CG",
    "Congo Republic": "CG", "Republic of Congo": "CG", "Sahrawi Arab Democratic Republic": "EH",
    "Kingdom of Morocco": "MA", "People's Republic of China": "CN", "PRC": "CN", "Republic of China": "TW",
    "Macau": "MO", "Hong Kong SAR": "HK", "Bosnia": "BA", "Bosnia-Herzegovina": "BA", "Trinidad": "TT",
    "The Bahamas": "BS", "The Gambia": "GM", "Kosova": "XK", "Hellas": "GR", "Deutschland": "DE",
    "España": "ES", "Brasil": "BR", "México": "MX", "Italia": "IT", "Polska": "PL", "Österreich": "AT",
    "Schweiz": "CH", "Suisse": "CH", "Maroc": "MA", "Algérie": "DZ", "Tunisie": "TN", "Россия": "RU",
    "Україна": "UA", "المغرب": "MA", "الجزائر": "DZ", "مصر": "EG", "中国": "CN", "日本": "JP", "한국": "KR",
}  # fmt: skip


def key(name: str) -> str:
    """What equal names have in common: no case, accents, vowel points, apostrophes; hyphens are blanks.

    The abbreviation `US` and ISO codes are kept in capitals by `code_of`, for they are words otherwise.
    """
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name))
    kept = "".join(
        "" if unicodedata.category(letter)[0] == "M" or letter == "ـ" else letter for letter in decomposed
    )
    folded = unicodedata.normalize("NFC", kept.casefold().translate(_LETTERS)).replace(".", "")
    return " ".join("".join(letter if letter.isalnum() else " " for letter in folded).split())


def code_of(name: str) -> str:
    """The name as an ISO code (`MA`, `MAR`, `U.S.`) to look up; empty unless it is two or three capitals."""
    name = name.strip().replace(".", "")
    return name if _CODE.fullmatch(name) else ""


def is_name(name: str) -> bool:
    """False for what the data give as names and people do not write: airport codes, romanised syllables."""
    if len(name) < 2 and not "\u3400" <= name <= "\uffff":
        return False
    if name.isascii() and (len(name) < 3 or (name.isupper() and len(name) <= 4)):
        return False
    return not "a" <= name[0] <= "z"
