"""Articles that were kept long enough go, with all that is kept of them, and their space comes back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from aggregator.filters import Everything, Keys, Not, Until, all_of, parse
from aggregator.schema import Entry, replace
from aggregator.store import Store, expiring
from aggregator.store.tables import metadata

OLD = all_of([Until(None, timedelta(days=30)), Not(Keys("source", ("beta",)))])


def entry(n: int, now: datetime, days: int, **more: Any) -> Entry:
    made = Entry(
        guid=str(n),
        link=f"https://a.example/{n}",
        title=f"T{n}",
        published=now - timedelta(days=days),
        content=f"Words of {n}",
        language="en",
    )
    return replace(made, **more)


def titles(store: Store, text: str, now: datetime) -> list[str]:
    return [article.title for article in store.articles(parse(text), now=now, limit=99)]


def rows(store: Store) -> dict[str, int]:
    with store.engine.connect() as connection:
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
            if name.startswith(("article", "entry", "alias", "revision"))
        }


def test_expired_articles_go_step_by_step_and_others_stay(
    newsroom: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiring, "STEP", 2)
    newsroom.serve("alpha", entry(1, now, 1))
    newsroom.serve("beta", entry(2, now, 99))
    before = rows(newsroom.store)
    newsroom.serve("alpha", *(entry(n, now, 50 + n) for n in range(10, 13)))
    newsroom.serve("alpha", entry(10, now, 60, content="Other words"))
    newsroom.store.expired = (OLD,)
    steps = [newsroom.store.expire(now) for _ in range(3)]
    assert steps == [2, 1, 0]
    assert titles(newsroom.store, "words", now) == ["T1", "T2"]
    assert rows(newsroom.store) == before


def test_what_would_go_at_once_is_not_stored_again(newsroom: Any, now: datetime) -> None:
    newsroom.store.expired = (OLD,)
    newsroom.serve("alpha", entry(1, now, 31), entry(2, now, 29))
    newsroom.serve("beta", entry(3, now, 31))
    assert titles(newsroom.store, "", now) == ["T2", "T3"]


def test_an_article_that_is_stored_takes_edits_until_it_goes(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", entry(1, now, 31))
    newsroom.store.expired = (OLD,)
    newsroom.serve("alpha", entry(1, now, 31, title="Edited"))
    assert titles(newsroom.store, "", now) == ["Edited"]


def test_the_file_becomes_smaller(newsroom: Any, now: datetime) -> None:
    if newsroom.store.engine.url.get_backend_name() != "sqlite":
        newsroom.store.give_back(thoroughly=True)
        assert newsroom.store.articles(Everything(), now=now, limit=1) == ()
        return
    words = " ".join(f"w{n}" for n in range(3_000))
    newsroom.serve("alpha", *(entry(n, now, 40, content=f"{n} {words}") for n in range(60)))
    path = Path(newsroom.store.engine.url.database)
    before = size(newsroom.store, path)
    newsroom.store.expired = (OLD,)
    while newsroom.store.expire(now):
        newsroom.store.give_back(thoroughly=False)
    newsroom.store.give_back(thoroughly=True)
    assert size(newsroom.store, path) < before / 2


def size(store: Store, path: Path) -> int:
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
    return path.stat().st_size


def test_what_refers_to_a_row_that_may_go_is_found_by_an_index(store: Store) -> None:
    """Else the database looks through a whole table for each row that goes."""
    inspector = sa.inspect(store.engine)
    slow = []
    for table in metadata.tables:
        leading = {index["column_names"][0] for index in inspector.get_indexes(table)}
        leading |= set(inspector.get_pk_constraint(table)["constrained_columns"][:1])
        leading |= {one["column_names"][0] for one in inspector.get_unique_constraints(table)}
        slow += [
            (table, key["constrained_columns"])
            for key in inspector.get_foreign_keys(table)
            if key["referred_table"] != "source" and key["constrained_columns"][0] not in leading
        ]
    assert slow == []
