"""Places said outright: by the feed (points, terms, breadcrumb) and by the source's configuration."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from aggregator.locate.gazetteer import Candidate, Gazetteer
from aggregator.locate.names import key
from aggregator.locate.words import ordinary
from aggregator.schema import Article, Evidence, Mention, Place, Point, Source

_TERMS = 100
"""Terms and crumbs looked at."""
_HOME = 20
"""A place in the source's own country counts so many times more: Tripoli is Lebanese to a Lebanese paper."""
_BIG, _BIG_NEAR = 1_000_000, 200_000
"""Inhabitants from which a term is taken for the city of that name; Reading and Mobile are words as well."""


def said(
    article: Article, source: Source, gazetteer: Gazetteer, named: Iterable[Mention] = ()
) -> Iterator[Mention]:
    """What feed and source say, surest first; what is `named` in the text tells which place of a name they mean."""
    for point in article.points:
        yield _of_point(point)
    labels = [("feed term", term.label) for term in article.terms]
    labels += [("breadcrumb", crumb) for crumb in article.breadcrumb]
    labels = [(kind, label.strip(" #")) for kind, label in labels[:_TERMS]]
    found = {label: gazetteer.candidates(label, article.language) for _, label in labels}
    holders = {label: _holders(candidates) for label, candidates in found.items()}
    counts = Counter(code for codes in holders.values() for code in codes)
    words = ordinary(article.language.partition("-")[0].lower())
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


def _of_point(point: Point) -> Mention:
    spot = f"{point.lat:.4f}, {point.lon:.4f}"
    place = Place(name=point.name or spot, kind="point", lat=point.lat, lon=point.lon)
    evidence = Evidence(kind="georss", text=spot)
    return Mention(place=place, role="feed", text=place.name, score=0.9, evidence=(evidence,))


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

    def weight(one: Candidate) -> int:
        return one.weight * (_HOME if one.country == source.country else 1)

    return max(gazetteer.candidates(name), key=weight, default=None)
