"""Slugs: short names of lower-case ASCII letters, digits and hyphens, for ids."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from aggregator.urls import without_secrets

LONGEST = 64
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ð": "d",
        "đ": "d",
        "þ": "th",
        "ł": "l",
        "ı": "i",
    }
)
_FEED_TYPE = re.compile(r"\.(?:xml|rss|rdf|atom|json|html?|txt|php|aspx?)$")


def slug(text: str) -> str:
    """`São Paulo – Notícias` gives `sao-paulo-noticias`; empty where no Latin letter or digit is left."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    words = re.findall("[a-z0-9]+", "".join(char for char in folded if not unicodedata.combining(char)))
    return "-".join(words)[:LONGEST].strip("-")


def slugs_of_url(url: str) -> list[str]:
    """Slugs that name a URL, shortest first: host and path (of a local path, the file's name), then with
    the query. `www`, the file type and what may be a secret are left out."""
    _, _, place = without_secrets(url).partition("://")
    if not place:
        place = url.replace("\\", "/").rpartition("/")[2]
    path, _, query = place.partition("#")[0].partition("?")
    short = slug(_FEED_TYPE.sub("", unquote(path.removeprefix("www.").rstrip("/")))) or "source"
    return [short, slug(f"{short} {unquote(query)}")]


def unique(candidates: list[str], taken: set[str]) -> str:
    """The first candidate that is not taken, else the first with a number; it is then taken."""
    known = [candidate for candidate in candidates if candidate]
    free = next((candidate for candidate in known if candidate not in taken), "")
    number = 2
    while not free:
        numbered = f"{known[0][: LONGEST - 6]}-{number}"
        free = "" if numbered in taken else numbered
        number += 1
    taken.add(free)
    return free
