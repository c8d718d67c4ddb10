"""What stands beside a name: words, capitals, other names, and what they say of it, as names of rules."""

from __future__ import annotations

from itertools import pairwise

from aggregator.locate import words as w
from aggregator.locate.gazetteer import Candidate
from aggregator.locate.recognise import Span
from aggregator.locate.text import Text, ends_sentence

_LATIN = "\u024f"
"""The last of the letters that have capitals, among those texts are read in."""
_LARGE = 500_000
_PREPOSITIONS = ("ب", "ل")
"""Of the Arabic words of one letter, "in" and "to"."""
_BODIES = w.INSTITUTION | w.FIRM | w.STREET | w.FEATURE | w.PRESS


def beside(text: Text, span: Span, surnames: set[str], small: set[str]) -> list[str]:
    """What the words beside it say."""
    rules = []
    before, after = span.first - 1, span.last + 1
    opens = _opens(text, span.first)
    caseless = text.words[span.first][0] > _LATIN
    loud = text.loud[span.first] and not caseless
    one = span.first == span.last and span.form == "name"
    if loud:
        rules.append("loud word" if "word" in span.rules or "first name" in span.rules else "loud")
    if span.prefix in _PREPOSITIONS:
        rules += ["after a preposition", "in it"]
    elif not opens:
        rules += _before(text, span, before, loud)
    if not opens:
        if caseless and "word" in span.rules and "said what it is" not in rules:
            rules.append("caseless word")
        elif not loud:
            common = {"word", "word and country"}
            span.rules[:] = ["word with a capital" if rule in common else rule for rule in span.rules]
    if caseless and one and "word" not in span.rules and not _is_known(span.candidates[0]):
        rules.append("caseless")
    if span.form == "people" and _is_language(text, span):
        rules.append("language")
    if one and span.key in small and "in it" not in rules and span.candidates[0].kind != "country":
        rules.append("small elsewhere")
    if one and span.key in surnames and "after a preposition" not in rules and "person" not in rules:
        rules.append("surname")
    if after < len(text.words) and text.gaps[after] == " ":
        rules += _after(text, span, after, loud)
    if "speaks" in rules and "after a preposition" in rules:
        rules.remove("speaks")
    return rules


def _is_known(place: Candidate) -> bool:
    """True for what a text without capitals may name without more."""
    return place.kind != "city" or place.capital == 1 or place.people >= _LARGE


def _is_language(text: Text, span: Span) -> bool:
    """True if a word for people is that of their language: "in Spanish", "en français", "باللغة العربية"."""
    before, after = span.first - 1, span.last + 1
    follows = text.folded[after] if after < len(text.words) and text.gaps[after] == " " else ""
    if follows in w.TONGUE:
        return True
    if before < 0 or text.gaps[span.first] != " ":
        return False
    if text.folded[before] in w.SPEAKS:
        return True
    alone = text.language != "en" or not follows or follows in w.PLAIN
    return alone and text.folded[before] in w.SAID_IN.get(text.language, ())


def _opens(text: Text, n: int) -> bool:
    """True for the first word of a text, line or sentence, whose capital says nothing."""
    return n == 0 or "\n" in text.gaps[n] or ends_sentence(text.words[n - 1], text.gaps[n])


def _before(text: Text, span: Span, before: int, loud: bool) -> list[str]:
    word, gap = text.folded[before], text.gaps[span.first]
    if word in w.OF and before:
        said = text.folded[before - 1]
        if said in w.KINDS:
            return ["said what it is"]
        if said in w.MANY:
            return ["several of a kind"]
        if said in w.BODY and text.caps[before - 1]:
            return ["named after it"]
        if said in w.WHOSE:
            return ["people of it"]
    rules = []
    if gap == " ":
        rules += _led(text, span, before, word)
    if text.words[before][0] > _LATIN:
        if word in w.FIRST and gap == " " and text.words[before] != "على":
            rules.append("person")
    elif text.caps[before] and span.form in ("name", "short") and gap in (" ", ". "):
        rules += _joined(text, before, word, gap, loud)
    return rules


