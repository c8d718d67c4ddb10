"""A form sent to a hub is as guarded and polite as a poll."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from aggregator.errors import GuardError, StatusError
from aggregator.fetch import Fetcher
from aggregator.schema import FetchSettings, Memory, Source


class Hub:
    """Keeps what it is sent, and answers as told."""

    def __init__(self) -> None:
        self.status = "202 Accepted"
        self.sent: list[tuple[str, str, str]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        body = environ["wsgi.input"].read().decode()
        self.sent.append((environ["REQUEST_METHOD"], environ["CONTENT_TYPE"], body))
        start_response(self.status, [("Location", "/elsewhere")])
        return [b"<rss/>"]


@pytest.fixture
def hub(loopback: Any) -> Iterator[tuple[Hub, Any, Fetcher]]:
    app = Hub()
    server = loopback(app)
    fetcher = Fetcher(FetchSettings(allow_inside=(server.address,), host_delay=timedelta(0)))
    yield app, server, fetcher
    fetcher.close()


def test_a_form_arrives_as_a_browser_would_send_it(hub: tuple[Hub, Any, Fetcher]) -> None:
    app, server, fetcher = hub
    fetcher.post(f"{server.url}/hub?a=1", {"hub.mode": "publish", "hub.url": "https://a.example/?b=1&c=ä"})
    assert app.sent == [
        (
            "POST",
            "application/x-www-form-urlencoded",
            "hub.mode=publish&hub.url=https%3A%2F%2Fa.example%2F%3Fb%3D1%26c%3D%C3%A4",
        )
    ]
    assert server.requests[0].path == "/hub?a=1"
    assert server.requests[0].headers["user-agent"].startswith("Dateline/")


def test_a_poll_after_a_form_over_the_same_connection_is_a_poll(
    hub: tuple[Hub, Any, Fetcher], now: Any
) -> None:
    app, server, fetcher = hub
    fetcher.post(server.url, {"a": "b"})
    app.status = "200 OK"
    source = Source(id="a", url=f"{server.url}/feed", title="A")
    fetcher.fetch(source, Memory(source_id="a", url=source.url), now=now)
    assert [(method, body) for method, _, body in app.sent] == [("POST", "a=b"), ("GET", "")]


@pytest.mark.parametrize("status", ["307 Temporary Redirect", "400 Bad Request", "500 Internal Server Error"])
def test_whatever_is_no_success_is_an_error_and_nothing_is_followed(
    hub: tuple[Hub, Any, Fetcher], status: str
) -> None:
    app, server, fetcher = hub
    app.status = status
    with pytest.raises(StatusError, match=status[:3]):
        fetcher.post(server.url, {"a": "b"})
    assert len(app.sent) == 1


def test_an_inside_address_is_sent_nothing(hub: tuple[Hub, Any, Fetcher], loopback: Any) -> None:
    _, _, fetcher = hub
    other = loopback(Hub())
    with pytest.raises(GuardError):
        fetcher.post(other.url, {"a": "b"})
    assert other.requests == []
