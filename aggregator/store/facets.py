"""How articles divide among sources, categories, places and languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import sqlalchemy as sa

from aggregator.store.dialect import among
from aggregator.store.rule_tables import mark, rule
from aggregator.store.tables import article, article_facet, article_source, key, source

SIZE = 50
PLACES = 300
"""Places of all kinds that are told: they are shown as a tree."""

Counts: TypeAlias = tuple[tuple[str, str, int], ...]
"""Id, name and number of articles, the largest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """Counts of the articles a filter finds."""

    sources: Counts = ()
    categories: Counts = ()
    places: Counts = ()
    """Of every kind, by their keys (see `filters.keys`); a place counts for all it lies in."""
    languages: Counts = ()
    total: int = 0
    """How many articles were counted."""

    @property
    def countries(self) -> Counts:
        return tuple(one for one in self.places if len(one[0]) == 2)


def counted(connection: sa.Connection, found: Sequence[int]) -> Facets:
    """The facets of the articles at these positions.

    Keys are counted by number and named afterwards: a database that knows nothing of the sizes of its tables would
    else look for every key of a kind in every article.
    """
    total = sa.func.count().label("total")
    facet = _had(connection, found)
    counts = sa.select(facet.c.key_n, total).group_by(facet.c.key_n)
    numbers: dict[int, int] = {row[0]: row[1] for row in connection.execute(counts)}
    query = sa.select(key.c.n, key.c.kind, key.c.value, key.c.name)
    kinds: dict[str, list[tuple[str, str, int]]] = {}
    for n, kind, value, name in connection.execute(query.where(among(connection, key.c.n, list(numbers)))):
        kinds.setdefault(kind, []).append((value, name, numbers[n]))
    return Facets(
        sources=_sources(connection, found),
        categories=_largest(kinds.get("category", ()), SIZE),
        places=_largest(kinds.get("place", ()), PLACES),
        languages=_largest(kinds.get("lang", ()), SIZE),
        total=len(found),
    )


def _had(connection: sa.Connection, found: Sequence[int]) -> sa.Subquery:
    """The keys to count, each once an article: its own, and the categories that rules give it."""
    own = sa.select(article_facet.c.position, article_facet.c.key_n).where(
        among(connection, article_facet.c.position, found)
    )
    # A desk whose rules give no category asks nothing of them.
    if not connection.execute(sa.select(rule.c.n).where(rule.c.name != "").limit(1)).first():
        return own.subquery()
    given = (
        sa.select(mark.c.position, mark.c.key_n)
        .join_from(mark, rule, rule.c.n == mark.c.rule_n)
        .where(among(connection, mark.c.position, found), rule.c.name != "")
    )
    return own.union(given).subquery()


def _sources(connection: sa.Connection, found: Sequence[int]) -> Counts:
    total = sa.func.count()
    carried = sa.select(article.c.id).where(among(connection, article.c.position, found))
    largest = (
        sa.select(article_source.c.source_n, total.label("total"))
        .where(article_source.c.article_id.in_(carried))
        .group_by(article_source.c.source_n)
        .order_by(total.desc(), article_source.c.source_n)
        .limit(SIZE)
        .subquery()
    )
    query = sa.select(source.c.source_id, source.c.title, largest.c.total).join_from(
        largest, source, source.c.n == largest.c.source_n
    )
    return _largest([(row[0], row[1], row[2]) for row in connection.execute(query)], SIZE)


def _largest(counts: Sequence[tuple[str, str, int]], most: int) -> Counts:
    return tuple(sorted(counts, key=lambda one: (-one[2], one[0]))[:most])
