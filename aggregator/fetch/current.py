"""A fetcher for a configuration that may be edited while the program runs."""

from __future__ import annotations

import threading
from collections.abc import Callable

from aggregator.fetch.fetcher import Fetcher
from aggregator.schema import FetchSettings


class Current:
    """Gives the fetcher of the settings as they are now; thread-safe.

    The one before still serves what is under way, and is gone once that has ended.
    """

    def __init__(self, settings: Callable[[], FetchSettings]) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._kept: tuple[FetchSettings, Fetcher] | None = None

    def __call__(self) -> Fetcher:
        wanted = self._settings()
        with self._lock:
            if self._kept is None or self._kept[0] != wanted:
                self._kept = (wanted, Fetcher(wanted))
            return self._kept[1]
