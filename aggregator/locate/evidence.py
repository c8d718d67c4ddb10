"""What speaks for or against a name being meant as a place: rules with weights, added up (log odds)."""

from __future__ import annotations

import math

from aggregator.locate import words as w
from aggregator.locate.gazetteer import Candidate
from aggregator.locate.recognise import Span
from aggregator.locate.text import Text, ends_sentence

WEIGHTS: dict[str, float] = {
    "country": 3.3, "region": 1.2, "feature": 0.8, "admin1": 1.0, "admin2": 1.0, "code": -3.0, "people": 2.0,
    "short": 1.8, "street": 0.5, "kind of feature": 1.0,
    "city of millions": 1.6, "large city": 0.7, "city": -0.4, "town": -1.3, "village": -2.2,
    "alternate name": -1.9, "several words": 0.4, "one of few letters": -2.0, "word": -2.7, "word and country": -0.2,
    "month": -3.5, "first name": -1.1, "saint": -1.5,
    "after a preposition": 1.2, "said what it is": 1.0, "names what it lies in": 2.5, "others lie in it": 1.5,
    "dateline": 3.0, "in a list of places": 1.0, "clear elsewhere": 0.9, "near others": 1.0, "usual here": 1.1,
    "person": -4.5, "surname": -2.4, "title before": -2.8, "institution": -0.4, "press": -2.5, "club": -1.8, "firm": -2.3,
    "name goes on": -1.3, "name began before": -1.2, "small elsewhere": -1.5, "loud": -0.4, "loud word": -1.4, "speaks": -1.6,
    "points of the compass": 0.0, "hyphen": -1.5,
}  # fmt: skip

_MORE = 3.5
"""What the rules that come with the place itself can add at most, in effect."""
_CLEAR = frozenset(("after a preposition", "said what it is", "names what it lies in", "others lie in it", "dateline"))
_AGAINST = frozenset(("person", "surname", "title before", "name goes on"))


def chance(rules: list[str]) -> float:
    """How likely a name with these rules is meant as a place, 0 to 1."""
    return 1 / (1 + math.exp(-sum(map(WEIGHTS.__getitem__, rules))))


def possible(rules: list[str]) -> bool:
    """False if no place of the name and no other name could make a place of it."""
    return sum(map(WEIGHTS.__getitem__, rules)) > -_MORE


def weigh(text: Text, spans: list[Span], dateline: range = range(0)) -> None:
    """Fills the rules of each name; `dateline` is where the text's dateline stands."""
    surnames = _surnames(text)
    small = {word for word, capital in zip(text.folded, text.caps, strict=True) if not capital}
    led = {span.key for span in spans if span.first and text.folded[span.first - 1] in w.BEFORE}
    surnames |= {span.key for span in spans if _second(text, span)} - led
    for n, span in enumerate(spans):
        rules = span.rules
        rules.extend(_itself(span))
        if span.start in dateline:
            rules.append("dateline")
        if span.form not in ("street", "feature"):
            rules.extend(_beside(text, span, surnames, small))
        _contain(text, span, spans[n + 1] if n + 1 < len(spans) else None)
    clear = {span.key for span in spans if _CLEAR & set(span.rules) and not _AGAINST & set(span.rules)}
    for span in spans:
        if span.form == "name" and span.key in clear and not _CLEAR & set(span.rules):
            span.rules.append("clear elsewhere")
    for before, span, after in zip([None, *spans], spans, [*spans[1:], None], strict=False):
        if any(other and _listed(text, *pair) for other, pair in ((before, (before, span)), (after, (span, after)))):
            rules = span.rules
            if span.container is None and "others lie in it" not in rules:
                rules.append("in a list of places")


def _itself(span: Span) -> list[str]:
    """What the name and its best place say."""
    if span.form == "people":
        return ["people"]
    if span.form in ("street", "feature"):
        return ["street" if span.form == "street" else "kind of feature"]
    best = span.candidates[0]
    rules = [size_rule(best)]
    if span.form == "short":
        rules = ["short" if best.rank > 1 else "code"]
    elif best.rank == 1:
        rules.append("alternate name")
    word = span.key
    if span.last > span.first:
        rules.append("several words")
        if word.startswith(("st ", "ste ")) and word.partition(" ")[2] in w.FIRST and best.people < 100_000:
            rules.append("saint")
    elif span.form == "name":
        if word in w.MONTHS:
            rules.append("month")
        elif word in w.ORDINARY:
            rules.append("word and country" if best.kind == "country" else "word")
        if word in w.FIRST:
            rules.append("first name")
        if len(word) < 4 and best.kind != "country":
            rules.append("one of few letters")
    return rules


def size_rule(place: Candidate) -> str:
    """What a place's kind and size say."""
    if place.kind != "city":
        return place.kind
    people = place.people
    sizes = ((1_000_000, "city of millions"), (100_000, "large city"), (15_000, "city"), (1000, "town"))
    return next((name for least, name in sizes if people >= least), "village")


