"""How the desk gets pictures for its readers, where `[web] image_proxy` is on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from aggregator.errors import LimitError
from aggregator.fetch import Current
from aggregator.poll.roll import clock
from aggregator.schema import FetchSettings, Memory, Secret, Source
from aggregator.urls import host_of

LARGEST = 8_000_000
"""Bytes."""
AT_ONCE = 6
"""Pictures asked of one host at the same time."""
SLOW = timedelta(seconds=3)
REST = timedelta(minutes=1)
"""How long a host is left alone that took as long as `SLOW`: each picture under way holds a thread of the server."""
MOST_RESTING = 1_000
_ACCEPT = (("Accept", Secret("image/avif,image/webp,image/png,image/jpeg,image/gif")),)


def pictures(settings: Callable[[], FetchSettings]) -> Callable[[str], bytes]:
    """What gets a picture, under the settings as they are then; raises FetchError.

    Guarded as polls are: addresses in articles are anybody's, so inside the network it asks only what
    `allow_inside` lists.
    """
    fetcher = Current(lambda: settings().hurried(LARGEST).side_by_side(AT_ONCE))
    resting: dict[str, datetime] = {}

    def get(url: str) -> bytes:
        host, begun = host_of(url), clock()
        if begun < resting.get(host, begun):
            raise LimitError(f"{host} was slow lately and is asked for pictures again in a minute.")
        source = Source(id="pictures", url=url, title="", headers=_ACCEPT)
        memory = Memory(source_id=source.id, url=url)
        try:
            return fetcher().fetch(source, memory, now=begun, conditional=False).body
        finally:
            if clock() - begun >= SLOW:
                if len(resting) >= MOST_RESTING:
                    resting.clear()
                resting[host] = clock() + REST

    return get
