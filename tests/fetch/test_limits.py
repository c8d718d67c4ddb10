"""Hostile and broken origins: each is one failed poll with a sentence, quickly and in little memory."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from aggregator.errors import ConnectError, FetchError, LimitError, UnreachableError
from aggregator.fetch import Fetcher
from aggregator.fetch.inflate import inflate
from aggregator.schema import Download, FetchSettings, Memory, Source

Fetch = Callable[..., Download]
Serve = Callable[..., Any]
SHORT = timedelta(milliseconds=300)
OK = b"HTTP/1.1 200 OK\r\n"


def whole(body: bytes, *headers: bytes) -> bytes:
    lines = [OK, b"Content-Length: %d\r\n" % len(body), *(header + b"\r\n" for header in headers), b"\r\n"]
    return b"".join([*lines, body])


def test_rule_17_a_body_announced_as_too_large_is_not_read(raw: Serve, fetch: Fetch) -> None:
    with pytest.raises(LimitError, match="more than 1,000 bytes"):
        fetch(raw(OK + b"Content-Length: 1001\r\n\r\n"), max_bytes=1000)


def test_rule_17_an_endless_body_is_broken_off(raw: Serve, fetch: Fetch) -> None:
    def endless(connection: Any) -> None:
        connection.sendall(OK + b"\r\n")
        while not server.over.is_set():
            connection.sendall(b"x" * 65536)

    server = raw(endless)
    with pytest.raises(LimitError, match="more than 200,000 bytes"):
        fetch(server, max_bytes=200_000)


def test_rule_17_a_silent_origin_is_left_after_the_read_timeout(raw: Serve, fetch: Fetch) -> None:
    server: Any = raw(lambda connection: server.over.wait(30))
    with pytest.raises(LimitError, match=r"sent nothing for 0\.3 seconds"):
        fetch(server, read_timeout=SHORT)


def test_rule_17_a_body_that_stalls_is_left_after_the_read_timeout(raw: Serve, fetch: Fetch) -> None:
    def stall(connection: Any) -> None:
        connection.sendall(OK + b"Content-Length: 100\r\n\r\nsome")
        server.over.wait(30)

    server = raw(stall)
    with pytest.raises(LimitError, match="sent nothing for"):
        fetch(server, read_timeout=SHORT)


def test_rule_17_a_body_that_drips_is_left_after_the_total_timeout(raw: Serve, fetch: Fetch) -> None:
    def drip(connection: Any) -> None:
        connection.sendall(OK + b"Content-Length: 100\r\n\r\n")
        while not server.over.wait(0.02):
            connection.sendall(b"x")

    server = raw(drip)
    with pytest.raises(LimitError, match="total_timeout"):
        fetch(server, total_timeout=SHORT)


def test_rule_17_redirects_share_the_total_timeout(raw: Serve, fetch: Fetch) -> None:
    def slow(connection: Any) -> None:
        server.over.wait(0.2)
        location = b"Location: /%d\r\n" % len(server.heads)
        connection.sendall(
            b"HTTP/1.1 302 X\r\nContent-Length: 0\r\nConnection: close\r\n" + location + b"\r\n"
        )

    server = raw(slow)
    with pytest.raises(LimitError, match="took"):
        fetch(server, total_timeout=SHORT)
    assert len(server.heads) < 4


def test_rule_17_a_handshake_that_never_comes_is_left_after_the_connect_timeout(
    raw: Serve, fetch: Fetch
) -> None:
    server: Any = raw(lambda connection: server.over.wait(30))
    url = server.url.replace("http:", "https:")
    with pytest.raises(ConnectError, match=r"A safe connection .* within 0\.3 seconds") as caught:
        fetch(url + "/feed", allow_inside=(server.address,), connect_timeout=SHORT)
    assert not isinstance(caught.value, UnreachableError)  # a machine answered: we are not offline


def test_rule_17_a_megabyte_of_headers_is_too_much(raw: Serve, fetch: Fetch) -> None:
    lines = b"".join(b"X-%d: %s\r\n" % (n, b"x" * 1000) for n in range(1000))
    with pytest.raises(LimitError, match="headers"):
        fetch(raw(OK + lines + b"\r\n"))


def test_rule_17_one_header_of_a_hundred_kilobytes_is_too_much(raw: Serve, fetch: Fetch) -> None:
    with pytest.raises(LimitError, match="headers"):
        fetch(raw(OK + b"X: " + b"x" * 120_000 + b"\r\n\r\n"))


def test_rule_17_an_endless_row_of_interim_answers_is_too_much(raw: Serve, fetch: Fetch) -> None:
    def interim(connection: Any) -> None:
        while not server.over.is_set():
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100)

    server = raw(interim)
    with pytest.raises(LimitError, match="headers"):
        fetch(server)


BOMB = """
import sys, zlib
from datetime import UTC, datetime
import httpx
from aggregator.errors import LimitError
from aggregator.fetch import Fetcher
from aggregator.schema import FetchSettings, Memory, Source
source = Source(id="s", url=sys.argv[1], title="S")
fetcher = Fetcher(FetchSettings(allow_inside=(sys.argv[2],)))
try:
    fetcher.fetch(source, Memory(source_id="s", url=source.url), now=datetime.now(UTC))
