"""Redirects: how many, which count for good, and what never goes along."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import trustme

from aggregator.errors import GuardError, LimitError, StatusError
from aggregator.schema import Download, Secret

Fetch = Callable[..., Download]
Serve = Callable[..., Any]
CREDENTIALS = {
    "username": "me",
    "password": Secret("hidden"),
    "headers": (("X-Token", Secret("hidden")), ("Cookie", Secret("hidden"))),
}


def routes(table: dict[str, tuple[int, str]]) -> Callable[..., Any]:
    """Paths that redirect; all others serve a feed."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, location = table.get(environ["PATH_INFO"], (200, ""))
        start_response(f"{status} X", [("Location", location)] if location else [])
        return [b"<rss/>"]

    return app


@pytest.mark.parametrize(
    ("chain", "permanent"),
    [
        ([301], "/1"),
        ([308, 301], "/2"),
        ([301, 302], "/1"),
        ([302, 301], ""),
        ([303], ""),
        ([307], ""),
        ([301, 302, 301], "/1"),
    ],
)
def test_rule_12_only_the_leading_permanent_hops_count(
    chain: list[int], permanent: str, loopback: Serve, fetch: Fetch
) -> None:
    server = loopback(routes({f"/{n}": (status, f"/{n + 1}") for n, status in enumerate(chain)}))
    download = fetch(server, "/0")
    assert download.url == server.url + "/0"
    assert download.final_url == f"{server.url}/{len(chain)}"
    assert download.permanent_url == (server.url + permanent if permanent else "")


def test_rule_12_a_new_address_must_show_what_it_serves(loopback: Serve, fetch: Fetch) -> None:
    asked = []

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked.append((environ["PATH_INFO"], environ.get("HTTP_IF_NONE_MATCH")))
        moved = environ["PATH_INFO"] == "/0"
        start_response("301 X" if moved else "200 OK", [("Location", "/1")] if moved else [])
        return [b"" if moved else b"<html>Parked</html>"]

    fetch(loopback(app), "/0", memory={"etag": '"1"'})
    assert asked == [("/0", '"1"'), ("/1", None)]


def test_rule_12_five_hops_are_followed(loopback: Serve, fetch: Fetch) -> None:
    server = loopback(routes({f"/{n}": (301, f"/{n + 1}") for n in range(5)}))
    assert fetch(server, "/0").final_url == server.url + "/5"
    assert len(server.requests) == 6


def test_rule_12_a_sixth_hop_is_too_many(loopback: Serve, fetch: Fetch) -> None:
    server = loopback(routes({f"/{n}": (302, f"/{n + 1}") for n in range(9)}))
    with pytest.raises(LimitError, match="more than 5 times"):
        fetch(server, "/0")
    assert len(server.requests) == 6


def test_rule_12_a_circle_is_left_at_once(loopback: Serve, fetch: Fetch) -> None:
    server = loopback(routes({"/a": (302, "/b"), "/b": (302, "/a")}))
    with pytest.raises(LimitError, match="in a circle"):
        fetch(server, "/a")
    assert len(server.requests) == 2


def test_rule_12_a_redirect_without_a_target_is_an_error(loopback: Serve, fetch: Fetch) -> None:
    with pytest.raises(StatusError, match="leads nowhere"):
        fetch(loopback(routes({"/feed": (302, "")})))


def test_rule_12_a_target_may_be_relative_and_beyond_ascii(raw: Serve, fetch: Fetch) -> None:
    server = raw(
        "HTTP/1.1 302 X\r\nLocation: ../é b?x=1#top\r\n".encode()
        + b"Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
    with pytest.raises(LimitError):
        fetch(server, "/a/b/feed")
    assert server.heads[1].startswith(b"GET /a/%C3%A9%20b?x=1 HTTP/1.1\r\n")


def test_rule_12_credentials_stay_with_their_host(loopback: Serve, fetch: Fetch) -> None:
    other = loopback(routes({}))
    server = loopback(routes({"/feed": (302, other.url + "/feed"), "/same": (302, "/there")}))
    fetch(server, source=CREDENTIALS, allow_inside=(server.address, other.address))
    fetch(server, "/same", source=CREDENTIALS)
    secrets = {"authorization", "x-token", "cookie"}
    assert secrets <= set(server.requests[0].headers)
    assert secrets <= set(server.requests[2].headers)
    assert not secrets & set(other.requests[0].headers)


def test_rule_12_credentials_do_not_come_back_with_a_chain_that_left(loopback: Serve, fetch: Fetch) -> None:
    table: dict[str, tuple[int, str]] = {}
    server, other = loopback(routes(table)), loopback(routes(table))
    table["/feed"] = (302, other.url + "/out")
    table["/out"] = (302, server.url + "/home")
    fetch(server, source=CREDENTIALS, allow_inside=(server.address, other.address))
    assert server.requests[1].path == "/home"
    assert "authorization" not in server.requests[1].headers


def test_rule_12_credentials_are_not_taken_from_a_redirect(loopback: Serve, fetch: Fetch) -> None:
    table: dict[str, tuple[int, str]] = {}
    server = loopback(routes(table))
    table["/feed"] = (301, f"http://a:b@{server.address}/new")
    download = fetch(server)
    assert "authorization" not in server.requests[1].headers
    assert download.permanent_url == server.url + "/new"


def test_rule_12_credentials_are_not_sent_to_a_moved_address_elsewhere(loopback: Serve, fetch: Fetch) -> None:
    server, moved = loopback(routes({})), loopback(routes({}))
    fetch(server, source=CREDENTIALS, memory={"url": moved.url + "/x"}, allow_inside=(moved.address,))
    assert "authorization" not in moved.requests[0].headers


def test_rule_12_credentials_do_not_follow_a_downgrade_to_http(
    loopback: Serve, fetch: Fetch, authority: trustme.CA, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    plain = loopback(routes({}))
    safe = loopback(routes({"/feed": (302, plain.url + "/feed")}), tls=tls)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    allowed = (safe.address, plain.address)
    fetch(safe, source=CREDENTIALS, allow_inside=allowed, authorities=str(tmp_path / "ca.pem"))
    assert "authorization" in safe.requests[0].headers
    assert "authorization" not in plain.requests[0].headers


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/x", "javascript:1", "http://"])
def test_rule_20_a_redirect_to_another_scheme_is_refused(target: str, loopback: Serve, fetch: Fetch) -> None:
    with pytest.raises(GuardError, match="no http or https address"):
        fetch(loopback(routes({"/feed": (302, target)})))


def test_rule_20_every_hop_is_guarded(loopback: Serve, fetch: Fetch) -> None:
    inside = loopback(routes({}))
    server = loopback(routes({"/feed": (302, inside.url + "/secret")}))
    with pytest.raises(GuardError, match=inside.address):
        fetch(server)
    assert inside.requests == []
