"""Bytes to text, and broken XML to XML that loses nothing when parsed. Lines keep their numbers."""

from __future__ import annotations

import codecs
import re
from html import escape, unescape
from html.entities import html5

from aggregator.roster.nouns import Notes

_ENTITY = re.compile(r"&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_STRAY_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[<>]*(?:\[.*?\]\s*)?>", re.S | re.I)
_DECLARED = re.compile(rb"\s*<\?xml[^>]{1,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_CHARSET = re.compile(
    r"utf-?8|(?:us-)?ascii|iso-?8859-?[0-9]{1,2}|latin-?[0-9]|(?:windows-|cp)[0-9]{3,4}|koi8-[ru]"
    r"|shift[_-]jis|euc-(?:jp|kr)|gb(?:2312|k|18030)|big5(?:-hkscs)?",
    re.I,
)
# What is declared so is Windows-1252 in truth (WHATWG Encoding, section 4.2).
_WESTERN = re.compile(r"(?:us-)?ascii|iso-?8859-?1|latin-?1", re.I)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_NAME = r"(?:text|title|description|type|version|language|category|created|(?:xml|html)?url|[a-z]+:\w+)"
_SOUND = re.compile(r"(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*")
_ATTRIBUTE = re.compile(
    rf"\s({_NAME})\s*=\s*\"((?:(?!\s{_NAME}\s*=\s*\").)*?)\"(?=\s+{_NAME}\s*=\s*[\"']|\Z)", re.S | re.I
)
ATTRIBUTES = "the attributes of an outline were broken and were read as far as possible"
_PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})


def decoded(data: bytes, notes: Notes) -> str:
    """The text, its line ends as newlines; bytes that are not of its encoding are read as Windows-1252."""
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if not encoding:
        declared = _DECLARED.match(data)
        encoding = declared[1].decode("ascii") if declared else "utf-8"
        if not _CHARSET.fullmatch(encoding):
            notes[f"the encoding {encoding} cannot be right, it was read as UTF-8"].append(1)
            encoding = "utf-8"
        if _WESTERN.fullmatch(encoding):
            encoding = "windows-1252"
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        wide = encoding.startswith(("utf-16", "utf-32"))
        text = data.decode(encoding, "replace") if wide else _decoded_by_line(data, encoding, notes)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded_by_line(data: bytes, encoding: str, notes: Notes) -> str:
    lines: list[str] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            lines.append(line.decode(encoding))
        except (UnicodeDecodeError, LookupError):
            notes[f"bytes that are not {encoding} were read as Windows-1252"].append(number)
            lines.append(line.decode("windows-1252", "replace"))
    return "\n".join(lines)


def mended(text: str, notes: Notes) -> str:
    """The document as XML that loses nothing when parsed."""
    for start, end in (("<!--", "-->"), ("<?", "?>")):
        text = _without(text, start, end)
    if found := _DOCTYPE.search(text[:20_000]):
        text = text.replace(found[0], "\n" * found[0].count("\n"), 1)
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if "&" in line or "<" in line or _CONTROL.search(line):
            lines[number - 1] = _mended_line(line, number, notes)
    number = 1
    pieces = re.split(r"(?=<outline\b)", "\n".join(lines))
    for at, piece in enumerate(pieces):
        pieces[at] = _mended_outline(piece, number, notes)
        number += piece.count("\n")
    return "".join(pieces)


def _without(text: str, start: str, end: str) -> str:
    """The text without the spans between two marks, but with their line breaks."""
    kept: list[str] = []
    at = 0
    while (begin := text.find(start, at)) >= 0 and (stop := text.find(end, begin)) >= 0:
        kept += [text[at:begin], "\n" * text.count("\n", begin, stop)]
        at = stop + len(end)
    return "".join([*kept, text[at:]])


def _mended_line(line: str, number: int, notes: Notes) -> str:
    def entity(found: re.Match[str]) -> str:
        name = found[1]
        if name is None:
            notes["a bare & was read as it stands"].append(number)
            return "&amp;"
        if name in _PREDEFINED:
            return found[0]
        character = unescape(found[0])
        if name[0] == "#" or f"{name};" in html5:
            return escape(_CONTROL.sub("", character), quote=True)
        notes[f"the unknown entity &{name}; was read as it stands"].append(number)
        return f"&amp;{name};"

    mended, removed = _CONTROL.subn("", line)
    if removed:
        notes["control characters were left out"].append(number)
    mended, strays = _STRAY_LESS.subn("&lt;", _ENTITY.sub(entity, mended))
    if strays:
        notes["a bare < was read as it stands"].append(number)
    return mended


def _mended_outline(piece: str, number: int, notes: Notes) -> str:
    """An outline, and what follows it, with the quotation marks and `<` inside its attributes escaped.

    A value is taken to end at a quotation mark that an attribute known to OPML, or the tag's end, follows.
    """
    ends = [found.start() + 1 for found in re.finditer(r"\"\s*/?>", piece)]
    start = len("<outline")
    if not ends or not piece.startswith("<outline") or _SOUND.fullmatch(piece, start, ends[-1]):
        return piece
    found = _ATTRIBUTE.findall(piece[start : ends[-1]])
    notes[ATTRIBUTES].append(number)
    attributes = [
        ' {}="{}"'.format(name, value.replace('"', "&quot;").replace("<", "&lt;")) for name, value in found
    ]
    return "<outline" + "".join(attributes) + piece[ends[-1] :]


def clean(text: str) -> str:
    """The text on one line, without control characters."""
    return " ".join(_CONTROL.sub("", text.replace("\t", " ")).split())
