"""What the formats share: safe elements, dates, categories, the place and the words of an article."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from lxml import etree

from aggregator.schema import Article, Category, Mention, Place, Role, Source, replace
from aggregator.urls import canonical_url

CATEGORY_SCHEME = "urn:dateline:category"
"""Scheme of a category whose own scheme is none to repeat."""
UNKNOWN_TYPE = "application/octet-stream"
GENERATOR = "Dateline"

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
GEORSS = "http://www.georss.org/georss"
HISTORY = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
XML = "http://www.w3.org/XML/1998/namespace"

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BESIDE_URI = re.compile(r"[^!#$&-;=?-Z_a-z~%]|%(?![0-9A-Fa-f]{2})")
_SIGNS = r"[^\s()<>,;:\\\"/\[\]?=\x00-\x20\x7f-\U0010ffff]+"
_MEDIA_TYPE = re.compile(rf"({_SIGNS}/{_SIGNS})\s*(;.*)?", re.DOTALL)
_NUMERIC_HOST = re.compile(r"[a-z]+://\[[0-9a-f:.]+\]", re.IGNORECASE)
_NAME = re.compile(r"(https?|urn|tag):\S+", re.IGNORECASE)
_ROLES: dict[Role, int] = {"feed": 0, "dateline": 1}
"""Which mentions say best where the news is; all others come after."""
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def legal(text: str) -> str:
    """The text without the characters XML 1.0 (2.2) cannot hold: controls, lone surrogates, U+FFFE."""
    return _ILLEGAL.sub("", text)


def add(
    parent: etree._Element, tag: str, text: str = "", attributes: Mapping[str, str] | None = None
) -> etree._Element:
    """A new last child; the text and the values of attributes may hold anything."""
    child = etree.SubElement(
        parent, tag, {name: legal(value) for name, value in (attributes or {}).items() if value}
    )
    if text:
        child.text = legal(text)
    return child


def document(root: etree._Element, style: str = "") -> bytes:
    """The document; browsers show it by the CSS of the style sheet (XSLT is leaving them)."""
    if style:
        root.addprevious(
            etree.ProcessingInstruction("xml-stylesheet", f'type="text/css" href="{escape(style)}"')
        )
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="utf-8")


def rfc3339(at: datetime) -> str:
    """`2026-01-15T12:00:00Z` (RFC 3339), whole seconds, UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def last_change(article: Article) -> datetime:
    """The latest of what the publisher says and of the edits that were seen."""
    said = (article.published, article.updated, article.edited)
    return max(at for at in said if at is not None)


def uri(url: str) -> str:
    """The address with what a URI (RFC 3986, 2) cannot hold as percent-encoded UTF-8; what is encoded stays."""
    host = _NUMERIC_HOST.match(url)
    start = host.end() if host else 0
    rest = _BESIDE_URI.sub(lambda found: quote(found[0], safe="", errors="ignore"), legal(url[start:]))
    return url[:start] + rest


def feed_address(source: Source) -> str:
    """Where a source is polled, as it is configured; with its letters beyond ASCII encoded, as in any URI."""
    return canonical_url(source.url, of_feed=True) if _BESIDE_URI.search(source.url) else source.url


def media_type(said: str) -> str:
    """The media type a publisher gives (RFC 2045), without its parameters; nothing if it is none: `mp3`."""
    found = _MEDIA_TYPE.fullmatch(said.strip())
    return found[1].lower() if found else ""


def addressed(article: Article) -> Article:
    """The article with all its addresses as URIs, and the types of its files as media types."""
    files = tuple(replace(file, url=uri(file.url), type=media_type(file.type)) for file in article.enclosures)
    return replace(article, url=uri(article.url), image=uri(article.image), enclosures=files)


def scheme_of(category: Category) -> str:
    """An IRI, as Atom (RFC 4287, 4.2.2.2) wants it: a name or a web address, nothing a browser would run."""
    return category.scheme if _NAME.fullmatch(category.scheme) else CATEGORY_SCHEME


def is_right_to_left(tag: str) -> bool:
    """True if the language of a BCP 47 tag is written from right to left."""
    return tag.partition("-")[0].lower() in _RIGHT_TO_LEFT


def html_of(article: Article) -> str:
    """The article as HTML: its text where it has no HTML; its direction where that is from right to left."""
    html = article.html or "".join(
        f"<p>{escape(part, quote=False)}</p>" for part in article.text.split("\n\n") if part.strip()
    )
    if html and is_right_to_left(article.language):
        return f'<div dir="rtl" lang="{escape(article.language)}">{html}</div>'
    return html


def main_place(article: Article) -> Place | None:
    """The place on the map that the article is about; None if none is known.

    Geo tags of the feed go first, then the focus, then other places of the feed, that of the dateline, and the
    surest. What the article says nothing of, the country its source writes about, is no place of the article.
    """
    mentions = [mention for mention in article.mentions if mention.role != "source"]
    mentions.sort(key=lambda one: (_ROLES.get(one.role, len(_ROLES)), -one.score))
    tagged = [one.place for one in mentions if any(each.kind == "geo tag" for each in one.evidence)]
    focus = [article.focus] if article.focus else []
    ranked = (*tagged, *focus, *(one.place for one in mentions))
    return next((place for place in ranked if is_on_the_map(place)), None)


def is_on_the_map(place: Place) -> bool:
    """Whether it has coordinates that can be (which rules out "not a number")."""
    lat, lon = place.lat, place.lon
    return lat is not None and lon is not None and -90 <= lat <= 90 and -180 <= lon <= 180


def add_place(parent: etree._Element, article: Article) -> None:
    """The GeoRSS point (`latitude longitude`) and the name of the place the article is about."""
    place = main_place(article)
    if place is not None:
        add(parent, f"{{{GEORSS}}}point", f"{place.lat:.5f} {place.lon:.5f}")
        if place.name:
            add(parent, f"{{{GEORSS}}}featureName", place.name)


def places_of(article: Article) -> tuple[Mention, ...]:
    """The strongest mention of each place the article names, the surest place first."""
    best: dict[tuple[str, str, int | None], Mention] = {}
    for mention in article.mentions:
        key = (mention.place.name, mention.place.country, mention.place.geonameid)
        if mention.role != "source" and (key not in best or mention.score > best[key].score):
            best[key] = mention
    return tuple(sorted(best.values(), key=lambda mention: -mention.score))
