"""The weighted words and phrases of a language, by which a text tells its topics."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from aggregator.classify.folding import fold
from aggregator.classify.patterns import Patterns, pattern_words
from aggregator.classify.topics import DATA

LANGUAGES = frozenset({"en", "fr", "es", "de", "pt", "ar"})
"""Those that have a vocabulary."""

Weights = tuple[str, tuple[tuple[str, float], ...]]
"""A pattern as it is shown, and its weight for each topic."""


@cache
def vocabulary(language: str) -> Patterns[Weights]:
    """The vocabulary of a language in LANGUAGES, read once."""
    found: dict[tuple[str, ...], dict[str, float]] = {}
    for pattern, topic, weight in _entries(language):
        weights = found.setdefault(pattern, {})
        if topic:
            weights[topic] = max(weight, weights.get(topic, 0))
    return Patterns(
        ((pattern, (" ".join(pattern), tuple(weights.items()))) for pattern, weights in found.items()),
        best_only=True,
    )


def _entries(language: str) -> Iterator[tuple[tuple[str, ...], str, float]]:
    """Pattern, topic (empty for a pattern that speaks for none) and weight, as the file gives them."""
    topic = ""
    for line in fold((DATA / "words" / f"{language}.txt").read_text(encoding="utf-8")).splitlines():
        head, _, rest = line.partition(" ")
        if head == "=":
            code = rest.partition(" ")[0]
            topic = "" if code == "0" else f"medtop:{code}"
        elif head.isdigit():
            for pattern in rest.split(","):
                yield pattern_words(pattern), topic, float(head)
