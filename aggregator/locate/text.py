"""A text as words with their places in it, as far as names need that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate, pairwise

from aggregator.locate.names import ANY, READ, fold, tongue
from aggregator.locate.words import PLAIN

_WORDS = re.compile(
    r"((?:[A-Z]\.){2,}"  # U.S.
    r"|(?:[dDlLsSnNjJtTcCmM]|[qQ]u|[dnDNsS]ell|[aAdDtT]all)['’](?=\w)"  # an elision: d'Oran, qu'Alger
    r"|(?!(?<=['’])[sS]\b)[^\W\d_](?:[^\W_]|[\u064b-\u0652]|['’ʼ](?![sS]\b)(?=[^\W\d_]))*"  # less 's
    r"|\d+(?:st|nd|rd|th)?)"
)
_ENDS = re.compile(r"[.!?؟…]")
_ARABIC_FIRST, _ARABIC_LAST = "\u0621", "\u06d3"
LONGEST = 200_000
"""Characters of a text that are read."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words, where each starts and ends, its folded form, and what stands between it and the next."""

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    folded: list[str]
    gaps: list[str]
    """Before each word; one more at the end."""
    caps: list[bool]
    """True for a word with a capital, or in a script that has none but is read for names (Arabic)."""
    loud: list[bool]
    """True where capitals say nothing: the line is in capitals, or every word of it has one."""
    language: str = ""
    """ISO 639-1, or empty if it is not known."""
    tongue: int = ANY
    """Its bit in the sets that names are bound to."""


def read(text: str, language: str = "") -> Text:
    """The words of a text; elisions are words of their own ("d'" + "Oran"), and an English "'s" is none."""
    text = text[:LONGEST]
    parts = _WORDS.split(text)
    words, gaps = parts[1::2], parts[0::2]
    edges = list(accumulate(map(len, parts)))
    caps = [word[0].isupper() or _ARABIC_FIRST <= word[0] <= _ARABIC_LAST for word in words]
    folded = list(map(fold, words))
    raised = caps
    if language in READ and language not in ("en", "ar"):
        # Only English puts capitals on the words of a headline; German puts them on every noun.
        raised = [word.isupper() or not word[0].isalpha() for word in words]
    loud = _loud(folded, raised, words, gaps)
    return Text(
        text,
        words,
        edges[0::2][: len(words)],
        edges[1::2],
        folded,
        gaps,
        caps,
        loud,
        language,
        tongue(language),
    )


def _loud(folded: list[str], caps: list[bool], words: list[str], gaps: list[str]) -> list[bool]:
    """Line by line and sentence by sentence: whether (nearly) every word begins with a capital."""
    ends = [
        n
        for n, gap in enumerate(gaps)
        if gap != " " and 0 < n < len(words) and ("\n" in gap or ends_sentence(words[n - 1], gap))
    ]
    loud: list[bool] = []
    for first, last in pairwise((0, *ends, len(words))):
        raised = caps[first:last]
        if sum(raised) * 2 > len(raised):
            some = [
                capital for word, capital in zip(folded[first:last], raised, strict=True) if _counts(word)
            ]
            loud += [len(some) > 2 and sum(some) >= 0.9 * len(some)] * len(raised)
        else:
            loud += [False] * len(raised)
    return loud


def _counts(word: str) -> bool:
    """False for the small words that headlines leave small."""
    return len(word) > 2 and word not in PLAIN


_STOPPED = frozenset(
    (
        "st", "ste", "mt", "ft", "dr", "mr", "mrs", "ms", "sgt", "lt", "col", "gen", "capt", "sen", "rep",
        "gov", "rev", "jr", "sr", "no", "vs", "etc", "inc", "co", "corp", "prof", "hon", "pct", "ave",
        "blvd", "rd", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    )
)  # fmt: skip
"""Words that a stop shortens rather than ends."""


def ends_sentence(word: str, gap: str) -> bool:
    """True if a sentence ends between a word and what comes next."""
    if not _ENDS.search(gap):
        return False
    return not (gap.startswith(".") and (len(word) == 1 or word.endswith(".") or fold(word) in _STOPPED))
