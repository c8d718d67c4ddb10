"""What a visit works with."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from aggregator.fetch import Fetcher
from aggregator.pipeline import Pipeline
from aggregator.poll.apart import Parsers
from aggregator.schema import FetchSettings
from aggregator.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What a visit works with."""

    store: Store
    fetcher: Fetcher
    parsers: Parsers
    pipeline: Pipeline
    settings: FetchSettings
    turn: AbstractContextManager[object]
    """Held while entries are read and understood: two at once would only fight for interpreter and memory."""
    is_reachable: bool
    """Whether hubs can push to this desk."""
    budget: float
    """Factor by which intervals are stretched, 1 or more."""
