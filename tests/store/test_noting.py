"""What readers note of articles, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from aggregator.errors import StoreError
from aggregator.filters import Filter, Vocabulary, parse
from aggregator.retention import expired
from aggregator.schema import Entry, RetentionSettings, replace
from aggregator.store import Store, noting
from aggregator.store.note_tables import note, tagged

ANN, BEN = 1, 2


@pytest.fixture
def desk(newsroom: Any, now: datetime) -> Store:
    """Six articles, T1 the newest; T4 to T6 are of beta."""
    for n in range(1, 7):
        newsroom.serve("alpha" if n < 4 else "beta", entry(n, now))
    store: Store = newsroom.store
    return store


def entry(n: int, now: datetime, *, guid: str = "") -> Entry:
    return Entry(
        guid=guid or str(n),
        link=f"https://a.example/{n}",
        title=f"T{n}",
        published=now - timedelta(hours=n),
        content=f"Words of {n}",
    )


def ids(store: Store, *numbers: int) -> list[int]:
    named = {one.title: one.id for one in store.every_article()}
    return [named[f"T{n}"] or 0 for n in numbers]


def titles(store: Store, where: str | Filter, now: datetime, reader: int = ANN) -> str:
    tree = (
        parse(where, Vocabulary(reader=reader, own_tags=store.own_tags(reader)))
        if isinstance(where, str)
        else where
    )
    return " ".join(one.title for one in store.articles(tree, now=now, limit=99))


def position(store: Store, n: int) -> int:
    return store.by_id(ids(store, n))[ids(store, n)[0]].position or 0


def test_each_reader_has_notes_of_their_own(desk: Store, now: datetime) -> None:
    desk.note(ANN, ids(desk, 1, 2), "read", on=True, now=now)
    desk.note(BEN, ids(desk, 3), "starred", on=True, now=now)
    assert titles(desk, "is:read", now) == "T1 T2"
    assert titles(desk, "is:unread", now) == "T3 T4 T5 T6"
    assert titles(desk, "is:unread", now, BEN) == "T1 T2 T3 T4 T5 T6"
    assert titles(desk, "is:starred", now) == ""
    assert titles(desk, "is:starred", now, BEN) == "T3"


def test_a_note_twice_is_a_note_and_can_be_taken_back(desk: Store, now: datetime) -> None:
    for _ in range(2):
        desk.note(ANN, ids(desk, 1), "saved", on=True, now=now)
    assert titles(desk, "is:saved", now) == "T1"
    desk.note(ANN, ids(desk, 1), "saved", on=False, now=now)
    assert titles(desk, "is:saved", now) == ""


def test_a_tag_is_found_until_no_article_has_it(desk: Store, now: datetime) -> None:
    desk.note(ANN, ids(desk, 2, 3), "tag:water", on=True, now=now)
    assert desk.own_tags(ANN) == ("water",)
    assert desk.own_tags(BEN) == ()
    assert titles(desk, "tag:water source:alpha", now) == "T2 T3"
    assert titles(desk, "-tag:water source:alpha", now) == "T1"
    desk.note(ANN, ids(desk, 2, 3), "tag:water", on=False, now=now)
    assert desk.own_tags(ANN) == ()


def test_tags_are_bounded(desk: Store, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noting, "MOST_TAGS", 1)
    desk.note(ANN, ids(desk, 1), "tag:one", on=True, now=now)
    with pytest.raises(StoreError, match="at most 1 tags"):
        desk.note(ANN, ids(desk, 1), "tag:two", on=True, now=now)


def test_everything_that_had_arrived_is_read_at_once_and_what_comes_late_is_not(
    newsroom: Any, desk: Store, now: datetime
) -> None:
    desk.read_all(ANN, upto=desk.newest(), now=now)
    newsroom.serve("alpha", entry(9, now))
    newsroom.serve("alpha", entry(0, now))
    assert titles(desk, "is:unread", now) == "T0 T9"
    desk.note(ANN, ids(desk, 3, 9), "read", on=False, now=now)
    desk.note(ANN, ids(desk, 0), "read", on=True, now=now)
    assert titles(desk, "is:unread", now) == "T3 T9"
    assert titles(desk, "is:read source:alpha", now) == "T0 T1 T2"
    assert titles(desk, "is:unread", now, BEN) == "T0 T1 T2 T3 T4 T5 T6 T9"


def test_marking_everything_as_read_is_undone(desk: Store, now: datetime) -> None:
    desk.note(ANN, ids(desk, 1), "read", on=True, now=now)
    first = desk.read_all(ANN, upto=desk.newest(), now=now)
    desk.note(ANN, ids(desk, 2), "read", on=False, now=now)
    second = desk.read_all(ANN, upto=desk.newest(), now=now)
    assert titles(desk, "is:unread", now) == ""
    assert desk.unread_again(ANN, second, now)
    assert titles(desk, "is:unread", now) == "T2"
    assert not desk.unread_again(ANN, second, now)
    assert not desk.unread_again(BEN, first, now)


def test_the_first_marking_of_everything_is_undone_too(desk: Store, now: datetime) -> None:
    desk.note(ANN, ids(desk, 1), "read", on=True, now=now)
    stamp = desk.read_all(ANN, upto=desk.newest(), now=now)
    assert desk.unread_again(ANN, stamp, now)
    assert titles(desk, "is:unread", now) == "T2 T3 T4 T5 T6"


def test_a_list_is_marked_as_read_in_steps_and_undone(
    newsroom: Any, desk: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noting, "STEP", 2)
    upto = desk.newest()
    newsroom.serve("beta", entry(8, now))
    desk.note(ANN, ids(desk, 5), "read", on=True, now=now)
    stamp, count = desk.read_list(ANN, parse("source:beta"), upto=upto, now=now)
    assert count == 2
    assert titles(desk, "is:unread", now) == "T1 T2 T3 T8"
    assert desk.unread_again(ANN, stamp, now)
    assert titles(desk, "is:read", now) == "T5"


def test_what_stands_above_an_article_is_marked_as_read(desk: Store, now: datetime) -> None:
    _, count = desk.read_list(ANN, parse("words"), upto=desk.newest(), now=now, lowest=position(desk, 3))
    assert (count, titles(desk, "is:unread", now)) == (3, "T4 T5 T6")


def test_what_stands_above_in_a_list_from_the_oldest_is_marked_as_read(desk: Store, now: datetime) -> None:
    desk.read_list(ANN, parse(""), upto=desk.newest(), now=now, before=position(desk, 3))
    assert titles(desk, "is:unread", now) == "T1 T2 T3"


def test_a_list_is_undone_after_everything_was_marked_as_read(desk: Store, now: datetime) -> None:
    desk.read_all(ANN, upto=desk.newest(), now=now)
    desk.note(ANN, ids(desk, 2, 5), "read", on=False, now=now)
    stamp, count = desk.read_list(ANN, parse("source:alpha"), upto=desk.newest(), now=now)
    assert (count, titles(desk, "is:unread", now)) == (1, "T5")
    desk.unread_again(ANN, stamp, now)
    assert titles(desk, "is:unread", now) == "T2 T5"


def test_the_notes_of_a_page_are_read_together(desk: Store, now: datetime) -> None:
    desk.read_all(ANN, upto=desk.newest(), now=now)
    desk.note(ANN, ids(desk, 2), "read", on=False, now=now)
    desk.note(ANN, ids(desk, 2), "starred", on=True, now=now)
    desk.note(ANN, ids(desk, 2), "tag:water", on=True, now=now)
    desk.note(BEN, ids(desk, 2), "saved", on=True, now=now)
    one, two = position(desk, 1), position(desk, 2)
    assert desk.notes(ANN, [one, two]) == {one: {"read"}, two: {"starred", "tag:water"}}


def test_every_note_moves_the_number_of_its_reader(desk: Store, now: datetime) -> None:
    seen = {desk.noted_at(ANN)}
    desk.note(ANN, ids(desk, 1), "read", on=True, now=now)
    seen.add(desk.noted_at(ANN))
    seen.add(desk.read_all(ANN, upto=3, now=now))
    assert len(seen) == 3
    assert desk.noted_at(BEN) == 0


def test_arrivals_and_the_unread_of_each_source_are_counted(
    newsroom: Any, desk: Store, now: datetime
) -> None:
    upto = desk.newest()
    newsroom.serve("alpha", entry(7, now), entry(8, now))
    assert desk.arrived(parse("source:alpha"), now=now, after=upto, most=99) == 2
    assert desk.arrived(parse("source:alpha"), now=now, after=upto, most=1) == 1
    assert desk.arrived(parse("source:beta"), now=now, after=upto, most=99) == 0
    desk.note(ANN, ids(desk, 7, 5), "read", on=True, now=now)


def test_a_page_of_long_ago_makes_nothing_unread_and_leaves_what_came_later(
    newsroom: Any, desk: Store, now: datetime
) -> None:
    long_ago = desk.newest()
    newsroom.serve("alpha", entry(7, now), entry(8, now))
    desk.read_all(ANN, upto=desk.newest(), now=now)
    desk.note(ANN, ids(desk, 2, 8), "read", on=False, now=now)
    stamp = desk.read_all(ANN, upto=long_ago, now=now)
    assert titles(desk, "is:unread", now) == "T8"
    assert desk.unread_again(ANN, stamp, now)
    assert titles(desk, "is:unread", now) == "T2 T8"


@pytest.mark.parametrize("together", [False, True])
def test_notes_go_to_the_article_that_an_entry_comes_home_to(
    newsroom: Any, desk: Store, now: datetime, together: bool
) -> None:
    newsroom.serve("beta", replace(entry(9, now), link="https://b.example/not-yet"))
    for reader, what in ((ANN, "starred"), (ANN, "tag:water"), (BEN, "saved"), (BEN, "read")):
        desk.note(reader, ids(desk, 9), what, on=True, now=now)
    if not together:
        newsroom.serve("alpha", entry(9, now, guid="alpha"))
        both = {one.sources: one.id or 0 for one in desk.every_article() if one.title == "T9"}
        desk.note(ANN, [both["alpha",]], "starred", on=True, now=now)
    newsroom.save(
        newsroom.polled("alpha", entry(9, now, guid="alpha")), newsroom.polled("beta", entry(9, now))
    )
    place = position(desk, 9)
    assert [one.sources for one in desk.every_article() if one.title == "T9"] == [("beta", "alpha")]
    assert desk.notes(ANN, [place]) == {place: {"starred", "tag:water"}}
    assert desk.notes(BEN, [place]) == {place: {"saved", "read"}}
    assert desk.own_tags(ANN) == ("water",)


def test_what_was_read_with_everything_else_is_read_where_its_entry_comes_home(
    newsroom: Any, desk: Store, now: datetime
) -> None:
    newsroom.serve("beta", replace(entry(9, now), link="https://b.example/not-yet"))
    stamp = desk.read_all(ANN, upto=desk.newest(), now=now)
    desk.read_all(BEN, upto=desk.newest(), now=now)
    desk.note(BEN, ids(desk, 9), "read", on=False, now=now)
    newsroom.serve("alpha", entry(9, now, guid="alpha"))
    newsroom.serve("beta", entry(9, now))
    assert titles(desk, "is:unread", now) == ""
    assert titles(desk, "is:unread", now, BEN) == "T9"
    assert desk.unread_again(ANN, stamp, now)
    assert titles(desk, "is:unread", now) == "T1 T2 T3 T4 T5 T6 T9"


def test_a_tag_goes_with_the_last_article_that_has_it(desk: Store, now: datetime) -> None:
    desk.note(ANN, ids(desk, 1, 2), "tag:water", on=True, now=now)
    desk.note(ANN, ids(desk, 2), "tag:dams", on=True, now=now)
    desk.expired = (parse("words -T1"),)
    assert desk.expire(now) == 5
    assert desk.own_tags(ANN) == ("water",)


def test_retention_keeps_what_any_reader_starred_saved_or_tagged_and_forgets_the_other_notes(
    desk: Store, now: datetime
) -> None:
    desk.note(ANN, ids(desk, 1), "starred", on=True, now=now)
    desk.note(BEN, ids(desk, 2), "saved", on=True, now=now)
    desk.note(ANN, ids(desk, 3, 4), "read", on=True, now=now)
    desk.note(ANN, ids(desk, 5, 2), "tag:water", on=True, now=now)
    desk.expired = expired(RetentionSettings(keep=timedelta(minutes=1)))
    assert desk.expire(now) == 3
    assert titles(desk, "", now) == "T1 T2 T5"
    with desk.engine.connect() as connection:
        counts = [
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (note, tagged)
        ]
    assert counts == [2, 2]