def _beside(text: Text, span: Span, surnames: set[str], small: set[str]) -> list[str]:
    """What the words beside it say."""
    rules = []
    before, after = span.first - 1, span.last + 1
    opens = before < 0 or "\n" in text.gaps[span.first] or ends_sentence(text.words[before], text.gaps[span.first])
    loud = text.loud[span.first] and text.words[span.first][0].isascii()
    one = span.first == span.last and span.form == "name"
    if loud:
        rules.append("loud word" if "word" in span.rules or "first name" in span.rules else "loud")
    if not opens:
        rules += _before(text, span, before, loud)
    if one and span.key in small and span.candidates[0].kind != "country":
        rules.append("small elsewhere")
    if one and span.key in surnames and "after a preposition" not in rules and "person" not in rules:
        rules.append("surname")
    if after < len(text.words) and text.gaps[after] == " ":
        rules += _after(text, span, after, loud)
    if span.form == "name" and not loud and (_hyphened(text, span.first) or _hyphened(text, after)):
        rules.append("hyphen")
    return rules


def _hyphened(text: Text, n: int) -> bool:
    """True if a hyphen joins a word to the one before it, and both have capitals ("Miami-Dade")."""
    return 0 < n < len(text.words) and text.gaps[n] == "-" and text.caps[n - 1] and text.caps[n]


def _before(text: Text, span: Span, before: int, loud: bool) -> list[str]:
    word, gap = text.folded[before], text.gaps[span.first]
    rules = []
    if word in w.OF and before and text.folded[before - 1] in w.KINDS:
        return ["said what it is"]
    if word in w.KINDS and gap == " ":
        rules.append("said what it is")
    elif word in w.BEFORE and gap == " ":
        rules.append("after a preposition")
    elif word in w.NEARBY and gap == " ":
        rules.append("points of the compass")
    if text.caps[before] and text.words[before].isascii() and span.form in ("name", "short") and gap in (" ", ". "):
        if word in w.FIRST or (len(word) == 1 and gap == ". "):
            rules.append("person")
        elif word in w.TITLES:
            rules.append("title before")
        elif before and text.caps[before - 1] and text.folded[before - 1] in w.FIRST and text.gaps[before] == " ":
            rules.append("person")
        elif gap == " " and not loud and word not in w.PLAIN and word not in w.KINDS and word not in w.NEARBY:
            rules.append("name began before")
    return rules


def _after(text: Text, span: Span, after: int, loud: bool) -> list[str]:
    word = text.folded[after]
    if not text.caps[after]:
        return ["speaks"] if word in w.SPEECH and span.form == "name" else []
    if not text.words[after].isascii():
        return []
    if word in w.PRESS:
        return ["press"]
    if word in w.INSTITUTION:
        return ["institution"]
    if word in w.CLUB:
        return ["club"]
    if word in w.FIRM:
        return ["firm"]
    if loud or word in w.TITLES:
        return []
    if span.form == "name" and span.first == span.last and span.key in w.FIRST:
        return ["person"]
    return ["name goes on"] if span.form == "name" else []


def _contain(text: Text, span: Span, other: Span | None) -> None:
    """Notes that a name is followed by what it lies in ("Paris, Texas", "Lyon (France)")."""
    if other is None or other.first != span.last + 1 or span.form != "name":
        return
    gap = text.text[span.end : other.start]
    if gap not in (", ", " (", ",", " ") or other.form not in ("name", "short"):
        return
    held = [one for one in span.candidates if any(_lies_in(one.code, one.country, each) for each in other.candidates)]
    if not held or (gap == " " and other.form != "short"):
        return
    span.container = other
    span.rules.append("names what it lies in")
    other.rules.append("others lie in it")


def _lies_in(code: str, country: str, other: object) -> bool:
    kind, above = getattr(other, "kind", ""), getattr(other, "code", "")
    return (kind == "country" and country == getattr(other, "country", "") and "." in code) or (
        kind == "admin1" and code == above
    )


def _listed(text: Text, one: Span | None, other: Span | None) -> bool:
    """True if both stand in a list: "Rabat, Salé and Fès"."""
    if one is None or other is None or "people" in (one.form, other.form):
        return False
    gap = text.text[one.end : other.start].strip()
    return gap in (",", "and", ", and", "et", "y", "und", "e", "/", "،", "و", "or")


def _surnames(text: Text) -> set[str]:
    """The last names of the persons a text names in full, or with a title."""
    found: set[str] = set()
    for n in range(len(text.words) - 1):
        if not text.caps[n] or (text.folded[n] not in w.FIRST and text.folded[n] not in w.TITLES):
            continue
        last = n
        while last < n + 3 and last + 1 < len(text.words) and _goes_on(text, last + 1):
            last += 1
        if last > n and text.folded[last] not in w.INSTITUTION:
            found.add(text.folded[last])
    return found


def _second(text: Text, span: Span) -> bool:
    """True for a name behind another that is neither a place nor a common word ("Arike Bassett")."""
    n = span.first
    if n == 0 or n != span.last or span.form != "name" or text.loud[n] or text.gaps[n] != " " or not text.caps[n - 1]:
        return False
    word = text.folded[n - 1]
    return word not in w.ORDINARY and not text.words[n - 1].isupper()


def _goes_on(text: Text, n: int) -> bool:
    """True if a word goes on the name of a person that the word before belongs to."""
    gap = text.gaps[n]
    stopped = gap == ". " and len(text.words[n - 1]) < 4
    return text.caps[n] and (gap == " " or stopped) and not text.loud[n]
