"""What feeds ask of the store, the same on both databases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from aggregator.filters import parse
from aggregator.schema import Entry
from aggregator.store import Leaf

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
TODAY = date(2026, 1, 20)
ALL = parse("")


@pytest.fixture
def room(newsroom: Any) -> Any:
    """Four articles of alpha and one of beta on the 15th, one of beta on the 17th that was published long before."""
    for number in range(4):
        serve(newsroom, "alpha", number, NOON, published=NOON - timedelta(hours=number))
    serve(newsroom, "beta", 4, NOON, published=NOON - timedelta(hours=9))
    serve(newsroom, "beta", 5, NOON + timedelta(days=2), published=NOON - timedelta(days=9))
    return newsroom


def serve(room: Any, source: str, number: int, at: datetime, *, published: datetime) -> None:
    room.now = at
    link = f"https://{source}.example/{number}"
    room.serve(source, Entry(guid=link, link=link, title=f"{number}", published=published))


def titles(room: Any, **asked: Any) -> str:
    usual = {"now": NOON, "order": "newest", "limit": 10}
    return "".join(one.title for one in room.store.selection(ALL, **(usual | asked)))


def test_a_selection_is_in_the_order_asked_for(room: Any) -> None:
    assert titles(room) == "012345"
    assert titles(room, order="oldest") == "543210"
    assert titles(room, order="arrived") == "543210"
    assert titles(room, order="newest", limit=2) == "01"


def test_a_source_has_no_more_than_its_share_and_the_rest_moves_up(room: Any) -> None:
    assert titles(room, per_source=1) == "04"
    assert titles(room, per_source=2, limit=3) == "014"
    assert titles(room, per_source=2, order="arrived") == "5432"


def page(room: Any, leaf: Leaf) -> Any:
    return room.store.archive_page(ALL, leaf, today=TODAY, size=3, now=NOON)


def test_the_archive_leads_from_its_newest_page_to_its_first(room: Any) -> None:
    leaf = room.store.newest_leaf(ALL, today=TODAY, size=3, now=NOON)
    seen = []
    while leaf:
        found = page(room, leaf)
        seen.append((leaf.day.day, leaf.number, len(found.articles)))
        leaf = found.older
    assert seen == [(17, 1, 1), (15, 2, 2), (15, 1, 3)]


def test_a_day_that_is_not_over_has_full_pages_and_one_up_to_what_has_come(room: Any) -> None:
    today = date(2026, 1, 15)
    newest = room.store.newest_leaf(ALL, today=today, size=3, now=NOON)
    assert newest == Leaf(today, 2, 5)
    last = room.store.archive_page(ALL, newest, today=today, size=3, now=NOON)
    assert (len(last.articles), last.older) == (2, Leaf(today, 1))
    first = room.store.archive_page(ALL, Leaf(today, 1), today=today, size=3, now=NOON)
    assert (len(first.articles), first.older) == (3, None)
    assert room.store.newest_leaf(ALL, today=today, size=5, now=NOON) == Leaf(today, 1)
    for leaf in (Leaf(today, 2), Leaf(today, 2, 6), Leaf(today, 1, 5), Leaf(today, 2, 3)):
        assert room.store.archive_page(ALL, leaf, today=today, size=3, now=NOON) is None
    assert page(room, Leaf(date(2026, 1, 16), 1)) is None
    assert page(room, Leaf(date.max, 1)) is None


def test_the_carriers_of_a_filter_are_those_of_what_it_finds(room: Any) -> None:
    assert room.store.carriers(ALL, now=NOON) == ("alpha", "beta")
    assert room.store.carriers(parse("source:beta"), now=NOON) == ("beta",)


def test_the_standing_changes_with_every_article(newsroom: Any) -> None:
    empty, never = newsroom.store.standing()
    assert never is None
    serve(newsroom, "alpha", 1, NOON, published=NOON)
    state, changed = newsroom.store.standing()
    assert (state != empty, changed) == (True, NOON)
    assert state == newsroom.store.state()
