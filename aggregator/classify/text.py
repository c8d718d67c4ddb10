"""What a text is about, told from its words; says nothing where they say too little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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


def findings(title: str, text: str, language: str) -> list[Finding]:
    """The topics of a text, tops and second level, strongest first; none if nothing is clear enough."""
    if language[:2] not in LANGUAGES:
        return []
    told = _told(title, text, language[:2])
    weights: dict[str, float] = {}
    for (_, topics), counts in told:
        for topic, weight in topics:
            weights[topic] = weights.get(topic, 0) + weight * counts
    tops = _tops(weights, told)
    if not tops:
        return []
    total = sum(weight for topic, weight in weights.items() if top_of(topic) == topic)
    found = []
    for topic, weight in weights.items():
        if topic in tops or (weight >= ENOUGH and top_of(topic) in tops):
            share = weights[top_of(topic)] / total
            score = round(BEST * min(weight / SURE, 1) ** 0.5 * (0.5 + 0.5 * share), 3)
            found.append(Finding(topic=topic, score=score, words=_words(told, topic)))
    return sorted(found, key=lambda one: -one.score)


def _tops(weights: dict[str, float], told: list[tuple[Weights, float]]) -> set[str]:
    tops = {topic: weight for topic, weight in weights.items() if weight >= ENOUGH and top_of(topic) == topic}
    best = max(tops.values(), default=0)
    return {topic for topic, weight in tops.items() if weight >= SHARE * best and _is_told(topic, told)}


def _is_told(topic: str, told: list[tuple[Weights, float]]) -> bool:
    """Whether two patterns speak for a topic, or one that may do so alone."""
    found = [weight for (_, topics), _ in told for one, weight in topics if one == topic]
    return len(found) > 1 or max(found) >= ALONE


def _words(told: list[tuple[Weights, float]], topic: str) -> tuple[str, ...]:
    """The patterns that told most of a topic, the strongest first."""
    found = [
        (weight * counts, pattern)
        for (pattern, topics), counts in told
        for one, weight in topics
        if one == topic
    ]
    return tuple(pattern for _, pattern in sorted(found, key=lambda one: -one[0])[:MOST_EVIDENCE])


def _told(title: str, text: str, language: str) -> list[tuple[Weights, float]]:
    """The patterns found, and how much each counts by where and how often it stands."""
    patterns = vocabulary(language)
    body = words_of(text[: MOST_WORDS * 10])[:MOST_WORDS]
    found: dict[str, list[float]] = {}
    meanings: dict[str, Weights] = {}
    for words, counts in (
        (words_of(title[:1000]), TITLE),
        (body[:LEAD_WORDS], LEAD),
        (body[LEAD_WORDS:], BODY),
    ):
        for meaning in _meanings(patterns.hits(words)):
            pattern = meaning[0]
            meanings[pattern] = meaning
            found.setdefault(pattern, []).append(counts)
    return [(meanings[pattern], times[0] + AGAIN * sum(times[1:3])) for pattern, times in found.items()]


def _meanings(hits: list[Hit[Weights] | None]) -> Iterator[Weights]:
    """What the words mean, one after the other: the longest phrase that begins at a word, else the word."""
    at = 0
    while at < len(hits):
        hit = hits[at]
        at += 1
        if hit is None:
            continue
        length = 0
        if hit.phrases:
            for words, meaning in phrases_at(hits, at - 1):
                if words > length:
                    length, longest = words, meaning
        if length:
            yield longest
            at += length - 1
        else:
            yield from hit.single
