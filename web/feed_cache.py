"""Feeds that were made already, kept in memory up to a bound."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aggregator.schema import Settings
from web.cache import Cache

ROOM = 32_000_000
"""Bytes of feeds that are kept, at most."""
_OVERHEAD = 2_000
"""Bytes a feed takes beside its body and key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A feed as it is sent."""

    state: str
    """Of the store when it was made: it holds until any article changes."""
    settings: Settings
    """In force when it was made."""
    good_until: datetime
    """When time alone may change it."""
    body: bytes
    tag: str
    changed: datetime
    """Since when it has had these very bytes, at the latest."""
    content_type: str
    location: str
    """Its one address, however it was asked for."""
    links: str
    """Value of the header Link (RFC 8288)."""
    lasts: bool
    """True for a page of an archive."""


def shelf() -> Cache[str, Kept]:
    """A place for feeds, by the address they were asked under."""
    return Cache(ROOM, _size)


def _size(key: str, kept: Kept) -> int:
    return len(kept.body) + len(key) + len(kept.links) + _OVERHEAD
