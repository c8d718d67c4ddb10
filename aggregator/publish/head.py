"""What a feed says of itself, and what it shows of its articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from aggregator.schema import Article, Source
from aggregator.urls import holds_secret

Content = Literal["full", "summary", "text"]
"""How much of an article a feed has: all of it as HTML, its summary only, or all of it as plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    title: str
    url: str
    """Address of the feed itself."""
    page_url: str
    """Address of the page that shows the same articles."""
    description: str
    updated: datetime
    """When any of it last changed."""
    id: str
    """A permanent IRI, such as `urn:uuid:…`."""
    language: str = ""
    """BCP 47 tag if all articles are in one language; else empty."""
    content: Content = "full"
    style: str = ""
    """Address of the style sheet that browsers show it with."""
    hubs: tuple[str, ...] = ()
    """Addresses of the WebSub hubs that tell of its changes."""
    archive: bool = False
    """True if this is one page of the archive (RFC 5005). It stays as it is, so it cannot name the next one."""
    older: str = ""
    """Address of the page of the archive before it; empty if there is none."""
    current: str = ""
    """Of the feed that has the newest articles, where this is a page of the archive."""
    sources: Mapping[str, Source] = field(default_factory=dict)
    """The sources of its articles by id, as far as they are known."""

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """Relation and address of everything it leads to but its page, itself first (RFC 5005, WebSub)."""
        others = (
            *(("hub", hub) for hub in self.hubs),
            ("current", self.current),
            ("prev-archive", self.older),
        )
        return (("self", self.url), *((relation, url) for relation, url in others if url))

    def source_of(self, article: Article) -> Source | None:
        """The source that brought the article first, if others may know its address."""
        return next((one for one in map(self.sources.get, article.sources) if one and is_public(one)), None)


def is_public(source: Source) -> bool:
    """Whether its address is one on the web that may be told: no file, no token in it."""
    return source.url.startswith(("http://", "https://")) and not holds_secret(source.url)


def newest_change(articles: Iterable[Article]) -> datetime | None:
    """When the latest of the articles came or was last seen edited; None if there are none."""
    return max((article.edited or article.first_seen for article in articles), default=None)
