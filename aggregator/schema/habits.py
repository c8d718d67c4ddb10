"""What a source usually does, learned from its articles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """The names of places a source writes: small and bounded, so that it can be kept with the source."""

    names: tuple[tuple[str, float], ...] = ()
    """Keys of names, each with the (decayed) number of articles it stood in; most frequent first."""
    articles: float = 0.0
    """(Decayed) number of articles learned from."""
    at: datetime | None = None
    """When it was last learned from, for the decay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What a source usually does; empty for one that is new."""

    places: Usual = Usual()
