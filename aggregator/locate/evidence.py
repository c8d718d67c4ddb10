"""What speaks for or against a name being meant as a place: rules with weights, added up (log odds)."""

from __future__ import annotations

import math
from itertools import pairwise

from aggregator.locate import words as w
from aggregator.locate.gazetteer import Candidate
from aggregator.locate.recognise import Span
from aggregator.locate.text import Text, ends_sentence

WEIGHTS: dict[str, float] = {
    "country": 3.3, "region": 1.2, "feature": 0.8, "admin1": 1.0, "admin2": 1.0, "code": -3.0, "people": 2.0,
    "short": 1.8, "street": 0.5, "kind of feature": 1.0,
    "city of millions": 1.6, "large city": 0.7, "city": -0.4, "town": -1.3, "village": -2.2,
    "alternate name": -1.9, "alternate name of a large city": -0.9, "noun": -1.5, "several words": 0.4, "one of few letters": -2.0, "word": -2.7, "word and country": -0.2,
    "month": -3.5, "first name": -0.7, "saint": -1.5,
    "after a preposition": 1.2, "said what it is": 1.3, "names what it lies in": 2.5, "others lie in it": 1.5,
    "dateline": 3.0, "in a list of places": 1.0, "clear elsewhere": 0.9, "near others": 1.0, "usual here": 1.1,
    "person": -4.5, "surname": -2.4, "title before": -2.8, "institution": -0.4, "press": -2.5, "club": -1.8, "firm": -2.3,
    "name goes on": -1.3, "name began before": -1.2, "small elsewhere": -1.5, "loud": -0.4, "loud word": -1.4, "speaks": -1.6,
    "points of the compass": 0.0, "hyphen": -1.5, "several of a kind": 1.5, "amid a list of places": 1.0,
    "word with a capital": -2.3, "named after it": -1.0,
}  # fmt: skip

_MORE = 3.5
"""What the rules that come with the place itself can add at most, in effect."""
_LATIN = "\u024f"
"""The last of the letters that have capitals, among those texts are read in."""
_METROPOLIS = 300_000
_BODIES = w.INSTITUTION | w.FIRM | w.STREET | w.FEATURE | w.PRESS
_CLEAR = frozenset(
    (
        "after a preposition",
        "said what it is",
        "several of a kind",
        "names what it lies in",
        "others lie in it",
        "dateline",
    )
)
_SETTLED = _CLEAR | {"word", "loud word"}
_AGAINST = frozenset(("person", "surname", "title before", "name goes on"))


def chance(rules: list[str]) -> float:
    """How likely a name with these rules is meant as a place, 0 to 1."""
    return 1 / (1 + math.exp(-sum(map(WEIGHTS.__getitem__, rules))))


def possible(rules: list[str]) -> bool:
    """False if no place of the name and no other name could make a place of it."""
    return sum(map(WEIGHTS.__getitem__, rules)) > -_MORE


def weigh(text: Text, spans: list[Span], dateline: range = range(0), *, nouns: bool = False) -> None:
    """Fills the rules of each name; `dateline` is where the text's dateline stands.

    `nouns` is true for German, which writes every noun with a capital.
    """
    surnames = _surnames(text)
    small = {word for word, capital in zip(text.folded, text.caps, strict=True) if not capital}
    led = {span.key for span in spans if span.first and text.folded[span.first - 1] in w.BEFORE}
    surnames |= {span.key for span in spans if _second(text, span)} - led
    for n, span in enumerate(spans):
        rules = span.rules
        rules.extend(_itself(span))
        if nouns and span.form == "name" and span.first == span.last and _is_small(span.candidates[0]):
            rules.append("noun")
        if span.start in dateline and "code" not in rules:
            rules.append("dateline")
        if span.form not in ("street", "feature"):
            rules.extend(_beside(text, span, surnames, small))
        _contain(text, span, spans[n + 1] if n + 1 < len(spans) else None)
    clear = {span.key for span in spans if _CLEAR & set(span.rules) and not _AGAINST & set(span.rules)}
    for span in spans:
        if span.form == "name" and span.key in clear and not _SETTLED & set(span.rules):
            span.rules.append("clear elsewhere")
    _list(text, spans)


def _list(text: Text, spans: list[Span]) -> None:
    """Notes the names that stand in lists; what is said of the first ("the cities of …") is said of all."""
    for one, other in pairwise(spans):
        if _listed(text, one, other):
            for each in (one, other):
                if each.container is None and "others lie in it" not in each.rules:
                    twice = "in a list of places" in each.rules and each.form == "name"
                    each.rules.append("amid a list of places" if twice else "in a list of places")
            if "several of a kind" in one.rules and "several of a kind" not in other.rules:
                other.rules.append("several of a kind")


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
        rules.append(alternate_rule(best))
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
        if len(word) < 4 and best.kind != "country" and best.people < _METROPOLIS:
            rules.append("one of few letters")
    return rules


