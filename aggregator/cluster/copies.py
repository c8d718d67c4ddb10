"""Near-duplicates: the text of one article as several sources print it.

Candidates share a MinHash value (Broder 1997) of their first words; whether one is a copy of the other is then
decided by laying the words side by side. A copy may be cut short, have another title, lead or credit and
furniture around it, but differs from the other in few places. Articles filled into one form (weather, markets,
results) differ in a figure or name every few words, and are never the same.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from rensa import RMinHash

from aggregator.cluster.words import body, is_list, words
from aggregator.schema import Article, Draft

NEAR = timedelta(days=5)
"""Copies are published within this time of each other."""
_HASHES = 7
"""MinHash values of the beginning, and as many of what follows."""
_SEED = 20261126
_BEGINNING, _REST = slice(0, 50), slice(25, 130)
"""Words whose MinHash values are keys: short copies share the beginning, those with another lead the rest."""
_KEYED, _READ = 1_000, 1_800
"""Characters of a text that give keys, and that are compared: wire copy is cut from its end."""
_TRIED = 8
"""Articles a new one is laid beside: those with most keys in common."""
_LEAST = 16
"""Words that a copy shares at least, each counted once: below that a headline, a set phrase or filler would do."""
_SHARED = 0.5
"""Of the shorter text's words, how many a copy shares at least."""
_GAP = 10
"""Words of a place where two texts differ; more is a passage put in or left out, as editors do, unless much
of it is the same."""
_ALLOWED, _ALLOWED_EACH = 4.0, 0.09
"""Weight of differences that a copy may have: in all, and for each shared word."""
_HEADLINE = 0.35
"""Of a headline's words of four letters or more, how many the shared text holds: of set phrases, none."""
_WORD = re.compile(r"[\w\u0900-\u0dff\u0e30-\u0ecd\u102b-\u109d]+(?:[.,:]\d+)*")
"""With the vowel signs of Indic scripts, which are no letters of their own."""
_SEPARATOR = re.compile("[.,:]")
_DIGIT = re.compile(r"\d")
_NAME = 2.0
"""What a name in the place of another weighs; of a headline, twice that."""
_A_FIGURE, _OTHER_FIGURES = 2.0, 8.0
"""What one figure in the place of another weighs wherever it stands, and each further one."""
_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday lundi mardi mercredi jeudi vendredi samedi dimanche "
    "lunes martes miércoles jueves viernes sábado domingo montag dienstag mittwoch donnerstag freitag samstag sonntag "
    "segunda terça quarta quinta sexta الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد"
)
_DAY = frozenset(_DAYS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """How much of one text stands in the other."""

    shared: float
    """Of the shorter text's words, 0 to 1."""
    words: int
    differences: float
    """Weight of the places where they differ; a figure or name counts twice."""


def keys(article: Article) -> tuple[int, ...]:
    """Numbers below 2**63 under which near-duplicates are looked for; none for a text too short to tell.

    None for a list of links either: the same headlines of others say nothing of the article they stand in.
    """
    if is_list(article):
        return ()
    told = words(body(article)[:_KEYED].casefold())[: _REST.stop]
    if len(told) < _LEAST:
        return ()
    shingles = _shingles(told)
    parts = [shingles[_BEGINNING]]
    if len(shingles) > _BEGINNING.stop:
        parts.append(shingles[_REST])
    found: list[int] = []
    for some in parts:
        sketch = RMinHash(num_perm=_HASHES, seed=_SEED)
        sketch.update(some)
        found += (n << 32 | value for n, value in enumerate(sketch.digest()))
    return tuple(dict.fromkeys(found))


class Copies:
    """Articles by their keys, to find the one that another is a copy of."""

    def __init__(self, drafts: Iterable[Draft]) -> None:
        self._with: defaultdict[int, list[str]] = defaultdict(list)
        for draft in drafts:
            self.add(draft)

    def add(self, draft: Draft) -> None:
        for key in draft.keys:
            self._with[key].append(draft.article.uid)

    def original(
        self, article: Article, keys: Iterable[int], source_id: str, drafts: Mapping[str, Draft]
    ) -> tuple[str, Copy] | None:
        """The uid of the article of other sources whose text this one repeats most of, and how much."""
        counted = Counter(uid for key in keys for uid in self._with.get(key, ()))
        best: tuple[str, Copy] | None = None
        for uid, _ in counted.most_common(_TRIED):
            other = drafts[uid].article
            if source_id in other.sources or abs(other.published - article.published) > NEAR:
                continue
            copy = compare(article, other)
            if copy is not None and (best is None or copy.shared > best[1].shared):
                best = (uid, copy)
        return best


@dataclass(slots=True, kw_only=True)
class _Differences:
    """What faces each other in two texts and is not the same."""

    changed: Set[str]
    """Figures of one text that have another one in their place."""
    instead: Set[str]
    """Those in their place."""
    in_headlines: bool
    """Whether headlines have some of them."""
    words: float = 0.0
    names: float = 0.0
    """What the names that were changed weigh."""

    @property
    def weight(self) -> float:
        """One figure may have been corrected; several, one of the headlines, or one and names make another report."""
        figures = min(len(self.changed), len(self.instead)) + self.in_headlines
        if not figures:
            return self.words + self.names
        return self.words + 2 * self.names + _A_FIGURE + _OTHER_FIGURES * (figures - 1)

    def add(self, gap: Sequence[str], opposite: Sequence[str], heads: Set[str]) -> None:
        """Weighs the words between two shared stretches, and those that face them."""
        if _are_passages(gap, opposite):
            return
        some, others = _figures(gap), _figures(opposite)
        if some - others and others - some:
            self.changed |= some - others
            self.instead |= others - some
            return
        weight = _weight(gap, opposite, heads)
        if weight < _NAME:
            self.words += weight
        else:
            self.names += weight


def compare(one: Article, other: Article, *, slack: float = 1.0) -> Copy | None:
    """How one article's text is a copy of the other's; None if it is not.

    `slack`: how many times the usual differences it may have.
    """
    read = _words(one), _words(other)
    if (_elsewhere(one, other) and _elsewhere(other, one)) or _in_one_form(one, other, read):
        return None
    short, long = sorted(read, key=len)
    runs = _runs([word.casefold() for word in short], [word.casefold() for word in long])
    same = sum(length for _, _, length in runs)
    if same < _LEAST or same < _SHARED * len(short):
        return None
    allowed = slack * max(_ALLOWED, _ALLOWED_EACH * same)
    heads = {*_WORD.findall(one.title), *_WORD.findall(other.title)}
    changed, instead = _of_headlines(one, other, read)
    found = _Differences(changed=changed, instead=instead, in_headlines=bool(changed))
    for (at, there, length), (next_at, next_there, _) in pairwise(runs):
        found.add(short[at + length : next_at], long[there + length : next_there], heads)
        if found.weight > allowed:
            return None
    shared = {word.casefold() for at, _, length in runs for word in short[at : at + length]}
    if len(shared) < _LEAST or not _holds_headline(shared, one.title, other.title):
        return None
    return Copy(shared=same / len(short), words=same, differences=found.weight)


def _words(article: Article) -> list[str]:
    return _WORD.findall(f"{article.title}\n{body(article)[:_READ]}")


def _holds_headline(shared: Set[str], *titles: str) -> bool:
    """Whether the text that two articles share is the one that either headline speaks of."""
    for title in titles:
        long = {word for word in _WORD.findall(title.casefold()) if len(word) > 3}
        if len(long & shared) >= _HEADLINE * len(long):
            return True
    return False


def _elsewhere(one: Article, other: Article) -> bool:
    """Whether an article names a place that the other, as far as it goes, says nothing of."""
    said = f"{other.title} {other.dateline} {body(other)}".casefold()
    named = (mention for mention in one.mentions if mention.role in ("title", "body") and not mention.people)
    return any(mention.text.casefold() not in said for mention in named)


def _in_one_form(one: Article, other: Article, read: tuple[Sequence[str], Sequence[str]]) -> bool:
    """Whether one headline has a name in the place of another, and neither article the other one's name."""
    here, there = _WORD.findall(one.title), _WORD.findall(other.title)
    slots = [(a, b) for a, b in zip(here, there, strict=False) if a != b]
    if not slots or len(here) != len(there) or 2 * len(slots) > len(here):
        return False
    said = [{word.casefold() for word in words} for words in read]
    return any(
        not (a[0].islower() or b[0].islower() or _is_figure(a) or _is_figure(b) or _is_misspelt(a, b))
        and a.casefold() not in said[1]
        and b.casefold() not in said[0]
        for a, b in slots
    )


def _of_headlines(
    one: Article, other: Article, read: tuple[Sequence[str], Sequence[str]]
) -> tuple[Set[str], Set[str]]:
    """The figures of each headline that the other article has nowhere, if each has one."""
    some, others = (_figures(_WORD.findall(title)) for title in (one.title, other.title))
    if some and others:
        some, others = some - _figures(read[1]), others - _figures(read[0])
    return (some, others) if some and others else (set(), set())


def _figures(words: Iterable[str]) -> Set[str]:
    """Figures, and the days of the week: what is left open in a form."""
    return {_SEPARATOR.sub("", word).casefold() for word in words if _is_figure(word)}


def _is_figure(word: str) -> bool:
    return word.casefold() in _DAY if word.isalpha() else _DIGIT.search(word) is not None


def _shingles(words: Sequence[str]) -> list[str]:
    return [f"{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)]


def _runs(short: Sequence[str], long: Sequence[str]) -> list[tuple[int, int, int]]:
    """Stretches of at least three words that both have: (start in one, start in the other, length)."""
    places: dict[str, int] = {}
    for at, shingle in enumerate(_shingles(long)):
        places.setdefault(shingle, at)
    runs: list[tuple[int, int, int]] = []
    end = 0
    for at, shingle in enumerate(_shingles(short)):
        there = places.get(shingle)
        if there is None:
            continue
        if runs and at < end and there == runs[-1][1] + at - runs[-1][0]:
            runs[-1] = (runs[-1][0], runs[-1][1], at + 3 - runs[-1][0])
        elif at >= end:
            runs.append((at, there, 3))
        else:
            continue
        end = at + 3
    return runs


def _are_passages(gap: Sequence[str], other: Sequence[str]) -> bool:
    """Whether what faces each other are passages put in or left out, with little in common."""
    missing = sum(word not in other for word in gap)
    return max(len(gap), len(other)) > _GAP and 3 * missing > 2 * len(gap) > 0


def _weight(gap: Sequence[str], other: Sequence[str], heads: Set[str]) -> float:
    """What the words of two gaps that face each other weigh, figures apart.

    A name that was changed weighs twice as much as a word, and a name of the headlines twice that.
    """
    missing = [word for word in gap if word not in other]
    instead = [word for word in other if word not in gap]
    if not missing or not instead:
        return 0.5 if len(missing) + len(instead) in range(1, _GAP) else 0.0
    if len(missing) == len(instead) and all(map(_is_misspelt, missing, instead)):
        return 0.5
    return min(sum(_telling(word, heads) for word in some) for some in (missing, instead)) or 1.0


def _is_misspelt(word: str, other: str) -> bool:
    """Whether two letters of a longer word changed places."""
    return len(word) > 4 and word != other and sorted(word) == sorted(other)


def _telling(word: str, heads: Set[str]) -> float:
    """What a figure or, where the script has capitals, a name weighs; nothing for another word."""
    if word[0].isupper():
        return 2 * _NAME if word in heads else _NAME
    return _NAME if _is_figure(word) else 0.0
