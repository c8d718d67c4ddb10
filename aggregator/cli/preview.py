"""An address tried out: which feeds it has, and what would become of their articles. Nothing is stored."""

from __future__ import annotations

import dataclasses
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from aggregator import settings
from aggregator.errors import DatelineError, FetchError, ParseError, SettingsError
from aggregator.fetch import Fetcher
from aggregator.identity import identities
from aggregator.parse import USUAL_PATHS, fast, hosted, open_document
from aggregator.pipeline import Pipeline
from aggregator.poll.apart import Parsers
from aggregator.schema import (
    Article,
    Download,
    Feed,
    FetchSettings,
    Memory,
    Offer,
    Preview,
    Settings,
    Source,
    replace,
)
from aggregator.urls import host_of, resolve, without_secrets
from aggregator.written import table

SHOWN = 5
"""Articles of a feed that are shown."""
READ = 10
"""Articles from which language and country are guessed."""
_ENOUGH = 3
"""Articles that must agree on it."""
PATIENCE = 25.0
"""Seconds after which no further address is asked."""
MOST_BYTES = 5_000_000
_REJECTED = 3
"""Other places of a name that are shown."""
_FOR_ALL = frozenset(
    ("ai", "am", "cc", "co", "eu", "fm", "gg", "im", "io", "is", "la", "li", "ly", "me", "nu", "su", "to", "tv", "ws")
)  # fmt: skip
"""Domains of countries that are used from everywhere."""
_NOT_THE_CODE = {"uk": "gb"}
"""Domains that are not the code of their country (ISO 3166-1)."""


def preview(asked: str, wanted: Settings, pipeline: Pipeline, now: Callable[[], datetime]) -> Preview:
    """What an address would be as a source: found, read and understood as a poll would do it."""
    asked = asked.strip()
    try:
        source = _source(asked)
        with closing(_Search(source, wanted.fetch, now())) as search:
            search.run(source.url)
    except DatelineError as error:
        return Preview(asked=asked, problem=str(error))
    if search.feed is None:
        problem = f"{search.problem} No feed was found at {without_secrets(source.url)}.".strip()
        return Preview(asked=asked, problem=problem, offers=tuple(search.offers.values()))
    return _shown(asked, search, replace(source, url=search.url), wanted, pipeline, now())


def _source(asked: str) -> Source:
    """A source with this address. Raises SettingsError."""
    url = asked if "://" in asked else f"https://{asked}"
    if not url.lower().startswith(("http://", "https://")) or not asked:
        raise SettingsError(
            "Give a web address, such as https://example.org or https://example.org/feed.xml."
        )
    address = settings.source_address(url, Path("/"))
    password = address.password
    return Source(id="try", url=address.url, title="", username=address.username, password=password)


@dataclass(slots=True)
class _Search:
    """The way from an address to a feed."""

    source: Source
    fetch: FetchSettings
    now: datetime
    url: str = ""
    feed: Feed | None = None
    problem: str = ""
    """Why the first address is no feed."""
    offers: dict[str, Offer] = field(default_factory=dict)
    fetcher: Fetcher = field(init=False)
    parsers: Parsers = field(default_factory=lambda: Parsers(1))
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.fetcher = Fetcher(self.fetch.hurried(min(self.fetch.max_bytes, MOST_BYTES)))

    def close(self) -> None:
        self.fetcher.stop()
        self.fetcher.close()
        self.parsers.close()

    def run(self, url: str) -> None:
        """Sets `feed` to the first feed on the way: the address itself, what its page names, what is usual there."""
        page = self._try(url)
        if self.feed is None and page is not None:
            self.offers = {one.url: one for one in self.parsers.offers(page.body, page.final_url)}
            self._first(tuple(self.offers))
        if self.feed is None and (known := hosted(url)):
            self._first((known,))
        if self.feed is None and page is not None and not self.offers:
            self._first(tuple(resolve(page.final_url, path) for path in USUAL_PATHS))

    def _first(self, urls: Sequence[str]) -> None:
        for url in urls:
            if self.feed is not None or time.monotonic() - self.started > PATIENCE:
                return
            self._try(url)
        if self.feed is not None:
            self.offers.setdefault(self.url, Offer(url=self.url, title=self.feed.title))

    def _try(self, url: str) -> Download | None:
        """What the address serves, if it is no feed; None if it is one (which is kept) or cannot be read."""
        try:
            memory = Memory(source_id=self.source.id, url=url)
            found = self.fetcher.fetch(self.source, memory, now=self.now, conditional=False)
        except FetchError as error:
            self.problem = self.problem or str(error)
            return None
        try:
            document = open_document(found)
            feed = fast(document) if len(found.body) < MOST_BYTES // 10 else None
            self.feed = feed or self.parsers.read(document, doubted=feed is None)
            self.url = found.permanent_url or url
        except ParseError as error:
            self.problem = self.problem or str(error)
            return found
        return None


