"""Documents beyond mending: whatever entries can be saved."""

from __future__ import annotations

from contextlib import suppress

from aggregator.errors import ParseError
from aggregator.parse import judge, tree
from aggregator.parse.document import Document
from aggregator.schema import Feed

_MAX_LOOSE = 300_000
"""Bytes; on some broken documents the time feedparser takes grows with the square of their size."""


def rescued(document: Document) -> Feed:
    """The entries of a document that is not well-formed, by the reader that saves more.

    Asks feedparser, and lxml's recovering parser if that found fewer entries than begin in the document.
    Raises ParseError if neither finds any.
    """
    feeds = []
    begun = document.data.count(b"<item") + document.data.count(b"<entry")
    if len(document.data) <= _MAX_LOOSE:
        with suppress(*judge.FAULTS):
            feeds.append(judge.read(document))
    if not feeds or len(feeds[0].entries) < begun:
        feeds.append(tree.read_leniently(document))
    best = max(feeds, key=lambda feed: len(feed.entries))
    if not best.entries:
        reasons = "; ".join(document.notes)
        raise ParseError(f"The feed is broken beyond repair ({reasons}); ask the publisher to correct it.")
    return best
