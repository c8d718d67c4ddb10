"""Titles, descriptions, contents and authors of an entry, with feedparser's order of precedence."""

from __future__ import annotations

import re

from feedparser.mixin import _FeedParserMixin
from lxml import etree

from aggregator.parse.draft import repaired
from aggregator.parse.reading import Attributes, Element, Reading, content, plain

_MAX_AUTHOR = 1_000
_EMAIL = re.compile(
    r"""(([a-zA-Z0-9\_\-\.\+]+)@((\[[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.)|(([a-zA-Z0-9\-]+\.)+))"""
    r"""([a-zA-Z]{2,4}|[0-9]{1,3})(\]?))(\?subject=\S+)?"""
)
"""feedparser's, so that both readers find the same names."""


def title(reading: Reading, element: etree._Element, attributes: Attributes, depth: int) -> bool:
    """A title: the first counts, unless a later one is nearer to the entry."""
    text = content(reading, element, attributes, "text/plain")
    if not -1 < reading.title_depth <= depth:
        reading.save("title", text.value, depth)
        reading.draft.details["title"] = text
    if text.value:
        reading.title_depth = depth
    return False


def media_title(reading: Reading, element: etree._Element, attributes: Attributes, depth: int) -> bool:
    """A title that does not keep a later real title from counting."""
    before = reading.title_depth
    title(reading, element, attributes, depth)
    reading.title_depth = before
    return False


def describe(default: str) -> Element:
    """A summary; if there is one already, and no content, it is the content. `default` is its media type."""

    def described(reading: Reading, element: etree._Element, attributes: Attributes, depth: int) -> bool:
        if "summary" in reading.draft.props and not reading.has_content:
            return second_content(reading, element, attributes, depth)
        text = content(reading, element, attributes, default)
        reading.save("summary", text.value, depth)
        reading.draft.details["summary"] = text
        return False

    return described


def full(default: str) -> Element:
    """A full text, which is the summary as well unless one is given. `default` is its media type."""

    def filled(reading: Reading, element: etree._Element, attributes: Attributes, depth: int) -> bool:
        reading.has_content = True
        text = content(reading, element, attributes, default)
        reading.draft.contents.append(text)
        reading.draft.props.setdefault("summary", text.value)
        return False

    return filled


second_content = full("text/plain")


def author(reading: Reading, element: etree._Element, _: Attributes, depth: int) -> bool:
    """An author, as elements inside (Atom) or as one text (RSS, Dublin Core)."""
    person: dict[str, str] = {}
    text = element.text or ""
    for child in element:
        name = _AUTHOR_PARTS.get(reading.names.of(child))
        if name is not None:
            _settle(reading, person)
            reading.author = {} if reading.author is None else reading.author
            person[name] = reading.author[name] = plain(reading, child)
        elif len(child) or hasattr(_FeedParserMixin, f"_start_{reading.names.of(child)}"):
            reading.doubt()
        text += child.tail or ""
    reading.save("author", repaired(text.strip()), depth)
    reading.draft.authors.append(person)
    _settle(reading, person)
    return False


def _settle(reading: Reading, person: dict[str, str]) -> None:
    """Name and mail address of an author from his text, or the text from name and address."""
    if not person:
        person.update(_name_and_email(reading, reading.draft.props.get("author", "")))
        if person and reading.author is None:
            reading.author = person
        return
    name, email = person.get("name"), person.get("email")
    shown = f"{name} ({email})" if name and email else name or email
    if shown:
        reading.draft.props["author"] = shown


_AUTHOR_PARTS = {
    "name": "name",
    "itunes_name": "name",
    "email": "email",
    "itunes_email": "email",
    "url": "href",
    "uri": "href",
    "homepage": "href",
}


def _name_and_email(reading: Reading, author: str) -> dict[str, str]:
    """`Jane Doe (jane@example.org)` in any order and bracket."""
    found = {}
    if len(author) > _MAX_AUTHOR:
        reading.doubt()
        return {"name": author[:_MAX_AUTHOR]}
    match = _EMAIL.search(author) if "@" in author else None
    if match:
        found["email"] = match[0]
        for gone in (match[0], "()", "<>", "&lt;&gt;"):
            author = author.replace(gone, "")
        author = author.strip().removeprefix("(").removesuffix(")").strip()
    if author:
        found["name"] = author
    return found
