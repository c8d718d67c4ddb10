"""From the bytes of a download to a document for the readers: what it is, where it begins, what to refuse.

Everything before the root element (declaration, stylesheet instructions, comments, document type) is cut
off, so no parser ever sees a DTD: nothing can be expanded or loaded. Harmless entities it declares are kept
aside for `mend`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from aggregator.errors import ParseError
from aggregator.parse.decode import to_utf8
from aggregator.schema import Download
from aggregator.urls import resolve, without_credentials

ROOTS = (b"rss", b"feed", b"rdf", b"channel")
_MAX_DOCTYPE = 65_536
_MAX_ENTITY = 1_000
_NAME = re.compile(rb"<((?:[A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60}))(?=[\s/>])")
_START = re.compile(rb"<\?xml\s|<(?:[\w.-]{1,60}:)?(?:rss|feed|rdf)(?=[\s>])", re.IGNORECASE)
_PAGE = re.compile(rb"<!doctype\s+html|<(?:html|head|body|meta|title|div|script|h1|p)[\s>]", re.IGNORECASE)
_LINK = re.compile(rb"<link\s[^>]{0,2000}>", re.IGNORECASE)
_FEED_TYPE = re.compile(rb"application/(?:rss\+xml|atom\+xml|feed\+json)", re.IGNORECASE)
_HREF = re.compile(rb"href\s*=\s*[\"']?([^\"'\s>]{1,1000})", re.IGNORECASE)
_ENTITY = re.compile(
    rb"<!ENTITY\s+(?P<parameter>%\s+)?(?P<name>[\w.-]{1,100})\s+"
    rb"(?:(?P<external>SYSTEM|PUBLIC)\b|\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')"
)
_CHARACTER = re.compile(rb"&#(?:\d{1,7}|x[0-9a-fA-F]{1,6});")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A body that may be a feed."""

    data: bytes
    """UTF-8; XML beginning with its root element, or JSON."""
    base: str
    """Address relative links are relative to; empty for a local file."""
    json: bool = False
    root: bytes = b""
    """Qualified name of the root element as written."""
    entities: dict[bytes, bytes] = field(default_factory=dict)
    """Harmless entities the document declares."""
    notes: tuple[str, ...] = ()
    """What was mended, as phrases."""
    truncated: bool = False
    mended: bool = False


def open_document(download: Download) -> Document:
    """The document in a download.

    Raises ParseError if it is empty, an HTML page, no feed, or declares entities that could explode.
    """
    data, notes = to_utf8(download.body, download.content_type)
    data = data.strip()
    base = resolve(download.final_url, download.final_url)
    if not data:
        raise ParseError("The body is empty, so there is no feed to read; open the address in a browser.")
    if data[:1] in (b"{", b"["):
        return Document(data=data, base=base, json=True, notes=notes)
    begin, entities = _prolog(data, 0)
    name = _NAME.match(data, begin)
    if name is None or name[2].lower() not in ROOTS:
        begin, entities = _search(data, begin, name, base)
        name = _NAME.match(data, begin)
        notes = (*notes, "text before the feed was skipped")
    if name is None or name[2].lower() not in ROOTS:
        raise _no_feed(data, name, base)
    return Document(data=data[begin:], base=base, root=name[1], entities=entities, notes=notes)


def _prolog(data: bytes, begin: int) -> tuple[int, dict[bytes, bytes]]:
    """Where the root element begins, and the harmless entities declared before it."""
    entities: dict[bytes, bytes] = {}
    while True:
        while data[begin : begin + 1].isspace():
            begin += 1
        if data.startswith(b"<?", begin):
            end = data.find(b"?>", begin) + 2
        elif data.startswith(b"<!--", begin):
            end = data.find(b"-->", begin) + 3
        elif data[begin : begin + 9].upper() == b"<!DOCTYPE":
            end, subset = _doctype(data, begin)
            entities.update(_entities(subset))
        else:
            return begin, entities
        if end < begin + 4:
            return begin, entities
        begin = end


def _doctype(data: bytes, begin: int) -> tuple[int, bytes]:
    """Where a document type declaration ends, and its internal subset."""
    window = data[begin : begin + _MAX_DOCTYPE]
    subset_begin = 0
    position = 9
    while match := re.compile(rb"[\"'\[\]>]|<!--").search(window, position):
        position = match.end()
        closing = {b'"': b'"', b"'": b"'", b"<!--": b"-->"}.get(match[0])
        if closing:
            position = window.find(closing, position) + len(closing)
            if position < len(closing):
                break
        elif match[0] == b"[" and not subset_begin:
            subset_begin = position
        elif match[0] == b"]" and subset_begin:
            end = window.find(b">", position)
            if end < 0:
                break
            return begin + end + 1, window[subset_begin : match.start()]
        elif match[0] == b">" and not subset_begin:
            return begin + position, b""
    raise ParseError(
        f"The document type declaration is broken or longer than {_MAX_DOCTYPE // 1024} kB, as in an "
        "attack by entities, so the feed was refused; ask the publisher to remove the DOCTYPE."
    )


def _entities(subset: bytes) -> dict[bytes, bytes]:
    """The literal entities of an internal subset; external ones are left out and never loaded."""
    harmless: dict[bytes, bytes] = {}
    for match in _ENTITY.finditer(subset):
        if match["external"] or match["parameter"]:
            continue
        value = match["double"] if match["double"] is not None else match["single"]
        if len(value) > _MAX_ENTITY or b"&" in _CHARACTER.sub(b"", value):
            raise ParseError(
                "The document declares entities that expand into other entities or into very long text, as "
                'the "billion laughs" attack does, so it was refused; ask the publisher to remove them.'
            )
        harmless.setdefault(match["name"], value.replace(b"<", b"&lt;").replace(b">", b"&gt;"))
    return harmless


def _search(
    data: bytes, begin: int, name: re.Match[bytes] | None, base: str
) -> tuple[int, dict[bytes, bytes]]:
    """Where a feed begins behind other text, such as a warning of the publisher's software."""
    if name is not None and name[2].lower() == b"html":
        raise _no_feed(data, name, base)
    match = _START.search(data, begin, begin + 200_000)
    if match is None:
        raise _no_feed(data, name, base)
    return _prolog(data, match.start())


def _no_feed(data: bytes, name: re.Match[bytes] | None, base: str) -> ParseError:
    if _PAGE.search(data, 0, 4096):
        offered = _offered_feed(data, base)
        advice = f"use {offered} instead" if offered else "look for the address of its feed"
        return ParseError(f"The body is an HTML page, not a feed; {advice}.")
    if name is not None:
        root = name[1].decode("utf-8", "replace")
        return ParseError(f"The body is XML but not a feed (its root is <{root}>); check the address.")
    return ParseError("The body is neither RSS, Atom, RDF nor JSON Feed; check the address in a browser.")


def _offered_feed(data: bytes, base: str) -> str:
    """The first feed an HTML page offers (RSS autodiscovery), absolute, without credentials; else ''."""
    for link in _LINK.finditer(data, 0, 524_288):
        href = _HREF.search(link[0])
        if href and b"alternate" in link[0].lower() and _FEED_TYPE.search(link[0]):
            return without_credentials(resolve(base, unescape(href[1].decode("utf-8", "replace"))))
    return ""
