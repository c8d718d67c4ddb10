"""What a visit works with."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from aggregator.errors import ServiceError
from aggregator.fetch import Fetcher
from aggregator.pipeline import Pipeline
from aggregator.poll.apart import Parsers
from aggregator.schema import FetchSettings
from aggregator.store import Store


class Turn:
    """Of reading and understanding, and of asking the store for it: two at once would only fight for interpreter,
    memory and connections."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.over = threading.Event()
        """Set: it is nobody's any more, and whoever wants it gets a ServiceError."""

    def __enter__(self) -> None:
        self.lock.acquire()
        if self.over.is_set():
            self.lock.release()
            raise ServiceError("Dateline is stopping.")

    def __exit__(self, *_: object) -> None:
        self.lock.release()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What a visit works with."""

    store: Store
    fetcher: Fetcher
    parsers: Parsers
    pipeline: Pipeline
    settings: FetchSettings
    turn: Turn
    """Held while entries are read and understood, one after the other."""
    is_reachable: bool
    """Whether hubs can push to this desk."""
    budget: float
    """Factor by which intervals are stretched, 1 or more."""
