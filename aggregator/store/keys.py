"""The keys and points of articles, as rows. What an article has is said in `filters.keys`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from aggregator.filters import Key, fold, globe, keys, points
from aggregator.schema import Article
from aggregator.store import dialect
from aggregator.store.tables import article_facet, article_key, article_point, key

Numbers = Mapping[tuple[str, str], int]
"""Number of each key, by kind and value."""
Having = Sequence[tuple[Article, Sequence[Key]]]
"""Articles, each with what it is found by."""

_CHUNK = 500


def insert_keys(connection: sa.Connection, articles: Sequence[Article]) -> None:
    """Adds the rows of articles that have a position."""
    having = [(one, keys(one)) for one in articles]
    distinct = dict.fromkeys(each for _, found in having for each in found)
    numbers = numbered(connection, _named(distinct))
    number = {each: numbers[each.kind, each.value] for each in distinct}
    dialect.insert_pairs(connection, article_key, _found_by(having, number))
    dialect.insert_pairs(connection, article_facet, _counted_by(having, number))
    dialect.insert_rows(connection, article_point, [row for one in articles for row in _points(one)])


def known_rows(
    connection: sa.Connection, articles: Sequence[Article]
) -> dict[sa.Table, list[tuple[Any, ...]]]:
    """The rows that `insert_keys` added for these articles, if nothing has happened to them since."""
    having = [(one, keys(one)) for one in articles]
    distinct = dict.fromkeys(each for _, found in having for each in found)
    numbers = numbers_of(connection, (each[:2] for each in distinct))
    number = {each: numbers.get(each[:2], 0) for each in distinct}
    return {
        article_key: list(_found_by(having, number)),
        article_facet: list(_counted_by(having, number)),
        article_point: [tuple(row.values()) for one in articles for row in _points(one)],
    }


def _found_by(having: Having, number: Mapping[Key, int]) -> list[tuple[int, int]]:
    """In the order of the table, which takes them so with the least work."""
    places: defaultdict[int, list[int]] = defaultdict(list)
    for one, found in having:
        for n in {number[each] for each in found}:
            places[n].append(one.position or 0)
    return [(n, position) for n in sorted(places) for position in sorted(places[n])]


def _counted_by(having: Having, number: Mapping[Key, int]) -> list[tuple[int, int]]:
    return [
        (one.position or 0, n)
        for one, found in having
        for n in sorted({number[each] for each in _counted(one, found)})
    ]


def _named(found: Iterable[Key]) -> dict[tuple[str, str], Key]:
    """Each key once, with a name for people if any article has one: to a town its country is a code."""
    named: dict[tuple[str, str], Key] = {}
    for each in found:
        id = (each.kind, each.value)
        if id not in named or named[id].name == each.value:
            named[id] = each
    return named


def delete_keys(connection: sa.Connection, articles: Sequence[Article]) -> None:
    """Takes the rows of articles out, given as they are stored."""
    if dialect.is_sqlite(connection):
        _delete_found_by(connection, articles)
    delete_keys_at(connection, [one.position for one in articles])


def _delete_found_by(connection: sa.Connection, articles: Sequence[Article]) -> None:
    found = {(each[:2], one.position) for one in articles for each in keys(one)}
    numbers = numbers_of(connection, {id for id, _ in found})
    rows = sorted((numbers[id], position or 0) for id, position in found if id in numbers)
    if rows:
        connection.execute(
            sa.delete(article_key).where(
                article_key.c.key_n == sa.bindparam("n"), article_key.c.position == sa.bindparam("at")
            ),
            [{"n": n, "at": position} for n, position in rows],
        )


def delete_keys_at(connection: sa.Connection, places: Sequence[int | None]) -> None:
    """Takes the rows at these positions out, as far as an index finds them there."""
    tables = (article_facet, article_point)
    for table in tables if dialect.is_sqlite(connection) else (article_key, *tables):
        for some in chunks(places):
            connection.execute(sa.delete(table).where(table.c.position.in_(some)))


def numbers_of(connection: sa.Connection, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The numbers of keys that any article ever had; others are left out."""
    return {id: n for id, (n, _) in _known(connection, wanted).items()}


def _known(
    connection: sa.Connection, wanted: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], tuple[int, str]]:
    """Number and name of each of the keys that any article ever had."""
    found: dict[tuple[str, str], tuple[int, str]] = {}
    kinds: dict[str, list[str]] = {}
    for kind, value in wanted:
        kinds.setdefault(kind, []).append(value)
    query = _keys(dialect.is_sqlite(connection))
    for kind, values in kinds.items():
        rows = connection.execute(query, {"of": kind, "listed": json.dumps(values)})
        found |= {(kind, value): (n, name) for value, n, name in rows}
    return found


@cache
def _keys(sqlite: bool) -> sa.Select[str, int, str]:
    """Made once: every page asks a dozen times, and a statement costs more to put together than to run."""
    listed = dialect.listed(sqlite, key.c.value, sa.bindparam("listed", type_=sa.Text))
    return sa.select(key.c.value, key.c.n, key.c.name).where(key.c.kind == sa.bindparam("of"), listed)


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values in pieces that fit one statement."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def numbered(connection: sa.Connection, wanted: Mapping[tuple[str, str], Key]) -> Numbers:
    """The numbers of keys, given to those that have none yet; a key first met as what another lies in is named."""
    known = _known(connection, wanted)
    new = [
        wanted[id]._asdict() | {"folded": fold(wanted[id].name)}
        for id in sorted(wanted.keys() - known.keys())
    ]
    if new:
        connection.execute(dialect.upsert(connection, key).on_conflict_do_nothing(), new)
        known |= _known(connection, wanted.keys() - known.keys())
    bare = [
        {"which": known[id][0], "called": wanted[id].name, "plain": fold(wanted[id].name)}
        for id in sorted(id for id, (_, name) in known.items() if name == id[1] != wanted[id].name)
    ]
    if bare:
        values: dict[str, Any] = {"name": sa.bindparam("called"), "folded": sa.bindparam("plain")}
        connection.execute(sa.update(key).where(key.c.n == sa.bindparam("which")).values(values), bare)
    return {id: n for id, (n, _) in known.items()}


def _counted(one: Article, found: Iterable[Key]) -> list[Key]:
    """Those keys of an article that lists count: of its places, its own categories and its language."""
    categories = {category.id for category in one.categories}
    return [
        each
        for each in found
        if each.kind == "place"
        or (each.kind == "category" and each.value in categories)
        or (each.kind == "lang" and each.value == one.language)
    ]


def _points(one: Article) -> Iterator[dict[str, Any]]:
    for lat, lon in sorted(points(one)):
        x, y, z = globe.vector(lat, lon)
        yield {
            "position": one.position,
            "lat": lat,
            "lon": lon,
            "cell": globe.cell(lat, lon),
            "x": x,
            "y": y,
            "z": z,
        }
