"""A database is copied into the other kind and back, with all that is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from aggregator.errors import StoreError
from aggregator.filters import parse
from aggregator.store import Store
from aggregator.store.checking import problems
from aggregator.store.copying import copy
from aggregator.store.dialect import writing
from aggregator.store.engines import connect
from aggregator.store.layout import PAGE, layouts, snapshot
from aggregator.store.tables import article_point, poll


def untold(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def digests(engine: sa.Engine) -> dict[str, list[tuple[int, str]]]:
    """Rows and checksum of every table."""
    with snapshot(engine) as connection:
        return {table.name: list(table.digest(connection))[-1:] for table in layouts(connection)}


class StoppedError(Exception):
    """What stops a copy in the middle."""


def stop_at(part: str) -> Callable[[str, int, int], None]:
    def told(what: str, done: int, _total: int) -> None:
        if what == part and done >= 14:
            raise StoppedError

    return told


@pytest.fixture
def other(other_url: str) -> Iterator[sa.Engine]:
    engine = connect(other_url)
    yield engine
    engine.dispose()


def test_everything_is_copied_to_the_other_kind_and_back(
    stocked: Store, other: sa.Engine, tmp_path: Path
) -> None:
    before = digests(stocked.engine)
    assert [name for name, found in before.items() if not found] == []
    assert copy(stocked.engine, other, untold) == stocked.count()
    assert digests(other) == before
    back = connect(f"sqlite:///{tmp_path}/back.db")
    copy(other, back, untold)
    assert digests(back) == before
    assert problems(back, untold) == problems(other, untold) == ()
    back.dispose()


def test_a_copy_is_searched_and_written_to_like_the_original(
    stocked: Store, other_url: str, other: sa.Engine, now: datetime
) -> None:
    copy(stocked.engine, other, untold)
    copied = Store.open(other_url)
    for text in (
        "dam",
        '"stood for 7 years"',
        "title:سدّ",
        "author:silva",
        "place:MA",
        "near:34,-6.8,9km",
        "term:water",
    ):
        wanted = [one.id for one in stocked.articles(parse(text), now=now, limit=99)]
        assert [one.id for one in copied.articles(parse(text), now=now, limit=99)] == wanted != [], text
    ann = copied.reader("ann")
    assert ann is not None
    assert copied.own_tags(ann.n) == ("later",)
    copied.close()


def test_numbers_go_on_behind_the_last_one_given(
    stocked: Store, other_url: str, other: sa.Engine, now: datetime
) -> None:
    """Also behind that of a reader who is gone."""
    copy(stocked.engine, other, untold)
    copied = Store.open(other_url)
    copied.add_reader("new", role="reader", password="hash", now=now)
    new = copied.reader("new")
    assert new is not None
    assert new.n == 4
    copied.note(new.n, [1], "tag:mine", on=True, now=now)
    assert copied.own_tags(new.n) == ("mine",)
    copied.close()


@pytest.mark.parametrize("part", ["entry", "words"])
def test_a_copy_that_was_stopped_goes_on(
    stocked: Store, other: sa.Engine, other_url: str, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.store.layout.PAGE", 7)
    with pytest.raises(StoppedError):
        copy(stocked.engine, other, stop_at(part))
    with pytest.raises(StoreError, match="a copy that was not finished"):
        Store.open(other_url)
    first: dict[str, int] = {}
    copy(stocked.engine, other, lambda what, done, _: first.setdefault(what, done) and None)
    assert first[part] >= 14  # these were there
    assert digests(other) == digests(stocked.engine)
    assert problems(other, untold) == ()


def test_a_copy_begins_anew_if_the_original_has_changed_since_it_was_stopped(
    stocked: Store, other: sa.Engine, now: datetime
) -> None:
    with pytest.raises(StoppedError):
        copy(stocked.engine, other, stop_at("words"))
    stocked.add_reader("late", role="reader", password="hash", now=now)
    copy(stocked.engine, other, untold)
    assert digests(other) == digests(stocked.engine)


def test_a_copy_that_does_not_hold_what_the_original_holds_is_refused(
    stocked: Store, other: sa.Engine, other_url: str
) -> None:
    def spoil(what: str, _done: int, _total: int) -> None:
        if what == "words":
            with other.begin() as connection:
                connection.execute(sa.text("UPDATE note SET at = at + 1 WHERE reader_n = 2"))

    with pytest.raises(StoreError, match=r"changed while it was copied \(note\)"):
        copy(stocked.engine, other, spoil)
    with pytest.raises(StoreError, match="a copy that was not finished"):
        Store.open(other_url)
    copy(stocked.engine, other, untold)
    assert digests(other) == digests(stocked.engine)


def test_a_database_that_is_not_empty_is_no_target(stocked: Store, other: sa.Engine, other_url: str) -> None:
    Store.open(other_url).close()
    with pytest.raises(StoreError, match="is not empty"):
        copy(stocked.engine, other, untold)
    with pytest.raises(StoreError, match="is not empty"):
        copy(stocked.engine, stocked.engine, untold)
    assert stocked.count() == 30


def test_a_table_of_another_program_is_left_alone(stocked: Store, other: sa.Engine) -> None:
    with other.begin() as connection:
        connection.execute(sa.text("CREATE TABLE ledger (n INTEGER)"))
    with pytest.raises(StoreError, match="is not empty"):
        copy(stocked.engine, other, untold)
    assert sa.inspect(other).get_table_names() == ["ledger"]


def test_tables_longer_than_a_page_are_the_same_on_both_sides(
    stocked: Store, other: sa.Engine, now: datetime
) -> None:
    """Polls have no key and may lack a status: databases order such rows differently."""
    row = {"source_n": 1, "at": now, "kind": "news", "entries": 0, "new": 0, "updated": 0, "size": 0}
    rows = [row | {"status": None if n % 3 else n, "elapsed": n / 7} for n in range(PAGE + 5)]
    with stocked.engine.begin() as connection:
        connection.execute(sa.insert(poll), rows)
    copy(stocked.engine, other, untold)
    assert digests(other) == digests(stocked.engine)


def test_a_zero_with_a_sign_is_the_same_zero_on_both_sides(stocked: Store, other: sa.Engine) -> None:
    with writing(stocked.engine) as connection:
        connection.execute(sa.update(article_point).values(lon=-0.0))
    copy(stocked.engine, other, untold)
    assert digests(other) == digests(stocked.engine)
