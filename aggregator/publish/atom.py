"""Atom 1.0 (RFC 4287), with GeoRSS and Media RSS."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from aggregator.publish.head import Head
from aggregator.publish.markup import (
    ATOM,
    GENERATOR,
    GEORSS,
    MEDIA,
    XML,
    add,
    document,
    last_change,
    point,
    rfc3339,
    scheme_of,
)
from aggregator.schema import Article

_LANG = f"{{{XML}}}lang"


def atom(articles: Iterable[Article], head: Head) -> bytes:
    """The articles, in the order given, as an Atom 1.0 document."""
    prefixes = {None: ATOM, "georss": GEORSS, "media": MEDIA}
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=prefixes)  # type: ignore[arg-type]
    if head.language:
        root.set(_LANG, head.language)
    _add(root, "id", head.id)
    _add(root, "title", head.title)
    _add(root, "subtitle", head.description)
    _add(root, "updated", rfc3339(head.updated))
    # Entries without an author of their own need the feed's (4.2.1).
    _add(_add(root, "author"), "name", head.title)
    _add(root, "generator", GENERATOR)
    _add(root, "link", rel="self", href=head.url, type="application/atom+xml")
    _add(root, "link", rel="alternate", href=head.page_url, type="text/html")
    for article in articles:
        _add_entry(root, article)
    return document(root)


def _add_entry(root: etree._Element, article: Article) -> None:
    entry = _add(root, "entry")
    if article.language:
        entry.set(_LANG, article.language)
    _add(entry, "id", article.uid)
    _add(entry, "title", article.title, type="text")
    _add(entry, "updated", rfc3339(last_change(article)))
    _add(entry, "published", rfc3339(article.published))
    for author in article.authors:
        _add(_add(entry, "author"), "name", author)
    if article.url:
        _add(entry, "link", rel="alternate", href=article.url)
    for file in article.enclosures:
        length = "" if file.length is None else str(file.length)
        _add(entry, "link", rel="enclosure", href=file.url, type=file.type, length=length)
    for category in article.categories:
        _add(entry, "category", term=category.id, scheme=scheme_of(category), label=category.name)
    if article.summary:
        _add(entry, "summary", article.summary, type="text")
    _add(entry, "content", article.html, type="html")
    if article.image:
        add(entry, f"{{{MEDIA}}}thumbnail", attributes={"url": article.image})
    if where := point(article):
        add(entry, f"{{{GEORSS}}}point", where)


def _add(parent: etree._Element, tag: str, text: str = "", **attributes: str) -> etree._Element:
    return add(parent, f"{{{ATOM}}}{tag}", text, attributes)
