"""The fast reader: a well-formed feed as lxml's tree, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator

from feedparser.urls import make_safe_absolute_uri
from lxml import etree

from aggregator.errors import ParseError
from aggregator.parse.document import Document
from aggregator.parse.draft import Draft, repaired, shape
from aggregator.parse.elements import ELEMENTS, enforce_href
from aggregator.parse.hints import feed_of
from aggregator.parse.markup import Doubt, all_text
from aggregator.parse.names import Names
from aggregator.parse.reading import Reading, enter
from aggregator.schema import Entry, Feed

_MAX_DEPTH = 100
_ATOM10 = "http://www.w3.org/2005/atom"
_RSS10 = "http://purl.org/rss/1.0/"
_PROPS = frozenset(
    {"title", "link", "language", "dc_language", "ttl", "skiphours", "skipdays"}
    | {"sy_updateperiod", "sy_updatefrequency"}
)


def root_of(document: Document) -> etree._Element:
    """The root of the document's tree. Raises etree.XMLSyntaxError if it is not well-formed."""
    return etree.fromstring(document.data, _parser(recover=False))


def read_leniently(document: Document) -> Feed:
    """The feed in whatever can be read of a document. Raises ParseError if that is nothing."""
    root: etree._Element | None = etree.fromstring(document.data, _parser(recover=True))
    if root is None:
        raise ParseError("The feed is broken beyond repair; ask the publisher to correct it.")
    return read(document, root, strict=False)


def _parser(*, recover: bool) -> etree.XMLParser:
    """A parser that loads and expands nothing."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


def read(document: Document, root: etree._Element, *, strict: bool) -> Feed:
    """The feed in a tree. Raises Doubt, if strict, where it might differ from feedparser."""
    names = Names()
    version = _version(root, names)
    atom = version.startswith("atom")
    first = Reading(names=names, strict=strict, atom10=version == "atom10", base=document.base, language=None)
    attributes = names.attributes(root)
    first.base = first.base or attributes.get("xml:base", attributes.get("base", ""))
    if first.base:
        first.base = make_safe_absolute_uri(first.base, first.base) or first.base
    elif strict and b"base=" in document.data:
        raise Doubt  # without an address feedparser lets a base reach beyond its element
    enter(first, attributes)
    props = _feed_props(root, first)
    entries: list[Entry] = []
    found = 0
    for element, scope in _entries(root, first):
        found += 1
        if not len(element) and not element.keys():
            continue
        entry = shape(_draft(element, scope), atom=atom, base=first.base, language=props.get("language", ""))
        if entry is not None:
            entries.append(entry)
    if strict and found != sum(1 for _ in root.iter("{*}item", "{*}entry")):
        raise Doubt
    return feed_of(props, entries, document)


def _version(root: etree._Element, names: Names) -> str:
    """What feedparser takes the document for: the first telling namespace counts, but rss is rss."""
    name = names.of(root)
    if name == "rss":
        return "rss"
    for uri in root.nsmap.values():
        if uri.lower() == _RSS10:
            return "rss10"
        if uri.lower() == _ATOM10:
            return "atom10"
    return "atom" if name == "feed" else ""


def _entries(root: etree._Element, first: Reading) -> Iterator[tuple[etree._Element, Reading]]:
    """Entries where they belong: below the root, or below a channel; with what is in scope there."""
    for element in root:
        name = first.names.of(element)
        if name in ("item", "entry"):
            yield element, _scoped(first, element)
            first.has_content = False
        elif name == "channel":
            scope = _scoped(first, element)
            for inner in element:
                inner_name = first.names.of(inner)
                if inner_name in ("item", "entry"):
                    yield inner, _scoped(scope, inner)
                    scope.has_content = False
                else:
                    _describe_feed(scope, inner_name)
            first.has_content = scope.has_content
        else:
            _describe_feed(first, name)


def _describe_feed(scope: Reading, name: str) -> None:
    """A second description of the feed is content to feedparser, which remembers it until an entry ends."""
    if name in ("content", "content_encoded"):
        scope.has_content = True
    elif name in ("summary", "itunes_summary", "description", "dc_description", "media_description"):
        if "summary" in scope.draft.props and not scope.has_content:
            scope.has_content = True
        elif name.endswith("summary"):
            scope.draft.props["summary"] = ""


def _scoped(outer: Reading, element: etree._Element) -> Reading:
    inner = Reading(
        names=outer.names,
        strict=outer.strict,
        atom10=outer.atom10,
        base=outer.base,
        language=outer.language,
        has_content=outer.has_content,
    )
    enter(inner, outer.names.attributes(element))
    return inner


def _draft(element: etree._Element, reading: Reading) -> Draft:
    attributes = reading.names.attributes(element)
    if "lastmod" in attributes or "href" in attributes:
        reading.doubt()
    about = attributes.get("rdf:about")
    if about:
        reading.draft.props["id"] = about
    _walk(element, reading, 1)
    return reading.draft


def _walk(parent: etree._Element, reading: Reading, depth: int) -> None:
    names = reading.names
    for element in parent:
        name = names.of(element)
        attributes = names.attributes(element)
        outer = reading.base, reading.language
        if attributes:
            enter(reading, attributes)
        known = ELEMENTS.get(name)
        if known is not None:
            inside = known(reading, element, attributes, depth)
        else:
            inside = True
            if not attributes:
                reading.save(name, repaired((element.text or "").strip()), depth)
        if inside and len(element):
            if depth < _MAX_DEPTH:
                _walk(element, reading, depth + 1)
            else:
                reading.doubt()
        reading.base, reading.language = outer


def _feed_props(root: etree._Element, first: Reading) -> dict[str, str]:
    """Title, link, language and what is said about polling, as texts."""
    names = first.names
    props: dict[str, str] = {}
    places = [root, *(child for child in root if names.of(child) == "channel")]
    for element in (child for place in places for child in place):
        name = names.of(element)
        if name in _PROPS:
            value = all_text(element, " ").strip()
            if name == "link":
                attributes = names.attributes(element)
                enforce_href(attributes)
                value = (
                    attributes.get("href", value) if attributes.get("rel", "alternate") == "alternate" else ""
                )
            if value and name.endswith("language"):
                props["language"] = value
            elif value:
                props.setdefault(name, repaired(value))
    if first.language:
        props.setdefault("language", first.language)
    return props
