"""What feeds ask of the store, the same on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.filters import Filter, parse
from aggregator.schema import Entry
from aggregator.store import Leaf

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
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


def walk(
    room: Any, where: Filter = ALL, *, size: int = 3, start: Leaf | None = None
) -> list[tuple[Leaf, str]]:
    """The pages of the archive from the newest on, each with the titles of its articles."""
    leaf = start or room.store.newest_leaf(where, size=size, now=NOON)
    pages = []
    while leaf:
        page = room.store.archive_page(where, leaf, size=size, now=NOON)
        pages.append((leaf, "".join(one.title for one in page.articles)))
        leaf = page.older
    return pages


def test_the_archive_leads_from_its_newest_page_to_its_first(room: Any) -> None:
    assert walk(room) == [(Leaf(5, 6), "45"), (Leaf(3, 4), "23"), (Leaf(1, 2), "01")]
    assert walk(room, size=4) == [(Leaf(5, 6), "45"), (Leaf(1, 4), "0123")]


def test_a_filter_that_finds_little_has_larger_pages(room: Any) -> None:
    beta = parse("source:beta")
    assert walk(room, beta, size=2) == [(Leaf(5, 6), "45")]
    assert walk(room, beta, size=1) == [(Leaf(6, 6), "5"), (Leaf(1, 5), "4")]
    assert walk(room, parse("source:alpha"), size=4) == [(Leaf(1, 4), "0123")]
    assert walk(room, parse("source:nobody")) == []


def test_pages_are_the_same_whether_a_filter_finds_few_or_many(room: Any, monkeypatch: Any) -> None:
    wheres = [parse(text) for text in ("", "source:beta", "1 OR 4", "-2", "title:3 OR source:beta")]
    few = [walk(room, where, size=2) for where in wheres]
    monkeypatch.setattr("aggregator.store.feeding.SPAN", 1)
    for where, pages in zip(wheres, few, strict=True):
        assert walk(room, where, size=2, start=pages[0][0]) == pages


def test_pages_meet_wherever_one_begins(newsroom: Any) -> None:
    first: list[tuple[Leaf, str]] = []
    for number in range(23):
        at = NOON + timedelta(minutes=number)
        serve(newsroom, ("alpha", "beta")[number % 2], number, at, published=at)
        pages = walk(newsroom, size=4)
        assert sum((leaf.last - leaf.first + 1 for leaf, _ in pages), 0) == number + 1
        assert [one for one in first if one not in pages] in ([], first[:1], first[:2])
        first = pages


def test_what_comes_very_late_is_in_the_archive(newsroom: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("aggregator.store.feeding.FEW", 2)
    for number, hours in enumerate((1, 2, 9)):
        serve(newsroom, "alpha", number, NOON, published=NOON - timedelta(hours=hours))
    assert "".join(held for _, held in walk(newsroom)) == "201"
    for number, hours in ((3, 8), (4, 7)):
        serve(newsroom, "beta", number, NOON, published=NOON - timedelta(hours=hours))
    alpha = parse("source:alpha")
    assert "".join(held for _, held in walk(newsroom, alpha)) == "01"  # until another one of alpha comes
    assert newsroom.store.newest_leaf(alpha, size=3, now=NOON, shown=3) == Leaf(3, 3)
    serve(newsroom, "alpha", 5, NOON, published=NOON - timedelta(hours=9))
    assert sorted("".join(held for _, held in walk(newsroom, alpha))) == list("0125")


def test_a_page_holds_its_own_whatever_is_hidden_elsewhere(room: Any) -> None:
    before = walk(room)
    hidden = parse("-title:4 -title:2")
    after = walk(room, hidden)
    assert "".join(held for _, held in after) == "5013"
    assert room.store.archive_page(hidden, Leaf(3, 4), size=3, now=NOON).articles[0].title == "3"
    assert room.store.archive_page(parse("-title:2 -title:3"), Leaf(3, 4), size=3, now=NOON).articles == ()
    assert walk(room) == before


def test_there_is_no_page_of_what_has_not_come(room: Any) -> None:
    for leaf in (Leaf(6, 7), Leaf(7, 7), Leaf(0, 3), Leaf(4, 3), Leaf(-1, 1)):
        assert room.store.archive_page(ALL, leaf, size=3, now=NOON) is None


def test_a_page_that_grew_too_full_goes_on_in_the_one_before(room: Any) -> None:
    pages = walk(room, size=1, start=Leaf(1, 6))
    assert [(leaf, len(held)) for leaf, held in pages] == [
        (Leaf(1, 6), 2), (Leaf(4, 4), 1), (Leaf(3, 3), 1), (Leaf(2, 2), 1), (Leaf(1, 1), 1)
    ]  # fmt: skip


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
