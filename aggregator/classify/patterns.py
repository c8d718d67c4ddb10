"""Finds many words and phrases in a text at once, with look-ups instead of a search for each.

A pattern is a word or a phrase of at most MOST_WORDS words. A word may end with `*` (any ending: `elect*`) or begin
with it (any beginning: `*minister`, for languages that compound). Case and accents do not matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
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
_CLITIC_LETTERS = "وفبلكا"
_LONGEST_WORD = 60
_CACHE = 20_000
"""Words whose look-up is remembered, of each set of patterns; then it starts anew."""


class Hit(NamedTuple, Generic[T]):
    """What is found at a word."""

    single: tuple[T, ...]
    """What the word alone stands for."""
    phrases: dict[str, tuple[tuple[tuple[str, ...], T], ...]]
    """Phrases that may begin here: by the key of their second word, the keys after it and what they stand for."""
    inner: tuple[str, ...]
    """Keys of the word as a second or later word of a phrase."""


def words_of(text: str) -> list[str]:
    """The words of a text, in lower case but not yet folded."""
    if _ARABIC_MARKS.search(text):
        text = _ARABIC_MARKS.sub("", text)
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def pattern_words(pattern: str) -> tuple[str, ...]:
    """The folded words of a pattern, stars kept; empty if it holds no word that can be looked up."""
    return folded_words(_MARKED_WORD.findall(fold(pattern)))


def folded_words(words: Sequence[str]) -> tuple[str, ...]:
    """The words of a pattern that is folded and taken apart already; empty if they cannot be looked up."""
    if not 0 < len(words) <= MOST_WORDS:
        return ()
    for word in words:
        if "*" in word and len(word.strip("*")) < SHORTEST_STEM:
            return ()
    # A word with a star at both ends would be looked for everywhere: its beginning is what counts.
    return tuple([_plain(word.lstrip("*") if word[-1] == "*" else word) for word in words])


class _Cache(dict[str, T]):
    """Looks a word up when it is first asked for."""

    def __init__(self, look_up: Callable[[str], T]) -> None:
        self._look_up = look_up

    def __missing__(self, word: str) -> T:
        found = self[word] = self._look_up(word)
        return found


class Patterns(Generic[T]):
    """A set of patterns, each with what it stands for; empty ones are left out.

    If `best_only`, a word counts for the most exact pattern alone: the word itself, else the longest beginning,
    else the longest ending. Otherwise all count.
    """

    __slots__ = ("_best_only", "_cache", "_inner", "_phrases", "_sizes", "_tail_sizes", "_words")

    def __init__(self, patterns: Iterable[tuple[tuple[str, ...], T]], *, best_only: bool) -> None:
        self._words: dict[str, list[T]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        self._inner: set[str] = set()
        for words, meaning in patterns:
            if len(words) == 1:
                self._words.setdefault(words[0], []).append(meaning)
            elif words:
                self._phrases.setdefault(words[0], []).append((words[1:], meaning))
                self._inner.update(words[1:])
        stars = [word for word in (*self._words, *self._phrases, *self._inner) if "*" in word]
        self._sizes = sorted({len(word) for word in stars if word[-1] == "*"}, reverse=True)
        self._tail_sizes = sorted({len(word) for word in stars if word[0] == "*"}, reverse=True)
        self._best_only = best_only
        self._cache: dict[str, Hit[T] | None] = _Cache(self._look_up)

    def hits(self, words: Sequence[str]) -> list[Hit[T] | None]:
        """What is found at each word of a text (as `words_of` gives them); None where there is nothing."""
        cache = self._cache
        if len(cache) > _CACHE:
            cache.clear()
        return [cache[word] for word in words]

    def _look_up(self, word: str) -> Hit[T] | None:
        single: list[T] = []
        phrases: dict[str, list[tuple[tuple[str, ...], T]]] = {}
        inner: list[str] = []
        for key in (key for form in forms(word) for key in self._keys(form)):
            if not (single and self._best_only):
                single += self._words.get(key, ())
            if key in self._inner:
                inner.append(key)
            for (second, *rest), meaning in self._phrases.get(key, ()):
                phrases.setdefault(second, []).append((tuple(rest), meaning))
        if not (single or phrases or inner):
            return None
        return Hit(tuple(single), {key: tuple(found) for key, found in phrases.items()}, tuple(inner))

    def _keys(self, form: str) -> Iterable[str]:
        yield form
        for size in self._sizes:
            if size <= len(form) + 1:
                yield form[: size - 1] + "*"
        for size in self._tail_sizes:
            if size <= len(form) + 1:
                yield "*" + form[len(form) - size + 1 :]


def phrases_at(hits: Sequence[Hit[T] | None], at: int) -> Iterator[tuple[int, T]]:
    """The phrases that begin at a word: how many words each takes, and what it stands for."""
    first = hits[at]
    second = hits[at + 1] if at + 1 < len(hits) else None
    if first is None or second is None:
        return
    for key in second.inner:
        for rest, meaning in first.phrases.get(key, ()):
            if not rest or _follows(rest, hits, at + 2):
                yield 2 + len(rest), meaning


def _follows(rest: tuple[str, ...], hits: Sequence[Hit[T] | None], at: int) -> bool:
    return len(hits) - at >= len(rest) and all(
        (hit := hits[at + n]) is not None and key in hit.inner for n, key in enumerate(rest)
    )


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
    if word[0] not in _CLITIC_LETTERS:
        return word
    for clitic in _CLITICS:
        if word.startswith(clitic) and len(word) - len(clitic) > 1:
            return word[len(clitic) :]
    return word
