"""Atom 1.0 (RFC 4287), with its archive (RFC 5005), GeoRSS and Media RSS."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from lxml import etree

from aggregator.publish.head import Head
from aggregator.publish.markup import (
    ATOM,
    GENERATOR,
    GEORSS,
    HISTORY,
    MEDIA,
    XML,
    add,
    add_place,
    document,
    feed_address,
    html_of,
    last_change,
    rfc3339,
    scheme_of,
)
from aggregator.schema import Article, Source, shown_categories
from aggregator.urls import canonical_url

_LANG = f"{{{XML}}}lang"
_PREFIXES = {None: ATOM, "fh": HISTORY, "georss": GEORSS, "media": MEDIA}
_TYPE = "application/atom+xml"


def atom(articles: Iterable[Article], head: Head) -> bytes:
    """The articles, in the order given, as an Atom 1.0 document."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=_PREFIXES)  # type: ignore[arg-type]
    if head.language:
        root.set(_LANG, head.language)
    _add(root, "id", head.id)
    _add(root, "title", head.title)
    _add(root, "subtitle", head.description)
    _add(root, "updated", rfc3339(head.updated))
    # Entries without an author of their own need the feed's (4.2.1).
    _add(_add(root, "author"), "name", head.title)
    _add(root, "generator", GENERATOR)
    for relation, url in head.links:
        _add(root, "link", rel=relation, href=url, type="" if relation == "hub" else _TYPE)
    _add(root, "link", rel="alternate", href=head.page_url, type="text/html")
    if head.archive:
        add(root, f"{{{HISTORY}}}archive")
    for article in articles:
        _add_entry(root, article, head)
    return document(root, head.style)


def _add_entry(root: etree._Element, article: Article, head: Head) -> None:
    entry = _add(root, "entry")
    if article.language:
        entry.set(_LANG, article.language)
    _add(entry, "id", article.uid)
    _add(entry, "title", article.title, type="text")
    _add(entry, "updated", _updated(article))
    _add(entry, "published", rfc3339(article.published))
    for author in article.authors:
        _add(_add(entry, "author"), "name", author)
    if article.url:
        _add(entry, "link", rel="alternate", href=article.url)
    for file in article.enclosures:
        length = "" if file.length is None else str(file.length)
        _add(entry, "link", rel="enclosure", href=file.url, type=file.type, length=length)
    for category in shown_categories(article):
        _add(entry, "category", term=category.id, scheme=scheme_of(category), label=category.name)
    if (source := head.source_of(article)) is not None:
        _add_source(entry, source, article)
    _add_words(entry, article, head)
    if article.image:
        add(entry, f"{{{MEDIA}}}thumbnail", attributes={"url": article.image})
    add_place(entry, article)


def _updated(article: Article) -> str:
    """The last change, with a fraction of a second made of the uid, so that no two entries share an instant.

    Feeds date to the second or the minute, and what sorts entries by this element, or checks it as the
    validator of the W3C does, wants them apart; `published` is what the publisher says.
    """
    fraction = int(sha256(article.uid.encode("utf-8", "surrogatepass")).hexdigest()[:8], 16) % 1_000_000
    return f"{rfc3339(last_change(article))[:-1]}.{fraction:06}Z"


def _add_source(entry: etree._Element, source: Source, article: Article) -> None:
    """The feed it came from (4.2.11), which changed when the article did at the earliest."""
    url = canonical_url(source.url)
    found = _add(entry, "source")
    _add(found, "id", url)
    _add(found, "title", source.title)
    _add(found, "updated", rfc3339(last_change(article)))
    _add(found, "link", rel="self", href=feed_address(source))


def _add_words(entry: etree._Element, article: Article, head: Head) -> None:
    """Summary and content; an entry that links nowhere must have a content (4.1.1.1)."""
    if article.summary:
        _add(entry, "summary", article.summary, type="text")
    match head.content:
        case "full":
            _add(entry, "content", html_of(article), type="html")
        case "text":
            _add(entry, "content", article.text or article.summary, type="text")
        case "summary" if not article.url:
            _add(entry, "content", article.summary, type="text")
        case "summary" if not article.summary:
            _add(entry, "summary", article.title, type="text")


def _add(parent: etree._Element, tag: str, text: str = "", **attributes: str) -> etree._Element:
    return add(parent, f"{{{ATOM}}}{tag}", text, attributes)
