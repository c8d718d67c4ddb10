"""How surely two articles tell of one event, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from math import asin, cos, fsum, radians, sin, sqrt

from aggregator.cluster.traits import Point, Traits
from aggregator.schema import Evidence

SAME_DAY, TOO_LATE = 30.0, 60.0
"""Hours between two articles up to which time speaks for one event, and from which it speaks against it."""
_SAME_SOURCE = 0.6
"""Factor for two articles of one source: it tells of an event once, and uses its own phrases again for the next."""
_ACROSS = 0.9
"""Factor for articles in two languages, which can be compared by names, figures and places alone."""
_WORDS_ALONE = 0.7
"""Similarity from which words do without a name, figure or place in common."""
_FEW = 0.45
"""The same where all they have in common is one name or one figure."""
_NO_PLACE = (0.8, 0.6, 0.3)
"""Factors where both name places and none in common, by how many of the two have one in title or dateline."""
_FIGURES, _NO_FIGURES, _NO_TOPIC = 1.2, 0.75, 0.75
"""Factors where they have a figure in common, where both have several and none in common, and likewise topics."""
_NEAR_KM = 8.0
_NEAR_DEGREES = 0.1
_INDEXED = 20
"""Words by which an article is looked up: the rarest and most telling."""
_SHOWN = 6
"""Pieces of evidence of each kind that are kept."""


@dataclass(slots=True, kw_only=True)
class Seen:
    """An article as the window keeps it: its traits, and its words weighted by how rare they were."""

    id: int
    story: str
    arrived: datetime
    source: str
    traits: Traits
    stems: str
    """All of them, with blanks between: many articles are kept."""
    vector: Mapping[str, float]
    """The most telling words first."""
    length: float
    across: float
    """Length of the vector of names and figures alone."""

    @property
    def keys(self) -> tuple[str, ...]:
        """What it is looked up by."""
        return (*islice(self.vector, _INDEXED), *self.traits.places)


def alike(one: Seen, other: Seen) -> float:
    """How surely they tell of one event: 0 to 1, more where all speaks for it."""
    a, b = one.traits, other.traits
    hours = abs(a.at - b.at)
    if hours >= TOO_LATE or _in_one_form(a, b):
        return 0.0
    words = _same_words(one, other)
    if not words:
        return 0.0
    if one.source and one.source == other.source:
        words *= _SAME_SOURCE
    time = 1.0 if hours <= SAME_DAY else (TOO_LATE - hours) / (TOO_LATE - SAME_DAY)
    return words * time * _where(a, b) * _what(a, b)


def evidence(one: Seen, other: Seen, spelled: Mapping[str, str]) -> tuple[Evidence, ...]:
    """What two articles have in common: places, names, figures and, in one language, the rarest words.

    `spelled` gives the words of the first as they stand in it.
    """
    a, b = one.traits, other.traits
    places = [key.partition("|")[0] for key in a.places if key in b.places]
    shared = [stem for stem in one.vector if stem in other.vector]
    both = a.names & b.names
    figures = [stem for stem in shared if stem in a.figures]
    names = [spelled.get(stem, stem) for stem in shared if stem in both and stem not in a.figures]
    words = [spelled.get(stem, stem) for stem in shared if stem not in both and not stem[0].isdecimal()]
    kinds = [("place", places), ("name", names), ("figure", figures)]
    if a.language == b.language:
        kinds.append(("word", words))
    said = [Evidence(kind=kind, text=text) for kind, texts in kinds for text in texts[:_SHOWN]]
    return (*said, Evidence(kind="time", text=f"{abs(a.at - b.at):.0f} h apart"))


def _in_one_form(a: Traits, b: Traits) -> bool:
    """Whether their titles are the same but for a name that is none of the other's."""
    if a.language != b.language or len(a.head) != len(b.head):
        return False
    slots = [(one, other) for one, other in zip(a.head, b.head, strict=True) if one != other]
    return 0 < 2 * len(slots) <= len(a.head) and any(
        one in a.capitals and other in b.capitals and one not in b.names and other not in a.names
        for one, other in slots
    )


def _same_words(one: Seen, other: Seen) -> float:
    """The cosine of what they say; 0 where no name, figure or place backs it."""
    a, b = one.traits, other.traits
    shared = a.names & b.names
    places = sum(place in b.places for place in a.places)
    told = len(shared - a.of_places) + places
    if a.language != b.language:
        if told < (2 if places else 3):
            return 0.0
        dot = fsum([one.vector.get(name, 0.0) * other.vector.get(name, 0.0) for name in shared])
        return _ACROSS * dot / (one.across * other.across or 1.0)
    there = other.vector
    dot = sum([weight * there[stem] for stem, weight in one.vector.items() if stem in there])
    words = dot / (one.length * other.length or 1.0)
    least = _WORDS_ALONE if not told else _FEW if told == 1 and not places else 0.0
    return words if words >= least else 0.0


def _where(a: Traits, b: Traits) -> float:
    """Whether they may be about the same place: those that title or dateline name count most."""
    if a.countries and b.countries and not a.countries & b.countries:
        return _NO_PLACE[2]
    if not a.places or not b.places or _are_near(a, b):
        return 1.0
    return _NO_PLACE[a.is_placed + b.is_placed]


def _are_near(a: Traits, b: Traits) -> bool:
    """Whether both name one place, or one very near to it."""
    if any(place in b.places for place in a.places):
        return True
    theirs = [there for there in b.places.values() if there]
    return any(_is_near(here, there) for here in a.places.values() if here for there in theirs)


def _what(a: Traits, b: Traits) -> float:
    factor = 1.0
    if a.topics and b.topics and not a.topics & b.topics:
        factor *= _NO_TOPIC
    if a.figures & b.figures:
        factor *= _FIGURES
    elif len(a.figures) > 1 and len(b.figures) > 1:
        factor *= _NO_FIGURES
    return factor


def _is_near(one: Point, other: Point) -> bool:
    """By the haversine formula."""
    if abs(one[0] - other[0]) > _NEAR_DEGREES:
        return False
    lat, lon, to_lat, to_lon = map(radians, (*one, *other))
    half = sin((to_lat - lat) / 2) ** 2 + cos(lat) * cos(to_lat) * sin((to_lon - lon) / 2) ** 2
    return 12_742.0 * asin(min(1.0, sqrt(half))) < _NEAR_KM
