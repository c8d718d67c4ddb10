"""The keys and points of articles, as rows. What an article has is said in `filters.keys`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from aggregator.filters import Key, fold, globe, keys, place_keys, points
from aggregator.schema import Article
from aggregator.store import dialect
from aggregator.store.tables import article_facet, article_key, article_point, key

Numbers = Mapping[tuple[str, str], int]
"""Number of each key, by kind and value."""

_CHUNK = 500


def insert_keys(connection: sa.Connection, articles: Sequence[Article]) -> None:
    """Adds the rows of articles that have a position."""
    numbers = numbered(connection, _named(_keys(one) for one in articles))
    for table, rows in key_rows(articles, numbers).items():
        dialect.insert_rows(connection, table, rows)


def key_rows(articles: Sequence[Article], numbers: Numbers) -> dict[sa.Table, list[dict[str, Any]]]:
    """The rows of each table by which articles are found, in the order of its key; keys without a number have none."""
    found = sorted((numbers[id], one.position or 0) for one in articles for id in _keys(one) if id in numbers)
    counted = ((one.position, {numbers[id] for id in _counted(one) if id in numbers}) for one in articles)
    return {
        article_key: [{"key_n": n, "position": position} for n, position in found],
        article_facet: [
            {"position": position, "key_n": n} for position, some in counted for n in sorted(some)
        ],
        article_point: [row for one in articles for row in _points(one)],
    }


def known_rows(
    connection: sa.Connection, articles: Sequence[Article]
) -> dict[sa.Table, list[dict[str, Any]]]:
    """The rows that `insert_keys` added for these articles, if nothing has happened to them since."""
    return key_rows(articles, numbers_of(connection, {id for one in articles for id in _keys(one)}))


def _named(found: Iterable[Mapping[tuple[str, str], Key]]) -> dict[tuple[str, str], Key]:
    """Each key once, with a name for people if any article has one: to a town its country is a code."""
    named: dict[tuple[str, str], Key] = {}
    for one in found:
        for id, each in one.items():
            if id not in named or named[id].name == each.value:
                named[id] = each
    return named


def delete_keys(connection: sa.Connection, articles: Sequence[Article]) -> None:
    """Takes the rows of articles out, given as they are stored."""
    found = [(id, one.position) for one in articles for id in _keys(one)]
    numbers = numbers_of(connection, {id for id, _ in found})
    rows = sorted((numbers[id], position or 0) for id, position in found if id in numbers)
    if rows:
        connection.execute(
            sa.delete(article_key).where(
                article_key.c.key_n == sa.bindparam("n"), article_key.c.position == sa.bindparam("at")
            ),
            [{"n": n, "at": position} for n, position in rows],
        )
    for table in (article_facet, article_point):
        for some in chunks([one.position for one in articles]):
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
    for kind, values in kinds.items():
        for some in chunks(values):
            query = sa.select(key.c.value, key.c.n, key.c.name).where(
                key.c.kind == kind, key.c.value.in_(some)
            )
            found |= {(kind, row.value): (row.n, row.name) for row in connection.execute(query)}
    return found


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
        {"which": n, "called": wanted[id].name, "plain": fold(wanted[id].name)}
        for id, (n, name) in sorted(known.items())
        if name == wanted[id].value != wanted[id].name
    ]
    if bare:
        values: dict[str, Any] = {"name": sa.bindparam("called"), "folded": sa.bindparam("plain")}
        connection.execute(sa.update(key).where(key.c.n == sa.bindparam("which")).values(values), bare)
    return {id: n for id, (n, _) in known.items()}


def _keys(one: Article) -> dict[tuple[str, str], Key]:
    found: dict[tuple[str, str], Key] = {}
    for each in keys(one):
        id = (each.kind, each.value)
        if id not in found or found[id].name == each.value:
            found[id] = each
    return found


def _counted(one: Article) -> Iterator[tuple[str, str]]:
    """The keys of an article that lists count."""
    yield from (("category", category.id) for category in one.categories)
    yield from (("place", value) for mention in one.mentions for value in place_keys(mention.place))
    if one.language:
        yield "lang", one.language


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
