"""Does an article agree with a filter? In memory, with the same answer as the store's SQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.filters.fold import fold
from aggregator.filters.tree import (
    And,
    CategoryIs,
    CountryIs,
    Everything,
    Filter,
    LanguageIs,
    Not,
    Or,
    PlaceIs,
    Since,
    SourceIs,
    Text,
    Until,
)
from aggregator.schema import Article

SEARCHED_CHARS = 100_000
"""Code points of an article's text that words are looked for in."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def matches(tree: Filter, article: Article, *, now: datetime) -> bool:
    """Whether the filter finds the article; `now` is what `ago` counts back from."""
    match tree:
        case Everything():
            return True
        case And(parts):
            return all(matches(part, article, now=now) for part in parts)
        case Or(parts):
            return any(matches(part, article, now=now) for part in parts)
        case Not(part):
            return not matches(part, article, now=now)
        case Since(at, ago):
            return _published(article) >= _instant(at, ago, now)
        case Until(at, ago):
            return _published(article) < _instant(at, ago, now)
        case _:
            return _leaf_holds(tree, article)


def _leaf_holds(
    leaf: Text | SourceIs | CategoryIs | CountryIs | PlaceIs | LanguageIs, article: Article
) -> bool:
    match leaf:
        case Text():
            return _holds_words(leaf, article)
        case SourceIs(id):
            return id in article.sources
        case CategoryIs(id):
            return any(category.id == id for category in article.categories)
        case CountryIs(code):
            return any(mention.place.country == code for mention in article.mentions)
        case PlaceIs(name):
            wanted = fold(name)
            return any(fold(mention.place.name) == wanted for mention in article.mentions)
        case LanguageIs(tag):
            return article.language == tag or article.language.startswith(f"{tag}-")


def searched_text(article: Article) -> str:
    """The text that words are looked for in, with the dateline that was taken out of it."""
    return f"{article.dateline} {article.text}"[:SEARCHED_CHARS]


def _holds_words(leaf: Text, article: Article) -> bool:
    wanted = fold(leaf.words)
    fields = [fold(article.title)]
    if leaf.field == "any":
        fields.append(fold(searched_text(article)))
    if leaf.phrase:
        return any(f" {wanted} " in f" {field} " for field in fields)
    return set(wanted.split()) <= {word for field in fields for word in field.split()}


def _published(article: Article) -> int:
    """Milliseconds since 1970, as the store orders by."""
    if article.position is not None:
        return article.position >> 20
    return (article.published - _EPOCH) // _MILLISECOND


def _instant(at: datetime | None, ago: timedelta | None, now: datetime) -> int:
    instant = at if at is not None else now - (ago or timedelta())
    return max(0, (instant - _EPOCH) // _MILLISECOND)
