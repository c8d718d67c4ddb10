"""Memory that many threads share."""

from __future__ import annotations

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8


def share_the_heap() -> None:
    """Lets glibc keep one heap for all threads, not one for each, whose peaks would add up."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
