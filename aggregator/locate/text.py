"""A text as words with their places in it, as far as names need that."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aggregator.locate.names import fold
from aggregator.locate.words import PLAIN

_WORD = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_](?:[^\W_]|[\u064b-\u0652]|['’ʼ](?=[^\W\d_]))*|\d+(?:st|nd|rd|th)?")
_ELIDED = re.compile(r"(?:[dDlLsSnNjJtTcCmM]|[qQ]u|dell|nell|all|sull|dall|[dD]ell|[nN]ell|[aA]ll)['’](?=\w)")
_OWNED = re.compile(r"['’](?:s|S)$")
_ENDS = re.compile(r"[.!?؟…]")
_ARABIC_FIRST = "\u0621"
_ARABIC_LAST = "\u06d3"
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


def read(text: str) -> Text:
    """The words of a text; elisions are words of their own ("d'" + "Oran"), and an English "'s" is cut off."""
    text = text[:LONGEST]
    words: list[str] = []
    starts: list[int] = []
    for found in _WORD.finditer(text):
        word, start = found[0], found.start()
        if "'" in word or "’" in word:
            elided = _ELIDED.match(word)
            if elided:
                words.append(elided[0])
                starts.append(start)
                word, start = word[elided.end() :], start + elided.end()
            owned = _OWNED.search(word)
            if owned:
                word = word[: owned.start()]
        if word:
            words.append(word)
            starts.append(start)
    ends = [start + len(word) for start, word in zip(starts, words, strict=True)]
    gaps = [text[end:start] for end, start in zip([0, *ends], [*starts, len(text)], strict=True)]
    caps = [word[0].isupper() or _ARABIC_FIRST <= word[0] <= _ARABIC_LAST for word in words]
    folded = [fold(word) for word in words]
    return Text(text, words, starts, ends, folded, gaps, caps, _loud(folded, caps, words, gaps))


def _loud(folded: list[str], caps: list[bool], words: list[str], gaps: list[str]) -> list[bool]:
    """Line by line, or sentence by sentence: whether (nearly) every word begins with a capital that might not."""
    loud: list[bool] = []
    some = raised = done = 0
    for n, (word, capital) in enumerate(zip(folded, caps, strict=True)):
        gap = gaps[n]
        if gap != " " and n and ("\n" in gap or ends_sentence(words[n - 1], gap)):
            loud += [some > 2 and raised >= 0.9 * some] * (n - done)
            done, some, raised = n, 0, 0
        if len(word) > 2 and word not in PLAIN:
            some += 1
            raised += capital
    return loud + [some > 2 and raised >= 0.9 * some] * (len(words) - done)


_STOPPED = frozenset(
    "st ste mt ft dr mr mrs ms sgt lt col gen capt sen rep gov rev jr sr no vs etc inc co corp prof hon pct ave blvd rd jan feb mar apr jun jul aug sep sept oct nov dec".split()
)


def ends_sentence(word: str, gap: str) -> bool:
    """True if a sentence ends between a word and what comes next."""
    if not _ENDS.search(gap):
        return False
    return not (gap.startswith(".") and (len(word) == 1 or word.endswith(".") or fold(word) in _STOPPED))
