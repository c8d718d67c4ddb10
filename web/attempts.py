"""How often passwords may be guessed.

Kept in memory: one process serves a desk, and a restart gives a guesser no more than a few guesses, while a
table would be one that strangers write into.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

WINDOW = timedelta(minutes=15)
OF_A_NAME = 10
"""Wrong guesses within the window for one name, wherever they come from."""
OF_AN_ADDRESS = 30
"""The same from one address; of IPv6 from one network of 64 bits, which is what one customer is given."""
_KEPT = 20_000
"""Names and addresses remembered at most; the longest quiet are forgotten first."""


class Attempts:
    """Guesses of late, by name and by address. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: OrderedDict[str, list[datetime]] = OrderedDict()

    def begin(self, name: str, address: str, now: datetime) -> timedelta:
        """Counts a guess before it is looked at; how long to wait instead, if there were too many."""
        keys = ((f"name {name}", OF_A_NAME), (f"from {_network(address)}", OF_AN_ADDRESS))
        with self._lock:
            waits = [self._wait(key, most, now) for key, most in keys]
            if max(waits):
                return max(waits)
            for key, _ in keys:
                self._made.setdefault(key, []).append(now)
                self._made.move_to_end(key)
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        return timedelta()

    def was_right(self, name: str, address: str) -> None:
        """The last guess was none: the name starts anew, and the address is not charged for it."""
        with self._lock:
            self._made.pop(f"name {name}", None)
            charged = self._made.get(f"from {_network(address)}")
            if charged:
                charged.pop()

    def _wait(self, key: str, most: int, now: datetime) -> timedelta:
        recent = [at for at in self._made.get(key, ()) if at > now - WINDOW]
        if key in self._made:
            self._made[key] = recent
        return recent[-most] + WINDOW - now if len(recent) >= most else timedelta()


def _network(address: str) -> str:
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    return address if ip.version == 4 else str(ip_network((ip, 64), strict=False))
