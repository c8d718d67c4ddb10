"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), and what is left of one that was cut off."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

from aggregator.errors import ParseError
from aggregator.parse.dates import parse_date
from aggregator.parse.document import Document
from aggregator.parse.draft import from_plain, language_tag
from aggregator.parse.hints import feed_of
from aggregator.schema import Enclosure, Entry, Feed, Term
from aggregator.urls import resolve

_MAX_PARTS = 500_000
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BLANK = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder(strict=False)


def read(document: Document) -> Feed:
    """The feed in a JSON document. Raises ParseError if it is none, or too deep or fragmented."""
    data = document.data
    if data.count(b"{") + data.count(b"[") > _MAX_PARTS or data.count(b",") > 4 * _MAX_PARTS:
        raise ParseError(
            f"The JSON document has more than {_MAX_PARTS:,} parts, which no feed needs, so it was refused; "
            "check what the publisher serves."
        )
    text = data.decode("utf-8")
    try:
        found = _DECODER.decode(text)
    except RecursionError:
        raise ParseError(
            "The JSON document is nested too deeply to be a feed; check what the publisher serves."
        ) from None
    except ValueError as error:
        document, found = _cut_off(document, text, error)
    if not isinstance(found, dict) or not isinstance(found.get("items"), list):
        raise ParseError("The body is JSON but not JSON Feed (it has no list of items); check the address.")
    language = _string(found, "language")
    entries = [
        entry for item in _list(found, "items", dict) if (entry := _entry(item, document.base, language))
    ]
    title, link = escape(_string(found, "title")), _string(found, "home_page_url")
    props = {"title": title, "link": link, "language": language}
    return feed_of(props, entries, document)


def _cut_off(document: Document, text: str, error: ValueError) -> tuple[Document, dict[str, Any]]:
    """The complete items of a document that does not end, or is broken, in the middle."""
    begin = _ITEMS.search(text)
    items: list[Any] = []
    position = begin.end() if begin else len(text)
    while position < len(text):
        position = _BLANK.match(text, position).end()  # type: ignore[union-attr]
        try:
            item, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        items.append(item)
    if not items:
        raise ParseError(
            f"The body begins like JSON but is not: {error}; check what the publisher serves."
        ) from None
    note = f"the JSON is broken ({error})"
    return replace(document, truncated=True, notes=(*document.notes, note)), {"items": items}


def _entry(item: Mapping[str, Any], base: str, language: str) -> Entry | None:
    html, plain = _string(item, "content_html"), _string(item, "content_text")
    content = html or from_plain(plain)
    summary = from_plain(_string(item, "summary"))
    guid = _string(item, "id")
    published = parse_date(_string(item, "date_published"))
    updated = parse_date(_string(item, "date_modified"))
    tags = dict.fromkeys(" ".join(printable(tag).split()) for tag in _list(item, "tags", str))
    entry = Entry(
        guid=guid,
        link=next((link for link in _links(item, guid, base) if link), ""),
        title=escape(_string(item, "title"), quote=False),
        authors=_authors(item),
        published=published or updated,
        updated=updated,
        language=language_tag(_string(item, "language")) or language_tag(language),
        summary=summary,
        content=content,
        base=base,
        terms=tuple(Term(label=tag) for tag in tags if tag),
        enclosures=_enclosures(item, base),
        image=resolve(base, _string(item, "image")) or resolve(base, _string(item, "banner_image")),
    )
    says = guid, entry.link, entry.title, content, summary, entry.enclosures, entry.image
    return entry if any(says) else None


def _links(item: Mapping[str, Any], guid: str, base: str) -> list[str]:
    addresses = [_string(item, "url"), _string(item, "external_url")]
    if guid.startswith(("http://", "https://")):
        addresses.append(guid)
    return [resolve(base, address) for address in addresses]


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    people = [item.get("author"), *_list(item, "authors", dict)]
    names = (" ".join(_string(person, "name").split()) for person in people if isinstance(person, dict))
    return tuple(dict.fromkeys(name for name in names if name))


def _enclosures(item: Mapping[str, Any], base: str) -> tuple[Enclosure, ...]:
    found: dict[str, Enclosure] = {}
    for attachment in _list(item, "attachments", dict):
        url = resolve(base, _string(attachment, "url"))
        size = attachment.get("size_in_bytes")
        if url:
            length = int(size) if isinstance(size, (int, float)) and 0 < size < 1e15 else None
            found.setdefault(url, Enclosure(url=url, type=_string(attachment, "mime_type"), length=length))
    return tuple(found.values())


def _list(item: Mapping[str, Any], name: str, kind: type) -> list[Any]:
    found = item.get(name)
    return [one for one in found if isinstance(one, kind)] if isinstance(found, list) else []


def _string(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return printable(value).strip() if isinstance(value, str) else ""


def printable(text: str) -> str:
    """Without control characters and lone surrogates, which JSON can smuggle in by escapes."""
    return _UNWANTED.sub("", text).encode("utf-8", "replace").decode("utf-8")
