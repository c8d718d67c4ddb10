"""Figures for admins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from aggregator.schema import Entry
from aggregator.store import Store


def entry(n: int, at: datetime) -> Entry:
    return Entry(
        guid=str(n), link=f"https://a.example/{n}", title=f"T{n}", published=at, content=f"Words {n}"
    )


def test_articles_a_day_are_counted_by_source_and_day_of_publication(newsroom: Any, now: datetime) -> None:
    yesterday = now - timedelta(days=1)
    newsroom.serve("alpha", entry(1, yesterday), entry(2, now), entry(3, now))
    newsroom.serve("beta", entry(4, now))
    newsroom.serve("alpha", entry(5, now - timedelta(days=40)))
    since = now - timedelta(days=7)
    alpha = {yesterday.date(): 1, now.date(): 2}
    assert newsroom.store.daily(["alpha"], since) == {"alpha": alpha}
    assert newsroom.store.daily(["alpha", "beta"], since) == {"alpha": alpha, "beta": {now.date(): 1}}
    assert newsroom.store.daily([], since) == {}


def test_articles_published_since_a_time_are_counted(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", entry(1, now - timedelta(days=1)), entry(2, now))
    assert newsroom.store.published_since(now - timedelta(hours=1)) == 1


def test_the_queue_says_who_is_due_and_for_how_long(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", entry(1, now))
    newsroom.store.ask_soon(["beta"])
    queue = newsroom.store.queue(now + timedelta(hours=3))
    assert queue.sources == queue.due
    assert queue.lag == timedelta(hours=2)  # alpha is to be asked an hour after its poll
    assert newsroom.store.queue(now - timedelta(days=40)).lag == timedelta()


def test_sizes_count_bytes_articles_and_the_rows_of_each_table(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", entry(1, now - timedelta(days=3)), entry(2, now))
    size = newsroom.store.sizes()
    assert size.bytes > 10_000
    assert size.articles == 2
    assert size.oldest == now - timedelta(days=3)
    rows = dict(size.tables)
    assert (rows["article"], rows["entry"], rows["token"]) == (2, 2, 0)


def test_an_empty_database_has_no_oldest_article(store: Store) -> None:
    assert (store.sizes().oldest, store.sizes().articles) == (None, 0)


def test_the_latest_polls_of_a_source_come_newest_first(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", entry(1, now))
    newsroom.now += timedelta(hours=1)
    newsroom.serve("alpha", entry(2, now))
    newsroom.serve("beta", entry(3, now))
    lines = newsroom.store.last_polls("alpha", 10)
    assert len(lines) == 2
    assert lines[0].at > lines[1].at
    assert len(newsroom.store.last_polls("alpha", 1)) == 1
