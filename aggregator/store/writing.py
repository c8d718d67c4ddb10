"""Writing articles: the row, its full text, its categories and places, and what it said before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aggregator.schema import Article
from aggregator.store import dialect
from aggregator.store.bequest import forget_notes
from aggregator.store.columns import to_ms
from aggregator.store.keys import chunks, delete_keys, delete_keys_at, insert_keys
from aggregator.store.rows import article_row, articles_at, words_row
from aggregator.store.rule_tables import mark, notice
from aggregator.store.tables import (
    article,
    article_source,
    article_story,
    fingerprint,
    meta,
    revision,
    story_window,
)
from aggregator.store.words import drop_words, index_words

_KEPT = ("id", "position", "uid", "first_seen", "published")


def insert_articles(connection: sa.Connection, articles: Sequence[Article], now: datetime) -> None:
    """Adds new articles that have their id and position."""
    if not articles:
        return
    dialect.insert_rows(connection, article, [article_row(one) for one in articles])
    index_words(connection, [words_row(one) for one in articles])
    insert_keys(connection, articles)
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
    values["edited"] = sa.bindparam("new_edited", type_=sa.BigInteger)
    connection.execute(
        sa.update(article).where(article.c.id == sa.bindparam("which")).values(values),
        [{"which": row["id"]} | {f"new_{name}": row[name] for name in values} for row in rows],
    )
    words = [(words_row(old), words_row(new)) for old, new in pairs]
    reworded = [(old, new) for old, new in words if old != new]
    if reworded:
        drop_words(connection, [old for old, _ in reworded])
        index_words(connection, [new for _, new in reworded])
    delete_keys(connection, [old for old, _ in pairs])
    insert_keys(connection, [new for _, new in pairs])
    mark_changed(connection, now)


def drop_articles(connection: sa.Connection, places: Sequence[int], now: datetime) -> None:
    """Takes the articles at these positions out, to which no entry belongs any more."""
    if not places:
        return
    if dialect.is_sqlite(connection):
        articles = articles_at(connection, places)
        drop_words(connection, [words_row(one) for one in articles])
        delete_keys(connection, articles)
    else:
        drop_words(connection, [{"position": place} for place in places])
        delete_keys_at(connection, places)
    drop_marks(connection, places)
    forget_notes(connection, places)
    for some in chunks(places):
        theirs = sa.select(article.c.id).where(article.c.position.in_(some))
        for table in (article_source, article_story, fingerprint, notice, revision, story_window):
            connection.execute(sa.delete(table).where(table.c.article_id.in_(theirs)))
        connection.execute(sa.delete(article).where(article.c.position.in_(some)))
    mark_changed(connection, now)


def drop_marks(connection: sa.Connection, places: Sequence[int]) -> None:
    """Takes away what rules said of the articles at these positions."""
    for some in chunks(places):
        connection.execute(sa.delete(mark).where(mark.c.position.in_(some)))


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


def mark_changed(connection: sa.Connection, now: datetime) -> None:
    """Raises what tells readers that an article has changed."""
    count_up(connection, "state", 1)
    stamp = dialect.upsert(connection, meta).values(key="changed", value=to_ms(now))
    connection.execute(
        stamp.on_conflict_do_update(index_elements=["key"], set_={"value": stamp.excluded.value})
    )
