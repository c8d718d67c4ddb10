"""What an origin sees of us: headers, validators, addresses, pace, connections."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest

from aggregator import __version__
from aggregator.errors import FetchError, StatusError
from aggregator.fetch.headers import validator
from aggregator.schema import Download, Host, Memory, Secret, Source

Fetch = Callable[..., Download]
ODD_VALIDATORS = (
    '"abc"',
    'W/"abc"',
    '"abc-gzip"',
    'W/"a b  c"',
    "bare",
    '"caf\xe9\xff"',
    '""',
    "12:34,56",
)
ODD_DATES = (
    "Thu, 15 Jan 2026 11:00:00 GMT",
    "Thursday, 15-Jan-26 11:00:00 CET",
    "2026-01-15T11:00:00Z",
    "0",
    "yesterday  at noon",
)


def feed(*headers: tuple[str, str], status: str = "200 OK", body: bytes = b"<rss/>") -> Callable[..., Any]:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response(status, list(headers))
        return [body]

    return app


@pytest.mark.parametrize("etag", ODD_VALIDATORS)
def test_rule_01_validators_are_sent_back_byte_for_byte(
    etag: str, raw: Callable[..., Any], fetch: Fetch
) -> None:
    server = raw(
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: %s\r\nConnection: close\r\n\r\n"
        % etag.encode("latin-1")
    )
    first = fetch(server)
    fetch(server, memory={"etag": first.etag})
    assert first.etag == etag
    assert b"\r\nIf-None-Match: " + etag.encode("latin-1") + b"\r\n" in server.heads[1]


@pytest.mark.parametrize("date", ODD_DATES)
def test_rule_01_odd_dates_are_sent_back_as_they_came(
    date: str, raw: Callable[..., Any], fetch: Fetch
) -> None:
    server = raw(
        f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nLast-Modified: {date}\r\nConnection: close\r\n\r\n".encode()
    )
    first = fetch(server)
    fetch(server, memory={"last_modified": first.last_modified})
    assert f"\r\nIf-Modified-Since: {date}\r\n".encode() in server.heads[1]


def test_rule_01_both_validators_are_sent_together(loopback: Callable[..., Any], fetch: Fetch) -> None:
    server = loopback(feed())
    fetch(server, memory={"etag": '"e"', "last_modified": "some day"})
    headers = server.requests[0].headers
    assert (headers["if-none-match"], headers["if-modified-since"]) == ('"e"', "some day")


def test_rule_01_an_unconditional_poll_sends_no_validators(
    loopback: Callable[..., Any], fetch: Fetch
) -> None:
    server = loopback(feed())
    fetch(server, memory={"etag": '"e"', "last_modified": "some day"}, conditional=False)
    assert not {"if-none-match", "if-modified-since"} & set(server.requests[0].headers)


def test_rule_01_a_validator_with_a_control_character_is_not_kept() -> None:
    headers = httpx.Headers([(b"ETag", b'"a\rX-Injected: 1"'), (b"Last-Modified", b"some\tday")])
    assert (validator(headers, "etag"), validator(headers, "last-modified")) == ("", "some\tday")


def test_rule_02_a_304_carries_the_validators_it_came_with(
    loopback: Callable[..., Any], fetch: Fetch
) -> None:
    server = loopback(feed(("ETag", '"new"'), ("Cache-Control", "max-age=7200"), status="304 Not Modified"))
    download = fetch(server, memory={"etag": '"old"'})
    assert (download.status, download.etag, download.last_modified) == (304, '"new"', "")
    assert (download.body, download.fresh_for) == (b"", timedelta(hours=2))


def test_rule_02_a_200_without_validators_carries_none(loopback: Callable[..., Any], fetch: Fetch) -> None:
    download = fetch(loopback(feed()), memory={"etag": '"old"', "last_modified": "old"})
    assert (download.etag, download.last_modified) == ("", "")


def test_rule_02_a_304_to_an_unconditional_request_is_an_error(
    loopback: Callable[..., Any], fetch: Fetch
) -> None:
    with pytest.raises(StatusError, match="304 Not Modified, although it was not told"):
        fetch(loopback(feed(status="304 Not Modified")))


def test_rule_05_deltas_are_offered_and_accepted(loopback: Callable[..., Any], fetch: Fetch) -> None:
    server = loopback(feed(("IM", "feed"), ("ETag", '"2"'), status="226 IM Used"))
    download = fetch(server, memory={"etag": '"1"'})
    assert server.requests[0].headers["a-im"] == "feed"
    assert (download.status, download.body, download.etag) == (226, b"<rss/>", '"2"')


def test_rule_14_starts_at_one_host_keep_their_distance(
    loopback: Callable[..., Any], fetcher: Callable[..., Any], fetch: Fetch
) -> None:
    server = loopback(feed())
    by = fetcher(server.address, host_delay=timedelta(milliseconds=150), per_host=4)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: fetch(server, by=by), range(4)))
    arrivals = [request.at for request in server.requests]
    assert len(arrivals) == 4
    # Three gaps of 150 ms, less what the server may be late to note the first.
    assert arrivals[-1] - arrivals[0] > 0.35


def test_rule_14_the_distance_is_configured_per_host(
    loopback: Callable[..., Any], fetcher: Callable[..., Any], fetch: Fetch
) -> None:
    server, other = loopback(feed()), loopback(feed())
    own = Host(name=server.address, delay=timedelta(milliseconds=200), at_once=4)
    by = fetcher(server.address, other.address, host_delay=timedelta(hours=1), hosts=(own,))
    fetch(other, by=by)
    for _ in range(3):
        fetch(server, by=by)
    arrivals = [request.at for request in server.requests]
    assert arrivals[-1] - arrivals[0] > 0.35


def test_rule_14_no_more_than_per_host_requests_are_under_way(
    raw: Callable[..., Any], fetcher: Callable[..., Any], fetch: Fetch
) -> None:
    under_way, most, lock = 0, 0, threading.Lock()

    def slow(connection: Any) -> None:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        server.over.wait(0.05)
        with lock:
            under_way -= 1
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    server = raw(slow)
    by = fetcher(server.address, per_host=2)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: fetch(server, by=by), range(6)))
    assert most == 2


def test_rule_14_a_connection_is_kept_alive_also_between_threads(
    raw: Callable[..., Any], fetcher: Callable[..., Any], fetch: Fetch
) -> None:
    def polite(connection: Any) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        while head := connection.recv(65536):
            server.heads.append(head)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    server = raw(polite)
    by = fetcher(server.address)
    for _ in range(4):
        thread = threading.Thread(target=fetch, args=(server,), kwargs={"by": by})
        thread.start()
        thread.join()
    assert (len(server.heads), server.connections) == (4, 1)


def test_rule_14_stopping_wakes_those_who_wait_for_their_turn(
    loopback: Callable[..., Any], fetcher: Callable[..., Any], fetch: Fetch
) -> None:
    server = loopback(feed())
    by = fetcher(server.address, host_delay=timedelta(hours=1), per_host=1)
    fetch(server, by=by)
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(fetch, server, by=by) for _ in range(3)]
        by.stop()
        errors = [future.exception(timeout=5) for future in waiting]
    assert [type(error) for error in errors] == [FetchError] * 3
    assert len(server.requests) == 1


def test_rule_14_stopping_breaks_off_what_is_under_way(
    raw: Callable[..., Any], fetcher: Callable[..., Any], fetch: Fetch
) -> None:
    asked = threading.Event()

    def silent(connection: Any) -> None:
        asked.set()
        server.over.wait(30)

    server = raw(silent)
    by = fetcher(server.address)
    started = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(fetch, server, by=by)
        asked.wait(5)
        by.stop()
        error = waiting.exception(timeout=10)
    assert "polling is being stopped" in str(error)
    assert time.monotonic() - started < 5


def test_rule_15_one_user_agent_names_program_version_and_contact(
    loopback: Callable[..., Any], fetch: Fetch
) -> None:
    server = loopback(feed())
    fetch(server, contact="https://news.example.org/about")
    sent = server.requests[0].headers
    assert sent["user-agent"] == f"Dateline/{__version__} (+https://news.example.org/about)"


def test_rule_15_nothing_is_sent_that_was_not_meant_to_be(loopback: Callable[..., Any], fetch: Fetch) -> None:
    server = loopback(feed())
    fetch(server)
    sent = server.requests[0].headers
    assert set(sent) == {"host", "user-agent", "accept", "accept-encoding", "a-im"}
    assert sent["accept-encoding"] == "gzip"
    assert {"application/rss+xml", "application/atom+xml", "application/feed+json"} <= set(
        sent["accept"].replace(",", " ").split()
    )


def test_rule_15_cookies_are_neither_kept_nor_sent(
    loopback: Callable[..., Any], fetcher: Callable[..., Any], fetch: Fetch
) -> None:
    server = loopback(feed(("Set-Cookie", "id=1; Path=/")))
    by = fetcher(server.address)
    fetch(server, by=by)
    fetch(server, by=by)
    assert "cookie" not in server.requests[1].headers


@pytest.mark.parametrize(
    "path",
    ["/a/../b/./c", "/%7ea%7Eb%aa", "/feed?q=[x]'|&b=%zz&utm_source=y", "/twice//", "/a;b=c?", "/?#"],
)
def test_rule_15_the_address_is_sent_as_it_is_configured(
    path: str, loopback: Callable[..., Any], fetch: Fetch
) -> None:
    server = loopback(feed())
    fetch(server, path)
    assert server.requests[0].path == path.partition("#")[0]


def test_rule_15_letters_beyond_ascii_are_escaped(loopback: Callable[..., Any], fetch: Fetch) -> None:
    server = loopback(feed())
    fetch(server, "/é?ü=1#top")
    assert server.requests[0].path == "/%C3%A9?%C3%BC=1"


def test_rule_15_a_new_source_costs_one_request(loopback: Callable[..., Any], fetch: Fetch) -> None:
    server = loopback(feed(body=b'<html><link rel="icon" href="/favicon.ico"></html>'))
    fetch(server)
    assert len(server.requests) == 1


def test_the_environment_names_no_proxy_and_no_netrc_is_read(
    loopback: Callable[..., Any], fetch: Fetch, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    server = loopback(feed())
    fetch(server)
    assert "authorization" not in server.requests[0].headers


def test_headers_and_credentials_of_the_source_are_sent_with_the_first_request(
    loopback: Callable[..., Any], fetch: Fetch
) -> None:
    server = loopback(feed())
    extras = (("X-Token", Secret("t")), ("user-agent", Secret("Mine")), ("X-Blank", Secret("")))
    fetch(server, source={"username": "me", "password": Secret("pä:ss"), "headers": extras})
    sent = server.requests[0].headers
    assert sent["authorization"] == "Basic bWU6cMOkOnNz"
    assert (sent["x-token"], sent["user-agent"], sent["x-blank"]) == ("t", "Mine", "")


def test_the_moved_address_of_the_memory_is_asked(
    loopback: Callable[..., Any], fetcher: Callable[..., Any], now: Any
) -> None:
    server = loopback(feed())
    source = Source(id="s", url=server.url + "/old", title="S")
    memory = Memory(source_id="s", url=server.url + "/new")
    download = fetcher(server.address).fetch(source, memory, now=now)
    assert server.requests[0].path == "/new"
    assert (download.url, download.final_url, download.fetched_at) == (memory.url, memory.url, now)
