"""Which place of a name is meant: by size, container, the other places, and what the source usually means."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter

from aggregator.locate.context import holds
from aggregator.locate.evidence import alternate_rule, chance, possible, size_rule
from aggregator.locate.gazetteer import FILED, Candidate
from aggregator.locate.recognise import Span

_KINDS = {"country": 4.0, "admin1": 0.6, "admin2": -0.3, "city": 0.0, "region": 3.5, "feature": 3.0}
"""What a kind of place is worth, in log odds beside half the logarithm of its inhabitants."""
_ALTERNATE = -2.0
_CAPITAL = 2.0
_HELD = 30.0
"""A place in what stands behind it ("Paris, Texas") is the one meant."""
_TOLD = 15.0
"""What is said once of a name holds for the rest of the text."""
_SAME_COUNTRY, _SAME_DIVISION, _CLOSE_BY = 3.4, 1.8, 1.5
_SPELT = 1.0
"""A place whose name is spelt just so: "St. Louis" is less likely Saint-Louis."""
_USUAL = 8.0
_FILED = 12.0
_AT_HOME = 0.8
_OF_STATE = 5.0
"""A governor is one of a state rather than of a country of its name."""
_NAMED, _ELSEWHERE, _AWAY = 0.3, 1.5, -2.5
"""A text that names its source's country less than that, and others more, is hardly about home."""
_CAPITAL_OF_NAMED = 2.5
"""The capital of a country that the text names ("Jordan … عمان")."""
_ANYWHERE = 0.35
"""Of what a country is to a source, what each of its divisions is at least."""
_USUAL_FROM = 0.6
_CAPITAL_OVER, _METROPOLIS_OVER = 8, 100
"""A capital with so many times the people of a town outshines it, and a city of a million with so many: Washington and
Melbourne, but not the Tripoli of Libya."""
_NEXT_DOOR = 0.5
"""Share of its articles from which a source is at home around a spot."""
_METROPOLIS = 300_000
_ROUNDS = 2
_first = itemgetter(0)


@dataclass(slots=True)
class Leaning:
    """Where a text is likely to play, before it is read: by its source."""

    codes: dict[str, float] = field(default_factory=dict)
    """Share of the articles that name each country and division, 0 to 1."""
    spots: list[tuple[float, float, float]] = field(default_factory=list)
    """Latitude, longitude and share of places that are usually meant."""
    trust: float = 0.0
    """0 to 1: how much is known."""
    home: frozenset[str] = frozenset()
    """Countries whose language the text is in, unless it is one of all the world."""
    country: str = ""
    """The one the source is of."""


@dataclass(slots=True)
class Found:
    """A name with the place that is meant, if the gazetteer has one."""

    span: Span
    place: Candidate | None
    rules: list[str]
    chance: float
    """That the name is meant as a place at all, 0 to 1."""
    margin: float = 0.0
    """How far (log odds) the place is ahead of the next one of its name."""
    ranked: tuple[Candidate, ...] = ()


@dataclass(slots=True)
class _Light:
    """What the surer places of a text say: how much of it plays in which country, division and spot."""

    countries: dict[str, float] = field(default_factory=partial(defaultdict, float))
    divisions: dict[str, float] = field(default_factory=partial(defaultdict, float))
    spots: list[tuple[float, float, float]] = field(default_factory=list)
    own: dict[tuple[int | str, str], float] = field(default_factory=partial(defaultdict, float))
    """What each name has added for its place, which is no support for itself."""
    sum: float = 0.0
    """Of all countries."""
    told: dict[str, set[int]] = field(default_factory=dict)
    """The places that names mean because it is said what they lie in, or what lies in them."""


