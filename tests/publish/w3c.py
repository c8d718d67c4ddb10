"""What the feed validator of the W3C asks of RSS 2.0, Atom and OPML: the rules of its documentation
(validator.w3.org/feed/docs), errors and warnings alike, as far as they concern what is published here.

Each function gives a sentence for every rule that is broken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import lxml.html
from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
GEORSS = "{http://www.georss.org/georss}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
MEDIA = "{http://search.yahoo.com/mrss/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

URI = re.compile(r"(?:[A-Za-z0-9._~:/?#@!$&'()*+,;=\[\]-]|%[0-9A-Fa-f]{2})*")
MIME = re.compile(r"[^\s()<>,;:\\\"/\[\]?=]+/[^\s()<>,;:\\\"/\[\]?=]+")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
URN_OR_URL = re.compile(r"(urn:[a-z0-9][a-z0-9-]{1,31}:\S+|https?://[^\s/]+/\S*)")
RELATIONS = {"alternate", "self", "hub", "enclosure", "current", "prev-archive"}
HISTORY_RELATIONS = {"current", "prev-archive"}
SAFE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "wbr",
    ]
)
SAFE_ATTRIBUTES = frozenset(
    [
        "alt",
        "cite",
        "colspan",
        "datetime",
        "dir",
        "height",
        "href",
        "lang",
        "loading",
        "referrerpolicy",
        "rel",
        "reversed",
        "rowspan",
        "scope",
        "span",
        "src",
        "start",
        "title",
        "width",
    ]
)


def rss_faults(body: bytes, location: str) -> Iterator[str]:
    root = etree.fromstring(body)
    (channel,) = root
    yield from twice(
        channel, {"title", "link", "description", "language", "lastBuildDate", "generator", "docs"}
    )
    for name in ("title", "link", "description"):
        if not (channel.findtext(name) or "").strip():
            yield f"the channel has no {name}"
    yield from self_faults(channel, location, "application/rss+xml")
    yield from html_in(channel.find("title"))
    yield from html_in(channel.find("description"))
    yield from language_faults(channel.findtext("language"))
    yield from rfc822_faults(channel.findtext("lastBuildDate"))
    tags = [child.tag for child in channel]
    if "item" in tags and set(tags[tags.index("item") :]) != {"item"}:
        yield "something of the channel stands after an item"
    known = {"title", "link", "description", "language", "lastBuildDate", "generator", "docs", "item"}
    yield from unknown(channel, known | {f"{ATOM}link", f"{HISTORY}archive"})
    guids = Counter(item.findtext("guid") for item in channel.iter("item"))
    yield from (f"the guid {guid} stands twice" for guid, times in guids.items() if times > 1)
    for item in channel.iter("item"):
        yield from item_faults(item)


def item_faults(item: etree._Element) -> Iterator[str]:
    once = {"title", "link", "description", "guid", "pubDate", "source", "enclosure", f"{CONTENT}encoded"}
    many = {f"{DC}creator", "category", f"{MEDIA}content"}
    single = {f"{DC}language", f"{MEDIA}thumbnail", f"{GEORSS}point", f"{GEORSS}featureName"}
    yield from twice(item, once | single)
    yield from unknown(item, once | many | single)
    if item.find("title") is None and item.find("description") is None:
        yield "an item has neither title nor description"
    if item.find("title") is not None and not item.findtext("title", "").strip():
        yield "a title is blank"
    guid = item.find("guid")
    if guid is None or guid.get("isPermaLink") not in ("true", "false"):
        yield "an item has no guid, or does not say whether it is a permalink"
    elif guid.get("isPermaLink") == "true" and not str(guid.text).startswith("http"):
        yield "a guid is called a permalink and is none"
    tags = [child.tag for child in item]
    if f"{CONTENT}encoded" in tags and "description" not in tags[: tags.index(f"{CONTENT}encoded")]:
        yield "there is a content and no description before it"
    yield from rfc822_faults(item.findtext("pubDate"))
    for link in item.findall("link"):
        yield from url_faults(link.text)
    for source in item.findall("source"):
        yield from url_faults(source.get("url"))
        yield from html_in(source)
    for category in item.findall("category"):
        if not (category.text or "").strip():
            yield "a category is blank"
    for file in item.findall("enclosure"):
        yield from url_faults(file.get("url"))
        if not re.fullmatch("[0-9]+", file.get("length") or ""):
            yield "an enclosure has no length"
        if not MIME.fullmatch(file.get("type") or ""):
            yield "an enclosure has no media type"
    for file in item.findall(f"{MEDIA}content"):
        yield from url_faults(file.get("url"))
        if not MIME.fullmatch(file.get("type", "a/b")):
            yield "a file has no media type"
    for image in item.findall(f"{MEDIA}thumbnail"):
        yield from url_faults(image.get("url"))
    for author in item.findall(f"{DC}creator"):
        if not (author.text or "").strip():
            yield "an author is blank"
    yield from language_faults(item.findtext(f"{DC}language"))
    yield from point_faults(item)
    for tag in ("description", f"{CONTENT}encoded"):
        yield from unsafe(item.findtext(tag))


def atom_faults(body: bytes, location: str) -> Iterator[str]:
    root = etree.fromstring(body)
    yield from twice(root, {f"{ATOM}{name}" for name in ("id", "title", "subtitle", "updated", "generator")})
    yield from self_faults(root, location, "application/atom+xml")
    yield from links_faults(root)
    tags = [child.tag for child in root]
    if f"{ATOM}entry" in tags and set(tags[tags.index(f"{ATOM}entry") :]) != {f"{ATOM}entry"}:
        yield "something of the feed stands after an entry"
    for name in ("id", "title", "updated", "author"):
        if root.find(f"{ATOM}{name}") is None:
            yield f"the feed has no {name}"
    for name in ("id", "updated"):
        found = Counter(entry.findtext(f"{ATOM}{name}") for entry in root.iter(f"{ATOM}entry"))
        yield from (f"two entries have the {name} {value}" for value, times in found.items() if times > 1)
    for entry in root.iter(f"{ATOM}entry"):
        yield from entry_faults(entry)


def entry_faults(entry: etree._Element) -> Iterator[str]:
    once = {
        f"{ATOM}{name}" for name in ("id", "title", "updated", "published", "summary", "content", "source")
    }
    many = {f"{ATOM}{name}" for name in ("author", "link", "category")}
    single = {f"{MEDIA}thumbnail", f"{GEORSS}point", f"{GEORSS}featureName"}
    yield from twice(entry, once | single)
    yield from unknown(entry, once | many | single)
    for name in ("id", "title", "updated"):
        if entry.find(f"{ATOM}{name}") is None:
            yield f"an entry has no {name}"
    for name in ("updated", "published"):
        yield from rfc3339_faults(entry.findtext(f"{ATOM}{name}"))
    if not URN_OR_URL.fullmatch(entry.findtext(f"{ATOM}id", "")):
        yield "an id is no URI in its usual form"
    relations = {link.get("rel") for link in entry.findall(f"{ATOM}link")}
    if relations & HISTORY_RELATIONS:
        yield "an entry links to an archive"
    if entry.find(f"{ATOM}content") is None and not (
        "alternate" in relations and entry.findtext(f"{ATOM}summary")
    ):
        yield "an entry has no content, and not both a link and a summary"
    yield from links_faults(entry)
    for source in entry.findall(f"{ATOM}source"):
        for name in ("id", "title", "updated"):
            if not source.findtext(f"{ATOM}{name}"):
                yield f"a source has no {name}"
        if "self" not in {link.get("rel") for link in source.findall(f"{ATOM}link")}:
            yield "a source does not link to itself"
        if not URN_OR_URL.fullmatch(source.findtext(f"{ATOM}id", "")):
            yield "the id of a source is no URI in its usual form"
    yield from language_faults(entry.get(XML_LANG))
    yield from point_faults(entry)
    content = entry.find(f"{ATOM}content")
    if content is not None and content.get("type") == "html":
        yield from unsafe(content.text)


def opml_faults(body: bytes) -> Iterator[str]:
    root = etree.fromstring(body)
    if root.get("version") != "2.0" or [child.tag for child in root] != ["head", "body"]:
        yield "this is no OPML 2.0"
    if root.find("body/outline") is None:
        yield "the body has no outline"
    for outline in root.iter("outline"):
        if not outline.get("text"):
            yield "an outline has no text"
        if outline.get("title") and not outline.get("type"):
            yield "an outline has a title and no type"
        if outline.get("type") == "rss":
            yield from url_faults(outline.get("xmlUrl"))
            if not outline.get("title"):
                yield "a feed has no title"
        yield from language_faults(outline.get("language"))


def self_faults(parent: etree._Element, location: str, kind: str) -> Iterator[str]:
    links = [link for link in parent.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if [(link.get("href"), link.get("type")) for link in links] != [(location, kind)]:
        yield "the link to itself is missing or is not where the feed was found"


def links_faults(parent: etree._Element) -> Iterator[str]:
    seen: Counter[tuple[str | None, str | None]] = Counter()
    for link in parent.findall(f"{ATOM}link"):
        yield from url_faults(link.get("href"))
        if link.get("rel") not in RELATIONS:
            yield f"the relation {link.get('rel')} is not registered"
        if link.get("type") is not None and not MIME.fullmatch(link.get("type", "")):
            yield "a link has no media type"
        if link.get("rel") != "enclosure":
            seen[link.get("type"), link.get("rel")] += 1
    yield from (f"two links are {pair}" for pair, times in seen.items() if times > 1)


def twice(parent: etree._Element, once: set[str]) -> Iterator[str]:
    counted = Counter(str(child.tag) for child in parent)
    yield from (f"{tag} stands {counted[tag]} times" for tag in sorted(once) if counted[tag] > 1)


def unknown(parent: etree._Element, known: set[str]) -> Iterator[str]:
    yield from (f"{child.tag} is not known here" for child in parent if child.tag not in known)


def url_faults(url: str | None) -> Iterator[str]:
    parts = urlsplit(url or "")
    if parts.scheme not in ("http", "https") or not parts.netloc or not URI.fullmatch(url or ""):
        yield f"{url!r} is no complete web address"


def language_faults(tag: str | None) -> Iterator[str]:
    if tag is not None and not LANGUAGE.fullmatch(tag):
        yield f"{tag!r} is no language"


def rfc822_faults(said: str | None) -> Iterator[str]:
    at = parsedate_to_datetime(said or "")
    if said != at.strftime("%a, %d %b %Y %H:%M:%S GMT"):
        yield f"{said!r} is no date of RFC 822"
    if at < datetime(1970, 1, 1, tzinfo=UTC):
        yield f"{said!r} is not plausible"


def rfc3339_faults(said: str | None) -> Iterator[str]:
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", said or ""):
        yield f"{said!r} is no date of RFC 3339"


def point_faults(parent: etree._Element) -> Iterator[str]:
    for point in parent.findall(f"{GEORSS}point"):
        lat, lon = map(float, str(point.text).split(" "))
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            yield f"{point.text} is no point"
        if not parent.findtext(f"{GEORSS}featureName"):
            yield "a point has no name"


def html_in(element: etree._Element | None) -> Iterator[str]:
    if element is not None and re.search(r"</?[a-zA-Z][^>]*>|&[a-z]+;", element.text or ""):
        yield f"there is HTML in {element.tag}"


def unsafe(html: str | None) -> Iterator[str]:
    """Elements and attributes that the validator warns of, and addresses that are not complete."""
    if not (html or "").strip():
        return
    for element in lxml.html.fragment_fromstring(html or "", create_parent="div").iter(etree.Element):
        if element.tag not in SAFE:
            yield f"{element.tag} is a risk"
        yield from (f"{name} is a risk" for name in map(str, element.attrib) if name not in SAFE_ATTRIBUTES)
        for name in ("href", "src"):
            if element.get(name) is not None and not element.get(name, "").startswith(("http", "mailto:")):
                yield f"{element.get(name)} is relative"
