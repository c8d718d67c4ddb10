"""What costs much to make, kept in memory up to a bound."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Cache(Generic[Key, Value]):
    """What was asked for last; what was not for the longest time goes first. Any thread may use it.

    What is kept takes `room` bytes at most, as `size` says, and each one at most a quarter of that.
    """

    def __init__(self, room: int, size: Callable[[Key, Value], int]) -> None:
        self._room, self._size = room, size
        self._lock = Lock()
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._used = 0

    def get(self, key: Key) -> Value | None:
        """It as it was last made, whether it still holds or not."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: Key, value: Value) -> None:
        with self._lock:
            if (old := self._kept.pop(key, None)) is not None:
                self._used -= self._size(key, old)
            size = self._size(key, value)
            if size > self._room // 4:
                return
            self._kept[key] = value
            self._used += size
            while self._used > self._room:
                name, dropped = self._kept.popitem(last=False)
                self._used -= self._size(name, dropped)
