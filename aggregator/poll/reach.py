"""Is a source out of reach, or are we? A machine without a network must not blame its sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aggregator.schema import Memory, Polled
from aggregator.urls import host_of

HOSTS = 2
"""So many hosts that answered at their last poll must be out of reach at once; one alone fails by itself."""


class Reach:
    """Remembers which hosts could not be reached since anything was; of one thread."""

    def __init__(self) -> None:
        self._missed: set[str] = set()

    def sort(
        self, batch: Sequence[tuple[Polled, Memory]], offline: Callable[[Polled, Memory], Polled]
    ) -> list[tuple[Polled, Memory]]:
        """The polls, each with the memory from before; `offline` remakes the failures that are ours."""
        if any(polled.outcome.reached for polled, _ in batch):
            self._missed.clear()
            return list(batch)
        self._missed |= {
            host_of(before.url)
            for polled, before in batch
            if polled.outcome.reached is False and before.last_ok and not before.failures
        }
        if len(self._missed) < HOSTS:
            return list(batch)
        return [
            (offline(polled, before) if polled.outcome.reached is False else polled, before)
            for polled, before in batch
        ]
