"""The server under pages and feeds: which connections stay open."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from waitress.wasyncore import close_all

from aggregator.cli.server import create_server


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    status = environ["PATH_INFO"].strip("/")
    start_response({"204": "204 No Content", "304": "304 Not Modified"}.get(status, "200 OK"), [])
    return [] if status in ("204", "304") else [b"a", b"b"]


@pytest.fixture
def port() -> Iterator[int]:
    server = create_server(app, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server.effective_port
    with suppress(OSError):
        server.trigger.pull_trigger(lambda: close_all(server._map))
    thread.join()
    server.task_dispatcher.shutdown()


@pytest.mark.parametrize("path", ["/304", "/204"])
def test_an_answer_without_a_body_leaves_the_connection_open(port: int, path: str) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port)
    client.connect()
    socket = client.sock
    for _ in range(3):
        client.request("GET", path)
        answer = client.getresponse()
        assert (answer.read(), answer.getheader("Connection"), client.sock) == (b"", None, socket)
    client.close()


def test_who_asks_for_it_is_hung_up_on(port: int) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port)
    client.request("GET", "/304", headers={"Connection": "close"})
    answer = client.getresponse()
    assert (answer.status, answer.getheader("Connection"), client.sock) == (304, "close", None)


def test_a_body_without_a_length_ends_with_its_connection(port: int) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port)
    client.request("GET", "/")
    answer = client.getresponse()
    assert (answer.read(), answer.getheader("Connection"), client.sock) == (b"ab", "close", None)


def test_many_idle_clients_leave_room_for_others(port: int) -> None:
    clients = [http.client.HTTPConnection("127.0.0.1", port, timeout=60) for _ in range(150)]
    for client in clients:
        client.request("GET", "/304")
        assert client.getresponse().read() == b""
        assert client.sock is not None
    for client in clients:
        client.close()
