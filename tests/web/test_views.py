"""Views that readers save for themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient

from aggregator.schema import Settings, replace
from aggregator.store import MOST_VIEWS, Store


def save(client: Any, query: str, name: str, headers: dict[str, str] | None = None) -> Any:
    return client.change(f"/save?{query}", headers, name=name)


@pytest.fixture
def shared(
    store: Store, newsroom: ModuleType, now: datetime, client_of: Callable[..., FlaskClient],
    settings: Callable[..., Settings],
) -> Any:  # fmt: skip
    """Opens a desk where a proxy says in X-Reader who asks, for an access."""
    newsroom.fill(store, now)
    return lambda access: client_of(
        settings(access=access, trusted_header="X-Reader", trusted_proxies=("127.0.0.1",))
    )


AMAL, BASMA = {"X-Reader": "amal"}, {"X-Reader": "basma"}


def test_a_list_is_saved_as_a_view_with_a_page_and_feeds(client: FlaskClient) -> None:
    saved = save(client, "country=MA&q=dam OR ferry", "  Dams and\n ferries ")
    assert (saved.status_code, saved.location) == (303, "/view/~dams-and-ferries")
    page = client.get(saved.location).text
    assert "<bdi>Dams and ferries</bdi>" in page
    assert 'href="/feeds/~dams-and-ferries.atom"' in page
    numbers = set(re.findall(r'data-article="(\d+)"', page))
    assert numbers
    assert numbers == set(re.findall(r'data-article="(\d+)"', client.get("/?country=MA&q=dam OR ferry").text))
    narrowed = client.get("/view/~dams-and-ferries?q=ferry").text
    assert set(re.findall(r'data-article="(\d+)"', narrowed)) < numbers
    feed = client.get("/feeds/~dams-and-ferries.atom")
    assert feed.status_code == 200
    assert feed.text.count("</entry>") == len(numbers)
    assert client.get("/view/~dams-and-ferries/map").status_code == 200
    assert client.get("/arrivals/0/view/~dams-and-ferries").json["new"] == len(numbers)


def test_own_views_stand_after_those_of_the_desk_on_every_page(client: FlaskClient) -> None:
    client.get("/")
    save(client, "country=MA", "Home")
    for path in ("/", "/sources", "/about"):
        page = client.get(path).text
        views = page[page.index('aria-label="Views"') :]
        assert views.index(">Quiet corner<") < views.index('aria-label="My views"') < views.index(">Home<")


def test_a_view_is_renamed_and_removed(client: Any) -> None:
    save(client, "country=MA", "Home")
    page = client.get("/me").text
    assert "country:MA" in page
    assert client.change("/me/views/~home/rename", name=" ").status_code == 400
    client.change("/me/views/~home/rename", name="Maghreb <b>")
    assert "<bdi>Maghreb &lt;b&gt;</bdi>" in client.get("/view/~home").text
    client.get("/feeds/~home.json")
    assert client.change("/me/views/~home/remove").status_code == 303
    for gone in ("/view/~home", "/feeds/~home.json", "/view/~home/map", "/view/~home/save"):
        assert client.get(gone).status_code == 404
    assert "Maghreb &lt;b&gt;" not in client.get("/").text
    assert client.change("/me/views/~home/remove").status_code == 404


def test_what_a_reader_noted_can_be_a_view(client: FlaskClient, store: Store, now: datetime) -> None:
    saved = save(client, "is=starred", "Best")
    assert client.get("/feeds/~best.json").json["items"] == []
    store.note(store.owner(now).n, [1], "starred", on=True, now=now)
    assert re.findall(r'data-article="(\d+)"', client.get(saved.location).text) == ["1"]
    assert len(client.get("/feeds/~best.json").json["items"]) == 1
    assert client.get("/view/~best/map").status_code == 200


@pytest.mark.parametrize("access", ["readers", "public"])
def test_the_views_of_a_reader_are_theirs_alone(shared: Callable[[str], Any], access: str) -> None:
    client = shared(access)
    assert save(client, "country=MA", "Home", AMAL).status_code == 303
    assert client.get("/feeds/~home.atom", headers=AMAL).headers["Cache-Control"] == "private, max-age=60"
    near = "?zoom=2&within=-85,-180,85,180"
    ways = ("", "/map", f"/map/clusters{near}", "/map/articles", "/save", "/browse")
    for path in (*(f"/view/~home{way}" for way in ways), "/feeds/~home.atom", "/arrivals/0/view/~home"):
        assert (path, client.get(path, headers=AMAL).status_code) == (path, 200)
        assert (path, client.get(path, headers=BASMA).status_code) == (path, 404)
    assert client.get("/view/~home").status_code == (404 if access == "public" else 303)
    assert client.get("/feeds/~home.atom").status_code == 401
    assert client.get("/feeds/~other.atom").status_code == 401
    for deed in ("rename", "remove"):
        assert client.change(f"/me/views/~home/{deed}", BASMA, name="Mine").status_code == 404
    assert client.get("/view/~home", headers=AMAL).status_code == 200


def test_readers_with_views_of_one_name_get_each_their_own_feed(shared: Callable[[str], Any]) -> None:
    client = shared("readers")
    save(client, "country=MA", "Home", AMAL)
    save(client, "country=DE", "Home", BASMA)
    for _ in range(2):
        mine, theirs = (client.get("/feeds/~home.json", headers=who).json["items"] for who in (AMAL, BASMA))
        assert mine
        assert theirs
        assert {one["id"] for one in mine}.isdisjoint(one["id"] for one in theirs)


def test_a_token_opens_the_view_of_its_own_reader(
    shared: Callable[[str], Any], store: Store, now: datetime
) -> None:
    client = shared("readers")
    save(client, "country=MA", "Home", AMAL)
    client.get("/", headers=BASMA)
    amal, basma = store.reader("amal"), store.reader("basma")
    assert amal is not None
    assert basma is not None
    mine, other = (store.add_token(amal, view=view, label="x", now=now) for view in ("~home", "maghreb"))
    theirs = store.add_token(basma, view="~home", label="x", now=now)
    assert client.get(f"/feeds/~home.atom?token={mine}").status_code == 200
    assert client.get(f"/feeds/~home.atom?token={other}").status_code == 401
    assert client.get(f"/feeds/~home.atom?token={theirs}").status_code == 404
    assert ">Feeds of “Home” (token)<" in client.get("/me", headers=AMAL).text
    assert ">Feeds of “Home” (token)<" not in client.get("/me", headers=BASMA).text


def test_a_view_that_names_what_is_gone_says_so_and_never_finds_more(
    client_of: Callable[..., FlaskClient], store: Store, newsroom: ModuleType, now: datetime,
    settings: Callable[..., Settings],
) -> None:  # fmt: skip
    newsroom.fill(store, now)
    before = settings()
    save(client_of(before), "q=in:maghreb", "Home")
    client = client_of(replace(before, views=()))
    page = client.get("/view/~home")
    assert page.status_code == 400
    assert "The view “Home” cannot be read any more:" in page.text
    assert "data-article=" not in page.text
    assert 'href="/me#views"' in page.text
    assert client.get("/feeds/~home.atom").status_code == 400
    assert client.get("/view/~home/map").status_code == 400
    assert client.get("/").status_code == 200
    assert "in:maghreb" in client.get("/me").text


def test_saving_needs_a_name_a_filter_that_can_be_read_and_room(client: FlaskClient) -> None:
    assert save(client, "country=MA", " ").status_code == 400
    assert save(client, "country=XX", "No land").status_code == 400
    assert client.post("/save?country=MA", data={"name": "Forged"}).status_code == 403
    for number in range(MOST_VIEWS):
        assert save(client, "country=MA", f"View {number}").status_code == 303
    refused = save(client, "country=MA", "One more")
    assert refused.status_code == 409
    assert f"You have {MOST_VIEWS} views" in refused.text


def test_only_readers_save_views(shared: Callable[[str], Any]) -> None:
    stranger = shared("public")
    assert "Keep it for yourself" not in stranger.get("/save?country=MA").text
    assert save(stranger, "country=MA", "Mine").status_code == 401
