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
    MEDIA,
    UNKNOWN_TYPE,
    add,
    document,
    point,
    scheme_of,
)
from aggregator.schema import Article, Enclosure

_PREFIXES = {"atom": ATOM, "content": CONTENT, "dc": DC, "georss": GEORSS, "media": MEDIA}


def rss(articles: Iterable[Article], head: Head) -> bytes:
    """The articles, in the order given, as an RSS 2.0 document."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap=_PREFIXES)
    channel = add(root, "channel")
    add(channel, "title", head.title)
    add(channel, "link", head.page_url)
    add(channel, "description", head.description)
    if head.language:
        add(channel, "language", head.language)
    add(channel, "lastBuildDate", _rfc822(head.updated))
    add(channel, "generator", GENERATOR)
    add(
        channel,
        f"{{{ATOM}}}link",
        attributes={"rel": "self", "href": head.url, "type": "application/rss+xml"},
    )
    for article in articles:
        _add_item(channel, article)
    return document(root)


def _add_item(channel: etree._Element, article: Article) -> None:
    item = add(channel, "item")
    if article.title:
        add(item, "title", article.title)
    if article.url:
        add(item, "link", article.url)
    add(item, "guid", article.uid, {"isPermaLink": "false"})
    add(item, "pubDate", _rfc822(article.published))
    # A description is HTML by custom, the summary is plain text.
    add(item, "description", escape(article.summary, quote=False))
    if article.html:
        add(item, f"{{{CONTENT}}}encoded", article.html)
    for author in article.authors:
        add(item, f"{{{DC}}}creator", author)
    if article.language:
        add(item, f"{{{DC}}}language", article.language)
    for category in article.categories:
        add(item, "category", category.name, {"domain": scheme_of(category)})
    _add_media(item, article.enclosures, article.image)
    if where := point(article):
        add(item, f"{{{GEORSS}}}point", where)


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


def _rfc822(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