def _shown(
    asked: str, search: _Search, source: Source, wanted: Settings, pipeline: Pipeline, now: datetime
) -> Preview:
    feed = search.feed
    assert feed is not None  # noqa: S101 (the caller looked)
    title = feed.title or host_of(source.url)
    source = replace(source, title=title)
    known = _configured(source, wanted)
    articles = tuple(
        _understood(feed, known or source, dataclasses.replace(pipeline, rejected=_REJECTED), now)
    )
    return Preview(
        asked=asked,
        url=without_secrets(source.url),
        title=title,
        offers=tuple(search.offers.values()),
        notes=tuple(_notes(search, feed, known)),
        entries=len(feed.entries),
        articles=articles[:SHOWN],
        table="" if known else _table(source, feed, articles, wanted),
    )


def _understood(feed: Feed, source: Source, pipeline: Pipeline, now: datetime) -> Iterator[Article]:
    entries = feed.entries[:READ]
    for entry, identity in zip(entries, identities(entries), strict=True):
        yield pipeline.understand(entry, identity, source, first_seen=now)


def _configured(source: Source, wanted: Settings) -> Source | None:
    place = settings.same_place(source.url)
    return next((one for one in wanted.sources if settings.same_place(one.url) == place), None)


def _notes(search: _Search, feed: Feed, known: Source | None) -> Iterator[str]:
    if known is not None:
        where = f" ({known.origin})" if known.origin else ""
        yield f"This feed is configured already, as {known.id}{where}."
    if not feed.entries:
        yield "The feed has no articles at present."
    if feed.repaired:
        yield feed.repaired
    if search.source.username or search.source.password:
        yield 'The address holds credentials: write them as username and password, best as "env:NAME".'


def _table(source: Source, feed: Feed, articles: Sequence[Article], wanted: Settings) -> str:
    """The `[[source]]`, with language and country where they are certain and the feed does not say."""
    taken = {one.id for one in wanted.sources}
    told = feed.language or any(entry.language for entry in feed.entries[:READ])
    return table(
        "source",
        id=settings.unique([settings.slug(source.title), *settings.slugs_of_url(source.url)], taken),
        url=source.url,
        title=" ".join(source.title.split()),
        language="" if told else _agreed([article.language for article in articles]),
        country=_country(source.url, articles),
    )


def _agreed(said: Sequence[str]) -> str:
    """What all say; empty if they differ or are few."""
    return said[0] if len(said) >= _ENOUGH and len(set(said)) == 1 else ""


def _country(url: str, articles: Sequence[Article]) -> str:
    """The country of the domain, if most of the articles are about it."""
    domain = host_of(url).partition(":")[0].rpartition(".")[2]
    country = _NOT_THE_CODE.get(domain, domain).upper()
    if len(domain) != 2 or domain in _FOR_ALL:
        return ""
    about = Counter(article.focus.country for article in articles if article.focus)
    return country if about[country] >= max(_ENOUGH, about.total() / 2) else ""
