"""The views of readers, on each database."""

from __future__ import annotations

from datetime import datetime

from aggregator.schema import OWN, View
from aggregator.store import MOST_VIEWS, Store


def test_a_reader_has_the_views_they_saved_and_no_other_has_them(store: Store, now: datetime) -> None:
    amal, basma = (store.welcome(name, now=now) for name in ("amal", "basma"))
    id = store.save_view(amal.n, "dams", title="Dams", filter="dam", now=now)
    assert id == "~dams"
    assert store.own_views(amal.n) == (View(id="~dams", title="Dams", filter="dam"),)
    assert store.own_views(amal.n)[0].is_own
    assert store.own_views(basma.n) == ()
    assert store.save_view(basma.n, "dams", title="Mine", filter="x", now=now) == "~dams"
    assert [view.title for view in store.own_views(amal.n)] == ["Dams"]


def test_an_id_that_is_taken_gets_a_number(store: Store, now: datetime) -> None:
    n = store.owner(now).n
    ids = [store.save_view(n, "dams", title="Dams", filter="dam", now=now) for _ in range(3)]
    assert ids == ["~dams", "~dams-2", "~dams-3"]


def test_there_are_no_more_views_than_may_be(store: Store, now: datetime) -> None:
    n = store.owner(now).n
    for number in range(MOST_VIEWS):
        assert store.save_view(n, f"v{number}", title="A view", filter="dam", now=now)
    assert store.save_view(n, "more", title="A view", filter="dam", now=now) is None
    assert len(store.own_views(n)) == MOST_VIEWS


def test_views_are_renamed_and_removed_by_their_reader_alone(store: Store, now: datetime) -> None:
    amal, basma = (store.welcome(name, now=now) for name in ("amal", "basma"))
    store.save_view(amal.n, "dams", title="Dams", filter="dam", now=now)
    assert not store.rename_view(basma.n, "~dams", "Stolen", now=now)
    assert not store.remove_view(basma.n, "~dams", now=now)
    assert store.rename_view(amal.n, "~dams", "Water", now=now)
    assert [view.title for view in store.own_views(amal.n)] == ["Water"]
    assert store.remove_view(amal.n, "~dams", now=now)
    assert store.own_views(amal.n) == ()
    assert not store.remove_view(amal.n, "~dams", now=now)


def test_the_tokens_of_a_view_end_with_it(store: Store, now: datetime) -> None:
    amal, basma = (store.welcome(name, now=now) for name in ("amal", "basma"))
    for reader in (amal, basma):
        store.save_view(reader.n, "dams", title="Dams", filter="dam", now=now)
    mine, theirs = (store.add_token(one, view="~dams", label="phone", now=now) for one in (amal, basma))
    store.remove_view(amal.n, "~dams", now=now)
    assert store.admits("~dams", mine, now) is None
    assert store.admits("~dams", theirs, now) == basma


def test_every_change_of_a_view_is_told(store: Store, now: datetime) -> None:
    n = store.owner(now).n
    told = [store.noted_at(n)]
    store.save_view(n, "dams", title="Dams", filter="dam", now=now)
    told.append(store.noted_at(n))
    store.rename_view(n, "~dams", "Water", now=now)
    told.append(store.noted_at(n))
    store.remove_view(n, "~dams", now=now)
    told.append(store.noted_at(n))
    assert len(set(told)) == 4


def test_views_are_exported_and_go_with_their_reader(store: Store, now: datetime) -> None:
    amal = store.welcome("amal", now=now)
    store.save_view(amal.n, "dams", title="Dams", filter="dam", now=now)
    (exported,) = store.belongings(amal)["saved_view"]
    assert exported == {"id": f"{OWN}dams", "title": "Dams", "filter": "dam", "created": now}
    store.remove_reader(amal)
    again = store.welcome("amal", now=now)
    assert store.own_views(again.n) == ()
