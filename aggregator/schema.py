"""The nouns of Dateline, each defined once.

A news item goes one way: a `Download` (bytes as they came) becomes a `Feed` of `Entry` (the feed's
words), and each entry becomes one `Article` (our words). All are immutable; a step returns a changed
copy (`dataclasses.replace`). Every datetime is timezone-aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

Role = Literal["dateline", "title", "body", "feed", "source"]
SourceKind = Literal["feed", "text"]
OutcomeKind = Literal["news", "unchanged", "not_modified", "failed", "gone"]


class Secret:
    """A value that never shows itself: `repr` and `str` give stars; `reveal()` gives the value."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


# --- what the admin writes ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One place news comes from, as the admin configured it."""

    id: str
    """Slug, unique in the configuration; names the source in URLs, filters and on the command line."""
    url: str
    """Absolute http(s) URL (without credentials), or an absolute local path."""
    title: str
    kind: SourceKind = "feed"
    """`feed`: RSS, Atom, RDF or JSON Feed; `text`: the plain text of one article."""
    categories: tuple[str, ...] = ()
    country: str | None = None
    """ISO 3166-1 alpha-2, upper case: the country the source writes about."""
    places: tuple[str, ...] = ()
    language: str | None = None
    """BCP 47 tag, used where the feed does not say."""
    interval: timedelta | None = None
    """Fixed polling interval; None lets the cadence adapt."""
    enabled: bool = True
    headers: tuple[tuple[str, Secret], ...] = ()
    """Extra request headers, such as a token."""
    username: str = ""
    password: Secret | None = None
    """HTTP Basic credentials; never sent to another host."""
    origin: str = ""
    """`file:line` of the table that defines it, for messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A saved, named filter with a feed."""

    id: str
    title: str
    filter: str
    """Text in the filter language, valid (checked when the configuration is read)."""
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSettings:
    title: str = "Dateline"
    tick: timedelta = timedelta(seconds=5)
    """How often the scheduler asks the database what is due."""
    workers: int = 32
    """Hosts polled at the same time."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    url: Secret
    """SQLAlchemy URL, `sqlite:///…` or `postgresql+psycopg://…`; may hold a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """Limits and manners of polling (sizes in bytes of the inflated body)."""

    contact: str = "https://dateline.invalid/about"
    """URL or mail address publishers find in the User-Agent."""
    interval: timedelta = timedelta(minutes=60)
    """Polling interval of a source the cadence knows nothing about yet."""
    min_interval: timedelta = timedelta(minutes=60)
    max_interval: timedelta = timedelta(hours=24)
    max_bytes: int = 15_000_000
    connect_timeout: timedelta = timedelta(seconds=5)
    read_timeout: timedelta = timedelta(seconds=20)
    total_timeout: timedelta = timedelta(seconds=60)
    per_host: int = 2
    """Requests to one host at the same time, at most."""
    host_delay: timedelta = timedelta(seconds=1)
    """Least time between two starts of a request to the same host."""
    allow_inside: tuple[str, ...] = ()
    """`host:port` pairs (literal addresses) on the inside network that may be polled."""
    proxy: Secret | None = None
    polls_per_day: int | None = None
    """Budget of polls a day over all sources; None means no budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = ""
    """Public address without trailing slash; empty means http://host:port."""
    access: Literal["local", "password", "public"] = "local"
    password: Secret | None = None
    page_size: int = 50
    threads: int = 4

    @property
    def address(self) -> str:
        """Where readers find it, without a trailing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url or f"http://{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything `config.toml` (and the files it includes) says, validated."""

    path: Path
    service: ServiceSettings
    store: StoreSettings
    fetch: FetchSettings
    web: WebSettings
    sources: tuple[Source, ...]
    views: tuple[View, ...]
    files: tuple[Path, ...]
    """Every file read, the main one first: what to watch for changes."""


# --- bytes as they came ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
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
    fresh_for: timedelta | None = None
    """Positive freshness the publisher gave (max-age, else Expires minus Date)."""
    fetched_at: datetime
    elapsed: float = 0.0
    """Seconds."""