except LimitError as error:
    # Not ru_maxrss: that of a child starts with the size of the parent that made it.
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
    print(int(peak) // 1024, error)
"""


def test_rule_17_a_gzip_bomb_costs_little_memory(raw: Serve) -> None:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    ten_megabytes = squeeze.compress(b"\0" * 10_000_000) + squeeze.flush(zlib.Z_FULL_FLUSH)
    body = b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + ten_megabytes * 150
    assert len(body) < 2_000_000
    server = raw(whole(body, b"Content-Encoding: gzip"))
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", BOMB, server.url, server.address],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    megabytes, _, error = ran.stdout.partition(" ")
    assert int(megabytes) < 300
    assert "more than 15,000,000 bytes" in error


def test_rule_19_a_feed_wrongly_said_to_be_compressed_is_read(raw: Serve, fetch: Fetch) -> None:
    assert fetch(raw(whole(b"<rss/>", b"Content-Encoding: br"))).body == b"<rss/>"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (OK + b"Content-Length: 100\r\n\r\nonly this", "broke before"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel", "broke before"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "broke before"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n", "broke before"),
        (whole(gzip.compress(b"<rss/>" * 99, mtime=0)[:-12], b"Content-Encoding: gzip"), "broke before"),
        (whole(gzip.compress(b"<rss/>", mtime=0)[:-8] + b"\0" * 8, b"Content-Encoding: gzip"), "damaged"),
        (whole(b"x", b"Content-Encoding: br"), "not offered"),
        (OK + b"Transfer-Encoding: gzip\r\n\r\n" + gzip.compress(b"<rss/>", mtime=0), "not offered"),
        (b"", "without an answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
        (OK + b"no colon here\r\nContent-Length: 0\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 abc\r\n\r\n", "not HTTP"),
    ],
)
def test_rule_17_an_incomplete_or_damaged_answer_is_a_failed_poll(
    answer: bytes, words: str, raw: Serve, fetch: Fetch
) -> None:
    with pytest.raises(FetchError, match=words) as caught:
        fetch(raw(answer))
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.0 200 OK\r\n\r\n<rss/>",
        b"HTTP/1.1 200\r\nContent-Length: 6\r\n\r\n<rss/>",
        OK + b"Content-Length: 6\r\n\r\n<rss/>and more than announced",
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\n<rs\r\n3\r\ns/>\r\n0\r\nETag: trailer\r\n\r\n",
        OK + b"X: a\r\n folded\r\nContent-Length: 6\r\n\r\n<rss/>",
        b"HTTP/1.1 103 Early Hints\r\nETag: early\r\n\r\n" + OK + b"Content-Length: 6\r\n\r\n<rss/>",
    ],
)
def test_rule_17_odd_but_whole_answers_are_read(answer: bytes, raw: Serve, fetch: Fetch) -> None:
    download = fetch(raw(answer))
    assert (download.status, download.body, download.content_type, download.etag) == (200, b"<rss/>", "", "")


def test_an_empty_body_is_handed_on(raw: Serve, fetch: Fetch) -> None:
    assert fetch(raw(OK + b"Content-Length: 0\r\n\r\n")).body == b""


RAW_DEFLATE = zlib.compressobj(9, zlib.DEFLATED, -15)
RAW_DEFLATE_BODY = RAW_DEFLATE.compress(b"<rss/>") + RAW_DEFLATE.flush()


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"<rss/>", [b"Content-Encoding: gzip"]),
        (b"<rss/>", [b"Content-Encoding: deflate"]),
        (b"<rss/>", [b"Content-Encoding: utf-8"]),
        (gzip.compress(b"<rss/>", mtime=0), [b"Content-Encoding: gzip"]),
        (gzip.compress(b"<rss/>", mtime=0), [b"Content-Encoding: X-GZip"]),
        (gzip.compress(b"<rss/>", mtime=0), []),
        (gzip.compress(gzip.compress(b"<rss/>", mtime=0), mtime=0), [b"Content-Encoding: gzip"]),
        (gzip.compress(b"<rs", mtime=0) + gzip.compress(b"s/>", mtime=0), [b"Content-Encoding: gzip"]),
        (gzip.compress(b"<rss/>", mtime=0) + b"\0\0trailing", [b"Content-Encoding: gzip"]),
        (zlib.compress(b"<rss/>"), [b"Content-Encoding: deflate"]),
        (RAW_DEFLATE_BODY, [b"Content-Encoding: deflate"]),
    ],
)
def test_rule_19_the_body_is_inflated_whatever_the_headers_say(
    body: bytes, headers: list[bytes], raw: Serve, fetch: Fetch
) -> None:
    assert fetch(raw(whole(body, *headers))).body == b"<rss/>"


def test_rule_17_many_tiny_gzip_members_are_an_attack() -> None:
    with pytest.raises(LimitError, match="compressed pieces"):
        inflate(gzip.compress(b"", mtime=0) * 20_000, "gzip", 1000, "example.org")


def test_rule_17_gzip_within_gzip_within_gzip_is_an_attack() -> None:
    body = b"<rss/>"
    for _ in range(4):
        body = gzip.compress(body, mtime=0)
    with pytest.raises(LimitError, match="times over"):
        inflate(body, "gzip", 1000, "example.org")


def test_a_name_that_does_not_resolve_is_said_to_be_unknown(fetch: Fetch) -> None:
    # libcurl never asks the DNS for .onion (RFC 7686), so this needs no network.
    with pytest.raises(ConnectError, match=r"nowhere\.onion was not found in the DNS"):
        fetch("http://nowhere.onion/feed")


def test_a_closed_port_is_said_to_be_closed(fetch: Fetch) -> None:
    with pytest.raises(ConnectError, match=r"did not accept a connection \(Connection refused\)"):
        fetch("http://127.0.0.1:1/feed", allow_inside=("127.0.0.1:1",))


def test_errors_of_another_transport_become_ours(now: datetime) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("no")

    fetcher = Fetcher(FetchSettings(), transport=httpx.MockTransport(broken))
    source = Source(id="s", url="https://example.org/feed", title="S")
    with pytest.raises(ConnectError, match=r"example\.org could not be asked \(ConnectTimeout\)"):
        fetcher.fetch(source, Memory(source_id="s", url=source.url), now=now)
    fetcher.close()


def test_rule_17_the_body_of_another_transport_is_bounded_too(now: datetime) -> None:
    def endless(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=iter(lambda: b"x" * 1000, b""))

    fetcher = Fetcher(FetchSettings(max_bytes=5000), transport=httpx.MockTransport(endless))
    source = Source(id="s", url="https://example.org/feed", title="S")
    with pytest.raises(LimitError, match="more than 5,000 bytes"):
        fetcher.fetch(source, Memory(source_id="s", url=source.url), now=now)
    fetcher.close()
