"""RSS 2.0 (rssboard.org/rss-specification), with content:encoded, dc:creator, GeoRSS and Media RSS."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from lxml import etree

from aggregator.publish.head import Head
from aggregator.publish.markup import (
    ATOM,
    CONTENT,
    DC,
    GENERATOR,
    GEORSS,
    HISTORY,
    MEDIA,
    UNKNOWN_TYPE,
    add,
    add_place,
    document,
    feed_address,
    html_of,
    scheme_of,
)
from aggregator.schema import Article, Enclosure, shown_categories

_PREFIXES = {"atom": ATOM, "content": CONTENT, "dc": DC, "fh": HISTORY, "georss": GEORSS, "media": MEDIA}
_SPECIFICATION = "https://www.rssboard.org/rss-specification"
_TYPE = "application/rss+xml"


def rss(articles: Iterable[Article], head: Head) -> bytes:
    """The articles, in the order given, as an RSS 2.0 document."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap=_PREFIXES)
    channel = add(root, "channel")
    add(channel, "title", head.title)
    add(channel, "link", head.page_url)
    add(channel, "description", head.description)
    if head.language:
        add(channel, "language", head.language)
    add(channel, "lastBuildDate", rfc822(head.updated))
    add(channel, "generator", GENERATOR)
    add(channel, "docs", _SPECIFICATION)
    for relation, url in head.links:
        attributes = {"rel": relation, "href": url, "type": "" if relation == "hub" else _TYPE}
        add(channel, f"{{{ATOM}}}link", attributes=attributes)
    if head.archive:
        add(channel, f"{{{HISTORY}}}archive")
    for article in articles:
        _add_item(channel, article, head)
    return document(root, head.style)


def rfc822(at: datetime) -> str:
    """`Thu, 15 Jan 2026 12:00:00 GMT` (RFC 822 with four digits of the year)."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def _add_item(channel: etree._Element, article: Article, head: Head) -> None:
    item = add(channel, "item")
    if article.title:
        add(item, "title", article.title)
    if article.url:
        add(item, "link", article.url)
    add(item, "guid", article.uid, {"isPermaLink": "false"})
    add(item, "pubDate", rfc822(article.published))
    _add_words(item, article, head)
    for author in article.authors:
        add(item, f"{{{DC}}}creator", author)
    if article.language:
        add(item, f"{{{DC}}}language", article.language)
    for category in shown_categories(article):
        if category.name:
            add(item, "category", category.name, {"domain": scheme_of(category)})
    if (source := head.source_of(article)) is not None:
        add(item, "source", source.title, {"url": feed_address(source)})
    _add_media(item, article.enclosures, article.image)
    add_place(item, article)


def _add_words(item: etree._Element, article: Article, head: Head) -> None:
    """A description is HTML by custom, and summary and text are plain."""
    plain = article.text or article.summary if head.content == "text" else article.summary
    lines = escape(plain, quote=False).split("\n\n")
    add(item, "description", "<br><br>".join(lines) if head.content == "text" else "\n\n".join(lines))
    html = html_of(article) if head.content == "full" else ""
    if html:
        add(item, f"{{{CONTENT}}}encoded", html)


def _add_media(item: etree._Element, enclosures: tuple[Enclosure, ...], image: str) -> None:
    """An RSS item has at most one enclosure; the others go as Media RSS."""
    for first in enclosures[:1]:
        attributes = {"url": first.url, "length": str(first.length or 0), "type": first.type or UNKNOWN_TYPE}
        add(item, "enclosure", attributes=attributes)
    for other in enclosures[1:]:
        attributes = {"url": other.url, "fileSize": str(other.length or ""), "type": other.type}
        add(item, f"{{{MEDIA}}}content", attributes=attributes)
    if image:
        add(item, f"{{{MEDIA}}}thumbnail", attributes={"url": image})
