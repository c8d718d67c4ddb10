"""What an article is mostly about: one country, and one place in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from aggregator.schema import Mention, Place

_ROLES = {"feed": 2.0, "dateline": 2.0, "title": 1.6, "body": 1.0, "source": 0.6}
"""What a mention counts, by where it stands."""
_OPENING = 600
"""Characters of the text in which a mention counts half as much again."""
_PEOPLE = 0.9
_PRECISE = {
    "city": 1.0,
    "admin2": 0.9,
    "street": 0.0,
    "admin1": 0.6,
    "feature": 0.6,
    "region": 0.5,
    "country": 0.4,
}


def focus(mentions: Iterable[Mention]) -> Place | None:
    """The place with the most and weightiest mentions, in the country that has most of them."""
    countries: dict[str, float] = defaultdict(float)
    places: dict[Place, float] = defaultdict(float)
    for one in mentions:
        weight = one.score * _ROLES[one.role] * (_PEOPLE if one.people else 1.0)
        if one.role == "body" and one.start is not None and one.start < _OPENING:
            weight *= 1.5
        countries[one.place.country] += weight
        places[one.place] += weight * _PRECISE.get(one.place.kind, 1.0)
    known = {country: weight for country, weight in countries.items() if country}
    country = max(known, key=known.__getitem__, default="")
    inside = {place: weight for place, weight in places.items() if place.country == country}
    return max(inside, key=inside.__getitem__, default=None)
