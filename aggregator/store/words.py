"""Full text: SQLite keeps an FTS5 index, PostgreSQL vectors of words; both of words that are folded already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import UserDefinedType

from aggregator.filters import And, Field, Filter, Not, Or, Text, any_of, terms
from aggregator.store.dialect import is_sqlite

SQLITE = (
    "CREATE VIRTUAL TABLE article_words USING fts5(title, text, author, url, content='', tokenize='ascii')"
)
"""To this tokenizer every letter beyond ASCII is part of a word, as it is after folding."""
POSTGRESQL = (
    "CREATE TABLE article_words (position BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
    "CREATE INDEX article_words_words ON article_words USING gin (words)",
)
MERGED = 500
"""Pages of SQLite's index that are merged in one step."""
_MARKS: dict[Field, str] = {"any": "", "title": "=", "text": "", "author": "@", "url": "/"}
"""PostgreSQL keeps all fields in one vector: a mark tells a word of one field; title and text have plain words too."""

INSERT_SQLITE = sa.text(
    "INSERT INTO article_words (rowid, title, text, author, url) VALUES (:position, :title, :text, :author, :url)"
)
DELETE_SQLITE = sa.text(
    "INSERT INTO article_words (article_words, rowid, title, text, author, url)"
    " VALUES ('delete', :position, :title, :text, :author, :url)"
)
INSERT_POSTGRESQL = sa.text("INSERT INTO article_words VALUES (:position, CAST(:words AS tsvector))")
DELETE_POSTGRESQL = sa.text("DELETE FROM article_words WHERE position = :position")


def make_words(connection: sa.Connection) -> None:
    """Creates the index."""
    for statement in (SQLITE,) if is_sqlite(connection) else POSTGRESQL:
        connection.exec_driver_sql(statement)


def index_words(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Adds articles to the index; rows hold `position` and the folded words of each field."""
    if is_sqlite(connection):
        connection.execute(INSERT_SQLITE, rows)
    else:
        vectors = [{"position": row["position"], "words": vector(row)} for row in rows]
        connection.execute(INSERT_POSTGRESQL, vectors)


def drop_words(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Takes articles out; SQLite's index needs the words exactly as they went in."""
    connection.execute(DELETE_SQLITE if is_sqlite(connection) else DELETE_POSTGRESQL, rows)


def sum_of_words(connection: sa.Connection) -> int:
    """A checksum of all that the index holds, of which each article is a summand: see `sum_of_rows`."""
    if not is_sqlite(connection):
        query = "SELECT COALESCE(SUM(hashtextextended(position || words::text, 0)), 0) FROM article_words"
        return int(connection.exec_driver_sql(query).scalar_one())
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, article_words, col)"
    )
    terms = connection.exec_driver_sql("SELECT term, col, cnt FROM temp.vocabulary")
    lengths = connection.exec_driver_sql("SELECT id, sz FROM article_words_docsize")
    total = sum(hash((term, col)) * count for term, col, count in terms)
    return int(total + sum(hash((position, bytes(size))) for position, size in lengths))


