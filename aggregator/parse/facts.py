"""What an article's page says of it for machines: JSON-LD (schema.org) and `article:section` (Open Graph).

Pages are hostile and often wrong: so much is read and no more, of what is broken nothing is used, and nothing raises.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from lxml import etree

from aggregator.parse.dates import parse_date
from aggregator.parse.draft import language_tag
from aggregator.parse.jsonfeed import printable
from aggregator.schema import SECTION, Entry, Point, Term

_SCRIPTS = 20
_SCRIPT = 300_000
"""Characters of a script that are read; no article needs more."""
_NODES = 200
_MOST = 5
"""Sections and places taken of a page."""
_LONGEST = 100
_ARTICLE = re.compile(r"(?:.*[/:])?\w*(?:Article|BlogPosting|Report)")
"""Types of schema.org that are news."""
_LISTED = re.compile(r",(?=\S)")
"""Between the names of a list; in a name a blank follows."""
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")

_Node = dict[str, Any]


def facts(page: bytes) -> Entry:
    """What a page says of its article, as an entry: sections as terms, places, points, language and date."""
    root = tree_of(page)
    if root is None:
        return Entry()
    nodes = list(_articles(root))
    sections = [name for node in nodes for one in _each(node, "articleSection") for name in _names(one)]
    sections = sections or [
        name
        for meta in root.iterfind(".//meta[@property='article:section']")
        for name in _names(meta.get("content"))
    ]
    spots = [
        spot for node in nodes for key in ("contentLocation", "locationCreated") for spot in _each(node, key)
    ]
    points = [point for spot in spots if (point := _point(spot))]
    names = [name for spot in spots if not _point(spot) and (name := _place(spot))]
    dates = (parse_date(_text(node.get("datePublished"))) for node in nodes)
    languages = (_language(one) for node in nodes for one in _each(node, "inLanguage"))
    return Entry(
        terms=tuple(Term(label=name, scheme=SECTION) for name in dict.fromkeys(sections))[:_MOST],
        points=tuple(dict.fromkeys(points))[:_MOST],
        places=tuple(dict.fromkeys(names))[:_MOST],
        published=next(filter(None, dates), None),
        language=next(filter(None, languages), ""),
    )


def tree_of(page: bytes) -> etree._Element | None:
    """The page; in UTF-8 if it is valid, else as it says itself."""
    try:
        page.decode()
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = None
    try:
        return etree.fromstring(page, etree.HTMLParser(encoding=encoding))
    except (etree.LxmlError, ValueError):
        return None


def _articles(root: etree._Element) -> Iterator[_Node]:
    """The nodes that describe the article of a page: the first that is one, and others with its headline."""
    first: str | None = None
    for node in _nodes(root):
        types = [_text(one) for one in _each(node, "@type")]
        if any(_ARTICLE.fullmatch(one) for one in types):
            headline = _text(node.get("headline"))
            if first is None or headline == first:
                first = headline
                yield node


def _nodes(root: etree._Element) -> Iterator[_Node]:
    """The nodes that a page's scripts describe outright: what is linked from them may be other articles."""
    scripts = [one for one in root.iter("script") if "ld+json" in (one.get("type") or "").lower()]
    for script in scripts[:_SCRIPTS]:
        text = script.text or ""
        if len(text) > _SCRIPT:
            continue
        try:
            found = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _listed(found):
            yield from _listed(node["@graph"]) if "@graph" in node else (node,)


def _listed(found: Any) -> list[_Node]:
    some = found if isinstance(found, list) else [found]
    return [one for one in some[:_NODES] if isinstance(one, dict)]


def _each(node: _Node, key: str) -> list[Any]:
    found = node.get(key)
    return found[:_NODES] if isinstance(found, list) else [] if found is None else [found]


def _text(value: Any) -> str:
    """A text as a reader would see it, or empty for what is none or too long."""
    if not isinstance(value, str) or len(value) > 2 * _LONGEST:
        return ""
    text = " ".join(printable(unescape(value)).split())
    return text if len(text) <= _LONGEST else ""


def _names(value: Any) -> Iterable[str]:
    """The sections in a text; the name of the website is none."""
    names = (name.strip() for name in _LISTED.split(_text(value)))
    return [name for name in names if name and not _HOST.fullmatch(name)]


def _language(value: Any) -> str:
    return language_tag(_text(value.get("alternateName") if isinstance(value, dict) else value))


def _point(spot: Any) -> Point | None:
    geo = spot.get("geo") if isinstance(spot, dict) else None
    if not isinstance(geo, dict):
        return None
    try:
        lat, lon = float(geo.get("latitude", "")), float(geo.get("longitude", ""))
    except (TypeError, ValueError, OverflowError):
        return None
    # Where a form was left empty both are 0.
    if not (
        math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180 and (lat or lon)
    ):
        return None
    return Point(lat=lat, lon=lon, name=_text(spot.get("name")))


def _place(spot: Any) -> str:
    """The name of a place, with what it lies in as far as that is said: "Stade, Saint-Denis, FR"."""
    if not isinstance(spot, dict):
        return _text(spot)
    address = spot.get("address")
    parts = [spot.get("name")]
    if isinstance(address, dict):
        country = address.get("addressCountry")
        country = country.get("name") if isinstance(country, dict) else country
        parts += [address.get("addressLocality"), address.get("addressRegion"), country]
    else:
        parts.append(address)
    return ", ".join(dict.fromkeys(text for part in parts if (text := _text(part))))
