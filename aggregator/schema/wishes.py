"""What the admin writes: sources, views and settings."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from aggregator.schema.readers import OidcSettings
from aggregator.schema.secret import Secret
from aggregator.schema.views import View

SourceKind = Literal["feed", "text"]


class Source(msgspec.Struct, frozen=True, kw_only=True):
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
    full_text: bool | str = False
    """Whether to read the article on its own page; a CSS selector names the elements it is in."""
    cut: tuple[str, ...] = ()
    """Lines of its articles that are furniture; `*` at an end stands for anything."""
    not_categories: tuple[str, ...] = ()
    """Ids or names of categories its articles never have, nor what is part of them."""
    headers: tuple[tuple[str, Secret], ...] = ()
    """Extra request headers, such as a token."""
    username: str = ""
    password: Secret | None = None
    """HTTP Basic credentials; never sent to another host."""
    origin: str = ""
    """`file:line` of the table that defines it, for messages."""


class CategoryRule(msgspec.Struct, frozen=True, kw_only=True):
    """A category the admin adds, and the words by which an article has it."""

    id: str
    parent: str = ""
    """A Media Topic (`medtop:04000000`) or the id of another rule that it is part of; empty if of none."""
    words: tuple[str, ...]
    """Words and phrases; an article that holds one of them has the category."""
    not_words: tuple[str, ...] = ()
    """An article that holds one of these does not have it."""
    languages: tuple[str, ...] = ()
    """ISO 639 codes; empty means articles of all languages."""
    origin: str = ""
    """`file:line` of the table that defines it, for messages."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What the admin says of all articles that a filter finds."""

    when: str
    """Text in the filter language, valid (checked when the configuration is read)."""
    then: tuple[tuple[str, str], ...]
    """The marks it gives, as kind and value of keys: `("is", "hidden")`, `("tag", "x")`; `("notify", id)` tells."""
    until: date | None = None
    """The last day (UTC) on which it holds; None for ever."""
    origin: str = ""
    """`file:line` of the table that defines it, for messages."""


class Notify(msgspec.Struct, frozen=True, kw_only=True):
    """A program that rules tell of articles."""

    id: str
    url: Secret
    """Where an article is posted to, as JSON; often holds a token."""
    secret: Secret | None = None
    """Signs what is posted."""


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What a test in the configuration expects of an article: all these, and none of those with a minus."""

    places: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    views: tuple[str, ...] = ()


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """An article the admin wrote to see what becomes of it."""

    text: str
    title: str = ""
    language: str = ""
    source: str = ""
    """Id of the source it counts as coming from; empty for none."""
    expect: Expected
    origin: str = ""
    """`file:line` of the table that defines it, for messages."""


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """How the admin wants a place filed: in another country, under another name, or not at all."""

    name: str
    country: str = ""
    """ISO 3166-1 alpha-2; empty leaves it as it is."""
    rename: str = ""
    lat: float | None = None
    lon: float | None = None
    """Degrees WGS 84: makes the place known that the gazetteer lacks, or moves it."""
    block: bool = False
    """True if the name is never meant as a place."""


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    title: str = "Dateline"
    tick: timedelta = timedelta(seconds=5)
    """How often the scheduler asks the database what is due."""
    workers: int = 32
    """Hosts polled at the same time."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    mode: Literal["embedded", "distributed"] = "embedded"
    """`embedded`: one process does everything; `distributed`: schedulers, workers and web share one PostgreSQL."""


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    url: Secret
    """SQLAlchemy URL, `sqlite:///…` or `postgresql+psycopg://…`; may hold a password."""
    backups: int = 3
    """How many of the backups that are made before a migration are kept; 0: none is made."""
    backup_folder: Path = Path("data/backups")
    pool_size: int = 5
    """Connections to PostgreSQL that are kept open while nobody needs them."""
    max_connections: int = 32
    """Connections of this process to PostgreSQL at the same time; who comes later waits."""
    statement_timeout: timedelta = timedelta(minutes=5)
    """How long PostgreSQL works on one statement before it gives up."""


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """Manners of their own for one host; None: as for all hosts."""

    name: str
    """As `urls.host_of` gives it: lower case, with the port if it is not the default one."""
    at_once: int | None = None
    delay: timedelta | None = None


class FetchSettings(msgspec.Struct, frozen=True, kw_only=True):
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
    hosts: tuple[Host, ...] = ()

    def manners(self, host: str) -> tuple[int, timedelta]:
        """How many requests to this host may be under way, and the least time between two starts."""
        own = next((one for one in self.hosts if one.name == host), None)
        if own is None:
            return self.per_host, self.host_delay
        return own.at_once or self.per_host, self.host_delay if own.delay is None else own.delay

    def hurried(self, max_bytes: int) -> FetchSettings:
        """The same with less patience: a person waits."""
        return replace(
            self,
            max_bytes=max_bytes,
            connect_timeout=min(self.connect_timeout, timedelta(seconds=4)),
            read_timeout=min(self.read_timeout, timedelta(seconds=8)),
            total_timeout=min(self.total_timeout, timedelta(seconds=10)),
        )

    def side_by_side(self, count: int) -> FetchSettings:
        """The same, but so many requests at once, and without a delay: a page is not shown before all have come."""
        return replace(self, per_host=count, host_delay=timedelta(), hosts=())


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = ""
    """Public address without trailing slash; empty means http://host:port."""
    access: Literal["local", "readers", "public"] = "local"
    trusted_proxies: tuple[str, ...] = ()
    """Networks (CIDR) of proxies whose word counts: for whom they ask, and who has signed in there."""
    trusted_header: str = ""
    """Header in which they name the reader; empty: readers sign in here."""
    image_proxy: bool = False
    """True: the desk asks for pictures of articles itself, so that readers' browsers ask nobody else."""
    page_size: int = 50
    threads: int = 4
    hubs: tuple[str, ...] = ()
    """WebSub hubs that tell readers' programs of changes."""
    oidc: OidcSettings | None = None

    @property
    def is_reachable(self) -> bool:
        """Whether hubs can reach it: it has an address of its own, and is not for this machine only."""
        return bool(self.base_url) and self.access != "local"

    @property
    def address(self) -> str:
        """Where readers find it, without a trailing slash: if it listens everywhere, on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        host = f"[{host}]" if ":" in host else host
        return self.base_url or f"http://{host}:{self.port}"


class KeepRule(msgspec.Struct, frozen=True, kw_only=True):
    """How long the articles of a source or category are kept."""

    kind: Literal["source", "category"]
    values: tuple[str, ...]
    """Its keys (see `filters.keys`)."""
    keep: timedelta


class RetentionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How long articles are kept, from their publication on."""

    keep: timedelta | None = None
    """Those of which no rule speaks; None keeps them for ever."""
    rules: tuple[KeepRule, ...] = ()


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything `config.toml` (and the files it includes) says, validated."""

    path: Path
    service: ServiceSettings
    store: StoreSettings
    fetch: FetchSettings
    web: WebSettings
    sources: tuple[Source, ...]
    views: tuple[View, ...]
    files: tuple[Path, ...]
    """Every file read, the main one first."""
    edited: datetime | None = None
    """When the newest of them was last written."""
    categories: tuple[CategoryRule, ...] = ()
    include: tuple[str, ...] = ()
    """Patterns of the files to include, relative to the folder of the main one."""
    places: tuple[Filing, ...] = ()
    retention: RetentionSettings = RetentionSettings()
    rules: tuple[Rule, ...] = ()
    tests: tuple[Trial, ...] = ()
    notify: tuple[Notify, ...] = ()
