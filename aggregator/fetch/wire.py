"""One libcurl handle, and the limits an answer must keep while it comes in."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import pycurl

from aggregator.errors import FetchError, LimitError
from aggregator.fetch.failures import HEAD_LIMIT, Circumstances, failure, head_too_large
from aggregator.fetch.guard import Guard, refusal
from aggregator.fetch.inflate import too_large
from aggregator.schema import FetchSettings

_DISCARDED = 64_000
"""Bytes of an error page that are read and thrown away for the sake of the connection."""
_WITH_BODY = frozenset((200, 203, 226))


@dataclass(slots=True, kw_only=True)
class _Answer:
    """What has come in so far."""

    host: str
    read_timeout: float
    """Seconds."""
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    head_size: int = 0
    complete: bool = False
    """All headers are there."""
    body: list[bytes] = field(default_factory=list)
    body_size: int = 0
    moved: bool = False
    """Something came since the last look."""
    moved_at: float = field(default_factory=time.monotonic)
    verdict: FetchError | None = None
    """Why we broke off."""
    refused: FetchError | None = None
    """Why an address was not connected to; another one may have been."""

    @property
    def is_an_error_with_its_head(self) -> bool:
        """Enough has come to know that it is an error and what it asks for, whatever happened to its body."""
        return self.complete and self.status >= 200 and self.status not in _WITH_BODY


class Wire:
    """Asks one request at a time and keeps one connection alive; any thread may use it, one at a time."""

    def __init__(
        self, settings: FetchSettings, guard: Guard, stopping: threading.Event, authorities: str
    ) -> None:
        self._guard = guard
        self._stopping = stopping
        self._max_bytes = settings.max_bytes
        self._proxied = settings.proxy is not None
        self._sockets: list[socket.socket] = []
        self._answer = _Answer(host="", read_timeout=0.0)
        self._curl = pycurl.Curl()
        for option, value in {
            pycurl.NOSIGNAL: 1,
            pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
            pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
            pycurl.HTTP09_ALLOWED: 0,
            pycurl.FOLLOWLOCATION: 0,
            pycurl.MAXCONNECTS: 1,
            pycurl.MAXFILESIZE_LARGE: settings.max_bytes,
            pycurl.CAINFO: authorities,
            # Said even where there is no proxy: otherwise libcurl looks into the environment.
            pycurl.PROXY: settings.proxy.reveal() if settings.proxy else "",
            pycurl.NOPROXY: "",
            pycurl.HEADEROPT: pycurl.HEADER_SEPARATE,
            pycurl.NOPROGRESS: 0,
            pycurl.OPENSOCKETFUNCTION: self._open_socket,
            pycurl.HEADERFUNCTION: self._take_header,
            pycurl.WRITEFUNCTION: self._take_body,
            pycurl.XFERINFOFUNCTION: self._watch,
        }.items():
            self._curl.setopt(option, value)

    def ask(self, request: httpx.Request, origin: str) -> httpx.Response:
        """Sends the request as it is and returns the answer, its body still compressed.

        The body of an error is not kept, and trouble while it comes in is ignored. Raises GuardError,
        LimitError, ConnectError, or FetchError if polling is being stopped.
        """
        host = request.url.netloc.decode("ascii")
        timeout = request.extensions["timeout"]
        target = request.extensions.get("target", request.url.raw_path)
        if self._proxied and request.url.scheme == "http":
            target = origin.encode("ascii") + target
        self._answer = answer = _Answer(host=host, read_timeout=timeout["read"])
        curl = self._curl
        curl.setopt(pycurl.URL, f"{origin}/")
        curl.setopt(pycurl.REQUEST_TARGET, target)
        curl.setopt(pycurl.HTTPHEADER, [_line(name, value) for name, value in request.headers.raw])
        if request.method == "POST":
            curl.setopt(pycurl.POSTFIELDS, request.content)
        else:
            curl.setopt(pycurl.HTTPGET, 1)
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, _milliseconds(timeout["connect"]))
        curl.setopt(pycurl.TIMEOUT_MS, _milliseconds(timeout["total"]))
        try:
            curl.perform()
        except pycurl.error as error:
            if self._stopping.is_set() or not answer.is_an_error_with_its_head:
                raise answer.verdict or self._explain(*error.args, timeout=timeout) from None
        finally:
            for opened in self._sockets:
                opened.close()
            self._sockets.clear()
        body = httpx.ByteStream(b"".join(answer.body))
        return httpx.Response(answer.status, headers=answer.headers, stream=body, request=request)

    def close(self) -> None:
        self._curl.close()

    def _explain(self, code: int, text: str, *, timeout: dict[str, float]) -> FetchError:
        asked = self._curl.getinfo(pycurl.REQUEST_SIZE) > 0
        if self._answer.refused is not None and not asked:
            return self._answer.refused
        return failure(
            code,
            Circumstances(
                host=self._answer.host,
                text=text,
                connected=self._curl.getinfo(pycurl.CONNECT_TIME) > 0,
                asked=asked,
                errno=self._curl.getinfo(pycurl.OS_ERRNO),
                proxied=self._proxied,
                timeout=timeout,
                max_bytes=self._max_bytes,
            ),
        )

    # What libcurl calls back. None of these may raise.

    def _open_socket(self, purpose: int, address: Any) -> Any:
        """Opens the socket to an address libcurl is about to connect to: the place where nobody can cheat."""
        answer = self._answer
        host, port = address.addr[:2]
        if not self._proxied and not self._guard.admits(host, port):
            answer.refused = refusal(answer.host, host, port)
            return pycurl.SOCKET_BAD
        try:
            opened = socket.socket(address.family, address.socktype, address.protocol)
        except OSError:
            return pycurl.SOCKET_BAD
        # libcurl gets a duplicate; ours must live until it has been made.
        self._sockets.append(opened)
        return opened

    def _take_header(self, line: bytes) -> int | None:
        answer = self._answer
        answer.moved = True
        answer.head_size += len(line)
        if answer.head_size > HEAD_LIMIT:
            answer.verdict = head_too_large(answer.host)
            return -1
        if line.startswith(b"HTTP/") and (answer.complete or not answer.status) and not answer.body:
            # An interim answer, or a proxy's to CONNECT, may have come before.
            answer.status = _status(line)
            answer.headers = []
            answer.complete = False
        elif not line.strip():
            answer.complete = True
        elif not answer.complete:
            name, colon, value = line.partition(b":")
            if colon:
                answer.headers.append((name.strip(), value.strip()))
        return None

    def _take_body(self, data: bytes) -> int | None:
        answer = self._answer
        answer.moved = True
        answer.body_size += len(data)
        if answer.status not in _WITH_BODY:
            return None if answer.body_size <= _DISCARDED else -1
        if answer.body_size > self._max_bytes:
            answer.verdict = too_large(answer.host, self._max_bytes)
            return -1
        answer.body.append(data)
        return None

    def _watch(self, *_progress: int) -> int:
        """Called on every move and once a second; anything but 0 breaks off."""
        answer = self._answer
        if self._stopping.is_set():
            answer.verdict = FetchError(f"{answer.host} was cut short, because polling is being stopped.")
            return 1
        now = time.monotonic()
        if answer.moved or now < answer.moved_at:  # a faked clock may run back
            answer.moved = False
            answer.moved_at = now
        elif now - answer.moved_at > answer.read_timeout:
            answer.verdict = LimitError(f"{answer.host} sent nothing for {answer.read_timeout:g} seconds.")
            return 1
        return 0


def _line(name: bytes, value: bytes) -> bytes:
    # A name with a colon and nothing behind it would take the header out.
    return name + b": " + value if value else name + b";"


def _milliseconds(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _status(line: bytes) -> int:
    """The code of a status line that libcurl let pass."""
    words = line.split(None, 2)
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
