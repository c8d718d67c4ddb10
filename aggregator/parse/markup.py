"""Texts of the tree: plain, escaped HTML, or inline XHTML written out as feedparser writes it."""

from __future__ import annotations

from html import escape

from feedparser.mixin import _FeedParserMixin
from lxml import etree

from aggregator.parse.names import Names, split, standard_prefix

_MAX_DEPTH = 200
_DOUBTFUL = ("math", "svg")
_QUOTE = '"'
_XML = "{http://www.w3.org/XML/1998/namespace}"


class Doubt(Exception):
    """The fast reader cannot promise to agree with feedparser; never leaves the room."""


def media_type(text: str) -> str:
    """The full media type of Atom's short ones."""
    text = text.lower()
    return {
        "text": "text/plain",
        "plain": "text/plain",
        "html": "text/html",
        "xhtml": "application/xhtml+xml",
    }.get(text, text)


def all_text(element: etree._Element, between: str = "") -> str:
    """The text of an element and all below it."""
    return between.join(str(text) for text in element.itertext())


def inner_xhtml(element: etree._Element, names: Names, *, atom: bool, strict: bool) -> str:
    """The markup inside an element; in Atom 1.0 without the one div that encloses it (RFC 4287 3.1.1.3).

    Raises Doubt, if strict, at elements which feedparser confuses with elements of the feed.
    """
    pieces = [_escaped(element.text)]
    for child in element:
        _write(child, names, pieces, strict, 0)
    if atom:
        pieces = _without_enclosing_div(pieces)
    return "".join(pieces)


def _write(element: etree._Element, names: Names, pieces: list[str], strict: bool, depth: int) -> None:
    uri, local = split(element.tag)
    local = local.lower()
    if strict:
        _refuse_confusing(uri, local, element)
    if depth < _MAX_DEPTH:
        pieces.append(f"<{local}{_attributes(element, names)}>")
        pieces.append(_escaped(element.text))
        for child in element:
            _write(child, names, pieces, strict, depth + 1)
        pieces.append(f"</{local}>")
    elif strict:
        raise Doubt
    pieces.append(_escaped(element.tail))


def _refuse_confusing(uri: str, local: str, element: etree._Element) -> None:
    prefix = standard_prefix(uri, element.prefix or "")
    name = f"{prefix}_{local}" if prefix else local
    if local in _DOUBTFUL or hasattr(_FeedParserMixin, f"_end_{name}"):
        raise Doubt
    tags = (str(tag) for tag in element.attrib)
    if any(tag.startswith("{") and not tag.startswith(_XML) for tag in tags):
        raise Doubt


def _attributes(element: etree._Element, names: Names) -> str:
    attributes = names.attributes(element).items()
    return "".join(f' {name}="{_escaped(value).replace(_QUOTE, "&quot;")}"' for name, value in attributes)


def _escaped(text: str | None) -> str:
    return escape(text, quote=False) if text else ""


def _without_enclosing_div(pieces: list[str]) -> list[str]:
    begin, end = 0, len(pieces)
    while end - begin > 1 and not pieces[end - 1].strip():
        end -= 1
    while end - begin > 1 and not pieces[begin].strip():
        begin += 1
    pieces = pieces[begin:end]
    if not (pieces and (pieces[0] == "<div>" or pieces[0].startswith("<div ")) and pieces[-1] == "</div>"):
        return pieces
    depth = 0
    for piece in pieces[:-1]:
        if piece.startswith("</"):
            depth -= 1
            if depth == 0:
                return pieces
        elif piece.startswith("<"):
            depth += 1
    return pieces[1:-1]
