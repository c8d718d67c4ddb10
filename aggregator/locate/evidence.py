"""What speaks for or against a name being meant as a place: rules with weights, added up (log odds)."""

from __future__ import annotations

import math

from aggregator.locate import words as w
from aggregator.locate.context import beside, contain, enlist, second, surnames
from aggregator.locate.gazetteer import FILED, Candidate
from aggregator.locate.recognise import Span
from aggregator.locate.text import Text

WEIGHTS: dict[str, float] = {
    "country": 3.3, "region": 1.2, "feature": 0.8, "admin1": 1.0, "admin2": 1.0, "code": -3.0,
    "people": 2.0, "short": 1.8, "street": 0.5, "kind of feature": 1.0, "city of millions": 1.6,
    "large city": 0.7, "city": -0.4, "town": -1.3, "village": -2.2, "alternate name": -1.9,
    "alternate name of a large city": -0.9, "noun": -0.7, "several words": 0.4, "one of few letters": -2.0,
    "word": -2.7, "word and country": -4.5, "month": -3.5, "first name": -0.7, "saint": -1.5,
    "after a preposition": 1.2, "said what it is": 1.3, "names what it lies in": 2.5,
    "others lie in it": 1.5, "dateline": 3.0, "in a list of places": 1.0, "clear elsewhere": 0.9,
    "near others": 1.0, "usual here": 1.1, "person": -4.5, "surname": -2.4, "title before": -2.8,
    "institution": -0.4, "press": -2.5, "club": -3.0, "firm": -2.3, "name goes on": -1.3,
    "name began before": -1.2, "small elsewhere": -1.5, "loud": -0.4, "loud word": -1.4, "speaks": -1.6,
    "several of a kind": 1.5, "amid a list of places": 1.0, "word with a capital": -2.3,
    "named after it": -1.0, "filed": 4.0, "in it": 0.7, "people of it": 1.5, "its council": 2.0,
    "with an article": -2.2, "plays": -1.8, "language": -5.0, "of a state": 0.3, "a kind of place": -6.0,
    "small abroad": -1.2, "caseless": -0.8, "caseless word": -1.0,
}  # fmt: skip
"""Fitted to the two open sets of `bench/places.py` together and rounded; kept where they were no help there,
but are right (papers and clubs named after places)."""

_MORE = 3.5
"""What the rules that come with the place itself can add at most, in effect."""
_METROPOLIS = 300_000
_CLEAR = frozenset(
    (
        "after a preposition",
        "people of it",
        "said what it is",
        "several of a kind",
        "names what it lies in",
        "others lie in it",
        "dateline",
    )
)
_SETTLED = _CLEAR | {"word", "loud word", "caseless word", "club", "with an article"}
_AGAINST = frozenset(("person", "surname", "title before", "name goes on", "club", "with an article"))


def chance(rules: list[str]) -> float:
    """How likely a name with these rules is meant as a place, 0 to 1."""
    return 1 / (1 + math.exp(-sum(map(WEIGHTS.__getitem__, rules))))


def possible(rules: list[str]) -> bool:
    """False if no place of the name and no other name could make a place of it."""
    return sum(map(WEIGHTS.__getitem__, rules)) > -_MORE


def weigh(text: Text, spans: list[Span], dateline: range = range(0)) -> None:
    """Fills the rules of each name; `dateline` is where the text's dateline stands."""
    ordinary = w.ordinary(text.language)
    nouns = text.language == "de"  # It writes every noun with a capital.
    last_names = surnames(text)
    small = {word for word, capital in zip(text.folded, text.caps, strict=True) if not capital}
    led = {span.key for span in spans if span.first and text.folded[span.first - 1] in w.BEFORE}
    last_names |= {span.key for span in spans if second(text, span)} - led
    for n, span in enumerate(spans):
        rules = span.rules
        rules.extend(_itself(span, ordinary))
        if nouns and span.form == "name" and span.first == span.last and _is_small(span.candidates[0]):
            rules.append("noun")
        if span.start in dateline and "code" not in rules:
            rules.append("dateline")
        if span.form not in ("street", "feature"):
            rules.extend(beside(text, span, last_names, small))
        contain(text, span, spans[n + 1] if n + 1 < len(spans) else None)
    clear = {span.key for span in spans if _CLEAR & set(span.rules) and not _AGAINST & set(span.rules)}
    for span in spans:
        if span.form == "name" and span.key in clear and not _SETTLED & set(span.rules):
            span.rules.append("clear elsewhere")
    enlist(text, spans)


def _itself(span: Span, ordinary: frozenset[str]) -> list[str]:
    """What the name and its best place say."""
    if span.form == "people":
        return ["people"]
    if span.form in ("street", "feature"):
        return ["street" if span.form == "street" else "kind of feature"]
    best = span.candidates[0]
    rules = [size_rule(best)]
    if best.rank == FILED:
        rules.append("filed")
    if span.form == "short":
        rules = ["short" if best.rank > 1 else "code"]
    elif best.rank == 1:
        rules.append(alternate_rule(best))
    word = span.key
    if span.last > span.first:
        rules.append("several words")
        if word.startswith(("st ", "ste ")) and word.partition(" ")[2] in w.FIRST and best.people < 100_000:
            rules.append("saint")
        elif _is_phrase(span, ordinary):
            rules.append("word")
    elif span.form == "name":
        if word in w.MONTHS:
            rules.append("month")
        elif word in w.KINDS:
            rules.append("a kind of place")
        elif word in ordinary:
            rules.append("word and country" if best.kind == "country" else "word")
        if word in w.FIRST:
            rules.append("first name")
        if len(word) < 4 and word.isascii() and best.kind != "country" and best.people < _METROPOLIS:
            rules.append("one of few letters")
    return rules


def _is_phrase(span: Span, ordinary: frozenset[str]) -> bool:
    """True for an article and an everyday word ("El Banco"), unless a large city is called so ("La Paz")."""
    article, *words = span.key.split()
    best = span.candidates[0]
    large = best.kind == "country" or best.people >= _METROPOLIS
    return article in w.PLAIN and all(word in ordinary for word in words) and not large


def _is_small(place: Candidate) -> bool:
    return place.kind == "city" and place.people < 100_000


def size_rule(place: Candidate) -> str:
    """What a place's kind and size say."""
    if place.kind != "city":
        return place.kind
    people = place.people
    sizes = ((1_000_000, "city of millions"), (100_000, "large city"), (15_000, "city"), (1000, "town"))
    return next((name for least, name in sizes if people >= least), "village")


def alternate_rule(place: Candidate) -> str:
    """What it says that a name is but an alternate one: "Lisboa" is no surprise, a hamlet's third name is."""
    return "alternate name of a large city" if place.people > _METROPOLIS else "alternate name"
