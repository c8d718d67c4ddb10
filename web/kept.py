"""Feeds that were made already, kept in memory up to a bound."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from aggregator.schema import Settings

ROOM = 32_000_000
"""Bytes of feeds that are kept, at most."""
LARGEST = 8_000_000
"""Bytes of one feed that is kept, at most."""
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


class Shelf:
    """The feeds asked for last, by the address they were asked under. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._feeds: OrderedDict[str, Kept] = OrderedDict()
        self._used = 0

    def get(self, key: str) -> Kept | None:
        """The feed as it was last made, whether it still holds or not."""
        with self._lock:
            kept = self._feeds.get(key)
            if kept is not None:
                self._feeds.move_to_end(key)
            return kept

    def put(self, key: str, kept: Kept) -> None:
        with self._lock:
            old = self._feeds.pop(key, None)
            if old is not None:
                self._used -= _size(key, old)
            if len(kept.body) > LARGEST:
                return
            self._feeds[key] = kept
            self._used += _size(key, kept)
            while self._used > ROOM:
                name, dropped = self._feeds.popitem(last=False)
                self._used -= _size(name, dropped)


def _size(key: str, kept: Kept) -> int:
    return len(kept.body) + len(key) + len(kept.links) + _OVERHEAD
