"""Evidence to categories: what feed and page call an article, and what the admin says of the source.

A category is kept with every piece of evidence for it; independent evidence adds up (1 minus the product of
the doubts). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aggregator.classify.labels import cleaned, is_home, parts, slug
from aggregator.schema import Article, Category, Evidence, Source, replace

__all__ = ["classify"]

MOST = 20
"""Categories an article has at most."""

_FEED_TERM, _BREADCRUMB, _SOURCE = 0.9, 0.7, 0.6
_LATER = 0.01
"""Publishers name what matters most first: so much less for each later term."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hint:
    label: str
    scheme: str = ""
    score: float
    evidence: Evidence


def classify(article: Article, source: Source) -> Article:
    """The article with its categories: best first, equal ones by id, at most MOST of them."""
    found: dict[str, Category] = {}
    for hint in _hints(article, source):
        id = slug(hint.label)
        if id:
            found[id] = _with(found.get(id), id, hint)
    ranked = sorted(found.values(), key=lambda category: (-category.score, category.id))
    return replace(article, categories=tuple(ranked[:MOST]))


def _hints(article: Article, source: Source) -> Iterator[_Hint]:
    for label in _labels(source.categories):
        yield _Hint(label=label, score=_SOURCE, evidence=Evidence(kind="source", text=source.id))
    place = 0
    for term in article.terms:
        for label in parts(term.label):
            score = _FEED_TERM - _LATER * min(place, 2 * MOST)
            evidence = Evidence(kind="feed term", text=cleaned(term.label))
            yield _Hint(label=label, scheme=term.scheme, score=score, evidence=evidence)
            place += 1
    for label in _labels(article.breadcrumb):
        if not is_home(label):
            yield _Hint(label=label, score=_BREADCRUMB, evidence=Evidence(kind="breadcrumb", text=label))


def _labels(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from parts(text)


def _with(known: Category | None, id: str, hint: _Hint) -> Category:
    if known is None:
        return Category(
            id=id, name=hint.label, scheme=hint.scheme, score=round(hint.score, 3), evidence=(hint.evidence,)
        )
    if any(old.kind == hint.evidence.kind for old in known.evidence):
        # The same witness twice is no more certain.
        score = max(known.score, round(hint.score, 3))
    else:
        score = round(1 - (1 - known.score) * (1 - hint.score), 3)
    return replace(
        known,
        # A name is better than a bare id.
        name=hint.label if known.name == id else known.name,
        scheme=known.scheme or hint.scheme,
        score=score,
        evidence=known.evidence if hint.evidence in known.evidence else (*known.evidence, hint.evidence),
    )
