"""Documents that are not well-formed XML: refuse what is an attack, mend what has one clear meaning.

Mended are undefined or HTML entities, bare ampersands and less-than signs, references to characters that
XML forbids, undeclared namespace prefixes, text behind the end, and documents that were cut off.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html.entities import html5
from xml.parsers import expat

from feedparser.mixin import _FeedParserMixin

from aggregator.errors import ParseError
from aggregator.parse.document import Document
from aggregator.parse.names import MAX_ATTRIBUTES

MAX_DEPTH = 250
_MAX_ELEMENTS = 250_000
_MAX_MENDED = 300_000
_MAX_NAMESPACES = 1_000
_MAX_GROWTH = 1_000_000
_ENTRY = re.compile(rb"<((?:[A-Za-z_][\w.-]{0,60}:)?(?:item|entry))(?=[\s/>])")
_PAIR = re.compile(rb"&#(5[56]\d{3});&#(5[67]\d{3});")
_REFERENCE = re.compile(
    rb"&(?!(?:amp|lt|gt|quot|apos);)(?:#(\d{1,8});|#[xX]([0-9a-fA-F]{1,8});|([A-Za-z][\w.-]{0,100});)?"
)
_LESS = re.compile(rb"<(?![A-Za-z_/!?])")
_PREFIX = re.compile(rb"[<\s/]([A-Za-z_][\w.-]{0,60}):[A-Za-z_][\w.-]{0,60}(?=[\s/>=])")
_DECLARED = re.compile(rb"xmlns:([\w.-]{1,60})\s*=")
_PREDEFINED = (b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"&apos;")
_STANDARD_PREFIXES = {prefix: uri for uri, prefix in reversed(_FeedParserMixin.namespaces.items()) if prefix}


@dataclass(slots=True)
class Probe:
    """What a look through a document with a bare parser shows."""

    error: str = ""
    """What is wrong, and in which line; empty if the document is well-formed."""
    open: tuple[str, ...] = ()
    """Elements still open at the end or at the error, outermost first."""
    largest: int = 0
    """Elements in the largest entry."""


def probe(data: bytes, *, complete: bool = True) -> Probe:
    """Look through a document without building anything.

    Raises ParseError if elements are nested too deeply or there are too many of them or of namespaces.
    """
    parser = expat.ParserCreate("utf-8", " ")
    parser.namespace_prefixes = True
    found = Probe()
    stack: list[str] = []
    counts = [0, 0, 0, 0]  # elements, namespaces, elements of the present entry, most attributes

    def start(name: str, attributes: Mapping[str, str]) -> None:
        counts[0] += 1
        stack.append(name)
        counts[2] = 0 if _local(name) in ("item", "entry") else counts[2] + 1
        found.largest = max(found.largest, counts[2])
        counts[3] = max(counts[3], len(attributes))
        if len(stack) > MAX_DEPTH or counts[0] > _MAX_ELEMENTS or counts[3] > MAX_ATTRIBUTES:
            raise _Exceeded

    def namespace(*_: object) -> None:
        counts[1] += 1
        if counts[1] > _MAX_NAMESPACES + counts[0]:
            raise _Exceeded

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: stack.pop()
    parser.StartNamespaceDeclHandler = namespace
    try:
        parser.Parse(data, complete)
    except expat.ExpatError as error:
        found.error = f"{expat.ErrorString(error.code)} in line {error.lineno}"
    except _Exceeded:
        raise ParseError(_excess(len(stack), counts[0], counts[3])) from None
    found.open = tuple(_qualified(name) for name in stack)
    return found


class _Exceeded(Exception):
    """A limit of the probe; never leaves this module."""


def _excess(depth: int, elements: int, attributes: int) -> str:
    if depth > MAX_DEPTH:
        what = f"nests elements more than {MAX_DEPTH} levels deep"
    elif elements > _MAX_ELEMENTS:
        what = f"has more than {_MAX_ELEMENTS:,} elements"
    elif attributes > MAX_ATTRIBUTES:
        what = f"gives an element more than {MAX_ATTRIBUTES} attributes"
    else:
        what = f"declares more than {_MAX_NAMESPACES:,} namespaces"
    return f"The document {what}, which no feed needs, so it was refused; check what the publisher serves."


def _local(name: str) -> str:
    return name.split(" ")[:2][-1]


def _qualified(name: str) -> str:
    """`prefix:local` of the parser's `uri local prefix`."""
    parts = name.split(" ")
    return f"{parts[2]}:{parts[1]}" if len(parts) == 3 else parts[-1]


