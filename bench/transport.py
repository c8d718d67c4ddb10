"""Requests per CPU-second for a 200 and a 304: httpx's own transport against the Fetcher on libcurl.

    python bench/transport.py [--seconds N]

The server is another process on loopback, so its work is not counted; connections are kept alive. Each row
is the CPU time (user and system) of this process alone, single-threaded. A 200 has a body of 48 kB.
httpx's own transport is called as the Fetcher calls libcurl: without a client, so without its redirects
and cookies; "Fetcher on httpx" does all that ours does, over httpx's own transport.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

import httpx

from aggregator.fetch import Fetcher
from aggregator.schema import FetchSettings, Memory, Source

BODY = b"<rss>" + b"x" * 48_000 + b"</rss>"
FULL = b'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "1"\r\nCache-Control: max-age=60\r\n'
FULL += b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nCache-Control: max-age=60\r\n\r\n'


def serve(ready: Connection) -> None:
    """Answers 304 where If-None-Match is sent, else 200, on connections kept alive."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    ready.send(listener.getsockname()[1])

    def converse(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = b""
        while piece := connection.recv(65536):
            head += piece
            if head.endswith(b"\r\n\r\n"):
                connection.sendall(NOT_MODIFIED if b"if-none-match" in head.lower() else FULL)
                head = b""

    while True:
        connection, _ = listener.accept()
        threading.Thread(target=converse, args=(connection,), daemon=True).start()


def rate(ask: Callable[[], object], seconds: float) -> float:
    """Requests per CPU-second, after a warm-up."""
    for _ in range(50):
        ask()
    count, started, cpu = 0, time.monotonic(), time.process_time()
    while time.monotonic() - started < seconds:
        ask()
        count += 1
    return count / (time.process_time() - cpu)


def bare_httpx(transport: httpx.BaseTransport, url: str, headers: dict[str, str]) -> Callable[[], object]:
    def ask() -> bytes:
        response = transport.handle_request(httpx.Request("GET", url, headers=headers))
        try:
            return response.read()
        finally:
            response.close()

    return ask


def fetching(fetcher: Fetcher, url: str, etag: str) -> Callable[[], object]:
    source = Source(id="s", url=url, title="S")
    memory = Memory(source_id="s", url=url, etag=etag)
    return lambda: fetcher.fetch(source, memory, now=datetime.now(UTC))


def measure(address: str, seconds: float) -> list[tuple[str, float, float]]:
    url = f"http://{address}/feed"
    settings = FetchSettings(allow_inside=(address,), host_delay=timedelta())
    own = httpx.HTTPTransport(trust_env=False)
    bare = [rate(bare_httpx(own, url, headers), seconds) for headers in HEADERS]
    own.close()
    rows = [("httpx transport", bare[0], bare[1])]
    for name, transport in (("Fetcher on httpx", httpx.HTTPTransport(trust_env=False)), ("Fetcher", None)):
        fetcher = Fetcher(settings, transport=transport)
        full, unmodified = (rate(fetching(fetcher, url, etag), seconds) for etag in ("", '"1"'))
        rows.append((name, full, unmodified))
        fetcher.close()
    return rows


HEADERS: tuple[dict[str, str], ...] = (
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "gzip", "If-None-Match": '"1"'},
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3.0, help="per cell of the table (default 3)")
    seconds = parser.parse_args().seconds
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    rows = measure(f"127.0.0.1:{here.recv()}", seconds)
    server.terminate()
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {multiprocessing.cpu_count()} cores,", end=" "
    )
    print(f"Python {platform.python_version()}, httpx {httpx.__version__}; requests per CPU-second")
    print(f"{'':18}{'200':>8}{'304':>8}")
    for name, full, unmodified in rows:
        print(f"{name:18}{full:8,.0f}{unmodified:8,.0f}")


if __name__ == "__main__":
    main()
