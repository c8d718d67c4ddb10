"""The desk as `dateline run` serves it: what a test client does not go through."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from waitress.wasyncore import close_all

from aggregator.cli.run import _listen
from aggregator.passwords import hashed
from aggregator.schema import Settings
from aggregator.store import Store
from web.app import create_app
from web.desk import Desk

PASSWORD = "correct horse battery"


class Browser:
    """Asks a server byte for byte, and keeps its cookie."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie = port, ""

    def ask(self, path: str, *, form: dict[str, str] | None = None, **headers: str) -> tuple[Any, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        said = {"Connection": "close"} | headers
        if self.cookie:
            said["Cookie"] = self.cookie
        if form is not None:
            said["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(form) if form is not None else None
        connection.request("GET" if form is None else "POST", path, body, said)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        if given := answer.headers.get("Set-Cookie"):
            self.cookie = given.partition(";")[0]
        connection.close()
        return answer, text

    def token(self, path: str = "/sign-in") -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.ask(path)[1])
        assert found is not None
        return found[1]

    def sign_in(self, onward: str = "/") -> Any:
        form = {"csrf": self.token(), "name": "ann", "password": PASSWORD, "next": onward}
        return self.ask("/sign-in", form=form)[0]


@pytest.fixture
def serve(store: Store, settings: Callable[..., Settings], now: datetime) -> Iterator[Callable[..., Browser]]:
    """Serves a desk as `dateline run` does; gives a browser."""
    running: list[tuple[Any, threading.Thread]] = []

    def start(**web: Any) -> Browser:
        wanted = settings(port=0, **web)
        app = create_app(Desk(store=store, settings=lambda: wanted, problem=lambda: "", now=lambda: now))
        server = _listen(app, wanted)
        thread = threading.Thread(target=server.run)
        thread.start()
        running.append((server, thread))
        return Browser(server.effective_port)

    yield start
    for server, thread in running:
        # In the server's own thread, which ends when nothing is left to listen to.
        server.trigger.pull_trigger(lambda server=server: close_all(server._map))
        thread.join()
        server.task_dispatcher.shutdown()


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
    answer = browser.sign_in("/me")
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
    answer = serve(access="readers").sign_in(onward)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert "X-Planted" not in answer.headers