def _is_small(place: Candidate) -> bool:
    return place.kind == "city" and place.people < 100_000


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
    opens = (
        before < 0
        or "\n" in text.gaps[span.first]
        or ends_sentence(text.words[before], text.gaps[span.first])
    )
    caseless = text.words[span.first][0] > _LATIN
    loud = text.loud[span.first] and not caseless
    one = span.first == span.last and span.form == "name"
    if loud:
        rules.append("loud word" if "word" in span.rules or "first name" in span.rules else "loud")
    if not opens:
        rules += _before(text, span, before, loud)
        if caseless and "word" in span.rules:
            rules.append("loud word")
        elif not loud and "word" in span.rules:
            span.rules[span.rules.index("word")] = "word with a capital"
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
    if word in w.OF and before and text.folded[before - 1] in w.MANY:
        return ["several of a kind"]
    if word in w.OF and before and text.folded[before - 1] in w.BODY and text.caps[before - 1]:
        return ["named after it"]
    if word in w.KINDS and gap == " ":
        rules.append("said what it is")
    elif word in w.BEFORE and gap == " ":
        rules.append("after a preposition")
    elif word in w.NEARBY and gap == " ":
        rules.append("points of the compass")
    if (
        text.caps[before]
        and text.words[before].isascii()
        and span.form in ("name", "short")
        and gap in (" ", ". ")
    ):
        if word in w.FIRST or (len(word) == 1 and gap == ". "):
            rules.append("person")
        elif word in w.TITLES:
            rules.append("title before")
        elif word in w.CLUB_FIRST and gap == " ":
            rules.append("club")
        elif (
            before
            and text.caps[before - 1]
            and text.folded[before - 1] in w.FIRST
            and text.gaps[before] == " "
        ):
            rules.append("person")
        elif gap == " " and not loud and word not in w.PLAIN and word not in w.KINDS and word not in w.NEARBY:
            rules.append("name began before")
    return rules


def _after(text: Text, span: Span, after: int, loud: bool) -> list[str]:
    word = text.folded[after]
    if not text.caps[after]:
        small = span.form == "name" and span.candidates[0].kind == "city" and not span.candidates[0].capital
        return ["speaks"] if word in w.SPEECH and small else []
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
    if (
        span.form == "name"
        and span.first == span.last
        and span.key in w.ALSO_FIRST
        and not _is_body(text, after)
    ):
        return ["person"]
    return ["name goes on"] if span.form == "name" else []


def _is_body(text: Text, n: int) -> bool:
    """True if the capitals from here on name a body, street or park ("Virginia Commonwealth University")."""
    for at in range(n, min(n + 4, len(text.words))):
        if not text.caps[at] or (at > n and text.gaps[at] != " "):
            return False
        if text.folded[at] in _BODIES:
            return True
    return False


def _contain(text: Text, span: Span, other: Span | None) -> None:
    """Notes that a name is followed by what it lies in ("Paris, Texas", "Lyon (France)")."""
    if other is None or other.first != span.last + 1 or span.form != "name":
        return
    gap = text.text[span.end : other.start]
    if gap not in (", ", " (", ",", " ") or other.form not in ("name", "short"):
        return
    held = any(holds(above, one) for above in other.candidates for one in span.candidates)
    if not held or (gap == " " and other.form != "short"):
        return
    span.container = other
    span.rules.append("names what it lies in")
    other.rules.append("others lie in it")


def alternate_rule(place: Candidate) -> str:
    """What it says that a name is but an alternate one: "Lisboa" is no surprise, a hamlet's third name is."""
    return "alternate name of a large city" if place.people > _METROPOLIS else "alternate name"


def holds(above: Candidate, one: Candidate) -> bool:
    """True if a country or division holds a place."""
    if above.kind == "admin1":
        return one.code == above.code and one.n != above.n
    return above.kind == "country" and one.country == above.country and one.kind != "country"


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
    if (
        n == 0
        or n != span.last
        or span.form != "name"
        or text.loud[n]
        or text.gaps[n] != " "
        or not text.caps[n - 1]
    ):
        return False
    word = text.folded[n - 1]
    return word not in w.ORDINARY and not text.words[n - 1].isupper()


def _goes_on(text: Text, n: int) -> bool:
    """True if a word goes on the name of a person that the word before belongs to."""
    gap = text.gaps[n]
    stopped = gap == ". " and len(text.words[n - 1]) < 4
    return text.caps[n] and (gap == " " or stopped) and not text.loud[n]
