"""Finds many words and phrases in a text at once, with look-ups instead of a search for each.

A pattern is a word or a phrase of at most MOST_WORDS words. A word may end with `*` (any ending: `elect*`) or begin
with it (any beginning: `*minister`, for languages that compound). Case and accents do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from aggregator.classify.folding import fold

T = TypeVar("T")

MOST_WORDS = 6
SHORTEST_STEM = 2
_WORD = re.compile(r"[^\W_]+")
_MARKED_WORD = re.compile(r"\*?[^\W_]+\*?")
_ARABIC_MARKS = re.compile("[\u0640\u064b-\u065f\u0670]+")
_ARABIC = re.compile("[\u0620-\u064a]")
# Conjunctions, prepositions and the article that Arabic writes as one with the word.
_CLITICS = ("وبال", "وال", "بال", "فال", "كال", "ولل", "لل", "ال")
_LONE_CLITICS = "وفبلك"
_LONGEST_WORD = 60
_CACHE = 20_000
"""Words whose look-up is remembered, of each set of patterns; then it starts anew."""


class Hit(NamedTuple, Generic[T]):
    """What is found at a word: what single patterns stand for, and phrases that may begin here."""

    single: tuple[T, ...]
    phrases: tuple[tuple[tuple[str, ...], T], ...]
    """The words after the first, longest phrase first."""


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case but not yet folded."""
    if _ARABIC_MARKS.search(text):
        text = _ARABIC_MARKS.sub("", text)
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def pattern_words(pattern: str) -> tuple[str, ...]:
    """The folded words of a pattern, stars kept; empty if it holds no word that can be looked up."""
    words = tuple(_MARKED_WORD.findall(fold(pattern)))
    if not 0 < len(words) <= MOST_WORDS or any(
        len(word.strip("*")) < SHORTEST_STEM and "*" in word for word in words
    ):
        return ()
    return tuple(_plain(word) for word in words)


class Patterns(Generic[T]):
    """A set of patterns, each with what it stands for.

    If `best_only`, a word counts for the most exact pattern alone: the word itself, else the longest beginning,
    else the longest ending. Otherwise all count.
    """

    __slots__ = ("_best_only", "_cache", "_phrases", "_sizes", "_tail_sizes", "_words")

    def __init__(self, patterns: Iterable[tuple[tuple[str, ...], T]], *, best_only: bool) -> None:
        self._words: dict[str, list[T]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        for (first, *rest), meaning in patterns:
            if rest:
                self._phrases.setdefault(first, []).append((tuple(rest), meaning))
            else:
                self._words.setdefault(first, []).append(meaning)
        stars = [word for word in (*self._words, *self._phrases) if "*" in word]
        self._sizes = sorted({len(word) for word in stars if word[-1] == "*"}, reverse=True)
        self._tail_sizes = sorted({len(word) for word in stars if word[0] == "*"}, reverse=True)
        self._best_only = best_only
        self._cache: dict[str, Hit[T] | None] = {}

    def at(self, word: str) -> Hit[T] | None:
        """What begins at a word (as `words_of` gives it); None if nothing does."""
        try:
            return self._cache[word]
        except KeyError:
            if len(self._cache) >= _CACHE:
                self._cache.clear()
            hit = self._cache[word] = self._look_up(word)
            return hit

    def _look_up(self, word: str) -> Hit[T] | None:
        single: list[T] = []
        phrases: list[tuple[tuple[str, ...], T]] = []
        for key in (key for form in forms(word) for key in self._keys(form)):
            if not (single and self._best_only):
                single += self._words.get(key, ())
            phrases += self._phrases.get(key, ())
        phrases.sort(key=lambda phrase: -len(phrase[0]))
        return Hit(tuple(single), tuple(phrases)) if single or phrases else None

    def _keys(self, form: str) -> Iterable[str]:
        yield form
        for size in self._sizes:
            if size <= len(form) + 1:
                yield form[: size - 1] + "*"
        for size in self._tail_sizes:
            if size <= len(form) + 1:
                yield "*" + form[len(form) - size + 1 :]


def follows(rest: tuple[str, ...], words: list[str], at: int) -> bool:
    """Whether the words from `at` on are those of a phrase."""
    return len(words) - at >= len(rest) and all(
        _matches(wanted, words[at + n]) for n, wanted in enumerate(rest)
    )


def _matches(wanted: str, word: str) -> bool:
    if word == wanted:
        return True
    for form in forms(word):
        if wanted[-1] == "*" and form.startswith(wanted[:-1]):
            return True
        if form == wanted or (wanted[0] == "*" and form.endswith(wanted[1:])):
            return True
    return False


def forms(word: str) -> tuple[str, ...]:
    """A word folded; an Arabic one also without what is written as one with it."""
    if word.isascii():
        return (word[:_LONGEST_WORD],)
    folded = fold(word[:_LONGEST_WORD])
    if not _ARABIC.match(folded):
        return (folded,)
    found = [plain := _plain(folded)]
    if plain == folded and len(folded) > 3 and folded[0] in _LONE_CLITICS:
        found.append(folded[1:])
    return tuple(found)


def _plain(word: str) -> str:
    """An Arabic word without its article; any other as it is."""
    for clitic in _CLITICS:
        if word.startswith(clitic) and len(word) - len(clitic) > 2:
            return word[len(clitic) :]
    return word
