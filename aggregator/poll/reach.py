"""Is a source out of reach, or are we? A machine without a network must not blame its sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from aggregator.schema import Memory, Polled
from aggregator.urls import host_of

HOSTS = 2
"""So many hosts that answered at their last poll must be out of reach at once; one alone fails by itself."""
NEW_HOSTS = 3
"""The same of hosts that never answered, as long as none has since the start: a first start without a network."""
FIRST = timedelta(hours=1)
"""After so long those that never answered are taken for what they seem: out of reach by themselves."""


class Reach:
    """Remembers which hosts could not be reached since anything was; of one thread."""

    def __init__(self) -> None:
        self._missed: set[str] = set()
        self._new: set[str] = set()
        self._since: datetime | None = None
        self._answered = False

    def sort(
        self, batch: Sequence[tuple[Polled, Memory]], offline: Callable[[Polled, Memory], Polled]
    ) -> list[tuple[Polled, Memory]]:
        """The polls, each with the memory from before; `offline` remakes the failures that are ours."""
        if any(polled.outcome.reached for polled, _ in batch):
            self._missed.clear()
            self._answered = True
            return list(batch)
        self._missed |= {
            host_of(before.url)
            for polled, before in batch
            if polled.outcome.reached is False and before.last_ok and not before.failures
        }
        if len(self._missed) < HOSTS and not self._begins_offline(batch):
            return list(batch)
        return [
            (offline(polled, before) if polled.outcome.reached is False else polled, before)
            for polled, before in batch
        ]

    def _begins_offline(self, batch: Sequence[tuple[Polled, Memory]]) -> bool:
        """Whether nothing at all could be reached since a start not long ago."""
        if self._answered:
            return False
        now = batch[0][0].outcome.at
        self._since = self._since or now
        self._new |= {
            host_of(before.url)
            for polled, before in batch
            if polled.outcome.reached is False and not before.last_ok and not before.failures
        }
        return len(self._new) >= NEW_HOSTS and now - self._since < FIRST
