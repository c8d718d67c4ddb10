"""What a text is about, told from its words; says nothing where they say too little."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

from aggregator.classify.patterns import Hit, phrases_at, words_of
from aggregator.classify.topics import top_of
from aggregator.classify.vocabulary import LANGUAGES, Weights, vocabulary

TITLE, LEAD, BODY = 2.0, 1.0, 0.5
"""How much a word counts, by where it stands."""
LEAD_WORDS = 60
MOST_WORDS = 400
"""Words of a text that are read: news says first what it is about."""
AGAIN = 0.4
"""What a word counts for when it comes again, a second and a third time; then no more."""
ENOUGH = 5.0
"""Least weight for a top."""
ALONE = 4.0
"""Least weight of a pattern that names a top alone; a weaker one needs a second beside it."""
SHARE = 0.55
"""Least weight of a further top, as a part of the first one's."""
SHARE_OF_SECOND = 0.4
"""Least weight of a topic of the second level, as a part of the weightiest with the same top."""
SURE = 12.0
"""Weight from which more does not make surer."""
BEST = 0.85
"""Score of a topic of which a text is full."""
MOST_EVIDENCE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A topic a text speaks of."""

    topic: str
    score: float
    """0 to BEST."""
    words: tuple[str, ...]
    """The patterns that told most, first the strongest."""


_Told = dict[str, list[tuple[float, float, str]]]
"""By topic the patterns that speak for it: what each tells by weight and place, its weight, and its words."""


def findings(title: str, text: str, language: str) -> list[Finding]:
    """The topics of a text, tops and second level, strongest first; none if nothing is clear enough."""
    if language[:2] not in LANGUAGES:
        return []
    told = _told(title, text, language[:2])
    weights = {topic: sum([one[0] for one in patterns]) for topic, patterns in told.items()}
    tops = {topic: weight for topic, weight in weights.items() if top_of(topic) == topic}
    clear = _clear(tops, told)
    if not clear:
        return []
    total = sum(tops.values())
    least = dict.fromkeys(clear, ENOUGH)
    for topic, weight in weights.items():
        if topic not in tops and (top := top_of(topic)) in clear:
            least[top] = max(least[top], SHARE_OF_SECOND * weight)
    found = []
    for topic, weight in weights.items():
        top = top_of(topic)
        if topic in clear or (topic not in tops and weight >= least.get(top, math.inf)):
            share = weights[top] / total
            score = round(BEST * min(weight / SURE, 1) ** 0.5 * (0.5 + 0.5 * share), 3)
            best = sorted(told[topic], key=itemgetter(0), reverse=True)[:MOST_EVIDENCE]
            found.append(Finding(topic=topic, score=score, words=tuple([words for _, _, words in best])))
    return sorted(found, key=lambda one: -one.score)


def _clear(tops: dict[str, float], told: _Told) -> set[str]:
    """The tops with enough said for them: by two patterns, or one that may do so alone."""
    heavy = {topic: weight for topic, weight in tops.items() if weight >= ENOUGH}
    least = SHARE * max(heavy.values(), default=0)
    return {
        topic
        for topic, weight in heavy.items()
        if weight >= least and (len(told[topic]) > 1 or told[topic][0][1] >= ALONE)
    }


def _told(title: str, text: str, language: str) -> _Told:
    """The patterns found, by topic, and how much each counts by where and how often it stands."""
    patterns = vocabulary(language)
    body = words_of(text[: MOST_WORDS * 10])[:MOST_WORDS]
    found: dict[str, tuple[Weights, list[float]]] = {}
    for words, counts in (
        (words_of(title[:1000]), TITLE),
        (body[:LEAD_WORDS], LEAD),
        (body[LEAD_WORDS:], BODY),
    ):
        for meaning in _meanings(patterns.hits(words)):
            found.setdefault(meaning[0], (meaning, []))[1].append(counts)
    told: _Told = {}
    for (pattern, topics), times in found.values():
        counts = times[0] + AGAIN * sum(times[1:3])
        for topic, weight in topics:
            told.setdefault(topic, []).append((weight * counts, weight, pattern))
    return told


def _meanings(hits: list[Hit[Weights] | None]) -> Iterator[Weights]:
    """What the words mean, one after the other: the longest phrase that begins at a word, else the word."""
    done = 0
    for at, hit in enumerate(hits):
        if hit is None or at < done:
            continue
        length = 0
        if hit.phrases and at + 1 < len(hits) and hits[at + 1]:
            for words, meaning in phrases_at(hits, at):
                if words > length:
                    length, longest = words, meaning
        if length:
            yield longest
            done = at + length
        else:
            yield from hit.single
