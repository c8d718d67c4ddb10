"""The weighted words and phrases of a language, by which a text tells its topics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from aggregator.classify.folding import fold
from aggregator.classify.patterns import Patterns, folded_words
from aggregator.classify.topics import DATA, top_of

LANGUAGES = frozenset({"en", "fr", "es", "de", "pt", "ar"})
"""Those that have a vocabulary."""

Weights = tuple[str, tuple[tuple[str, float], ...]]
"""A pattern as it is shown, and its weight for each topic and each top."""
_PUNCTUATION = re.compile(r"[^\w*,=\n]+|_+")


@cache
def vocabulary(language: str) -> Patterns[Weights]:
    """The vocabulary of a language in LANGUAGES, read once."""
    found: dict[tuple[str, ...], dict[str, float]] = {}
    for pattern, topic, weight in entries(language):
        weights = found.setdefault(pattern, {})
        if topic:
            weights[topic] = max(weight, weights.get(topic, 0))
    return Patterns(
        ((pattern, (" ".join(pattern), _with_tops(weights))) for pattern, weights in found.items()),
        best_only=True,
    )


def _with_tops(weights: dict[str, float]) -> tuple[tuple[str, float], ...]:
    """The weights, and for each top the greatest of those that are part of it."""
    if len(weights) == 1:
        ((topic, weight),) = weights.items()
        top = top_of(topic)
        return ((topic, weight),) if top == topic else ((topic, weight), (top, weight))
    tops: dict[str, float] = {}
    for topic, weight in weights.items():
        top = top_of(topic)
        tops[top] = max(weight, tops.get(top, 0))
    return tuple((weights | tops).items())


def entries(language: str) -> Iterator[tuple[tuple[str, ...], str, float]]:
    """Pattern, topic (empty for a pattern that speaks for none) and weight, as the file gives them.

    A pattern that cannot be looked up is empty.
    """
    text = fold((DATA / "words" / f"{language}.txt").read_text(encoding="utf-8"))
    topic = ""
    for line in _PUNCTUATION.sub(" ", text).splitlines():
        head, _, rest = line.partition(" ")
        if head == "=":
            code = rest.partition(" ")[0]
            topic = "" if code == "0" else f"medtop:{code}"
        elif head.isdigit():
            for pattern in rest.split(","):
                yield folded_words(pattern.split()), topic, float(head)
