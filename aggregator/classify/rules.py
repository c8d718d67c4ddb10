"""The categories an admin adds: each with words that an article must hold one of, and words it must not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aggregator.classify.patterns import Patterns, pattern_words, phrases_at, words_of
from aggregator.classify.topics import topics
from aggregator.schema import Article, CategoryRule

_MOST_WORDS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The categories of the configuration, made ready to be looked for all at once."""

    rules: tuple[CategoryRule, ...]
    patterns: Patterns[tuple[int, bool, str]]
    """Number of the rule, whether it forbids, the words as the admin wrote them."""
    broader: Mapping[str, tuple[str, ...]]
    """What each rule is part of, nearest first: other rules, at the end perhaps a Media Topic and its top."""


def prepared(rules: Iterable[CategoryRule]) -> Rules:
    """The rules, ready for `matches`."""
    rules = tuple(rules)
    patterns = (
        (pattern_words(text), (number, forbids, text))
        for number, rule in enumerate(rules)
        for forbids, texts in ((False, rule.words), (True, rule.not_words))
        for text in texts
    )
    known = {rule.id: rule for rule in rules}
    return Rules(
        rules=rules,
        patterns=Patterns(patterns, best_only=False),
        broader={rule.id: tuple(_broader(rule, known)) for rule in rules},
    )


def _broader(rule: CategoryRule, known: Mapping[str, CategoryRule]) -> Iterator[str]:
    """The chain of parents; one that turns back on itself ends there."""
    seen = {rule.id}
    while rule.parent in known and rule.parent not in seen:
        rule = known[rule.parent]
        seen.add(rule.id)
        yield rule.id
    topic = topics().get(rule.parent)
    if topic:
        yield topic.id
        yield from topic.broader


def matches(article: Article, rules: Rules) -> list[tuple[CategoryRule, tuple[str, ...]]]:
    """The rules that hold for an article, each with the words found, in the order of the configuration."""
    if not rules.rules:
        return []
    found: dict[int, dict[str, None]] = {}
    forbidden: set[int] = set()
    for words in (words_of(article.title), words_of(article.text or article.summary)[:_MOST_WORDS]):
        hits = rules.patterns.hits(words)
        for at, hit in enumerate(hits):
            if hit is None:
                continue
            told = (meaning for _, meaning in phrases_at(hits, at)) if hit.phrases else ()
            for number, forbids, text in (*hit.single, *told):
                if forbids:
                    forbidden.add(number)
                else:
                    found.setdefault(number, {})[text] = None
    return [
        (rule, tuple(found[number]))
        for number, rule in enumerate(rules.rules)
        if number in found and number not in forbidden and _speaks(article.language, rule.languages)
    ]


def _speaks(language: str, wanted: tuple[str, ...]) -> bool:
    """Whether an article's language is one of those wanted: `pt-BR` is `pt` too."""
    return not wanted or any(language == tag or language.startswith(f"{tag}-") for tag in wanted)
