"""Costly pages one at a time, and not too often: what an admin asks for must not slow down all readers."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests

SPAN = timedelta(minutes=5)
MOST = 40
"""Costly pages in that time."""


class Turn:
    """Whose turn it is; of one app."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: deque[datetime] = deque()

    @contextmanager
    def taken(self, now: datetime) -> Iterator[None]:
        """Raises TooManyRequests if another page is being made, or many were lately."""
        if not self._lock.acquire(blocking=False):
            raise TooManyRequests(_("Another page like this is being made; load this one again in a moment."))
        try:
            while self._taken and not timedelta() <= now - self._taken[0] < SPAN:
                self._taken.popleft()
            if len(self._taken) >= MOST:
                raise TooManyRequests(_("That was asked many times within minutes; wait a little."))
            self._taken.append(now)
            yield
        finally:
            self._lock.release()
