"""What feed, page, address and admin say of an article, strongest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aggregator.classify.labels import cleaned, is_home, parts
from aggregator.classify.sections import sections
from aggregator.classify.terms import topics_of
from aggregator.schema import SECTION, Article, Evidence, Source

FEED_TERM, PAGE_SECTION, ADDRESS, BREADCRUMB, SOURCE = 0.9, 0.85, 0.8, 0.7, 0.6
LATER = 0.01
"""Publishers name what matters most first: so much less for each later term."""
_MOST_LATER = 40
_MOST_TOPS = 3
"""Tops that are taken from the terms of one article: a tag far down the list names what it touches on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    label: str
    scheme: str = ""
    score: float
    evidence: Evidence
    of_article: bool = True
    """False for what is said of all articles of a source."""
    is_category: bool = True
    """False for what names topics only: the parts of an address and of a breadcrumb (places, "News") are no labels."""


def hints(article: Article, source: Source) -> Iterator[Hint]:
    """All that is said of an article, in the order of its worth."""
    for label in _labels(source.categories):
        evidence = Evidence(kind="source", text=source.id)
        yield Hint(label=label, score=SOURCE, evidence=evidence, of_article=False)
    yield from _terms(article)
    for label in sections(article.url):
        evidence = Evidence(kind="address", text=label)
        yield Hint(label=label, score=ADDRESS, evidence=evidence, is_category=False)
    for label in _labels(article.breadcrumb):
        if not is_home(label):
            evidence = Evidence(kind="breadcrumb", text=label)
            yield Hint(label=label, score=BREADCRUMB, evidence=evidence, is_category=False)


def topics_told(said: Iterable[Hint], language: str) -> list[tuple[Hint, str]]:
    """The topics the hints name."""
    return [(hint, topic) for hint in said for topic in topics_of(hint.label, language)]


def _terms(article: Article) -> Iterator[Hint]:
    place = 0
    for term in article.terms:
        kind, best = ("section", PAGE_SECTION) if term.scheme == SECTION else ("feed term", FEED_TERM)
        for label in parts(term.label):
            score = best - LATER * min(place, _MOST_LATER)
            evidence = Evidence(kind=kind, text=cleaned(term.label))
            yield Hint(label=label, scheme=term.scheme, score=score, evidence=evidence)
            place += 1


def _labels(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from parts(text)
