"""Bytes as they came, and the feed's words."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """One successful answer of an origin (200, 226 or 304)."""

    url: str
    """Address asked."""
    final_url: str
    """Address that answered, after redirects."""
    permanent_url: str = ""
    """Where the leading permanent redirects (301, 308) lead; empty if there were none."""
    status: int
    body: bytes = b""
    """Inflated body; empty on 304."""
    content_type: str = ""
    etag: str = ""
    """Opaque, byte for byte (latin-1); empty if absent."""
    last_modified: str = ""
    links: str = ""
    """The header `Link`, as latin-1; several are joined by commas."""
    fresh_for: timedelta | None = None
    """Positive freshness the publisher gave (max-age, else Expires minus Date)."""
    fetched_at: datetime
    elapsed: float = 0.0
    """Seconds."""


SECTION = "urn:dateline:section"
"""Scheme of a term that is the section the article's page says it stands in (JSON-LD, `article:section`)."""


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """A category the feed gives an entry."""

    label: str
    scheme: str = ""


class Enclosure(msgspec.Struct, frozen=True, kw_only=True):
    url: str
    type: str = ""
    length: int | None = None
    """Bytes."""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A geographic point a feed (GeoRSS, W3C geo) or page (JSON-LD) gives, degrees WGS 84."""

    lat: float
    lon: float
    name: str = ""


class Removal(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of text a rule took out as page furniture."""

    rule: str
    text: str


NO_FULL_TEXT = "no full text"
"""The rule of a removal that says why the feed's text stands where the source asks for the page's."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry in the feed's words; HTML is as hostile as it came until `clean` has seen it."""

    guid: str = ""
    link: str = ""
    """Absolute http(s) address, or empty."""
    title: str = ""
    """May hold markup and entities until cleaned; then plain text."""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""
    """BCP 47 as the entry, else the feed, says; else empty."""
    summary: str = ""
    """HTML."""
    content: str = ""
    """HTML; the fullest text the feed gives, empty if only a summary."""
    page: str = ""
    """HTML; the article as its own page has it, where the source asks for full text; else empty."""
    base: str = ""
    """Address that relative links in summary and content are relative to."""
    terms: tuple[Term, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str = ""
    points: tuple[Point, ...] = ()
    places: tuple[str, ...] = ()
    """Names of places its page gives, each with what it lies in ("Paris, Texas, US")."""
    text: str = ""
    """Filled by `clean`: the content, else the summary, as plain text; a blank line between paragraphs."""
    excerpt: str = ""
    """Filled by `clean`: the summary, else the content, as plain text."""
    breadcrumb: tuple[str, ...] = ()
    """Filled by `clean`: section names found before the title."""
    removed: tuple[Removal, ...] = ()
    """Filled by `clean`: what went, and by which rule; by the poll: why there is no page."""


class Hub(msgspec.Struct, frozen=True, kw_only=True):
    """A WebSub hub that pushes what is new in a feed."""

    address: str
    topic: str
    """The feed as it calls itself."""


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed document: its entries and what the publisher says about polling it."""

    entries: tuple[Entry, ...]
    title: str = ""
    link: str = ""
    language: str = ""
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    """Hours of the day (UTC, 0–23) in which not to ask."""
    skip_days: frozenset[int] = frozenset()
    """Days of the week (Monday = 0) on which not to ask."""
    update_period: timedelta | None = None
    """`sy:updatePeriod` divided by `sy:updateFrequency`."""
    repaired: str = ""
    """A sentence if the document was broken and entries were saved from it; else empty."""
    truncated: bool = False
    """True if the document was cut off, so that entries may be missing: validators are not to be kept."""