# --- the feed's words --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A category the feed gives an entry."""

    label: str
    scheme: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    url: str
    type: str = ""
    length: int | None = None
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A geographic point a feed gives (GeoRSS, W3C geo), degrees WGS 84."""

    lat: float
    lon: float
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A piece of text a rule took out as page furniture."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
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
    base: str = ""
    """Address that relative links in summary and content are relative to."""
    terms: tuple[Term, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str = ""
    points: tuple[Point, ...] = ()
    breadcrumb: tuple[str, ...] = ()
    """Filled by `clean`: section names found before the title."""
    removed: tuple[Removal, ...] = ()
    """Filled by `clean`: what went, and by which rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
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


# --- our words ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a category or place was given: which words, feed term or source."""

    kind: str
    """`feed term`, `source`, `breadcrumb`, `dateline`, `georss`, …"""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    id: str
    """Slug, what filters use."""
    name: str
    scheme: str = ""
    score: float
    """0 to 1."""
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of the world; coordinates in degrees WGS 84."""

    name: str
    kind: Literal["country", "admin1", "city", "region", "point"]
    geonameid: int | None = None
    country: str = ""
    """ISO 3166-1 alpha-2, or empty."""
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
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
    breadcrumb: tuple[str, ...] = ()
    removed: tuple[Removal, ...] = ()
    categories: tuple[Category, ...] = ()
    mentions: tuple[Mention, ...] = ()
    sources: tuple[str, ...] = ()
    """Ids of the sources that carry it."""
    id: int | None = None
    """Arrival order, set by the store; below 2**31."""
    position: int | None = None
    """Time-ordered and unique, set by the store: `(ms since 1970 << 20) | n`."""


# --- what polling remembers --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one poll of one source ended."""

    kind: OutcomeKind
    at: datetime
    message: str
    """A sentence for the admin."""
    status: int | None = None
    """HTTP status, None if there was no answer."""
    entries: int = 0
    new: int = 0
    updated: int = 0
    size: int = 0
    """Bytes of the inflated body."""
    elapsed: float = 0.0
    """Seconds."""
    window_slid: bool = False
    """Every entry was new although the source was known: some may have been missed."""
    fresh_for: timedelta | None = None
    retry_after: timedelta | None = None
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    update_period: timedelta | None = None
    permanent_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is remembered of one source between polls."""

    source_id: str
    url: str
    title: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    next_poll: datetime | None = None
    """None: never asked, due at once."""
    reason: str = ""
    """Why next_poll is when it is, as a sentence."""
    last_poll: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    """When a new article last arrived."""
    last_full: datetime | None = None
    """Last unconditional request."""
    last_kind: OutcomeKind | None = None
    last_message: str = ""
    failures: int = 0
    """Failed polls in a row."""
    gone_count: int = 0
    """410 answers in a row, over days."""
    moved_to: str = ""
    moved_count: int = 0
    polls: int = 0
    not_modified: int = 0
    news: float = 0.0
    """Decayed count of new articles."""
    span: float = 0.0
    """Decayed time observed, in days; news / span estimates articles a day."""
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = field(default_factory=frozenset)
    skip_days: frozenset[int] = field(default_factory=frozenset)
    update_period: timedelta | None = None
    fresh_for: timedelta | None = None


# --- one poll, ready to be saved ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An entry of a poll that is new or changed, with the article made of it."""

    entry: Entry
    """As the feed served it."""
    raw_hash: str
    identity: Identity
    known: Known | None
    """The stored entry it is, or None if it is new to its source."""
    article: Article
    other_uid: str
    """The article's uid should its source already carry the first one in another entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """One poll of one source: what it found, how it ended and what is remembered from now on."""

    source: Source
    outcome: Outcome
    memory: Memory
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article about to be written, and the findings it is made of, each with its source id."""

    article: Article
    stored: Article | None = None
    """The article as it is stored; None if it is new."""
    owner: int | None = None
    """Number of the stored entry that gives the article its words; None if it is new."""
    findings: tuple[tuple[str, Finding], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A raw entry the store kept, and the article it gives its words to."""

    article_id: int
    source_id: str
    entry: Entry
    first_seen: datetime
