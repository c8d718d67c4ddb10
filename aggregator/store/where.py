"""A filter as SQL: which positions it finds, in the order of lists.

Every condition can be asked of one position (`asking.py`). Some can also name their positions in order, as one range of
an index (`_stream`): keys, words, areas. Of the conditions that must all hold, the one that names fewest drives the
query, and the others are asked of each position it names; so nothing is ever read that a rarer condition rules out.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    all_of,
    globe,
)
from aggregator.store import dialect
from aggregator.store.asking import Condition, Position, Search, bounds, condition, inside
from aggregator.store.asking import search as asked
from aggregator.store.lacking import lacking
from aggregator.store.noted import named as noted
from aggregator.store.noted import unread
from aggregator.store.rule_tables import mark
from aggregator.store.tables import article, article_key, article_point, article_source, article_story
from aggregator.store.words import WordsTable, excluded_words, is_words

ENOUGH = 10_000
"""Rows that are counted to see which condition is the rarest; from here on all count as common."""
PRICE = 10
"""How much longer it takes to ask one article for words than for a key."""
SAMPLE = 1_000
"""Articles that PostgreSQL looks through to see whether words are common."""
MOST_CELLS = 100
"""Of the globe's grid; a larger area is asked of each article."""
EXCLUSIONS = 500
"""Words, times articles, that may be asked for one by one: each takes SQLite a tenth of a millisecond."""
THIN = 1_000
"""Articles whose own words are looked through, at most: with 190 excluded ones each takes a third of a millisecond."""
FIRST_WINDOW = 2_000
"""Articles looked at first where a condition is several ranges or excludes many words; then eight times as many, …"""
GROWTH = 8


@dataclass(frozen=True, slots=True)
class Range:
    """Positions that one index names."""

    position: Position
    where: Condition
    ordered: bool
    """Whether they come in the order of lists, each once."""
    spoken: bool = False
    """Whether it is the index of words."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Positions among which are all that a filter finds."""

    ranges: tuple[Range, ...]
    rest: Filter
    """What must still be asked of each."""


def positions(
    connection: sa.Connection,
    tree: Filter,
    *,
    now: datetime,
    limit: int,
    before: int | None = None,
    after: int | None = None,
    marked: bool = True,
) -> list[int]:
    """Positions of the articles a filter finds: the newest first, or with `after` the next newer ones, oldest first.

    Unless `marked`, what rules say of articles is not seen.
    """
    low, high, tree = bounds(tree, now)
    low = low if after is None else max(low, after + 1)
    high = high if before is None else min(high, before)
    search = asked(connection, tree, now=now, low=low, high=high, marked=marked)
    stream = _stream(search, tree) or Stream((Range(article.c.position, sa.true(), True),), tree)
    newest = after is None
    if not stream.ranges:
        return []
    ordered = len(stream.ranges) == 1 and stream.ranges[0].ordered
    search = replace(search, at_once=_excludes_much(search, stream))
    if ordered and not search.at_once:
        return _ordered(search, stream, limit, newest)
    ask = _ordered if ordered else _gathered
    excluded, others = _parted(stream.rest)
    if search.at_once and excluded != Everything() and _rows(search, stream, THIN + 1) <= THIN:
        thin = ask(search, Stream(stream.ranges, others), THIN, newest)
        return lacking(connection, thin, excluded, now=now, limit=limit)
    found: list[int] = []
    for window in _windows(search, newest):
        found += ask(window, stream, limit - len(found), newest)
        if len(found) >= limit:
            break
    return found


# --- asking ------------------------------------------------------------------------------------


def _ordered(search: Search, stream: Stream, limit: int, newest: bool) -> list[int]:
    (only,) = stream.ranges
    if only.spoken and not dialect.is_sqlite(search.connection) and not _is_common(search, only):
        # With an OFFSET the index of words is asked first, and what it finds is put in order.
        rare = sa.select(only.position.label("position")).where(only.where).offset(0).subquery()
        only = Range(rare.c.position, sa.true(), True)
    query = sa.select(only.position).where(only.where, search.within(only.position))
    query = (
        query.where(condition(search, stream.rest, only.position)) if stream.rest != Everything() else query
    )
    order = only.position.desc() if newest else only.position.asc()
    return list(search.connection.execute(query.order_by(order).limit(limit)).scalars())


def _gathered(search: Search, stream: Stream, limit: int, newest: bool) -> list[int]:
    """As `_ordered`, from ranges that must be put in order first."""
    parts = [
        sa.select(one.position.label("position")).where(one.where, search.within(one.position))
        for one in stream.ranges
    ]
    named = (sa.union(*parts) if len(parts) > 1 else parts[0].distinct()).subquery()
    at = named.c.position
    query = sa.select(at)
    query = query.where(condition(search, stream.rest, at)) if stream.rest != Everything() else query
    query = query.order_by(at.desc() if newest else at.asc()).limit(limit)
    return list(search.connection.execute(query).scalars())


def _windows(search: Search, newest: bool) -> Iterator[Search]:
    """The search in pieces, from where its list begins; each is larger than the one before."""
    at = article.c.position
    there = sa.select(at).where(search.within(at))
    oldest = search.connection.execute(there.order_by(at.asc()).limit(1)).scalar()
    latest = search.connection.execute(there.order_by(at.desc()).limit(1)).scalar()
    if oldest is None or latest is None:
        return
    order = at.desc() if newest else at.asc()
    some = there.order_by(order).limit(1).offset(FIRST_WINDOW)
    edge: int | None = search.connection.execute(some).scalar()
    start = latest if newest else oldest
    size = latest - oldest if edge is None else abs(start - edge)
    search = replace(search, low=oldest, high=latest + 1)
    while search.low < search.high:
        edge = max(search.high - size - 1, search.low) if newest else min(search.low + size + 1, search.high)
        yield replace(search, low=edge) if newest else replace(search, high=edge)
        search = replace(search, high=edge) if newest else replace(search, low=edge)
        size *= GROWTH


