"""A filter asked of one position: the condition that it finds the article there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from aggregator.filters import (
    MARKED,
    And,
    Box,
    Everything,
    Filter,
    Keys,
    Near,
    Not,
    Noted,
    Or,
    Since,
    Until,
    all_of,
    any_of,
    globe,
    instant,
    leaves,
)
from aggregator.store.keys import numbers_of
from aggregator.store.noted import Asking, exists, is_noted, readers_in
from aggregator.store.rule_tables import mark, rule
from aggregator.store.tables import article_key, article_point, article_source, article_story, source
from aggregator.store.words import WordsTable, is_words

FIRST, LAST = -(2**63), 2**63 - 1
"""All positions lie between."""

Condition = sa.ColumnElement[bool]
Position = sa.ColumnElement[int]


@dataclass(frozen=True, slots=True)
class Search:
    """One filter asked of the database, between two positions (the second one excluded)."""

    connection: sa.Connection
    numbers: Mapping[tuple[str, str], int]
    ruled: Mapping[int, int]
    """How many rules give each of these keys, by number."""
    readers: Asking
    now: datetime
    low: int
    high: int
    at_once: bool = False
    """Whether words are looked up once for all between the positions, instead of for each article."""

    def within(self, position: Position) -> Condition:
        return sa.and_(position >= self.low, position < self.high)

    def numbered(self, wanted: Keys) -> list[int]:
        """The numbers of keys; those that no article ever had are left out."""
        found = (self.numbers.get((wanted.kind, value)) for value in wanted.values)
        return sorted(n for n in found if n is not None)


def bounds(tree: Filter, now: datetime) -> tuple[int, int, Filter]:
    """The first position a filter allows, the first one after the last, and the filter without those conditions."""
    low, high = FIRST, LAST
    others: list[Filter] = []
    for part in tree.parts if isinstance(tree, And) else (tree,):
        match part:
            case Since(at, ago):
                low = max(low, instant(at, ago, now) << 20)
            case Until(at, ago):
                high = min(high, instant(at, ago, now) << 20)
            case _:
                others.append(part)
    return low, high, all_of(others)


def holds(
    connection: sa.Connection, tree: Filter, position: Position, *, now: datetime, at_once: bool = False
) -> Condition:
    """The condition that a filter finds the article at a position; `at_once` if it will be asked of many."""
    return condition(replace(search(connection, tree, now=now), at_once=at_once), tree, position)


def search(
    connection: sa.Connection,
    tree: Filter,
    *,
    now: datetime,
    low: int = FIRST,
    high: int = LAST,
    marked: bool = True,
) -> Search:
    """A filter with all it must know of the database; unless `marked`, it sees nothing of what rules say."""
    numbers = numbers_in(connection, tree)
    ruled = _ruled(connection, [n for (kind, _), n in numbers.items() if kind in MARKED]) if marked else {}
    readers = readers_in(connection, (leaf for leaf in leaves(tree) if isinstance(leaf, Noted)))
    return Search(connection, numbers, ruled, readers, now, low, high)


def condition(search: Search, tree: Filter, position: Position) -> Condition:
    if is_words(tree):
        table = WordsTable.of(search.connection)
        if search.at_once:
            return position.in_(
                sa.select(table.position).where(table.holds(tree), search.within(table.position))
            )
        return exists(table.position == position, table.holds(tree))
    match tree:
        case Everything():
            return sa.true()
        case And(parts):
            spoken = all_of(part for part in parts if is_words(part))
            excluded = [part.part for part in parts if isinstance(part, Not) and is_words(part.part)]
            others = [part for part in parts if not (is_words(part) or _excludes_words(part))]
            together = others if spoken == Everything() else [*others, spoken]
            together += [Not(any_of(excluded))] if excluded else []
            return sa.and_(*(condition(search, part, position) for part in together))
        case Or(parts):
            return sa.or_(*(condition(search, part, position) for part in parts))
        case Not(part):
            return sa.not_(condition(search, part, position))
        case Since(at, ago):
            return position >= instant(at, ago, search.now) << 20
        case Until(at, ago):
            return position < instant(at, ago, search.now) << 20
        case Keys():
            return _has_key(search, tree, position)
        case Noted():
            return is_noted(search.readers, tree, position)
        case Near() | Box():
            points = article_point.alias()
            return exists(points.c.position == position, inside(tree, points))
    raise TypeError(tree)


def _excludes_words(part: Filter) -> bool:
    return isinstance(part, Not) and is_words(part.part)


def _has_key(search: Search, wanted: Keys, position: Position) -> Condition:
    if wanted.kind == "story":
        told = article_story.alias()
        return exists(told.c.position == position, told.c.story.in_(wanted.values))
    numbers = search.numbered(wanted)
    if not numbers:
        return sa.false()
    if wanted.kind == "source":
        table = article_source.alias()
        return exists(table.c.position == position, table.c.source_n.in_(numbers))
    keyed = article_key.alias()
    own = exists(keyed.c.position == position, keyed.c.key_n.in_(numbers))
    given = [n for n in numbers if n in search.ruled] if wanted.kind in MARKED else []
    if not given:
        return own
    marked = mark.alias()
    return sa.or_(own, exists(marked.c.position == position, marked.c.key_n.in_(given)))


def inside(area: Near | Box, table: sa.FromClause) -> Condition:
    """The same sums and comparisons as `globe.holds`, so that they come out the same."""
    at = table.c
    if isinstance(area, Near):
        x, y, z = globe.vector(area.lat, area.lon)
        away = (at.x - x) * (at.x - x) + (at.y - y) * (at.y - y) + (at.z - z) * (at.z - z)
        return away <= globe.reach(area.metres)
    within = at.lat.between(area.south, area.north)
    if area.west <= area.east:
        return sa.and_(within, at.lon.between(area.west, area.east))
    return sa.and_(within, sa.or_(at.lon >= area.west, at.lon <= area.east))


def _ruled(connection: sa.Connection, numbers: Sequence[int]) -> dict[int, int]:
    if not numbers:
        return {}
    query = sa.select(rule.c.key_n, sa.func.count()).where(rule.c.key_n.in_(numbers)).group_by(rule.c.key_n)
    return {row[0]: row[1] for row in connection.execute(query)}


def numbers_in(connection: sa.Connection, tree: Filter) -> Mapping[tuple[str, str], int]:
    """The numbers of all keys and sources a filter names."""
    wanted = {(leaf.kind, value) for leaf in leaves(tree) if isinstance(leaf, Keys) for value in leaf.values}
    ids = {value for kind, value in wanted if kind == "source"}
    found: dict[tuple[str, str], int] = numbers_of(
        connection, {(kind, value) for kind, value in wanted if kind != "source"}
    )
    if ids:
        query = sa.select(source.c.source_id, source.c.n).where(source.c.source_id.in_(sorted(ids)))
        found |= {("source", row.source_id): row.n for row in connection.execute(query)}
    return found
