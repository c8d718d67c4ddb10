"""Places said outright: by the feed (points, terms, breadcrumb), by the page and by the source's configuration."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

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
_TOWN, _TOWN_OF_A_WORD = 15_000, 100_000
"""Inhabitants from which a town that opens a text is its dateline: abroad; and at home, if its name is a word too."""
_NEAR = 50
"""Kilometres from a point in which the place of its name is the place meant."""
_BIG, _BIG_NEAR, _ALTERNATE = 1_000_000, 200_000, 500_000
"""Inhabitants from which a term is taken for the city of that name; Reading and Mobile are words as well."""


def said(
    article: Article, source: Source, gazetteer: Gazetteer, named: Iterable[Mention] = ()
) -> Iterator[Mention]:
    """What feed and source say, surest first; what is `named` in the text tells which place of a name they mean."""
    for point in article.points:
        yield _of_point(point, gazetteer)
    for name in article.places:
        yield from _of_page(name, source, gazetteer)
    labels = [("feed term", term.label) for term in article.terms]
    labels += [("breadcrumb", crumb) for crumb in article.breadcrumb]
    labels = [(kind, label.strip(" #")) for kind, label in labels[:_TERMS]]
    found = {label: gazetteer.candidates(label, article.language) for _, label in labels}
    holders = {label: _holders(candidates) for label, candidates in found.items()}
    counts = Counter(code for codes in holders.values() for code in codes)
    words = w.ordinary(article.language.partition("-")[0].lower())
    text = _most_named(named) | ({source.country} if source.country else set())
    for kind, label in labels:
        around = text | {code for code, count in counts.items() if count > (code in holders[label])}
        known = found[label]
        if key(label) in words:
            known = tuple(one for one in known if _is_plain(one, source))
        yield from _of_label(kind, label, known, source, around, gazetteer)
    yield from _of_source(source, gazetteer)


def _holders(found: Iterable[Candidate]) -> set[str]:
    """The codes of the countries and divisions that a label may name."""
    return {one.code for one in found if one.rank > 1 and one.kind in ("country", "admin1")}


def _is_plain(one: Candidate, source: Source) -> bool:
    """True for a place that is meant even by a label that is an everyday word."""
    return one.kind in ("country", "region") or (one.kind == "admin1" and one.country == source.country)


def _most_named(named: Iterable[Mention]) -> set[str]:
    """The countries that a text speaks of most."""
    weights: dict[str, float] = defaultdict(float)
    for one in named:
        weights[one.place.country] += one.score
    least = max(weights.values(), default=0.0) / 3
    return {country for country, weight in weights.items() if country and weight > least}


def is_dateline(name: str, source: Source, gazetteer: Gazetteer) -> bool:
    """Whether a name before a dash may be where a report comes from: "Rabat", "SPRINGFIELD, Ill.", "Tokyo/Seoul"."""
    place, *within = _WITHIN.split(name, maxsplit=1)
    above = [one for part in within for one in gazetteer.candidates(part.strip(" )"))]
    words = w.ordinary((source.language or "en").partition("-")[0])
    return any(one.kind in ("country", "admin1") and one.rank > 1 for one in above) or any(
        _may_be_written_from(one, source, is_word=key(part) in words or key(part) in w.FIRST)
        for part in place.split("/")
        for one in gazetteer.candidates(part)
    )


def _may_be_written_from(one: Candidate, source: Source, *, is_word: bool) -> bool:
    at_home = one.country == source.country
    if one.kind == "feature" or (one.rank == 1 and one.people < _ALTERNATE):
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


def _of_label(
    kind: str,
    label: str,
    found: tuple[Candidate, ...],
    source: Source,
    around: set[str],
    gazetteer: Gazetteer,
) -> Iterator[Mention]:
    """A mention if the label is the name of a country or region, or of a state or city, smaller ones at home."""
    own = [one for one in found if one.rank > 1]
    near = {one.n for one in own if one.country in around or one.code in around}
    states = [one for one in own if one.kind == "admin1" and one.n in near]
    countries = [one for one in own if one.kind in ("country", "region")]
    cities = [
        one for one in own if one.kind == "city" and one.people >= (_BIG_NEAR if one.n in near else _BIG)
    ]
    large = [one for one in own if one.kind == "admin1" and one.people >= _BIG]
    best = sorted(
        cities,
        key=lambda one: -one.weight * (_HOME if one.n in near else 1) * (_HOME if one.code in around else 1),
    )
    away = states and all(one.country != source.country for one in countries)
    chosen = next(iter([*best, *states, *countries] if away else [*countries, *best, *large]), None)
    if chosen is None:
        return
    score = 0.7 if chosen.kind == "city" else 0.8
    evidence = Evidence(kind=kind, text=label)
    yield Mention(place=gazetteer.place(chosen), role="feed", text=label, score=score, evidence=(evidence,))


def _of_source(source: Source, gazetteer: Gazetteer) -> Iterator[Mention]:
    """The country and places the admin gave; places unknown to the gazetteer are kept by name."""
    evidence = (Evidence(kind="source", text=source.id),)
    for name in source.places:
        known = at_home(name, source, gazetteer)
        unknown = Place(name=name, kind="region", country=source.country or "")
        place = gazetteer.place(known) if known else unknown
        yield Mention(place=place, role="source", text=name, score=0.6, evidence=evidence)
    country = gazetteer.country(source.country) if source.country else None
    if country:
        yield Mention(place=country, role="source", text=country.name, score=0.5, evidence=evidence)


def at_home(name: str, source: Source, gazetteer: Gazetteer) -> Candidate | None:
    """The place of a name that a source from that country means."""

    return max(gazetteer.candidates(name), key=lambda one: _weight(one, source), default=None)


def _weight(candidate: Candidate, source: Source) -> int:
    return candidate.weight * (_HOME if candidate.country == source.country else 1)
