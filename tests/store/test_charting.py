"""Where and when the articles of a filter are, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from aggregator.filters import parse
from aggregator.schema import Entry
from aggregator.store import Store

RABAT = (34.01, -6.83)


@pytest.fixture
def told(newsroom: Any, now: datetime) -> Store:
    """Four articles, one an hour; the two newest from Rabat."""
    entries = [
        Entry(
            guid=f"{n}", title=f"Title {n}", content=f"{place}: text {n}", published=now - timedelta(hours=n)
        )
        for n, place in enumerate(("Rabat", "Rabat", "Nowhere", "Nowhere"))
    ]
    newsroom.serve("alpha", *entries)
    store: Store = newsroom.store
    return store


def test_a_spread_has_the_articles_newest_first(told: Store, now: datetime) -> None:
    spread = told.spread(parse(""), now=now)
    assert [at >> 20 for at in spread.positions] == [
        int((now - timedelta(hours=n)).timestamp() * 1000) for n in range(4)
    ]
    assert spread.whole


def test_a_spread_says_at_which_points_articles_are(told: Store, now: datetime) -> None:
    spread = told.spread(parse(""), now=now)
    assert {point: sorted(there) for point, there in spread.points.items()} == {
        RABAT: sorted(spread.positions[:2])
    }


def test_a_spread_counts_the_articles_of_countries_alone(told: Store, now: datetime) -> None:
    assert told.spread(parse(""), now=now).countries == (("MA", 2),)


def test_a_spread_is_of_what_the_filter_finds(told: Store, now: datetime) -> None:
    spread = told.spread(parse("title:1"), now=now)
    assert len(spread.positions) == 1
    assert spread.countries == (("MA", 1),)


def test_a_spread_says_that_there_is_more(told: Store, now: datetime) -> None:
    spread = told.spread(parse(""), now=now, most=1)
    assert not spread.whole
    assert spread.positions == told.spread(parse(""), now=now).positions[:1]
    assert spread.countries == (("MA", 1),)


def test_a_spread_of_nothing_is_empty(told: Store, now: datetime) -> None:
    spread = told.spread(parse("title:absent"), now=now)
    assert (spread.positions, dict(spread.points), spread.countries) == ((), {}, ())
    assert spread.whole


def test_what_lies_at_a_point_is_told_by_its_articles(told: Store, now: datetime) -> None:
    newest = told.spread(parse(""), now=now).positions[0]
    found = told.places({RABAT: newest, (1.0, 2.0): newest, (3.0, 4.0): 7})
    assert {point: place.name for point, place in found.items()} == {RABAT: "Rabat"}