def sum_of_rows(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> int:
    """What articles add to `sum_of_words` in the same process, if they are in the index as they should be."""
    if not is_sqlite(connection):
        query = sa.text(
            "SELECT COALESCE(SUM(hashtextextended(p || CAST(w AS tsvector)::text, 0)), 0)"
            " FROM unnest(CAST(:places AS bigint[]), CAST(:words AS text[])) AS made (p, w)"
        )
        made = {"places": [row["position"] for row in rows], "words": [vector(row) for row in rows]}
        return int(connection.execute(query, made).scalar_one())
    total = 0
    for row in rows:
        size = b""
        for name in ("title", "text", "author", "url"):
            found = row[name].split()
            total += sum(hash((word, name)) for word in found)
            size += _varint(len(found))
        total += hash((row["position"], size))
    return total


def _varint(number: int) -> bytes:
    """A number as SQLite writes it: https://sqlite.org/fileformat2.html#varint."""
    found = [number & 0x7F]
    while number := number >> 7:
        found.append(number & 0x7F | 0x80)
    return bytes(reversed(found))


def merge_words(connection: sa.Connection, *, first: bool) -> bool:
    """One step of merging away what was taken out of SQLite's index; False when it is done.

    PostgreSQL does so itself. https://sqlite.org/fts5.html#the_merge_command
    """
    raw = connection.connection.driver_connection
    if not is_sqlite(connection) or raw is None:
        return False
    before = raw.total_changes
    pages = -MERGED if first else MERGED
    raw.execute("INSERT INTO article_words (article_words, rank) VALUES ('merge', ?)", (pages,))
    return bool(raw.total_changes - before >= 2)


def is_words(tree: Filter) -> bool:
    """Whether a filter speaks of words alone, so that the index answers all of it at once."""
    match tree:
        case Text():
            return True
        case And(parts) | Or(parts):
            return all(map(is_words, parts))
    return False


def excluded_words(tree: Filter) -> int:
    """How many words articles must not have."""
    match tree:
        case And(parts) | Or(parts):
            return sum(map(excluded_words, parts))
        case Not(part):
            return terms(part) if is_words(part) else excluded_words(part)
    return 0


class _Query(UserDefinedType[str]):
    """A query of PostgreSQL's full text, as it is written."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "tsquery"


class _Weights(UserDefinedType[str]):
    """What a word counts by its weight, D to A."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "float4[]"


@dataclass(frozen=True, slots=True)
class WordsTable:
    """The index under a name of its own, so that one query may ask it several times."""

    position: sa.ColumnElement[int]
    _words: sa.ColumnElement[Any]
    _sqlite: bool

    @classmethod
    def of(cls, bind: sa.Connection) -> WordsTable:
        sqlite = is_sqlite(bind)
        names = ("rowid", "article_words") if sqlite else ("position", "words")
        table = sa.table("article_words", *(sa.column(name) for name in names)).alias()
        return cls(sa.type_coerce(table.c[names[0]], sa.BigInteger), table.c[names[1]], sqlite)

    def holds(self, tree: Filter) -> sa.ColumnElement[bool]:
        """The condition that a row answers to `tree`, of which `is_words` holds."""
        if self._sqlite:
            return self._words.op("MATCH", is_comparison=True)(_sqlite(tree))
        return self._words.op("@@", is_comparison=True)(sa.cast(_postgresql(tree), _Query()))

    def score(self, tree: Filter) -> sa.ColumnElement[float]:
        """How well a row answers to `tree`; the better, the more."""
        if self._sqlite:
            return -sa.func.bm25(self._words, 10.0, 1.0, 1.0, 1.0)
        weights = sa.cast("{0.1, 0.1, 0.1, 1.0}", _Weights())
        return sa.func.ts_rank(weights, self._words, sa.cast(_postgresql(tree), _Query()))


def ranked(connection: sa.Connection, wanted: Sequence[Text], found: Sequence[int]) -> list[int]:
    """Positions, which come newest first, by how well the words answer; equal ones stay as they are.

    A word in the title counts ten times. SQLite: bm25; PostgreSQL: ts_rank, which knows no rarity of words.
    """
    if not wanted or not found:
        return list(found)
    table = WordsTable.of(connection)
    tree = any_of(wanted)
    within = sa.and_(table.position.between(found[-1], found[0]), table.holds(tree))
    query = sa.select(table.position, table.score(tree)).where(within)
    scores = {row[0]: row[1] for row in connection.execute(query)}
    return sorted(found, key=lambda position: -scores.get(position, 0.0))


def _sqlite(tree: Filter) -> str:
    match tree:
        case And(parts):
            return "(" + " AND ".join(map(_sqlite, parts)) + ")"
        case Or(parts):
            return "(" + " OR ".join(map(_sqlite, parts)) + ")"
        case Text(words, field, prefix):
            columns = "title text" if field == "any" else field
            return f'({{{columns}}} : "{" ".join(words)}"{" *" if prefix else ""})'
    raise TypeError(tree)


def _postgresql(tree: Filter) -> str:
    match tree:
        case And(parts):
            return "(" + " & ".join(map(_postgresql, parts)) + ")"
        case Or(parts):
            return "(" + " | ".join(map(_postgresql, parts)) + ")"
        case Text(words, field, prefix):
            weight = ("*" if prefix else "") + ("D" if field == "text" else "")
            each = [f"'{_MARKS[field]}{word}'" + (":D" if field == "text" else "") for word in words]
            each[-1] = f"'{_MARKS[field]}{words[-1]}'" + (f":{weight}" if weight else "")
            return "(" + " <-> ".join(each) + ")"
    raise TypeError(tree)


def vector(row: dict[str, Any]) -> str:
    """The words of an article as PostgreSQL writes a tsvector: positions, and weight A for a title."""
    title, text = row["title"].split(), row["text"].split()
    gap = len(title) + 2  # no phrase runs out of the title into the text
    places: dict[str, list[str]] = {}
    for mark, found, first, weight in (
        ("", title, 1, "A"),
        ("", text, gap, ""),
        ("=", title, 1, ""),
        ("@", row["author"].split(), 1, ""),
        ("/", row["url"].split(), 1, ""),
    ):
        for at, word in enumerate(found, first):
            places.setdefault(mark + word, []).append(f"{at}{weight}")
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())
