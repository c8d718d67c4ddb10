"""An httpx transport on libcurl: several times cheaper than httpx's own, and checked where it connects."""

from __future__ import annotations

import ssl
import threading
from functools import partial

import certifi
import httpx

from aggregator.fetch.guard import Guard
from aggregator.fetch.wire import Wire
from aggregator.schema import FetchSettings

_WIRES = 40
"""Handles kept; each keeps one connection alive and about 1 MB of certificate authorities."""


class CurlTransport(httpx.BaseTransport):
    """Sends requests (GET, or POST with a content) over wires that it lends out one at a time; thread-safe.

    A host is asked over the wire that last spoke to it, if that is free: so no host sees more connections
    than requests at the same time. `request.extensions` may hold `target`, the request target byte for byte,
    and must hold `timeout` with the seconds of `connect`, `read` and `total`. `stopping` breaks off what is
    under way. `authorities` is a PEM file; without it the system's, else certifi's, are trusted.
    Raises the errors of the FetchError tree.
    """

    def __init__(
        self,
        settings: FetchSettings,
        *,
        stopping: threading.Event,
        authorities: str | None = None,
    ) -> None:
        guard = Guard(settings.allow_inside, proxied=settings.proxy is not None)
        trusted = authorities or ssl.get_default_verify_paths().cafile or certifi.where()
        self._new_wire = partial(Wire, settings, guard, stopping, trusted)
        self._lock = threading.Lock()
        self._idle: list[tuple[str, Wire]] = []
        self._lent = 0
        self._closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        origin = f"{request.url.scheme}://{request.url.netloc.decode('ascii')}"
        wire = self._take(origin)
        try:
            return wire.ask(request, origin)
        finally:
            self._give_back(origin, wire)

    def close(self) -> None:
        """Closes the connections kept alive; those in use are closed as they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for _, wire in idle:
            wire.close()

    def _take(self, origin: str) -> Wire:
        with self._lock:
            self._lent += 1
            for index in range(len(self._idle) - 1, -1, -1):
                if self._idle[index][0] == origin:
                    return self._idle.pop(index)[1]
            if self._idle and len(self._idle) + self._lent > _WIRES:
                return self._idle.pop(0)[1]
        return self._new_wire()

    def _give_back(self, origin: str, wire: Wire) -> None:
        with self._lock:
            self._lent -= 1
            if not self._closed:
                self._idle.append((origin, wire))
                return
        wire.close()