def distance(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Kilometres between two points; good enough for near ones, and never far off."""
    x = math.radians(other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2))
    y = math.radians(other_lat - lat)
    return 6371 * math.hypot(x, y)


def resolve(spans: list[Span], leaning: Leaning) -> list[Found]:
    """Each name with its place: first each by itself, then in the light of those that were clear."""
    tried = [(span, _worths(span, leaning)) for span in spans if possible(span.rules)]
    found = [_best(span, worths, leaning, _Light()) for span, worths in tried]
    for _ in range(_ROUNDS):
        light = _light(found)
        found = [_best(span, worths, leaning, light) for span, worths in tried]
    return found


def _light(found: list[Found]) -> _Light:
    light = _Light()
    for one in found:
        place = one.place
        if place is None or one.chance < 0.4 or (place.n, one.span.key) in light.own:
            continue
        if one.span.container:
            light.told.setdefault(one.span.key, set()).add(place.n)
            above = {other.n for other in one.span.container.candidates if holds(other, place)}
            light.told.setdefault(one.span.container.key, set()).update(above)
        weight = one.chance * min(1.0, 0.2 + one.margin / 4)
        light.own[place.n, one.span.key] = weight
        light.own[place.country, one.span.key] += weight
        light.countries[place.country] += weight
        light.sum += weight
        if "." in place.code:
            light.own[place.code, one.span.key] += weight
            light.divisions[place.code] += weight
            if place.kind in ("city", "admin2") and place.lat is not None and place.lon is not None:
                light.spots.append((place.lat, place.lon, weight))
    return light


def _worths(span: Span, leaning: Leaning) -> list[float]:
    """What each place of a name is worth by itself and by its source."""
    above = span.container.candidates if span.container else ()
    rival = max((_outshines(one, leaning.country) for one in span.candidates), default=0)
    return [
        _worth(one, leaning, one.kind == "city" and rival > one.people)
        + _held(one, above)
        + (_SPELT if one.name.casefold() == span.spelling else 0.0)
        + (_OF_STATE if one.kind == "admin1" and "of a state" in span.rules else 0.0)
        for one in span.candidates
    ]


def _best(span: Span, alone: list[float], leaning: Leaning, light: _Light) -> Found:
    if not span.candidates:
        return Found(span, None, span.rules, chance(span.rules))
    lit = alone
    if light.countries:
        told = () if span.container else light.told.get(span.key, ())
        lit = [
            worth + _lit(one, span.key, light, leaning.country) + (_TOLD if one.n in told else 0.0)
            for worth, one in zip(alone, span.candidates, strict=True)
        ]
    worths = sorted(zip(lit, span.candidates, strict=True), key=_first, reverse=True)
    margin = worths[0][0] - worths[1][0] if len(worths) > 1 else 9.0
    ranked = tuple(one for _, one in worths)
    best = _city_first(ranked, span)
    rules = _rules(span, best)
    if _usual(best, leaning) * leaning.trust > _USUAL_FROM:
        rules.append("usual here")
    if _is_small_abroad(best, span, leaning, light):
        rules.append("small abroad")
    if best.kind != "country" and (
        light.divisions.get(best.code, 0.0) > 1.2 or light.countries.get(best.country, 0.0) > 2
    ):
        rules.append("near others")
    return Found(span, best, rules, chance(rules), margin, ranked)


def _is_small_abroad(best: Candidate, span: Span, leaning: Leaning, light: _Light) -> bool:
    """True for a town outside the source's country that lies in none the text speaks of."""
    if not leaning.country or best.country == leaning.country or best.kind not in ("city", "admin2"):
        return False
    named = light.countries.get(best.country, 0.0) - light.own.get((best.country, span.key), 0.0)
    return best.people < _METROPOLIS and named < _NAMED


def _rules(span: Span, best: Candidate) -> list[str]:
    """The rules of the name, with the kind of the place it turned out to be."""
    if span.form != "name" or best is span.candidates[0]:
        return list(span.rules)
    rules = [size_rule(best), *(rule for rule in span.rules[1:] if not rule.startswith("alternate name"))]
    if best.rank == 1:
        rules.append(alternate_rule(best))
    return rules


def _city_first(ranked: tuple[Candidate, ...], span: Span) -> Candidate:
    """The metropolis rather than the division of its name around it ("New York"), unless towns lie in it."""
    best = ranked[0]
    if (
        best.kind in ("admin1", "admin2")
        and "others lie in it" not in span.rules
        and "said what it is" not in span.rules
    ):
        least = _METROPOLIS if best.kind == "admin1" else _METROPOLIS // 10
        for other in ranked[1:6]:
            if other.kind == "city" and other.code == best.code and other.people > least and other.rank > 1:
                return other
    return best


def _outshines(one: Candidate, home: str) -> int:
    """Inhabitants up to which a town of its name is passed over for it, unless the source is at home next to it.

    A metropolis outshines towns only for a source whose country, `home`, is configured.
    """
    if one.rank > 1 and one.kind == "country":
        return one.people
    if not home or one.rank < 2:
        return 0
    if one.capital:
        return one.people // _CAPITAL_OVER
    return one.people // _METROPOLIS_OVER if one.people > 1_000_000 else 0


def _held(one: Candidate, above: tuple[Candidate, ...]) -> float:
    for other in above:
        if holds(other, one):
            return _HELD - (1.0 if other.rank < 2 else 0.0)
    return 0.0


def _worth(one: Candidate, leaning: Leaning, rival: bool) -> float:
    """`rival` is true for a town that a country of its name would have to be passed over for."""
    worth = math.log(one.people + 300) / 2 + _KINDS[one.kind]
    if one.rank == 1:
        worth += _ALTERNATE * (2 if one.kind == "country" else 1)
    if one.capital:
        worth += _CAPITAL
    if one.rank == FILED:
        worth += _FILED
    if one.country in leaning.home:
        worth += _AT_HOME
    if leaning.trust:
        worth += leaning.trust * _USUAL * _usual(one, leaning, rival)
    return worth


def _lit(one: Candidate, name: str, light: _Light, home: str) -> float:
    """What the other places of the text add to a place; one at `home` loses if they are all elsewhere."""
    named = light.countries.get(one.country)
    if named is None:
        return _AWAY if one.country == home and light.sum > _ELSEWHERE else 0.0
    own = light.own.get((one.country, name), 0.0)
    others = named - own
    if one.country == home and others < _NAMED and light.sum - own > _ELSEWHERE:
        return _AWAY
    worth = _SAME_COUNTRY * math.log1p(max(0.0, others))
    if one.code in light.divisions:
        worth += _SAME_DIVISION * math.log1p(
            max(0.0, light.divisions[one.code] - light.own.get((one.code, name), 0.0))
        )
    if one.capital and others > 0.4:
        worth += _CAPITAL_OF_NAMED
    if light.spots:
        worth += _CLOSE_BY * math.log1p(max(0.0, _near(one, light.spots, 50) - own))
    return worth


def _near(one: Candidate, spots: list[tuple[float, float, float]], reach: float) -> float:
    """How much of what lies in those spots is near a place, fading over `reach` km."""
    if one.lat is None or one.lon is None or one.kind not in ("city", "admin2"):
        return 0.0
    total = 0.0
    for lat, lon, share in spots:
        if abs(lat - one.lat) < 1.5 and abs(lon - one.lon) < 2.5:
            total += share * math.exp(-distance(one.lat, one.lon, lat, lon) / reach)
    return total


def _usual(one: Candidate, leaning: Leaning, rival: bool = False) -> float:
    """How usual a place is for a source, 0 to 1.2 or so."""
    if not leaning.trust or (rival and _near(one, leaning.spots, 60) < _NEXT_DOOR):
        return 0.0
    country = leaning.codes.get(one.country, 0.0)
    division = (
        max(leaning.codes.get(one.code, 0.0), _ANYWHERE * country) if "." in one.code else country * 0.5
    )
    near = min(1.0, _near(one, leaning.spots, 60))
    return 0.3 * country + 0.4 * min(1.0, division * 1.5) + 0.5 * near
