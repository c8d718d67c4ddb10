"""Places said outright: by the feed (points, terms, breadcrumb), by the page and by the source's configuration."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from aggregator.locate import words as w
from aggregator.locate.context import holds
from aggregator.locate.gazetteer import Candidate, Gazetteer
from aggregator.locate.names import key
from aggregator.locate.resolve import distance
from aggregator.schema import Article, Evidence, Mention, Place, Point, Source

_TERMS = 100
"""Terms and crumbs looked at."""
_PARTS = 6
"""Parts of a page's name of a place that are looked at."""
_HOME = 20
"""A place in the source's own country counts so many times more: Tripoli is Lebanese to a Lebanese paper."""
_WITHIN = re.compile("[,(]")
_WORDS = w.ORDINARY | w.FIRST
_TOWN, _TOWN_OF_A_WORD = 15_000, 100_000
"""Inhabitants from which a town that opens a text is its dateline: abroad; and at home, if its name is a word too."""
_NEAR = 50
"""Kilometres from a point in which the place of its name is the place meant."""
_BIG, _BIG_AT_HOME = 1_000_000, 500_000
"""Inhabitants from which a term is taken for the city of that name; Reading and Mobile are words as well."""


def said(article: Article, source: Source, gazetteer: Gazetteer) -> Iterator[Mention]:
    """What feed and source say, surest first."""
    for point in article.points:
        yield _of_point(point, gazetteer)
    for name in article.places:
        yield from _of_page(name, source, gazetteer)
    labels = [("feed term", term.label) for term in article.terms]
    labels += [("breadcrumb", crumb) for crumb in article.breadcrumb]
    for kind, label in labels[:_TERMS]:
        yield from _of_label(kind, label.strip(" #"), source, gazetteer)
    yield from _of_source(source, gazetteer)


def is_dateline(name: str, source: Source, gazetteer: Gazetteer) -> bool:
    """Whether a name before a dash may be where a report comes from: "Rabat", "SPRINGFIELD, Ill.", "Tokyo/Seoul"."""
    place, *within = _WITHIN.split(name, maxsplit=1)
    above = [one for part in within for one in gazetteer.candidates(part.strip(" )"))]
    return any(one.kind in ("country", "admin1") and one.rank > 1 for one in above) or any(
        _may_be_written_from(one, source, is_word=key(part) in _WORDS)
        for part in place.split("/")
        for one in gazetteer.candidates(part)
    )


def _may_be_written_from(one: Candidate, source: Source, *, is_word: bool) -> bool:
    at_home = one.country == source.country
    if one.kind == "feature" or (one.rank == 1 and one.people < _BIG_AT_HOME):
        return False
    if one.kind == "country" or is_word:
        return one.kind == "country" or (at_home and one.people >= _TOWN_OF_A_WORD)
    return at_home or one.capital == 1 or one.people >= _TOWN


def _of_point(point: Point, gazetteer: Gazetteer) -> Mention:
    """The place of its name nearby, or else a place of its own."""
    spot = f"{point.lat:.4f}, {point.lon:.4f}"
    near = [one for one in gazetteer.candidates(point.name) if _distance(one, point) <= _NEAR]
    place = Place(name=point.name or spot, kind="point", lat=point.lat, lon=point.lon)
    if near:
        place = gazetteer.place(min(near, key=lambda one: _distance(one, point)))
    evidence = Evidence(kind="geo tag", text=spot)
    return Mention(place=place, role="feed", text=point.name or spot, score=0.9, evidence=(evidence,))


def _distance(one: Candidate, point: Point) -> float:
    """Kilometres from a point; infinite for a place without one."""
    if one.lat is None or one.lon is None:
        return math.inf
    return distance(point.lat, point.lon, one.lat, one.lon)


def _of_page(name: str, source: Source, gazetteer: Gazetteer) -> Iterator[Mention]:
    """The first place the gazetteer knows in a name such as "Town Hall, Salé, MA", in what is said to hold it."""
    parts = [part.strip() for part in name.split(",")][:_PARTS]
    known = [[one for one in gazetteer.candidates(part) if one.rank > 1] for part in parts]
    for n, found in enumerate(known):
        for others in known[n + 1 :]:
            above = [one for one in others if one.kind in ("country", "admin1")]
            found = [one for one in found if not above or any(holds(other, one) for other in above)]
        if found:
            best = max(found, key=lambda one: _weight(one, source))
            evidence = Evidence(kind="geo tag", text=name)
            yield Mention(
                place=gazetteer.place(best), role="feed", text=name, score=0.9, evidence=(evidence,)
            )
            return


def _of_label(kind: str, label: str, source: Source, gazetteer: Gazetteer) -> Iterator[Mention]:
    """A mention if the label is the name of a country or region, of a state at home or of a big city."""
    own = [one for one in gazetteer.candidates(label) if one.rank > 1]
    states = [one for one in own if one.kind == "admin1" and one.country == source.country]
    countries = [one for one in own if one.kind in ("country", "region")]
    cities = [
        one
        for one in own
        if one.kind == "city" and one.people >= (_BIG_AT_HOME if one.country == source.country else _BIG)
    ]
    best = sorted(cities, key=lambda one: -_weight(one, source))
    chosen = next(iter([*best, *states, *countries] if states else [*countries, *best]), None)
    if chosen is None:
        return
    score = 0.7 if chosen.kind == "city" else 0.8
    evidence = Evidence(kind=kind, text=label)
    yield Mention(place=gazetteer.place(chosen), role="feed", text=label, score=score, evidence=(evidence,))


def _of_source(source: Source, gazetteer: Gazetteer) -> Iterator[Mention]:
    """The country and places the admin gave; places unknown to the gazetteer are kept by name."""
    evidence = (Evidence(kind="source", text=source.id),)
    for name in source.places:
        ranked = sorted(gazetteer.candidates(name), key=lambda one: -_weight(one, source))
        unknown = Place(name=name, kind="region", country=source.country or "")
        place = gazetteer.place(ranked[0]) if ranked else unknown
        yield Mention(place=place, role="source", text=name, score=0.6, evidence=evidence)
    country = gazetteer.country(source.country) if source.country else None
    if country:
        yield Mention(place=country, role="source", text=country.name, score=0.5, evidence=evidence)


def _weight(candidate: Candidate, source: Source) -> int:
    return candidate.weight * (_HOME if candidate.country == source.country else 1)
