from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient

from aggregator.filters import Everything
from aggregator.schema import Settings
from aggregator.store import Store


@pytest.fixture
def public(
    store: Store, newsroom: ModuleType, now: datetime, desk_of: Callable[..., Any],
    settings: Callable[..., Settings],
) -> Any:  # fmt: skip
    """A desk for everybody."""
    newsroom.fill(store, now)
    return desk_of(settings(access="public"))


def counting(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    asked: list[Any] = []
    articles = Store.articles

    def counted(self: Store, *args: Any, **kwargs: Any) -> Any:
        asked.append(args)
        return articles(self, *args, **kwargs)

    monkeypatch.setattr(Store, "articles", counted)
    return asked


def test_strangers_share_a_page_that_holds_no_token_and_gives_no_cookie(
    public: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counting(monkeypatch)
    first, second = public.client().get("/"), public.client().get("/")
    assert len(asked) == 1
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]
    assert 'name="csrf"' not in first.text
    assert "Set-Cookie" not in first.headers


def test_browsers_of_a_reader_share_a_page_but_not_the_token_of_its_forms(
    local: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counting(monkeypatch)
    other = local.application.test_client()
    first, second, third = local.get("/").text, other.get("/").text, local.get("/").text
    token = local.token_in
    assert len(asked) == 1
    assert token(first) == token(third) != token(second)
    assert first.replace(token(first), "") == second.replace(token(second), "")


def test_a_page_is_made_anew_for_another_look_another_minute_and_other_news(
    public: Any, store: Store, newsroom: ModuleType, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counting(monkeypatch)
    client = public.client()
    client.get("/")
    client.set_cookie("dateline-look", "layout=cards")
    assert "layout-cards" in client.get("/").text
    public.now += timedelta(minutes=1)
    client.get("/")
    assert len(asked) == 3
    late = {"source": "atlas-wire", "minutes": 0, "title": "Late news"}
    store.save([newsroom.polled(now, newsroom.SOURCES[1], [late])], newsroom.settle, now=now)
    assert "Late news" in client.get("/").text


@pytest.fixture
def local(store: Store, newsroom: ModuleType, now: datetime, desk_of: Callable[..., Any]) -> Any:
    """A browser of the owner of a desk."""
    newsroom.fill(store, now)
    return desk_of().client()


def test_the_page_of_a_reader_is_kept_until_they_note_something(
    local: Any, store: Store, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counting(monkeypatch)
    first = local.get("/").text
    assert local.get("/").text == first
    assert len(asked) == 1
    headers = {"X-CSRF-Token": local.token_in(first)}
    id = found[1] if (found := re.search(r'data-article="([0-9]+)"', first)) else ""
    local.post("/notes", data={"note": f"star.{id}"}, headers=headers)
    assert f'value="unstar.{id}"' in local.get("/").text
    local.post("/notes", data={"note": f"read.{id}"}, headers=headers)
    assert f'data-article="{id}" data-read' in local.get("/").text
    local.post("/notes", data={"note": f"tag.{id}", "tag": "later"}, headers=headers)
    assert ">later</bdi>" in local.get("/").text
    assert local.get(f"/article/{id}").status_code == 200
    reader = store.owner(now)
    store.read_list(reader.n, Everything(), upto=10_000, now=now)
    assert 'aria-pressed="false" title="Read or' not in local.get("/").text


def test_the_page_of_a_reader_shows_what_arrived_and_what_they_prefer(
    local: Any, store: Store, newsroom: ModuleType, now: datetime
) -> None:
    page = local.get("/").text
    assert 'data-keys="on"' in page
    local.post("/preferences", data={"csrf": local.token_in(page)})
    assert 'data-keys="off"' in local.get("/").text
    late = {"source": "atlas-wire", "minutes": 0, "title": "Late news"}
    store.save([newsroom.polled(now, newsroom.SOURCES[1], [late])], newsroom.settle, now=now)
    assert "Late news" in local.get("/").text


def test_what_was_done_just_now_is_told_once(local: Any) -> None:
    page = local.get("/").text
    id = found[1] if (found := re.search(r'data-article="([0-9]+)"', page)) else ""
    local.post("/notes", data={"note": f"star.{id}", "csrf": local.token_in(page), "back": "/"})
    assert "<span>Starred.</span>" in local.get("/").text
    assert "<span>Starred.</span>" not in local.get("/").text


def test_readers_never_see_each_others_pages(
    store: Store, newsroom: ModuleType, now: datetime, client_of: Callable[..., FlaskClient],
    settings: Callable[..., Settings],
) -> None:  # fmt: skip
    newsroom.fill(store, now)
    wanted = settings(access="readers", trusted_header="X-Reader", trusted_proxies=("127.0.0.1",))
    client = client_of(wanted)
    client.get("/", headers={"X-Reader": "amal"})
    amal = store.reader("amal")
    assert amal is not None
    store.note(amal.n, [1], "starred", on=True, now=now)
    mine = client.get("/", headers={"X-Reader": "amal"}).text
    assert 'value="unstar.1"' in mine
    for _ in range(2):
        assert 'value="unstar.1"' not in client.get("/", headers={"X-Reader": "basma"}).text
    assert client.get("/", headers={"X-Reader": "amal"}).text == mine


def test_a_browser_that_has_the_page_is_told_so_until_it_changes(
    local: Any, store: Store, now: datetime
) -> None:
    local.get("/")
    tag = local.get("/").headers["ETag"]
    unchanged = local.get("/", headers={"If-None-Match": tag, "Accept-Encoding": "gzip"})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert unchanged.headers["Cache-Control"] == "private, no-cache"
    store.note(store.owner(now).n, [1], "starred", on=True, now=now)
    changed = local.get("/", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_pages_are_pressed_for_who_takes_them(client: FlaskClient) -> None:
    plain = client.get("/?country=MA")
    pressed = client.get("/?country=MA", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert pressed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in pressed.headers["Vary"]
    assert int(pressed.headers["Content-Length"]) == len(pressed.data) < len(plain.data) / 2
    assert gzip.decompress(pressed.data) == plain.data
    assert "Content-Encoding" not in client.get("/", headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_the_length_of_a_pressed_page_does_not_tell_what_is_in_it(client: FlaskClient) -> None:
    lengths = {len(client.get("/about", headers={"Accept-Encoding": "gzip"}).data) for _ in range(20)}
    assert len(lengths) > 5


@pytest.mark.parametrize("name", ["dateline.css", "search.js"])
def test_styles_and_scripts_are_sent_packed_to_who_takes_them(client: FlaskClient, name: str) -> None:
    plain = client.get(f"/static/{name}", buffered=True)
    packed = client.get(f"/static/{name}", headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]
    again = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    assert client.get(f"/static/{name}", headers=again, buffered=True).status_code == 304