def _led(text: Text, span: Span, before: int, word: str) -> list[str]:
    """What the word right before it, with or without a capital, says."""
    if word in w.KINDS:
        return ["said what it is"]
    if word in w.WHOSE and text.words[before][0] > _LATIN:
        return ["people of it"]
    city = span.form == "name" and (span.candidates[0].kind == "city" or "word and country" in span.rules)
    if word in w.ARTICLES.get(text.language, ()) and (not text.caps[before] or _opens(text, before)):
        return ["with an article"] if city and span.key not in w.WITH_ARTICLE else []
    if text.words[before] in w.IN.get(text.language, ()) or word in w.IN.get(text.language, ()):
        return ["after a preposition", "in it"]
    if word in w.BEFORE and not (word == "a" and text.language == "en"):
        return ["after a preposition"]
    return []


def _joined(text: Text, before: int, word: str, gap: str, loud: bool) -> list[str]:
    """What a word with a capital, right before the name, makes of it: mostly the rest of a longer one."""
    if word in w.FIRST or (len(word) == 1 and gap == ". "):
        return ["person"]
    if word in w.TITLES:
        return ["title before"]
    if gap != " ":
        return []
    if word in w.CLUB_FIRST:
        return ["club"]
    if before and text.caps[before - 1] and text.folded[before - 1] in w.FIRST and text.gaps[before] == " ":
        return ["person"]
    free = word in w.PLAIN or word in w.KINDS or word in w.NEARBY or loud or _opens(text, before)
    return [] if free else ["name began before"]


def _after(text: Text, span: Span, after: int, loud: bool) -> list[str]:
    word = text.folded[after]
    if word in w.STATE and any(one.kind == "admin1" for one in span.candidates):
        return ["of a state"]
    if not text.caps[after]:
        if word in w.BEATS:
            return ["plays"] if span.form == "name" and span.candidates[0].kind != "country" else []
        small = span.form == "name" and span.candidates[0].kind == "city" and not span.candidates[0].capital
        return ["speaks"] if word in w.SPEECH and small else []
    if text.words[after][0] > _LATIN:
        return []
    if word in w.PRESS:
        return ["press"]
    if word in w.INSTITUTION:
        last = after + 1
        council = last < len(text.words) and text.gaps[last] == " " and text.caps[last]
        return ["its council"] if council and text.folded[last] in w.COUNCIL else ["institution"]
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


def contain(text: Text, span: Span, other: Span | None) -> None:
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


def holds(above: Candidate, one: Candidate) -> bool:
    """True if a country or division holds a place."""
    if above.kind == "admin1":
        return one.code == above.code and one.n != above.n
    return above.kind == "country" and one.country == above.country and one.kind != "country"


def enlist(text: Text, spans: list[Span]) -> None:
    """Notes the names that stand in lists; what is said of the first ("the cities of …") is said of all."""
    for one, other in pairwise(spans):
        if _listed(text, one, other):
            for each in (one, other):
                if each.container is None and "others lie in it" not in each.rules:
                    twice = "in a list of places" in each.rules and each.form == "name"
                    each.rules.append("amid a list of places" if twice else "in a list of places")
            if "several of a kind" in one.rules and "several of a kind" not in other.rules:
                other.rules.append("several of a kind")


def _listed(text: Text, one: Span | None, other: Span | None) -> bool:
    """True if both stand in a list: "Rabat, Salé and Fès"."""
    if one is None or other is None or "people" in (one.form, other.form):
        return False
    if "person" in one.rules or "person" in other.rules:
        return False
    gap = text.text[one.end : other.start].strip()
    return gap in (",", "and", ", and", "et", "y", "und", "e", "/", "،", "و", "or")


def surnames(text: Text) -> set[str]:
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


def second(text: Text, span: Span) -> bool:
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
    return (
        not _opens(text, n - 1) and word not in w.ordinary(text.language) and not text.words[n - 1].isupper()
    )


def _goes_on(text: Text, n: int) -> bool:
    """True if a word goes on the name of a person that the word before belongs to."""
    gap = text.gaps[n]
    stopped = gap == ". " and len(text.words[n - 1]) < 4
    return text.caps[n] and (gap == " " or stopped) and not text.loud[n]
