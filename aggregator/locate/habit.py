"""What a source usually writes about: learned from the names in its articles, without labels.

A name says little ("Paris"), but the names of a local paper have places close together: of all places of that
name, the one with many others of the paper's names around it is meant. So only names are kept, and where they
lie together is found anew when they have changed.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import datetime, timedelta
from functools import lru_cache

from aggregator.locate.gazetteer import Candidate, Gazetteer
from aggregator.locate.names import code_of, demonym, key
from aggregator.locate.resolve import Leaning, distance
from aggregator.schema import Article, Habits, Mention, replace
from aggregator.schema.habits import Usual

NAMES = 150
"""Names kept of a source."""
HALF_LIFE = timedelta(days=120)
SURE = 0.6
"""Score of a mention that is learned from."""
_PLACES = 25
_AT_HOME = 20.0
"""A place in the source's own country counts so many times more."""
_ROUNDS = 4
_SPOTS = 60


def learn(habits: Habits, article: Article, now: datetime) -> Habits:
    """The habits with one more article: each name once, however often it stands in it."""
    names = {
        name_of(one)
        for one in article.mentions
        if one.role in ("dateline", "title", "body") and one.score >= SURE
    }
    if not names:
        return habits
    old = habits.places
    faded = 0.5 ** ((now - old.at) / HALF_LIFE) if old.at and now > old.at else 1.0
    weights = {name: weight * faded for name, weight in old.names}
    for name in names:
        weights[name] = weights.get(name, 0.0) + 1.0
    ranked = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))[:NAMES]
    kept = tuple((name, round(weight, 3)) for name, weight in ranked)
    return replace(habits, places=Usual(names=kept, articles=round(old.articles * faded + 1, 3), at=now))


def name_of(mention: Mention) -> str:
    """The key a mention's name is looked up by."""
    if mention.people:
        return demonym(key(mention.text))
    if mention.text.endswith("."):
        return mention.text
    return code_of(mention.text) or key(mention.text)


def leaning(usual: Usual, gazetteer: Gazetteer, country: str = "") -> Leaning:
    """Where the source's names lie together; `country` is the one it is said to be of."""
    return _leaning(usual, gazetteer, country) if usual.names else Leaning()


@lru_cache(maxsize=256)
def _leaning(usual: Usual, gazetteer: Gazetteer, country: str) -> Leaning:
    names = []
    for name, weight in usual.names:
        found = [one for one in gazetteer.named(name) if one.rank != 1 or one.people > 500_000][:_PLACES]
        if found:
            names.append((weight / usual.articles, found))
    bases = [_even(found, country) for _, found in names]
    shares = bases
    codes: dict[str, float] = {}
    for _ in range(_ROUNDS):
        codes, cells = _together(names, shares)
        shares = [
            _sharpened(
                [
                    base * _support(one, codes, cells, weight * share)
                    for one, base, share in zip(found, even, old, strict=True)
                ]
            )
            for (weight, found), even, old in zip(names, bases, shares, strict=True)
        ]
    spots = [
        (one.lat, one.lon, weight * share)
        for (weight, found), each in zip(names, shares, strict=True)
        for one, share in zip(found, each, strict=True)
        if one.kind in ("city", "admin2") and one.lat is not None and one.lon is not None and share > 0.2
    ]
    spots.sort(key=lambda spot: -spot[2])
    codes, _ = _together(names, shares)
    trust = 1 - math.exp(-usual.articles / 2)
    return Leaning({code: min(1.0, share) for code, share in codes.items()}, spots[:_SPOTS], trust)


def _even(found: list[Candidate], country: str) -> list[float]:
    """What the places of a name are worth before anything is known of the others."""
    return _sharpened(
        [
            (one.people + 1000) ** 0.25
            * (3.0 if one.kind in ("country", "admin1", "region") else 1.0)
            * (_AT_HOME if one.country == country else 1.0)
            for one in found
        ]
    )


def _sharpened(worths: list[float]) -> list[float]:
    total = sum(worths)
    return [worth / total for worth in worths]


_Cells = dict[tuple[int, int], list[tuple[float, float, float]]]


def _together(
    names: list[tuple[float, list[Candidate]]], shares: list[list[float]]
) -> tuple[dict[str, float], _Cells]:
    """How much of all names lies in each country and division, and in each cell of one degree."""
    codes: dict[str, float] = defaultdict(float)
    cells: _Cells = defaultdict(list)
    for (weight, found), each in zip(names, shares, strict=True):
        for one, share in zip(found, each, strict=True):
            mass = weight * share
            if mass < 0.001:
                continue
            if one.country:
                codes[one.country] += mass
            if "." in one.code:
                codes[one.code] += mass
                if one.lat is not None and one.lon is not None and one.kind != "admin1":
                    cells[int(one.lat // 1), int(one.lon // 1)].append((one.lat, one.lon, mass))
    return codes, cells


def _support(one: Candidate, codes: dict[str, float], cells: _Cells, own: float) -> float:
    """What the other names give a place: its own share is taken off."""
    support = 0.02 + 0.15 * max(0.0, codes.get(one.country, 0.0) - own)
    if "." in one.code:
        support += 0.5 * max(0.0, codes.get(one.code, 0.0) - own)
        if one.lat is not None and one.lon is not None and one.kind != "admin1":
            row, column = int(one.lat // 1), int(one.lon // 1)
            near = -own
            for y in (row - 1, row, row + 1):
                for x in (column - 1, column, column + 1):
                    for lat, lon, mass in cells.get((y, x), ()):
                        near += mass * math.exp(-distance(one.lat, one.lon, lat, lon) / 50)
            support += 2.0 * max(0.0, near)
    else:
        support *= 2
    return support
