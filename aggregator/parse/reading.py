"""One entry while it is read from lxml's tree: what is in scope, and the reading of texts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from feedparser.urls import _urljoin, make_safe_absolute_uri
from lxml import etree

from aggregator.parse.draft import Draft, Text, repaired
from aggregator.parse.markup import Doubt, all_text, inner_xhtml, media_type
from aggregator.parse.names import Names

Attributes = dict[str, str]


_ABSOLUTE = re.compile(
    r"https?://[A-Za-z0-9.:-]+(?:/[A-Za-z0-9_./%~@:,=+!&$'()*-]*)?"
    r"(?:\?[A-Za-z0-9_./%~@:,=+!&$'()*?-]+)?(?:#[A-Za-z0-9_./%~@:,=+!&$'()*?-]+)?"
)
"""Addresses that joining leaves as they are, which is most of them."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """One entry while it is read from the tree."""

    names: Names
    strict: bool
    """Raise Doubt where agreement with feedparser is not certain, instead of making the best of it."""
    atom10: bool
    base: str
    language: str | None
    draft: Draft = field(default_factory=Draft)
    depths: dict[str, int] = field(default_factory=dict)
    title_depth: int = -1
    has_content: bool = False
    author: dict[str, str] | None = None
    """feedparser's author_detail: the first author known by his text, whom later names overwrite."""
    tags: set[tuple[str, str, str]] = field(default_factory=set)

    def doubt(self) -> None:
        if self.strict:
            raise Doubt

    def save(self, name: str, value: str, depth: int) -> None:
        if depth <= self.depths.get(name, depth):
            self.depths[name] = depth
            self.draft.props[name] = value


def enter(reading: Reading, attributes: Attributes) -> None:
    """xml:base and xml:lang come into scope."""
    base = attributes.get("xml:base", attributes.get("base"))
    if base:
        if reading.base:
            reading.base = make_safe_absolute_uri(reading.base, base) or reading.base
        else:
            reading.base = _urljoin("", base)
    language = attributes.get("xml:lang", attributes.get("lang"))
    if language is not None:
        reading.language = language or None


def joined(reading: Reading, address: str) -> str:
    """An address made absolute as feedparser does."""
    return address if _ABSOLUTE.fullmatch(address) else str(_urljoin(reading.base, address))


def plain(reading: Reading, element: etree._Element) -> str:
    """The text of an element that should have no children, stripped."""
    if len(element):
        reading.doubt()
        return all_text(element).strip()
    return (element.text or "").strip()


def content(reading: Reading, element: etree._Element, attributes: Attributes, default: str) -> Text:
    """A text construct."""
    kind = media_type(attributes.get("type", default))
    if "mode" in attributes and attributes["mode"] not in ("escaped", "xml"):
        reading.doubt()
    if kind not in ("text/plain", "text/html", "application/xhtml+xml"):
        reading.doubt()
        kind = "application/xhtml+xml" if kind.endswith("xml") or len(element) else "text/html"
    if kind == "application/xhtml+xml":
        value = inner_xhtml(element, reading.names, atom=reading.atom10, strict=reading.strict)
    elif len(element):
        reading.doubt()
        kind = "application/xhtml+xml"
        value = inner_xhtml(element, reading.names, atom=False, strict=False)
    else:
        value = element.text or ""
    return Text(repaired(value.strip()), kind, (reading.language or "").replace("_", "-"), reading.base)


Element = Callable[[Reading, etree._Element, Attributes, int], bool]
"""Fills the draft from an element at a depth below the entry; gives whether to look at its children too."""
