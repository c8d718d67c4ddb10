"""OPML 2.0 (opml.org/spec2.opml): the sources as a subscription list for other programs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from aggregator.publish.markup import add, document
from aggregator.schema import Source
from aggregator.urls import holds_secret


def opml(sources: Iterable[Source], *, title: str) -> bytes:
    """The enabled sources another program can subscribe to, in the order given.

    Local files, plain texts and addresses that hold a token are left out. What signs a request in (headers,
    passwords) never shows.
    """
    root = etree.Element("opml", {"version": "2.0"})
    add(add(root, "head"), "title", title)
    body = add(root, "body")
    for source in sources:
        public = source.url.startswith(("http://", "https://")) and not holds_secret(source.url)
        if source.enabled and source.kind == "feed" and public:
            _add_outline(body, source)
    return document(root)


def _add_outline(body: etree._Element, source: Source) -> None:
    add(
        body,
        "outline",
        attributes={
            "type": "rss",
            "text": source.title,
            "title": source.title,
            "xmlUrl": source.url,
            "category": ",".join(f"/{label}" for label in map(_label, source.categories) if label),
            "language": source.language or "",
        },
    )


def _label(category: str) -> str:
    """The category without the marks that would make it several: labels are /paths, with commas between."""
    return " ".join(re.sub("[,/]", " ", category).split())
