"""Our words: the article, and how it is recognised."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from aggregator.schema.feed import Enclosure, Point, Removal, Term

Role = Literal["dateline", "title", "body", "feed", "source"]
PlaceKind = Literal["country", "admin1", "admin2", "city", "region", "feature", "street", "point"]
"""`region`: a part of the world such as the Sahel; `feature`: a river, sea, range, park; `street`: a road."""


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """How an entry is recognised when it is served again, within its source.

    The traits are short hashes, empty where the entry lacks what they are made of.
    """

    key: str
    """First rung of the ladder that holds: `g:` guid, `l:` canonical link, `t:` title and date."""
    aliases: tuple[str, ...] = ()
    """What else may identify it (`u:` guid without scheme and host, `l:`, `t:`), asked before an insert."""
    reuse_key: str = ""
    """The key it gets if its guid turns out to be one that the publisher uses again."""
    link_is_own: bool = False
    """True if the canonical link names this entry alone, so that equal links mean one article."""
    guid: str = ""
    """The guid without its scheme."""
    link: str = ""
    """The canonical link."""
    path: str = ""
    """The link without the values of its query, so that a token in it does not matter."""
    title: str = ""
    content: str = ""
    published: int | None = None
    """Milliseconds since 1970."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """An entry the store already has: its traits (as in Identity), and where it is."""

    entry_n: int
    article_id: int
    key: str
    guid: str
    link: str
    path: str
    title: str
    content: str
    published: int | None
    raw_hash: str
    first_seen: datetime


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Why a category or place was given: which words, feed term or source."""

    kind: str
    """`feed term`, `section`, `address`, `breadcrumb`, `source`, `words`, `rule`, `dateline`, `geo tag`, …"""
    text: str


MEDIA_TOPICS = "http://cv.iptc.org/newscodes/mediatopic/"
"""Scheme of the IPTC's Media Topics, whose ids begin with `medtop:`."""


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """What an article is about: a Media Topic of the IPTC, a category of the admin, or the publisher's own term."""

    id: str
    """What filters use: `medtop:04000000`, or a slug."""
    name: str
    scheme: str = ""
    """Whose category it is: the IPTC's vocabulary, the publisher's scheme, or empty."""
    score: float
    """0 to 1."""
    evidence: tuple[Evidence, ...]
    broader: tuple[str, ...] = ()
    """Ids of the categories this one is part of, nearest first. An article has these categories too."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A place of the world; coordinates in degrees WGS 84."""

    name: str
    kind: PlaceKind
    geonameid: int | None = None
    country: str = ""
    """ISO 3166-1 alpha-2, or empty."""
    lat: float | None = None
    lon: float | None = None
    code: str = ""
    """Of its first-level division, as GeoNames has it (`US.TX`), or of its country."""
    admin1: str = ""
    """Name of the first-level division it lies in, or empty."""
    regions: tuple[str, ...] = ()
    """Macro-regions of the world its country belongs to."""
    disputed_by: tuple[str, ...] = ()
    """ISO codes of the countries that claim it too."""


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a text, or said of it by feed or source."""

    place: Place
    role: Role
    text: str
    """The words as they stand."""
    start: int | None = None
    """Offset into the field the role names, in code points; None where there is none."""
    end: int | None = None
    score: float
    evidence: tuple[Evidence, ...]
    people: bool = False
    """True if the words name the people of the place ("Moroccan") rather than the place."""
    rejected: tuple[Place, ...] = ()
    """Other places of that name, likeliest first; only where they were asked for."""


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """One clean article in our words. Born in `normalise`; later steps only add to it."""

    uid: str
    """`urn:uuid:…`, derived from the link (or source and key), never from the database."""
    identity: Identity
    guid: str = ""
    url: str = ""
    """Canonical link, tracking parameters dropped; empty if the feed gives none."""
    title: str
    """Plain text, never markup."""
    authors: tuple[str, ...] = ()
    published: datetime
    """Clamped to the time first seen when missing or in the future."""
    published_given: bool = True
    """False if the feed gave no usable date."""
    updated: datetime | None = None
    first_seen: datetime
    language: str = ""
    dateline: str = ""
    """Place name the text opens with ("Rabat –" gives "Rabat")."""
    summary: str = ""
    """Plain text, short."""
    html: str = ""
    """Sanitised HTML with absolute links."""
    text: str = ""
    """Plain text, paragraphs separated by a blank line."""
    enclosures: tuple[Enclosure, ...] = ()
    image: str = ""
    terms: tuple[Term, ...] = ()
    points: tuple[Point, ...] = ()
    places: tuple[str, ...] = ()
    """Names of places its page gives, each with what it lies in."""
    breadcrumb: tuple[str, ...] = ()
    removed: tuple[Removal, ...] = ()
    categories: tuple[Category, ...] = ()
    mentions: tuple[Mention, ...] = ()
    focus: Place | None = None
    """The place it is mostly about, in the country it is mostly about; None if it names none."""
    made_by: str = ""
    """Versions of the rules that made it, such as `clean 1, classify 2`."""
    sources: tuple[str, ...] = ()
    """Ids of the sources that carry it."""
    id: int | None = None
    """Arrival order, set by the store; below 2**31."""
    edited: datetime | None = None
    """When its publisher's edit of title or text was last seen, set by the store."""
    position: int | None = None
    """Time-ordered and unique, set by the store: `(ms since 1970 << 20) | n`."""
    story: str = ""
    """Id of the story it belongs to, once that was told."""
    marks: tuple[tuple[str, str], ...] = ()
    """What the admin's rules say of it, as kind and value of keys (see `filters.keys`); set by the store."""
    given: tuple[Category, ...] = ()
    """The categories that it has by these rules alone; set by the store."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Which story an article belongs to, and why."""

    article_id: int
    story: str
    score: float = 0.0
    """0 to 1; 0 for the article that began it."""
    nearest: int | None = None
    """Number of the article of that story it is most like; None for the one that began it."""
    evidence: tuple[Evidence, ...] = ()
    """What the two have in common."""
    seen: bytes = b""
    """How the window keeps the article, for another process to recall; empty where none shall."""


def given_category(id: str, name: str) -> Category:
    """A category that an article has because a rule says so."""
    return Category(
        id=id,
        name=name,
        scheme=MEDIA_TOPICS if id.startswith("medtop:") else "",
        score=1.0,
        evidence=(Evidence(kind="given by a rule", text=f"category:{id}"),),
    )


def all_categories(article: Article) -> tuple[Category, ...]:
    """The categories that an article has of itself, and those that rules give it."""
    return (*article.categories, *article.given)


def shown_categories(article: Article) -> tuple[Category, ...]:
    """All categories but the publisher's terms that a Media Topic beside them stands for."""
    every = all_categories(article)
    topics = [one for one in every if one.id.startswith("medtop:")]
    said = {one.name.casefold() for one in topics}
    said |= {told.text.casefold() for one in topics for told in one.evidence if told.kind in _OF_TERMS}
    return tuple(
        one
        for one in every
        if one in topics
        or one.name.casefold() not in said
        or any(told.kind in ("rule", "given by a rule") for told in one.evidence)
    )


_OF_TERMS = ("feed term", "section")
"""The kinds of evidence whose text is a term of the publisher."""
