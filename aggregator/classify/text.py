"""What a text is about, told from its words; says nothing where they say too little."""

from __future__ import annotations

from dataclasses import dataclass, field

from aggregator.classify.patterns import Hit, follows, words_of
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
SHARE = 0.55
"""Least weight of a further top, as a part of the first one's."""
SURE = 12.0
"""Weight from which more does not make surer."""
BEST = 0.85
"""Score of a topic of which a text is full."""
MOST_EVIDENCE = 6


@dataclass(slots=True)
class _Weighing:
    weights: dict[str, float] = field(default_factory=dict)
    words: dict[str, dict[str, float]] = field(default_factory=dict)
    """By topic, what each pattern added."""
    seen: dict[str, int] = field(default_factory=dict)


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
    weighing = _weigh(title, text, language[:2])
    tops = _tops(weighing.weights)
    if not tops:
        return []
    total = sum(weight for topic, weight in weighing.weights.items() if top_of(topic) == topic)
    found = []
    for topic, weight in weighing.weights.items():
        if topic in tops or (top_of(topic) in tops and weight >= ENOUGH):
            share = weighing.weights[top_of(topic)] / total
            score = round(BEST * min(weight / SURE, 1) ** 0.5 * (0.5 + 0.5 * share), 3)
            told = weighing.words[topic]
            words = sorted(told, key=lambda word: -told[word])[:MOST_EVIDENCE]
            found.append(Finding(topic=topic, score=score, words=tuple(words)))
    return sorted(found, key=lambda one: -one.score)


def _tops(weights: dict[str, float]) -> set[str]:
    tops = {topic: weight for topic, weight in weights.items() if top_of(topic) == topic and weight >= ENOUGH}
    best = max(tops.values(), default=0)
    return {topic for topic, weight in tops.items() if weight >= SHARE * best}


def _weigh(title: str, text: str, language: str) -> _Weighing:
    weighing = _Weighing()
    patterns = vocabulary(language)
    body = words_of(text[: MOST_WORDS * 10])[:MOST_WORDS]
    for words, counts in (
        (words_of(title[:1000]), TITLE),
        (body[:LEAD_WORDS], LEAD),
        (body[LEAD_WORDS:], BODY),
    ):
        at = 0
        while at < len(words):
            hit = patterns.at(words[at])
            if hit is None:
                at += 1
                continue
            length, meanings = _longest(hit, words, at)
            for pattern, weights in meanings:
                _add(weighing, pattern, weights, counts)
            at += length
    return weighing


def _longest(hit: Hit[Weights], words: list[str], at: int) -> tuple[int, tuple[Weights, ...]]:
    """The longest phrase that begins here, else the single word: how many words it takes, and what it means."""
    for rest, meaning in hit.phrases:
        if follows(rest, words, at + 1):
            return 1 + len(rest), (meaning,)
    return 1, hit.single


def _add(weighing: _Weighing, pattern: str, weights: tuple[tuple[str, float], ...], counts: float) -> None:
    times = weighing.seen[pattern] = weighing.seen.get(pattern, 0) + 1
    if times > 3:
        return
    for topic, weight in weights:
        added = weight * counts * (AGAIN if times > 1 else 1)
        for one in dict.fromkeys((topic, top_of(topic))):
            weighing.weights[one] = weighing.weights.get(one, 0) + added
            told = weighing.words.setdefault(one, {})
            told[pattern] = told.get(pattern, 0) + added
