"""Parse: a download becomes a feed of entries, in the feed's own words.

    RSS, Atom, RDF ──► document ──► fast (lxml) ─────────────┐
                           │          │ in doubt             ├─► draft ──► Entry
                           │          ▼                      │
                           │        thorough (feedparser) ───┤
                           └─ broken ─► mend, else rescue ───┘
    JSON Feed ──► jsonfeed            plain text ──► article            a page of an article ──► facts

`pieces` cuts a document into its entries' bytes, so that those known already are left out before it is read.

Both readers fill the same draft; a test holds them to the same entries. All functions are pure, and may be
run in another process: big or broken documents take feedparser seconds.
"""

from __future__ import annotations

from lxml import etree

from aggregator.parse import article, jsonfeed, judge, tree
from aggregator.parse.cutting import Pieces, pieces
from aggregator.parse.document import Document, open_document
from aggregator.parse.facts import facts
from aggregator.parse.hub import hub_of
from aggregator.parse.markup import Doubt
from aggregator.parse.mend import mended, probe
from aggregator.parse.offers import USUAL_PATHS, hosted, offers_of
from aggregator.parse.rescue import rescued
from aggregator.schema import Download, Feed, Source

__all__ = [
    "USUAL_PATHS",
    "Document",
    "Pieces",
    "facts",
    "fast",
    "hosted",
    "hub_of",
    "offers_of",
    "open_document",
    "parse",
    "pieces",
    "read",
    "thorough",
]

_MAX_JUDGED = 4_000_000
"""Bytes; feedparser reads one or two megabytes a second."""
_MANY_TAGS = 250_000
"""From so many on it is worth a look whether the tree would fill the memory."""
_MAX_ENTRY_ELEMENTS = 5_000
"""In larger entries feedparser's time grows with the square of their number."""


def parse(download: Download, source: Source) -> Feed:
    """The feed in a download; of a source of kind `text` the one entry its text is.

    A broken document gives what can be saved of it, and says so in `Feed.repaired`. Raises ParseError if
    the body is no feed, is an attack, or nothing could be saved.
    """
    if source.kind == "text":
        return article.read(download, source)
    return read(open_document(download))


def read(document: Document) -> Feed:
    """The feed in a document. Raises ParseError like `parse`."""
    feed = fast(document)
    return thorough(document) if feed is None else feed


def fast(document: Document) -> Feed | None:
    """The feed, or None where lxml's view may differ from feedparser's. Raises ParseError like `parse`."""
    if document.json:
        return jsonfeed.read(document)
    if document.data.count(b"<") > _MANY_TAGS:
        probe(document.data)
    try:
        root = tree.root_of(document)
    except etree.XMLSyntaxError:
        document = _well_formed(document)
        try:
            root = tree.root_of(document)
        except etree.XMLSyntaxError:
            return None
    try:
        return tree.read(document, root, strict=True)
    except Doubt:
        return None


def thorough(document: Document) -> Feed:
    """The feed as feedparser reads it. Raises ParseError like `parse`."""
    if document.json:
        return jsonfeed.read(document)
    document = _well_formed(document)
    found = probe(document.data)
    if found.error:
        return rescued(document)
    if len(document.data) > _MAX_JUDGED or found.largest > _MAX_ENTRY_ELEMENTS:
        return tree.read_leniently(document)
    try:
        return judge.read(document)
    except judge.FAULTS:
        return tree.read_leniently(document)


def _well_formed(document: Document) -> Document:
    """The document, mended if a bare parser refuses it and that has not been tried."""
    error = "" if document.mended else probe(document.data).error
    return mended(document, error) if error else document
