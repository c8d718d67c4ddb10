"""Names of places in a text: every look-up that finds one, longest first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from aggregator.locate import words as w
from aggregator.locate.gazetteer import Candidate, Gazetteer
from aggregator.locate.names import READ, code_of, demonym
from aggregator.locate.tables import HOMES
from aggregator.locate.text import Text

MOST = 400
"""Names looked at in one text."""
_LONGEST = 6
"""Words of a name."""
_JOINTS = frozenset((" ", "-", "\u00a0", "‑", "–"))
_LARGE = 300_000
_KNOWN, _KNOWN_NEAR = 50_000, 10_000
"""Inhabitants of a city whose name is looked for inside an Arabic word; fewer where Arabic is spoken."""
_POINTS = "\u064f\u0651"
"""Arabic damma and shadda."""
_PREFIXES = "وفبلك"
"""Arabic words of one letter that are written together with the next."""
_ROADS = frozenset(
    ("road", "route", "highway", "interstate", "hwy", "rte", "autoroute", "carretera", "bundesstrasse")
)
_ROAD_CODES = frozenset(("I", "US", "SR", "FM", "CR", "RN"))


@dataclass(slots=True)
class Span:
    """A name that stands in a text: words `first` to `last`, with the places that bear it."""

    first: int
    last: int
    start: int
    end: int
    key: str
    spelling: str
    """As it stands, without regard to capitals."""
    candidates: tuple[Candidate, ...]
    form: str = "name"
    """`name`, `people` (a demonym), `short` (an abbreviation), `street`, `feature` (named by its kind)."""
    rules: list[str] = field(default_factory=list)
    """What speaks for it and against it."""
    prefix: str = ""
    """The Arabic word of one letter that is written together with it."""
    container: Span | None = None
    """What it is said to lie in ("Paris, Texas")."""


def spans(text: Text, gazetteer: Gazetteer) -> list[Span]:
    """The names in a text, in order and without overlaps.

    In languages other than English words for people are written small; and in those whose usual names of cities
    are not known, the alternate names of large ones are taken for them.
    """
    found: list[Span] = []
    abroad = text.language not in ("", "en")
    unread = abroad and text.language not in READ
    numbers = {at for n, word in enumerate(text.words) if word[-1].isdigit() for at in (n - 2, n - 1, n)}
    done = 0
    for n, capital in enumerate(text.caps):
        if n < done or not (capital or abroad):
            continue
        span = _road(text, n) if n in numbers and capital else None
        span = span or _people(text, n, gazetteer)
        if capital and (span is None or span.form == "people"):
            span = _longer(span, _named(text, n, gazetteer))
        if span:
            if unread:
                span.candidates = tuple(map(_usual, span.candidates))
            found.append(span)
            done = span.last + 1
            if len(found) == MOST:
                break
    return found


def _usual(one: Candidate) -> Candidate:
    return replace(one, rank=2) if one.rank == 1 and one.people > _LARGE else one


def _longer(people: Span | None, named: Span | None) -> Span | None:
    """Of "Saudi" and "Saudi Arabia" the longer, of two as long the word for the people.

    But a word for the people that is the name of their country too ("السعودية", "Polen") is the country.
    """
    if people is None or named is None:
        return people or named
    best = named.candidates[0] if named.candidates else None
    country = best is not None and best.kind == "country" and best.country == people.candidates[0].country
    return named if named.last > people.last or (country and named.last == people.last) else people


def _named(text: Text, first: int, gazetteer: Gazetteer) -> Span | None:
    """The longest name in the gazetteer, or a run of words that says what it is ("Neches River")."""
    bracketed = _bracketed(text, first, gazetteer) if text.gaps[first + 1] == " (" else None
    if bracketed:
        return bracketed
    lasts = _lasts(text, first)
    kind = _kind(text, first)
    for last in reversed(lasts):
        if kind and kind[0] > last:
            break
        span = _look_up(text, first, last, gazetteer)
        if span and not (last > first and text.folded[last] == "city" and _next_is_part(text, last)):
            return span
    if kind:
        last, form = kind
        return _span(text, first, last, (), form)
    return _prefixed(text, first, gazetteer)


def _bracketed(text: Text, first: int, gazetteer: Gazetteer) -> Span | None:
    """A name that brackets are a part of: "Frankfurt (Oder)"."""
    last = first + 1
    if last < len(text.words) and text.gaps[last + 1].startswith(")"):
        found = _seen(gazetteer, f"{text.folded[first]} {text.folded[last]}", text)
        if found and "(" in found[0].name:
            return _span(text, first, last, found, more=1)
    return None


def _lasts(text: Text, first: int) -> list[int]:
    """Where a name that begins here may end."""
    lasts = [first]
    for n in range(first + 1, min(first + _LONGEST, len(text.words))):
        glued = text.gaps[n] == "" and text.words[n - 1][-1] in "'’"
        if not (glued or text.gaps[n] in _JOINTS or _abbreviated(text, n - 1)):
            break
        if text.caps[n]:
            lasts.append(n)
        elif text.folded[n] not in w.SMALL and not glued:
            break
    return lasts


def _next_is_part(text: Text, last: int) -> bool:
    """True if the next word goes on with capitals ("Springfield City Council")."""
    return (
        last + 1 < len(text.words)
        and text.caps[last + 1]
        and text.gaps[last + 1] == " "
        and not text.loud[last]
    )


def _abbreviated(text: Text, n: int) -> bool:
    """True if the word is shortened, as in "St. Louis" or "N. Korea"."""
    return text.gaps[n + 1] in (". ", ".") and len(text.words[n]) < 4 and text.folded[n] in w.SHORT


def _look_up(text: Text, first: int, last: int, gazetteer: Gazetteer) -> Span | None:
    if first == last:
        word = text.words[first]
        if any(mark in word for mark in _POINTS):
            pointed = _seen(gazetteer, word, text)
            if pointed:
                return _span(text, first, last, pointed)
        if len(word) < 6 and text.gaps[last + 1].startswith("."):
            short = _seen(gazetteer, word + ".", text)
            if short:
                return _span(text, first, last, short, "short", 1)
        if word[-1] == ".":
            short = _seen(gazetteer, word, text)
            if short:
                return _span(text, first, last, short, "short")
        code = code_of(word) if word.isupper() else ""
        if code:
            coded = _seen(gazetteer, code, text)
            if coded and (not text.loud[first] or coded[0].rank > 1):
                return _span(text, first, last, coded, "short")
            return None
    elif last - first == 1 and len(text.words[first]) == 1 and text.gaps[last + 1].startswith("."):
        short = _seen(gazetteer, f"{text.words[first]}.{text.words[last]}.", text)
        if short:
            return _span(text, first, last, short, "short", 1)
    key = _key(text, first, last)
    found = _seen(gazetteer, key, text)
    if first and text.language == "fr" and text.folded[first - 1] in w.CONTRACTED:
        # "au Puy-en-Velay": the article of the name is in the word before.
        found = _seen(gazetteer, f"{w.CONTRACTED[text.folded[first - 1]]} {key}", text) or found
    return _span(text, first, last, found) if found else None


def _seen(gazetteer: Gazetteer, key: str, text: Text) -> tuple[Candidate, ...]:
    """The places that go by a name in the language of the text."""
    return gazetteer.named(key, "", text.tongue) if gazetteer.knows(key) else ()


def _key(text: Text, first: int, last: int) -> str:
    if first == last:
        return text.folded[first]
    parts = [text.folded[first]]
    for n in range(first + 1, last + 1):
        parts.append("" if text.gaps[n] == "" else " ")
        parts.append(text.folded[n])
    return "".join(parts)


def _span(
    text: Text, first: int, last: int, found: tuple[Candidate, ...], form: str = "name", more: int = 0
) -> Span:
    """`more` characters after the last word belong to it: the stop of an abbreviation."""
    start, end = text.starts[first], text.ends[last] + more
    spelling = text.text[start:end].casefold()
    return Span(first, last, start, end, _key(text, first, last), spelling, found, form)


def _people(text: Text, first: int, gazetteer: Gazetteer) -> Span | None:
    """A word for the people of a place."""
    for last in (first + 1, first):
        if last < len(text.words) and (
            first == last or (text.gaps[last] in _JOINTS and text.caps[last] == text.caps[first])
        ):
            key = demonym(_key(text, first, last))
            found = _seen(gazetteer, key, text)
            if found:
                return _span(text, first, last, found, "people")
    word = text.folded[first]
    found = _seen(gazetteer, demonym(word[2:]), text) if word.startswith("ال") else ()
    return _span(text, first, first, found, "people") if found else None


def _prefixed(text: Text, first: int, gazetteer: Gazetteer) -> Span | None:
    """An Arabic name behind "and", "in", "for" (بالرباط, وتونس, للمغرب): the span is the name alone."""
    word, folded = text.words[first], text.folded[first]
    if word[0] not in _PREFIXES or len(word) < 4:
        return None
    cuts = [1, 2] if word[1] in _PREFIXES and len(word) > 4 else [1]
    for cut in cuts:
        start = "ا" + folded[cut:] if folded[cut - 1 : cut + 1] == "لل" else folded[cut:]
        for last in reversed(_lasts(text, first)):
            key = start + "".join(text.gaps[n] + text.folded[n] for n in range(first + 1, last + 1))
            found = _seen(gazetteer, key, text)
            least = _KNOWN_NEAR if found and found[0].country in HOMES["ar"] else _KNOWN
            if found and (max(one.people for one in found) >= least or found[0].kind != "city"):
                span = _span(text, first, last, found)
                span.start += cut
                span.key, span.prefix = key, word[cut - 1]
                return span
    return None


def _kind(text: Text, first: int) -> tuple[int, str] | None:
    """The last word and form of a run of capitals that ends in what it is: "Main Street", "Neches River"."""
    if text.folded[first] in w.PLAIN or text.words[first][0] > "\u0600":
        return None
    if first and text.caps[first - 1] and text.gaps[first] == " " and text.folded[first - 1] not in w.PLAIN:
        return None
    found = None
    for n in range(first, min(first + 5, len(text.words))):
        if n > first and not (text.caps[n] and (text.gaps[n] == " " or _abbreviated(text, n - 1))):
            break
        if found and text.folded[n] in w.PLAIN:
            break
        if n > first:
            word = text.folded[n]
            if word in w.STREET and not (word == "st" and text.gaps[n + 1][:1] != "."):
                found = (n, "street")
            elif word in w.FEATURE:
                found = (n, "feature")
            elif found and word not in w.NEARBY:
                found = None
    if found is None and text.folded[first] in w.KIND_FIRST:
        n = first + 1
        if n < len(text.words) and text.caps[n] and text.gaps[n] == " ":
            found = (n, "street" if text.folded[first] in w.STREET_FIRST else "feature")
    return found


def _road(text: Text, first: int) -> Span | None:
    """A numbered road: "Route 30", "Illinois Route 159", "I-75", "A417"."""
    word = text.words[first]
    if word[0] in "ABM" and 2 < len(word) < 6 and word[1:].isdigit():
        return _span(text, first, first, (), "street")
    for n in (first + 1, first + 2):
        if n < len(text.words) and text.words[n].isdigit() and text.gaps[n] in (" ", "-"):
            road = text.folded[n - 1] in _ROADS and text.caps[n - 1]
            code = n == first + 1 and word in _ROAD_CODES and (word != "I" or text.gaps[n] == "-")
            if code or (road and (n == first + 1 or text.gaps[n - 1] == " ")):
                return _span(text, first, n, (), "street")
    return None
