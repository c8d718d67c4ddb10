"""What the XML formats share: safe elements, dates, categories, points and attachments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from lxml import etree

from aggregator.schema import Article, Category, Role

CATEGORY_SCHEME = "urn:dateline:category"
"""Scheme of a category whose own scheme is none to repeat."""
UNKNOWN_TYPE = "application/octet-stream"
GENERATOR = "Dateline"

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
GEORSS = "http://www.georss.org/georss"
MEDIA = "http://search.yahoo.com/mrss/"
XML = "http://www.w3.org/XML/1998/namespace"

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAME = re.compile(r"(https?|urn|tag):\S+", re.IGNORECASE)
_ROLES: dict[Role, int] = {"feed": 0, "dateline": 1}
"""Which mentions say best where the news is; all others come after."""


def legal(text: str) -> str:
    """The text without the characters XML 1.0 (2.2) cannot hold: controls, lone surrogates, U+FFFE."""
    return _ILLEGAL.sub("", text)


def add(
    parent: etree._Element, tag: str, text: str = "", attributes: Mapping[str, str] | None = None
) -> etree._Element:
    """A new last child; the text and the values of attributes may hold anything."""
    child = etree.SubElement(
        parent, tag, {name: legal(value) for name, value in (attributes or {}).items() if value}
    )
    if text:
        child.text = legal(text)
    return child


def document(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def rfc3339(at: datetime) -> str:
    """`2026-01-15T12:00:00Z` (RFC 3339), whole seconds, UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def last_change(article: Article) -> datetime:
    """The latest of what the publisher says and of the edits that were seen."""
    said = (article.published, article.updated, article.edited)
    return max(at for at in said if at is not None)


def scheme_of(category: Category) -> str:
    """An IRI, as Atom (RFC 4287, 4.2.2.2) wants it: a name or a web address, nothing a browser would run."""
    return category.scheme if _NAME.fullmatch(category.scheme) else CATEGORY_SCHEME


def point(article: Article) -> str:
    """The GeoRSS point (`latitude longitude`) of the place the article is about; empty if none is known.

    Geo tags of the feed go first, then the focus, then other places of the feed, that of the dateline, and the
    surest. What the article says nothing of, the country its source writes about, is no place of the article.
    """
    mentions = [mention for mention in article.mentions if mention.role != "source"]
    mentions.sort(key=lambda one: (_ROLES.get(one.role, len(_ROLES)), -one.score))
    tagged = [one.place for one in mentions if any(each.kind == "geo tag" for each in one.evidence)]
    focus = [article.focus] if article.focus else []
    for place in (*tagged, *focus, *(one.place for one in mentions)):
        lat, lon = place.lat, place.lon
        if lat is not None and lon is not None and -90 <= lat <= 90 and -180 <= lon <= 180:
            return f"{lat:.5f} {lon:.5f}"
    return ""
