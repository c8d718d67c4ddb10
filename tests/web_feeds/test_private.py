"""Feeds of a desk for readers, read with a token instead."""

import logging
from typing import Any

import pytest


@pytest.fixture
def token(newsroom: Any) -> str:
    newsroom.set_web(access="readers")
    ann = newsroom.store.welcome("ann", now=newsroom.now)
    return str(newsroom.store.add_token(ann, view="world", label="phone", now=newsroom.now))


def test_a_token_opens_the_feed_of_its_view_in_every_format(newsroom: Any, token: str) -> None:
    for extension in ("rss", "atom", "json", "geojson", "csv"):
        answer = newsroom.client.get(f"/feeds/world.{extension}?token={token}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, max-age=60"


def test_a_token_may_be_given_as_the_password(newsroom: Any, token: str) -> None:
    assert newsroom.client.get("/feeds/world.atom", auth=("ann", token)).status_code == 200
    assert newsroom.client.get("/feeds/world.atom", auth=("ann", f"{token}x")).status_code == 401


def test_an_app_password_opens_all_feeds_and_no_page(newsroom: Any, token: str) -> None:
    ann = newsroom.store.welcome("ann", now=newsroom.now)
    said = newsroom.store.add_token(ann, view="", label="phone", now=newsroom.now)
    for name in ("world", "fresh", "latest", "search"):
        assert newsroom.client.get(f"/feeds/{name}.rss", auth=("ann", said)).status_code == 200
    for page in ("/", "/me", "/status"):
        assert newsroom.client.get(page, auth=("ann", said)).location.startswith("/sign-in")
    for list_of_sources in ("/sources.opml", "/feeds/world.opml"):
        assert newsroom.client.get(list_of_sources, auth=("ann", said)).status_code == 403


def test_an_app_password_of_an_admin_opens_the_lists_of_sources(newsroom: Any, token: str) -> None:
    eve = newsroom.store.welcome("eve", role="admin", now=newsroom.now)
    said = newsroom.store.add_token(eve, view="", label="phone", now=newsroom.now)
    for name in ("/sources.opml", "/feeds/world.opml"):
        assert newsroom.client.get(name, auth=("eve", said)).status_code == 200
    assert newsroom.client.get("/status", auth=("eve", said)).status_code == 303


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("/feeds/fresh.atom", 401),
        ("/feeds/latest.atom", 401),
        ("/feeds/world.opml", 401),
        ("/sources.opml", 303),
        ("/", 303),
        ("/view/world", 303),
        ("/status", 303),
    ],
)
def test_a_token_opens_nothing_else(newsroom: Any, token: str, address: str, refused: int) -> None:
    assert newsroom.client.get(f"{address}?token={token}").status_code == refused
    assert newsroom.client.get(address, auth=("ann", token)).status_code == refused


@pytest.mark.parametrize("said", ["", "x", "hunter2"])
def test_what_is_no_token_opens_nothing(newsroom: Any, token: str, said: str) -> None:
    assert newsroom.client.get(f"/feeds/world.atom?token={said}").status_code == 401


def test_a_revoked_token_opens_nothing_though_the_feed_is_in_memory(newsroom: Any, token: str) -> None:
    assert newsroom.client.get(f"/feeds/world.atom?token={token}").status_code == 200
    newsroom.store.revoke_token(newsroom.store.tokens()[0].id)
    assert newsroom.client.get(f"/feeds/world.atom?token={token}").status_code == 401


def test_a_token_for_latest_opens_every_search(newsroom: Any, token: str) -> None:
    other = newsroom.store.add_token(
        newsroom.store.welcome("ann", now=newsroom.now), view="latest", label="", now=newsroom.now
    )
    assert newsroom.client.get(f"/feeds/search.json?q=peace&token={other}").status_code == 200


def test_a_token_is_told_to_nobody(newsroom: Any, token: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        good = newsroom.client.get(f"/feeds/world.atom?token={token}&limit=1")
        bad = newsroom.client.get(f"/feeds/world.atom?token={token}&limit=x")
    assert (good.status_code, bad.status_code) == (200, 400)
    for text in (good.text, str(good.headers), bad.text, str(bad.headers), caplog.text):
        assert token not in text
    assert good.data == newsroom.client.get("/feeds/world.atom?limit=1", auth=("x", token)).data


def test_a_fault_with_a_token_in_the_address_is_logged_without_it(
    newsroom: Any, token: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(newsroom.store, "selection", fault)
    assert newsroom.client.get(f"/feeds/world.atom?token={token}").status_code == 500
    assert "RuntimeError" in caplog.text
    assert token not in caplog.text


def test_a_desk_for_its_own_machine_stays_so_whatever_the_token(newsroom: Any, token: str) -> None:
    newsroom.set_web(access="local")
    answer = newsroom.client.get(
        f"/feeds/world.atom?token={token}", environ_overrides={"REMOTE_ADDR": "203.0.113.7"}
    )
    assert answer.status_code == 403
