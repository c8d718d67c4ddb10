"""Places an article is about, from what is said outright: by the source's configuration, by the feed (points,
terms, breadcrumb) and by the dateline. Places named in the running text are not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.locate.build import build
from aggregator.locate.gazetteer import Candidate, Gazetteer
from aggregator.schema import Article, Evidence, Mention, Place, Point, Source, replace

__all__ = ["Gazetteer", "build", "locate"]

_MOST = 50
"""Mentions an article gets at most."""
_TERMS = 100
"""Terms and crumbs looked at."""
_HOME = 20
"""A place in the source's own country counts so many times more: Tripoli is Lebanese to a Lebanese paper."""
_BIG, _BIG_AT_HOME = 1_000_000, 500_000
"""Inhabitants from which a term is taken for the city of that name; Reading and Mobile are words as well."""
_DATELINE_REACH = 400
_AFTER_DATELINE = re.compile(r",\s*([^\W\d_][^,–—(\n]{1,30}?)\s*(?:[,–—(]|\s-|\Z)")


def locate(article: Article, source: Source, gazetteer: Gazetteer) -> Article:
    """The article with its mentions: best first, a place once per role."""
    found: dict[tuple[str, Place], Mention] = {
        (mention.role, mention.place): mention for mention in article.mentions
    }
    for mention in _mentions(article, source, gazetteer):
        known = found.get((mention.role, mention.place))
        found[mention.role, mention.place] = _joined(known, mention) if known else mention
    ranked = sorted(found.values(), key=lambda mention: (-mention.score, mention.role, mention.place.name))
    return replace(article, mentions=tuple(ranked[:_MOST]))


def _joined(known: Mention, again: Mention) -> Mention:
    evidence = known.evidence + tuple(one for one in again.evidence if one not in known.evidence)
    return replace(known, score=max(known.score, again.score), evidence=evidence)


def _mentions(article: Article, source: Source, gazetteer: Gazetteer) -> Iterator[Mention]:
    yield from _of_dateline(article, source, gazetteer)
    for point in article.points:
        yield _of_point(point)
    labels = [("feed term", term.label) for term in article.terms]
    labels += [("breadcrumb", crumb) for crumb in article.breadcrumb]
    for kind, label in labels[:_TERMS]:
        yield from _of_label(kind, label.strip(" #"), source, gazetteer)
    yield from _of_source(source, gazetteer)


# --- what the text opens with ------------------------------------------------------------------


def _of_dateline(article: Article, source: Source, gazetteer: Gazetteer) -> Iterator[Mention]:
    """A mention of each place of the dateline ("Tokyo/Seoul" are two) that the gazetteer knows."""
    if not article.dateline:
        return
    start = article.text[:_DATELINE_REACH].find(article.dateline)
    region = ""
    if start >= 0:
        after = _AFTER_DATELINE.match(article.text, start + len(article.dateline))
        region = after[1] if after else ""
    for word in re.finditer(r"[^/]+", article.dateline):
        name = word[0].strip()
        place, score = _resolve(name, region, source, gazetteer)
        if place is None:
            continue
        at = start + word.start() + word[0].index(name) if start >= 0 else None
        yield Mention(
            place=place,
            role="dateline",
            text=name,
            start=at,
            end=None if at is None else at + len(name),
            score=score,
            evidence=(Evidence(kind="dateline", text=article.dateline),),
        )


def _resolve(name: str, region: str, source: Source, gazetteer: Gazetteer) -> tuple[Place | None, float]:
    """The place a dateline means, and how sure that is: from 0.5 among equals to 0.95 alone."""
    # A lone abbreviation is somebody's name rather than a place.
    candidates = [one for one in gazetteer.candidates(name) if one.own or len(name) > 3]
    inside = _within(candidates, region, gazetteer)
    if inside:
        return inside[0].place, 0.95
    # Reporters write from cities: WASHINGTON is not the state.
    cities = [one for one in candidates if one.place.kind == "city" and (one.own or one.weight >= 10_000)]
    ranked = sorted(cities or candidates, key=lambda one: -_weight(one, source))
    if not ranked:
        return None, 0.0
    total = sum(_weight(one, source) for one in ranked)
    share = _weight(ranked[0], source) / total if total else 1.0
    return ranked[0].place, round(0.5 + 0.45 * share, 3)


def _within(candidates: list[Candidate], region: str, gazetteer: Gazetteer) -> list[Candidate]:
    """The candidates in the country that follows the name ("PARIS, Texas")."""
    countries = {one.place.country for one in gazetteer.candidates(region) if one.place.kind != "city"}
    return [one for one in candidates if one.place.country in countries and one.place.kind == "city"]


def _weight(candidate: Candidate, source: Source) -> int:
    return candidate.weight * (_HOME if candidate.place.country == source.country else 1)


# --- what feed and source say ------------------------------------------------------------------


def _of_point(point: Point) -> Mention:
    spot = f"{point.lat:.4f}, {point.lon:.4f}"
    place = Place(name=point.name or spot, kind="point", lat=point.lat, lon=point.lon)
    evidence = Evidence(kind="georss", text=spot)
    return Mention(place=place, role="feed", text=place.name, score=0.9, evidence=(evidence,))


def _of_label(kind: str, label: str, source: Source, gazetteer: Gazetteer) -> Iterator[Mention]:
    """A mention if the label is the name of a country, of a state at home or of a big city."""
    own = [one for one in gazetteer.candidates(label) if one.own or label in ("US", "U.S.")]
    states = [one for one in own if one.place.kind == "admin1" and one.place.country == source.country]
    countries = [one for one in own if one.place.kind == "country"]
    cities = [
        one
        for one in own
        if one.place.kind == "city"
        and one.weight >= (_BIG_AT_HOME if one.place.country == source.country else _BIG)
    ]
    best = sorted(cities, key=lambda one: -_weight(one, source))
    chosen = next(iter([*best, *states, *countries] if states else [*countries, *best]), None)
    if chosen is None:
        return
    score = 0.7 if chosen.place.kind == "city" else 0.8
    evidence = Evidence(kind=kind, text=label)
    yield Mention(place=chosen.place, role="feed", text=label, score=score, evidence=(evidence,))


def _of_source(source: Source, gazetteer: Gazetteer) -> Iterator[Mention]:
    """The country and places the admin gave; places unknown to the gazetteer are kept by name."""
    evidence = (Evidence(kind="source", text=source.id),)
    for name in source.places:
        ranked = sorted(gazetteer.candidates(name), key=lambda one: -_weight(one, source))
        unknown = Place(name=name, kind="region", country=source.country or "")
        place = ranked[0].place if ranked else unknown
        yield Mention(place=place, role="source", text=name, score=0.6, evidence=evidence)
    country = gazetteer.country(source.country) if source.country else None
    if country:
        yield Mention(place=country, role="source", text=country.name, score=0.5, evidence=evidence)
