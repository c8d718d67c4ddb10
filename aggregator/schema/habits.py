"""What a source usually does, learned from its articles."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec


class Usual(msgspec.Struct, frozen=True, kw_only=True):
    """The names of places a source writes: small and bounded, so that it can be kept with the source."""

    names: tuple[tuple[str, float], ...] = ()
    """Keys of names, each with the (decayed) number of articles it stood in; most frequent first."""
    articles: float = 0.0
    """(Decayed) number of articles learned from."""
    at: datetime | None = None
    """When it was last learned from, for the decay."""


class Line(NamedTuple):
    """A line that stood at the edge of articles; what it says is not kept."""

    key: int
    """A hash of its words."""
    articles: int = 0
    """In how many articles it stood; halved from time to time."""
    stories: int = 0
    """How many of them had a title unlike those before; counted until it is enough."""
    words: int = 0
    """64 bits, set by the words of those titles; 0 once the stories are enough."""


class Lines(msgspec.Struct, frozen=True, kw_only=True):
    """The lines at the edges of a source's articles: bounded, and without their words."""

    lines: tuple[Line, ...] = ()
    articles: int = 0
    """Number of articles learned from; halved from time to time."""


class Habits(msgspec.Struct, frozen=True, kw_only=True):
    """What a source usually does; empty for one that is new."""

    places: Usual = Usual()
    lines: Lines = Lines()
