"""A document as its entries' bytes, so that those known already need not be read again.

What an entry is depends on its own bytes and on little else: the tags around it, the language and the
address of the feed. A hash of all these names what would be read. Documents whose entries cannot be told
apart for certain by their bytes alone have no pieces.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from hashlib import blake2b

import msgspec

from aggregator.parse.document import Document

_READER = b"1"
"""To be raised when the readers learn to find more in an entry."""
_FIRST = re.compile(rb"<(item|entry)(?=[\s>])")
_OPENING = {name: re.compile(b"<" + name + rb"(?=[\s>])") for name in (b"item", b"entry")}
_LANGUAGE = re.compile(rb"<(?:[\w.-]{1,60}:)?language(?=[\s>])[^<]{0,200}<")
_BLANK = re.compile(rb"\s*")
_BALANCED = ((b"<![CDATA[", b"]]>"), (b"<!--", b"-->"))
_decode_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """A document cut into entries; `hashes` names them, in order."""

    document: Document
    head: bytes
    items: tuple[bytes, ...]
    tail: bytes
    hashes: tuple[str, ...]

    def without(self, known: Collection[str]) -> Document:
        """The document without the entries of these hashes."""
        if not known:
            return self.document
        kept = [item for item, name in zip(self.items, self.hashes, strict=True) if name not in known]
        between = b"," if self.document.json else b"\n"
        return replace(self.document, data=self.head + between.join(kept) + self.tail)


def pieces(document: Document) -> Pieces | None:
    """The document in pieces; None if it was mended or its entries do not follow one another plainly."""
    if document.notes or document.entities:
        return None
    found = _json(document.data) if document.json else _xml(document.data)
    if found is None:
        return None
    head, items, tail, scope = found
    seed = blake2b(b"\0".join((_READER, document.base.encode("utf-8", "replace"), scope)), digest_size=16)
    key = seed.digest()
    hashes = tuple(blake2b(item, digest_size=10, key=key).hexdigest() for item in items)
    return Pieces(document=document, head=head, items=items, tail=tail, hashes=hashes)


def _xml(data: bytes) -> tuple[bytes, tuple[bytes, ...], bytes, bytes] | None:
    """Head, entries and tail of RSS, RDF or Atom, and what of the head decides how entries are read."""
    first = _FIRST.search(data)
    if first is None:
        return None
    name = first[1]
    opening, closing = _OPENING[name], b"</" + name + b">"
    begin = position = first.start()
    items: list[bytes] = []
    while opening.match(data, position):
        end = data.find(closing, position) + len(closing)
        if end < len(closing):
            return None
        item = data[position:end]
        if b"<?" in item or not _is_balanced(item):
            return None
        items.append(item)
        position = _BLANK.match(data, end).end()  # type: ignore[union-attr]
    head, tail = data[:begin], data[position:]
    if b"<item" in tail or b"<entry" in tail or not _is_balanced(head):
        return None
    return head, tuple(items), tail, _scope(head, tail)


def _is_balanced(part: bytes) -> bool:
    """True if the part neither begins nor ends inside a comment or literal text."""
    return all(part.count(left) == part.count(right) for left, right in _BALANCED)


def _scope(head: bytes, tail: bytes) -> bytes:
    """The tags around the entries, with their namespaces and addresses, and the feed's language."""
    root_end = head.find(b">") + 1
    channel = head.find(b"<channel", root_end)
    around = head[channel : head.find(b">", channel) + 1] if channel >= 0 else b""
    return b"\0".join((head[:root_end], around, *_LANGUAGE.findall(head + tail)))


def _json(data: bytes) -> tuple[bytes, tuple[bytes, ...], bytes, bytes] | None:
    try:
        members = _decode_members(data)
        items = _decode_items(members.pop("items"))
    except (msgspec.DecodeError, KeyError, RecursionError):
        return None
    head = _encode(members)[:-1]
    between = b"," if members else b""
    scope = bytes(members.get("language", b""))
    return head + between + b'"items":[', tuple(bytes(item) for item in items), b"]}", scope
