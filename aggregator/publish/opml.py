"""OPML 2.0 (opml.org/spec2.opml): the sources as a subscription list for other programs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from aggregator.publish.head import is_public
from aggregator.publish.markup import add, document, feed_address
from aggregator.schema import Source


def opml(sources: Iterable[Source], *, title: str) -> bytes:
    """The enabled sources another program can subscribe to, in the order given, in a folder for each category.

    A source is in the folder of its first category, or in none. Local files, plain texts and addresses that
    hold a token are left out. What signs a request in (headers, passwords) never shows.
    """
    root = etree.Element("opml", {"version": "2.0"})
    add(add(root, "head"), "title", title)
    body = add(root, "body")
    folders: dict[str, etree._Element] = {}
    for source in sources:
        if not (source.enabled and source.kind == "feed" and is_public(source)):
            continue
        labels = [label for label in map(_label, source.categories) if label]
        folder = body
        if labels:
            name = labels[0]
            folder = folders.get(name.casefold(), body)
            if folder is body:
                folder = folders[name.casefold()] = _add_folder(body, name)
        _add_outline(folder, source, labels)
    if not len(body):
        _add_folder(body, "No sources")  # a body has at least one outline
    return document(root)


def _add_folder(body: etree._Element, name: str) -> etree._Element:
    """An outline without an address; OPML 2.0 lets its type be what it likes, and a title wants a type."""
    return add(body, "outline", attributes={"type": "folder", **_named(name)})


def _named(name: str) -> dict[str, str]:
    return {"text": name, "title": name}


def _add_outline(parent: etree._Element, source: Source, labels: Iterable[str]) -> None:
    add(
        parent,
        "outline",
        attributes={
            "type": "rss",
            **_named(source.title or source.id),
            "xmlUrl": feed_address(source),
            "category": ",".join(f"/{label}" for label in labels),
            "language": source.language or "",
        },
    )


def _label(category: str) -> str:
    """The category without the marks that would make it several: labels are /paths, with commas between."""
    return " ".join(re.sub("[,/]", " ", category).split())
