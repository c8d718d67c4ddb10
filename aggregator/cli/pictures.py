"""How the desk gets pictures for its readers, where `[web] image_proxy` is on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from aggregator.errors import LimitError
from aggregator.fetch import Fetcher
from aggregator.poll.roll import clock
from aggregator.schema import FetchSettings, Memory, Secret, Source, replace
from aggregator.urls import host_of

LARGEST = 8_000_000
"""Bytes."""
SLOW = timedelta(seconds=3)
REST = timedelta(minutes=1)
"""How long a host is left alone that took as long as `SLOW`: each picture under way holds a thread of the server."""
MOST_RESTING = 1_000
_ACCEPT = (("Accept", Secret("image/avif,image/webp,image/png,image/jpeg,image/gif")),)


def pictures(settings: FetchSettings) -> Callable[[str], bytes]:
    """What gets a picture; raises FetchError.

    Guarded as polls are: addresses in articles are anybody's, so inside the network it asks only what
    `allow_inside` lists.
    """
    short = {"connect_timeout": timedelta(seconds=4), "read_timeout": timedelta(seconds=8)}
    fetcher = Fetcher(
        replace(
            settings,
            max_bytes=LARGEST,
            per_host=6,
            host_delay=timedelta(0),
            hosts=(),
            total_timeout=timedelta(seconds=12),
            **short,
        )
    )

    resting: dict[str, datetime] = {}

    def get(url: str) -> bytes:
        host, begun = host_of(url), clock()
        if begun < resting.get(host, begun):
            raise LimitError(f"{host} was slow lately and is asked for pictures again in a minute.")
        source = Source(id="pictures", url=url, title="", headers=_ACCEPT)
        memory = Memory(source_id=source.id, url=url)
        try:
            return fetcher.fetch(source, memory, now=begun, conditional=False).body
        finally:
            if clock() - begun >= SLOW:
                if len(resting) >= MOST_RESTING:
                    resting.clear()
                resting[host] = clock() + REST

    return get
