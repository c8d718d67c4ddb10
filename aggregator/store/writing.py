"""Writing articles: the row, its full text, its categories and places, and what it said before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aggregator.schema import Article
from aggregator.store import dialect
from aggregator.store.rows import article_row, category_rows, place_rows, words_row
from aggregator.store.tables import (
    article,
    article_category,
    article_place,
    article_source,
    article_story,
    meta,
    revision,
    to_ms,
)

_CHUNK = 500
_KEPT = ("id", "position", "uid", "first_seen", "published")


def insert_articles(connection: sa.Connection, articles: Sequence[Article], now: datetime) -> None:
    """Adds new articles that have their id and position."""
    if not articles:
        return
    connection.execute(sa.insert(article), [article_row(one) for one in articles])
    dialect.index_words(connection, [words_row(one) for one in articles])
    _insert_facets(connection, articles)
    mark_changed(connection, now)


def change_articles(
    connection: sa.Connection, pairs: Sequence[tuple[Article, Article]], now: datetime
) -> None:
    """Updates stored articles, given as (as stored, as it is to be)."""
    pairs = [(old, new) for old, new in pairs if old != new]
    if not pairs:
        return
    rows = [article_row(new) for _, new in pairs]
    values: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in rows[0] if name not in _KEPT}
    connection.execute(
        sa.update(article).where(article.c.id == sa.bindparam("which")).values(values),
        [{"which": row["id"]} | {f"new_{name}": row[name] for name in values} for row in rows],
    )
    words = [(words_row(old), words_row(new)) for old, new in pairs]
    reworded = [(old, new) for old, new in words if old != new]
    if reworded:
        dialect.drop_words(connection, [old for old, _ in reworded])
        dialect.index_words(connection, [new for _, new in reworded])
    for table in (article_category, article_place):
        for some in chunks([new.id for _, new in pairs]):
            connection.execute(sa.delete(table).where(table.c.article_id.in_(some)))
    _insert_facets(connection, [new for _, new in pairs])
    mark_changed(connection, now)


def drop_articles(connection: sa.Connection, articles: Sequence[Article], now: datetime) -> None:
    """Takes stored articles out that no entry belongs to any more."""
    if not articles:
        return
    dialect.drop_words(connection, [words_row(one) for one in articles])
    for some in chunks([one.id for one in articles]):
        for table in (article_source, article_category, article_place, article_story, revision):
            connection.execute(sa.delete(table).where(table.c.article_id.in_(some)))
        connection.execute(sa.delete(article).where(article.c.id.in_(some)))
    mark_changed(connection, now)


def keep_revisions(
    connection: sa.Connection, pairs: Sequence[tuple[Article, Article]], now: datetime
) -> None:
    """Keeps the earlier words of articles whose publishers changed them."""
    edited = [old for old, new in pairs if (old.title, old.html) != (new.title, new.html)]
    if edited:
        connection.execute(
            sa.insert(revision),
            [
                {"article_id": old.id, "replaced_at": now, "title": old.title, "html": old.html}
                for old in edited
            ],
        )


def count_up(connection: sa.Connection, key: str, by: int) -> int:
    """Raises a counter and returns what it was before."""
    raised = (
        dialect.upsert(connection, meta)
        .values(key=key, value=by)
        .on_conflict_do_update(index_elements=["key"], set_={"value": meta.c.value + by})
        .returning(meta.c.value)
    )
    value: int = connection.execute(raised).scalar_one()
    return value - by


def chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values in pieces that fit one statement."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


def _insert_facets(connection: sa.Connection, articles: Sequence[Article]) -> None:
    for table, rows_of in ((article_category, category_rows), (article_place, place_rows)):
        rows = [row for one in articles for row in rows_of(one)]
        if rows:
            connection.execute(sa.insert(table), rows)


def mark_changed(connection: sa.Connection, now: datetime) -> None:
    """Raises what tells readers that an article has changed."""
    count_up(connection, "state", 1)
    stamp = dialect.upsert(connection, meta).values(key="changed", value=to_ms(now))
    connection.execute(
        stamp.on_conflict_do_update(index_elements=["key"], set_={"value": stamp.excluded.value})
    )
