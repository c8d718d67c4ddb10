"""Names of XML elements and attributes, as feedparser knows them: `media_content`, `dc_creator`, `pubdate`.

A known namespace has its standard prefix, whatever prefix the document uses; an unknown one keeps the
document's. Names are compared in lower case.
"""

from __future__ import annotations

from typing import cast

from feedparser.mixin import _FeedParserMixin
from lxml import etree

from aggregator.errors import ParseError

MAX_ATTRIBUTES = 200
_PREFIXES: dict[str, str] = {uri.lower(): prefix for uri, prefix in _FeedParserMixin.namespaces.items()}


class Names:
    """The names in one document, remembered tag by tag."""

    __slots__ = ("_attributes", "_elements")

    def __init__(self) -> None:
        self._elements: dict[str, str] = {}
        self._attributes: dict[str, str] = {}

    def of(self, element: etree._Element) -> str:
        """`prefix_local` of an element, or `local` in the namespaces of RSS and Atom."""
        tag = element.tag
        name = self._elements.get(tag)
        if name is None:
            uri, local = split(tag)
            prefix = standard_prefix(uri, element.prefix or "")
            name = self._elements[tag] = f"{prefix.lower()}_{local}".lower() if prefix else local.lower()
        return name

    def attributes(self, element: etree._Element) -> dict[str, str]:
        """The attributes with names as in `rdf:about`; values of rel and type in lower case.

        Raises ParseError if there are too many: lxml's time grows with the square of their number.
        """
        found: dict[str, str] = {}
        number = len(element.keys())
        if not number:
            return found
        if number > MAX_ATTRIBUTES:
            raise ParseError(
                f"The document gives an element more than {MAX_ATTRIBUTES} attributes, which no feed needs, "
                "so it was refused; check what the publisher serves."
            )
        for tag, value in cast("list[tuple[str, str]]", element.items()):
            name = self._attributes.get(tag)
            if name is None:
                uri, local = split(tag)
                prefix = _PREFIXES.get(uri.lower(), "") if uri else ""
                name = self._attributes[tag] = (f"{prefix}:{local}" if prefix else local).lower()
            found[name] = value.lower() if name in ("rel", "type") else value
        return found


def split(tag: str) -> tuple[str, str]:
    """Namespace and local name of lxml's `{namespace}local`."""
    uri, brace, local = tag.partition("}")
    return (uri[1:], local) if brace else ("", tag)


def standard_prefix(uri: str, given: str) -> str:
    """The prefix feedparser uses for a namespace."""
    if not uri:
        return ""
    lower = uri.lower()
    if "backend.userland.com/rss" in lower:
        return ""
    return _PREFIXES.get(lower, given)
