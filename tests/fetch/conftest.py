"""Origins that answer byte for byte as a test says, and fetchers that may ask them."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
import trustme

from aggregator.fetch import CurlTransport, Fetcher
from aggregator.schema import Download, FetchSettings, Memory, Source

Behaviour = bytes | Callable[[socket.socket], None]


class RawServer:
    """A socket on 127.0.0.1 that reads the head of each request and answers as `behave` says.

    Bytes are sent and the connection closed; a function gets the connection. `heads` holds what was asked.
    """

    def __init__(self, behave: Behaviour) -> None:
        self.behave = behave
        self.heads: list[bytes] = []
        self.connections = 0
        self.over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"http://{self.address}"
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connection.recv(65536)
                if not piece:
                    return
                head += piece
            self.heads.append(head)
            if isinstance(self.behave, bytes):
                connection.sendall(self.behave)
            else:
                self.behave(connection)
        except OSError:
            return
        finally:
            connection.close()

    def stop(self) -> None:
        self.over.set()
        for opened in (self._listener, *self._open):
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()
        for thread in self._threads:
            thread.join(timeout=2)


@pytest.fixture
def raw() -> Iterator[Callable[[Behaviour], RawServer]]:
    servers: list[RawServer] = []

    def serve(behave: Behaviour) -> RawServer:
        servers.append(RawServer(behave))
        return servers[-1]

    yield serve
    for server in servers:
        server.stop()


@pytest.fixture
def fetcher() -> Iterator[Callable[..., Fetcher]]:
    """A factory of fetchers that may ask the given `127.0.0.1:port` addresses, by default without delay."""
    made: list[Fetcher] = []

    def make(*addresses: str, authorities: str | None = None, **changes: Any) -> Fetcher:
        wanted = FetchSettings(**{"allow_inside": addresses, "host_delay": timedelta(), **changes})
        transport = authorities and CurlTransport(wanted, stopping=threading.Event(), authorities=authorities)
        made.append(Fetcher(wanted, transport=transport or None))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def fetch(fetcher: Callable[..., Fetcher], now: datetime) -> Callable[..., Download]:
    """`fetch(server, path)`: one poll of a server's address, or of an URL, with `by` or a fresh fetcher.

    `source` and `memory` change fields of theirs; other keywords are those of FetchSettings.
    """

    def poll(
        server: Any,
        path: str = "/feed",
        *,
        by: Fetcher | None = None,
        source: dict[str, Any] | None = None,
        memory: dict[str, Any] | None = None,
        conditional: bool = True,
        **changes: Any,
    ) -> Download:
        url = server if isinstance(server, str) else server.url + path
        addresses = () if isinstance(server, str) else (server.address,)
        wanted = Source(**{"id": "s", "url": url, "title": "S", **(source or {})})
        known = Memory(**{"source_id": "s", "url": url, **(memory or {})})
        fresh = by or fetcher(*changes.pop("allow_inside", addresses), **changes)
        return fresh.fetch(wanted, known, now=now, conditional=conditional)

    return poll


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    """For a server at 127.0.0.1 with a certificate of `authority`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context
