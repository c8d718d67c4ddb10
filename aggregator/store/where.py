"""A filter as an SQL condition on the article table."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from aggregator.filters import (
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
    fold,
)
from aggregator.store.dialect import has_words
from aggregator.store.tables import article, article_category, article_place, article_source, source, to_ms

Condition = sa.ColumnElement[bool]


def condition(engine: sa.Engine, tree: Filter, now: datetime) -> Condition:
    """The SQL condition of a filter; every operand is a bound parameter."""
    match tree:
        case Everything():
            return sa.true()
        case And(parts):
            return sa.and_(*(condition(engine, part, now) for part in parts))
        case Or(parts):
            return sa.or_(*(condition(engine, part, now) for part in parts))
        case Not(part):
            return sa.not_(condition(engine, part, now))
        case Text(words, phrase, field):
            return has_words(engine, fold(words), phrase=phrase, title_only=field == "title")
        case Since(at, ago):
            return article.c.position >= _instant(at, ago, now) << 20
        case Until(at, ago):
            return article.c.position < _instant(at, ago, now) << 20
        case _:
            return _facet(tree)


def _facet(tree: SourceIs | CategoryIs | CountryIs | PlaceIs | LanguageIs) -> Condition:
    match tree:
        case SourceIs(id):
            number = sa.select(source.c.n).where(source.c.source_id == id).scalar_subquery()
            return _among(article_source, article_source.c.source_n == number)
        case CategoryIs(id):
            return _among(article_category, article_category.c.category == id)
        case CountryIs(code):
            return _among(article_place, article_place.c.country == code)
        case PlaceIs(name):
            return _among(article_place, article_place.c.name == fold(name))
        case LanguageIs(tag):
            language = article.c.language
            return sa.or_(language == tag, language.startswith(f"{tag}-", autoescape=True))


def _among(table: sa.Table, chosen: sa.ColumnElement[bool]) -> Condition:
    return article.c.position.in_(sa.select(table.c.position).where(chosen))


def _instant(at: datetime | None, ago: timedelta | None, now: datetime) -> int:
    instant = at if at is not None else now - (ago or timedelta())
    return max(0, to_ms(instant))
