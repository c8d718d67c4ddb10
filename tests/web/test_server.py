"""The desk as `dateline run` serves it: what a test client does not go through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from aggregator.passwords import hashed
from aggregator.store import Store

PASSWORD = "correct horse battery"
Browser = Any


def sign_in(browser: Browser, onward: str) -> Any:
    form = {"csrf": browser.token(), "name": "ann", "password": PASSWORD, "next": onward}
    return browser.ask("/sign-in", form=form)[0]


def test_a_request_that_a_proxy_forwards_is_not_local(serve: Callable[..., Browser]) -> None:
    browser = serve()
    assert browser.ask("/about")[0].status == 200
    for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        assert browser.ask("/about", **{name: "for=203.0.113.7"})[0].status == 403


def test_a_local_desk_is_not_found_under_another_name(serve: Callable[..., Browser]) -> None:
    browser = serve()
    answer, text = browser.ask("/about", Host="evil.example")
    assert answer.status == 400
    assert "evil.example" not in text


def test_every_answer_of_the_server_carries_the_policy(serve: Callable[..., Browser]) -> None:
    browser = serve(access="readers")
    for path in (
        "/",
        "/sign-in",
        "/nowhere",
        "/healthz",
        "/feeds/latest.rss",
        "/sign-in?next=%00",
        "/?q=%ff",
    ):
        answer, _ = browser.ask(path)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_reader_signs_in_reads_and_signs_out(
    serve: Callable[..., Browser], store: Store, now: datetime
) -> None:
    store.add_reader("ann", role="reader", password=hashed(PASSWORD), now=now)
    browser = serve(access="readers", base_url="https://news.example")
    assert browser.ask("/me")[0].headers["Location"] == "/sign-in?next=/me"
    planted = browser.cookie = "__Host-dateline=" + "x" * 43
    answer = sign_in(browser, "/me")
    assert answer.headers["Location"] == "/me"
    given = answer.headers["Set-Cookie"]
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in given
    assert browser.cookie != planted
    assert browser.ask("/me")[0].status == 200
    stolen = browser.cookie
    browser.ask("/sign-out", form={"csrf": browser.token("/me")})
    browser.cookie = stolen
    assert browser.ask("/me")[0].status == 303


@pytest.mark.parametrize(
    "onward",
    ["//e.example", "/\\e.example", "/\t/e.example", "https:e.example", "/\r\nX-Planted: 1", "/\x7f"],
)
def test_the_server_leads_nobody_elsewhere(
    serve: Callable[..., Browser], store: Store, now: datetime, onward: str
) -> None:
    store.add_reader("ann", role="reader", password=hashed(PASSWORD), now=now)
    answer = sign_in(serve(access="readers"), onward)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert "X-Planted" not in answer.headers
