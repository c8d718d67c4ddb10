"""How the desk gets pictures for its readers, where `[web] image_proxy` is on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from aggregator.fetch import Fetcher
from aggregator.poll.roll import clock
from aggregator.schema import FetchSettings, Memory, Secret, Source, replace

LARGEST = 8_000_000
"""Bytes."""
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

    def get(url: str) -> bytes:
        source = Source(id="pictures", url=url, title="", headers=_ACCEPT)
        memory = Memory(source_id=source.id, url=url)
        return fetcher.fetch(source, memory, now=clock(), conditional=False).body

    return get
