"""Origins that answer byte for byte as a test says, and fetchers that may ask them."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme

from aggregator.fetch import CurlTransport, Fetcher
from aggregator.schema import Download, FetchSettings, Memory, Source

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
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
            try:
                opened.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
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


def settings(*addresses: str, **changes: Any) -> FetchSettings:
    """Settings under which loopback addresses may be asked, without delay."""
    return FetchSettings(**{"allow_inside": addresses, "host_delay": timedelta(), **changes})


@pytest.fixture
def fetcher() -> Iterator[Callable[..., Fetcher]]:
    """A factory of fetchers that may ask the given `127.0.0.1:port` addresses."""
    made: list[Fetcher] = []

    def make(*addresses: str, authorities: str | None = None, **changes: Any) -> Fetcher:
        wanted = settings(*addresses, **changes)
        transport = authorities and CurlTransport(wanted, stopping=threading.Event(), authorities=authorities)
        made.append(Fetcher(wanted, transport=transport or None))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def get(fetcher: Callable[..., Fetcher]) -> Callable[..., Download]:
    """Fetches a URL once with a fresh fetcher that may ask that server."""

    def fetch(server: Any, path: str = "/feed", *, memory: Memory | None = None, **changes: Any) -> Download:
        source = source_of(server.url + path)
        return fetcher(server.address, **changes).fetch(source, memory or memory_of(source), now=NOW)

    return fetch


def source_of(url: str, **changes: Any) -> Source:
    return Source(**{"id": "s", "url": url, "title": "S", **changes})


def memory_of(source: Source, **changes: Any) -> Memory:
    return Memory(**{"source_id": source.id, "url": source.url, **changes})


@pytest.fixture
def tls_authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls_server(tls_authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls_authority.issue_cert("127.0.0.1").configure_cert(context)
    return context
