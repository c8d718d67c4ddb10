"""Which feeds a page offers: what it says itself, and what the platform it is on is known to have.

Pages are hostile: so many links are read and no more, and nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

from aggregator.parse.facts import tree_of
from aggregator.parse.jsonfeed import printable
from aggregator.schema import Offer
from aggregator.urls import resolve

MOST = 20
"""Feeds of a page that are looked at."""
_LONGEST_TITLE = 200
_TYPES = {
    "application/rss+xml": "RSS",
    "application/atom+xml": "Atom",
    "application/rdf+xml": "RDF",
    "application/feed+json": "JSON Feed",
    "application/json": "JSON Feed",
}
USUAL_PATHS = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml")
"""Where feeds are on many sites; asked only if nothing says where they are."""

_PLATFORMS: tuple[tuple[str, str, str], ...] = (
    (r"(?:www|m)\.youtube\.com", r"/channel/(UC[\w-]{22}).*", r"/feeds/videos.xml?channel_id=\1"),
    (r"(?:www|m)\.youtube\.com", r"/playlist\?(?:.*&)?list=([\w-]+).*", r"/feeds/videos.xml?playlist_id=\1"),
    (r"(?:www|old)\.reddit\.com", r"/((?:r|user)/\w+)/?", r"/\1/.rss"),
    (r"medium\.com", r"/(@?[\w.-]+)/?", r"/feed/\1"),
    (r"github\.com", r"/([\w.-]+/[\w.-]+?)(?:/releases)?/?", r"/\1/releases.atom"),
    (r"bsky\.app", r"/(profile/[\w.:-]+)/?", r"/\1/rss"),
    (r"[\w-]+\.substack\.com", r"/?", r"/feed"),
    (r"[\w-]+\.tumblr\.com", r"/?", r"/rss"),
    (r"[\w-]+\.blogspot\.com", r"/?", r"/feeds/posts/default"),
    (r"[\w-]+\.wordpress\.com", r"/?", r"/feed/"),
    (r"[\w-]+\.ghost\.io", r"/?", r"/rss/"),
    (r"[\w.-]+", r"/(@\w+)/?", r"/\1.rss"),
)
"""Host, path with query, and the path of the feed. The last is Mastodon's, which is on hosts of any name."""


def offers_of(page: bytes, url: str) -> tuple[Offer, ...]:
    """The feeds that a page names by `<link rel="alternate">`, in its order, each once."""
    root = tree_of(page)
    found: dict[str, Offer] = {}
    for offer in () if root is None else _linked(root, url):
        found.setdefault(offer.url, offer)
        if len(found) == MOST:
            break
    return tuple(found.values())


def hosted(url: str) -> str:
    """Where the platform of an address is known to have its feed; empty if that is not known."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    for host, asked, feed in _PLATFORMS:
        if re.fullmatch(host, parts.hostname or "") and (found := re.fullmatch(asked, path or "/")):
            return f"{parts.scheme}://{parts.netloc}{found.expand(feed)}"
    return ""


def _linked(root: etree._Element, url: str) -> Iterator[Offer]:
    base = next((str(one.get("href")) for one in root.iterfind(".//base[@href]")), "")
    base = resolve(url, base) or url
    for link in root.iterfind(".//link[@href]"):
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        target = resolve(base, link.get("href") or "")
        if kind in _TYPES and target and "alternate" in (link.get("rel") or "").lower().split():
            if kind == "application/json" and "/wp-json/" in target:
                continue  # WordPress names its programming interface so
            title = " ".join(printable(link.get("title") or "").split())[:_LONGEST_TITLE]
            yield Offer(url=target, title=title, kind=_TYPES[kind])