# --- what drives ---------------------------------------------------------------------------------


def _stream(search: Search, tree: Filter) -> Stream | None:
    """The positions a filter names in order; None if it must be asked of each article."""
    if is_words(tree):
        table = WordsTable.of(search.connection)
        return Stream((Range(table.position, table.holds(tree), True, spoken=True),), Everything())
    match tree:
        case And(parts):
            return _rarest(search, parts)
        case Or(parts):
            streams = [_stream(search, part) for part in parts]
            if None in streams:
                return None
            found = [stream for stream in streams if stream is not None]
            exact = all(stream.rest == Everything() for stream in found)
            ranges = tuple(one for stream in found for one in stream.ranges)
            return Stream(ranges, Everything() if exact else tree)
        case Keys():
            return _keys(search, tree)
        case Noted():
            index = noted(search.readers, tree)
            return Stream((Range(*index, True),), Everything()) if index else None
        case Not(Noted(reader, "read")):
            indexes = unread(search.readers, reader)
            return Stream(tuple(Range(*one, False) for one in indexes), tree) if indexes else None
        case Near() | Box():
            return _area(tree)
    return None


def _rarest(search: Search, parts: tuple[Filter, ...]) -> Stream | None:
    """The stream of the part that is cheapest to follow, with the other parts to be asked."""
    spoken = all_of(part for part in parts if is_words(part))
    others = [part for part in parts if not is_words(part)]
    named = _stream(search, spoken)
    streams = [(part, stream) for part in others if (stream := _stream(search, part)) is not None]
    # What people note is few: it is counted first, and the others no further than that.
    streams.sort(key=lambda one: not isinstance(one[0], Noted))
    if not streams:
        return named and Stream(named.ranges, all_of(others))
    most = ENOUGH // PRICE if named else ENOUGH
    choice = len(streams) > 1 or named is not None
    rows: list[int] = []
    for _, stream in streams:
        rows.append(_rows(search, stream, min([most, *rows])) if choice else 0)
    fewest = rows.index(min(rows))
    if named and _names_fewer(search, named, PRICE * rows[fewest]):
        return Stream(named.ranges, all_of(others))
    part, stream = streams[fewest]
    return Stream(stream.ranges, all_of([stream.rest, *(one for one in others if one is not part), spoken]))


def _names_fewer(search: Search, named: Stream, than: int) -> bool:
    """Whether following the words costs less; taken for granted where counting them would take too long."""
    if dialect.is_sqlite(search.connection):
        return than >= ENOUGH or _rows(search, named, than) < than
    return than >= ENOUGH and not _is_common(search, named.ranges[0])


def _is_common(search: Search, spoken: Range) -> bool:
    """Whether a hundredth of the newest articles answer to the words.

    PostgreSQL takes every word it has no statistics of for so common, and walks through the list for it.
    """
    newest = (
        sa.select(spoken.where.label("found"))
        .where(search.within(spoken.position))
        .order_by(spoken.position.desc())
        .limit(SAMPLE)
        .subquery()
    )
    hits = sa.select(sa.func.count()).select_from(newest).where(newest.c.found)
    return bool(search.connection.execute(hits).scalar_one() * 100 >= SAMPLE)


def _excludes_much(search: Search, stream: Stream) -> bool:
    """Whether asking each article for the words a filter excludes takes long; PostgreSQL has them in its row."""
    words = excluded_words(stream.rest) if dialect.is_sqlite(search.connection) else 0
    return bool(words) and _rows(search, stream, -(-EXCLUSIONS // words)) * words >= EXCLUSIONS


def _parted(tree: Filter) -> tuple[Filter, Filter]:
    """What a filter excludes by words, and the rest of it."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    excluded = [part for part in parts if isinstance(part, Not) and is_words(part.part)]
    return all_of(excluded), all_of(part for part in parts if part not in excluded)


def _rows(search: Search, stream: Stream, most: int) -> int:
    """How many positions a stream names, as far as `most`."""
    total = 0
    for one in stream.ranges:
        some = sa.select(one.position).where(one.where, search.within(one.position)).limit(most - total)
        total += search.connection.execute(
            sa.select(sa.func.count()).select_from(some.subquery())
        ).scalar_one()
        if total >= most:
            break
    return total


def _keys(search: Search, wanted: Keys) -> Stream:
    if wanted.kind == "story":
        told = article_story.c
        alone = len(wanted.values) == 1
        return Stream((Range(told.position, told.story.in_(wanted.values), alone),), Everything())
    numbers = search.numbered(wanted)
    if not numbers:
        return Stream((), Everything())
    table = article_source if wanted.kind == "source" else article_key
    column = table.c.source_n if wanted.kind == "source" else table.c.key_n
    alone = len(numbers) == 1
    where = column == numbers[0] if alone else column.in_(numbers)
    given = [n for n in numbers if n in search.ruled]
    own = Range(table.c.position, where, alone)
    if not given or wanted.kind not in MARKED:
        return Stream((own,), Everything())
    once = len(given) == 1 and search.ruled[given[0]] == 1
    marks = Range(mark.c.position, mark.c.key_n.in_(given), once)
    return Stream((marks,) if wanted.kind == "tag" else (own, marks), Everything())


def _area(area: Near | Box) -> Stream | None:
    cells = list(globe.cells(area))
    if len(cells) > MOST_CELLS:
        return None
    at = article_point.c
    return Stream(
        (Range(at.position, sa.and_(at.cell.in_(cells), inside(area, article_point)), False),), Everything()
    )
