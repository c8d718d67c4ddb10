"""Documents beyond mending: whatever entries can be saved."""

from __future__ import annotations

from lxml import etree

from aggregator.errors import ParseError
from aggregator.parse import judge, tree
from aggregator.parse.document import Document
from aggregator.schema import Feed

_MAX_LOOSE = 2_000_000
"""Bytes; feedparser's parser for broken documents is slow, and slower than linear on some."""


def rescue(document: Document) -> Feed:
    """The entries of a document that is not well-formed, by the reader that saves more.

    Asks feedparser, and lxml's recovering parser if that found fewer entries than begin in the document.
    Raises ParseError if neither finds any.
    """
    feeds = []
    begun = document.data.count(b"<item") + document.data.count(b"<entry")
    if len(document.data) <= _MAX_LOOSE:
        try:
            feeds.append(judge.read(document))
        except judge.FAULTS:
            feeds.clear()
    if not feeds or len(feeds[0].entries) < begun:
        try:
            feeds.append(tree.read(document, tree.root_of(document, recover=True), strict=False))
        except etree.XMLSyntaxError:
            pass
    best = max(feeds, key=lambda feed: len(feed.entries), default=None)
    if best is None or not best.entries:
        raise ParseError(
            f"The feed is broken beyond repair ({'; '.join(document.notes)}); ask the publisher to correct it."
        )
    return best
