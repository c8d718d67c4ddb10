"""Politeness: no host is asked too often, or by too many at once."""

from __future__ import annotations

import math
import os
import select
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from aggregator.errors import FetchError, StoreError
from aggregator.schema import FetchSettings

_MARGIN = 1.05
"""The first of two requests may wait for its connection, so that they arrive closer together than they start."""
_KEPT = 1024
"""Hosts remembered before those that rest are forgotten."""


Others = Callable[[str, timedelta], timedelta]
"""Takes the turn to start a request to a host, `delay` after any machine's last one: zero, or the time until then."""


@dataclass(slots=True)
class _Line:
    """Those who wait for one host."""

    slots: threading.Semaphore
    delay: float
    """Least seconds between two starts."""
    door: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0
    started: float = -float("inf")
    """Monotonic seconds of the last start."""


class Pace:
    """Gives turns: so many at once and their starts so far apart as `settings.manners` says of the host.

    The clock is read to compute a wait, never to see whether it is over; no wait is longer than the delay:
    so it also holds where the clock stands still or jumps.
    """

    def __init__(self, settings: FetchSettings, others: Others | None = None) -> None:
        self.stopping = threading.Event()
        self._others = others
        self._manners = settings.manners
        self._lock = threading.Lock()
        self._lines: dict[str, _Line] = {}
        # A pipe, because waiting for it with a time-out does not involve a clock that may be faked.
        self._wake, self._bell = os.pipe()
        self._finalizer = weakref.finalize(self, _close_both, self._wake, self._bell)

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Waits for a turn with `host` and holds it; FetchError if the program stops meanwhile."""
        with self._lock:
            line = self._lines.get(host)
            if line is None:
                at_once, delay = self._manners(host)
                line = self._lines[host] = _Line(
                    threading.Semaphore(at_once), _MARGIN * delay.total_seconds()
                )
            line.users += 1
        try:
            with line.slots:
                self._wait_for_start(line, host)
                yield
        finally:
            with self._lock:
                line.users -= 1
                if len(self._lines) > _KEPT:
                    self._forget_resting()

    def stop(self) -> None:
        """Wakes all who wait; they and all who come later get a FetchError."""
        with self._lock:
            if not self.stopping.is_set():
                self.stopping.set()
                os.write(self._bell, b"!")
            for line in self._lines.values():
                line.slots.release(max(1, line.users))

    def close(self) -> None:
        """Frees what `stop` needs; nobody may be waiting."""
        self._finalizer()

    def _wait_for_start(self, line: _Line, host: str) -> None:
        with line.door:
            self._rest(min(line.started + line.delay - time.monotonic(), line.delay))
            while (ahead := self._others_first(line, host)) > 0:
                self._rest(min(ahead, line.delay))
            if self.stopping.is_set():
                raise FetchError(f"{host} was not asked, because polling is being stopped.")
            line.started = time.monotonic()

    def _others_first(self, line: _Line, host: str) -> float:
        """Seconds until it is our turn among all machines; zero if it is, or if they cannot be asked."""
        if self._others is None or not line.delay or self.stopping.is_set():
            return 0.0
        try:
            return self._others(host, timedelta(seconds=line.delay)).total_seconds()
        except StoreError:
            return 0.0

    def _rest(self, seconds: float) -> None:
        if seconds > 0 and not self.stopping.is_set():
            poll = select.poll()
            poll.register(self._wake, select.POLLIN)
            poll.poll(math.ceil(seconds * 1000))

    def _forget_resting(self) -> None:
        now = time.monotonic()
        self._lines = {
            host: line for host, line in self._lines.items() if line.users or line.started + line.delay > now
        }


def _close_both(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