def mended(document: Document, error: str) -> Document:
    """The document with what can be mended mended; it may still not be well-formed.

    `error` is what is wrong with it. Raises ParseError for attacks, and if it was cut off before its first
    entry was complete.
    """
    data = document.data
    notes = document.notes
    end = data.rfind(b"</" + document.root)
    tail = data.find(b">", end) + 1
    truncated = end < 0 or tail == 0
    if truncated:
        data = _complete_entries(data)
    elif data[tail:].strip():
        data = data[:tail]
        notes = (*notes, "text after the end of the feed was skipped")
    markup = _mend_outside_cdata(data, document.entities)
    if truncated:
        markup += "".join(f"</{name}>" for name in reversed(probe(markup, complete=False).open)).encode()
    notes = (*notes, f"it is not well-formed ({error})")
    return replace(document, data=markup, notes=notes, truncated=truncated, mended=True)


def _complete_entries(data: bytes) -> bytes:
    """A document that was cut off, without its incomplete last entry."""
    first = _ENTRY.search(data)
    end = -1
    if first is not None:
        closing = b"</" + first[1]
        end = data.find(b">", data.rfind(closing)) if closing in data else -1
    if end < 0:
        raise ParseError("The feed was cut off before its first entry was complete; it is asked again later.")
    return data[: end + 1]


def _mend_outside_cdata(data: bytes, entities: dict[bytes, bytes]) -> bytes:
    _refuse_excess(data, entities)
    parts: list[bytes] = []
    position = 0
    while (begin := data.find(b"<![CDATA[", position)) >= 0:
        end = data.find(b"]]>", begin)
        if end < 0:
            break
        parts.append(_mend_markup(data[position:begin], entities))
        parts.append(data[begin : end + 3])
        position = end + 3
    parts.append(_mend_markup(data[position:], entities))
    return _declare_prefixes(b"".join(parts), parts[::2])


def _refuse_excess(data: bytes, entities: dict[bytes, bytes]) -> None:
    """Raises ParseError if mending would take more memory than any feed is worth."""
    references = data.count(b"&") - sum(data.count(reference) for reference in _PREDEFINED)
    if references > _MAX_MENDED or data.count(b"<") > _MAX_MENDED:
        raise ParseError(
            f"The document is broken and has more than {_MAX_MENDED:,} entities or tags, which no feed "
            "needs, so it was refused; check what the publisher serves."
        )
    if sum(data.count(b"&" + name + b";") * len(value) for name, value in entities.items()) > _MAX_GROWTH:
        raise ParseError(
            "The document repeats its entities so often that it would grow by more than a megabyte, as in "
            'the "quadratic blow-up" attack, so it was refused; ask the publisher to remove them.'
        )


def _mend_markup(data: bytes, entities: dict[bytes, bytes]) -> bytes:
    def reference(match: re.Match[bytes]) -> bytes:
        decimal, hexadecimal, name = match.groups()
        if name is not None:
            return _entity(name, entities)
        if decimal is None and hexadecimal is None:
            return b"&amp;"
        return _character(int(decimal) if decimal else int(hexadecimal, 16))

    data = _PAIR.sub(_surrogates, data)
    return _LESS.sub(b"&lt;", _REFERENCE.sub(reference, data))


def _entity(name: bytes, entities: dict[bytes, bytes]) -> bytes:
    if name in entities:
        return entities[name]
    text = html5.get(name.decode("utf-8", "replace") + ";")
    if text is None:
        return b"&amp;" + name + b";"
    return "".join(f"&#{ord(character)};" for character in text).encode()


def _character(code: int) -> bytes:
    """The reference, or nothing if XML 1.0 forbids the character (section 2.2)."""
    plane0 = 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    legal = code in (9, 10, 13) or plane0 or 0x10000 <= code < 0x110000
    return b"&#%d;" % code if legal else b""


def _surrogates(match: re.Match[bytes]) -> bytes:
    """Two references to the halves of one character, as some software writes emoji, as one reference."""
    high, low = int(match[1]), int(match[2])
    if 0xD800 <= high < 0xDC00 <= low < 0xE000:
        return b"&#%d;" % (0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    return match[0]


def _declare_prefixes(data: bytes, markup: list[bytes]) -> bytes:
    """Declare on the root element the namespace prefixes that are used but nowhere declared."""
    used = {prefix for part in markup for prefix in _PREFIX.findall(part)}
    missing = sorted(used - set(_DECLARED.findall(data)) - {b"xml", b"xmlns"})[:50]
    if not missing:
        return data
    declarations = "".join(
        f' xmlns:{name}="{_STANDARD_PREFIXES.get(name.lower(), f"urn:undeclared:{name}")}"'
        for name in (prefix.decode("ascii", "replace") for prefix in missing)
    )
    match = re.match(rb"<[^\s/>]+", data)
    return data[: match.end()] + declarations.encode() + data[match.end() :] if match else data
