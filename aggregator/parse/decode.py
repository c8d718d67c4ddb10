"""Bytes as they came to clean UTF-8, whatever the publisher says about their encoding.

What the bytes are counts more than what headers claim: a byte order mark, then valid UTF-8, then the
charset of the Content-Type header or of the XML declaration (RFC 7303; a header saying Latin-1 or ASCII
is a server's default and yields to the declaration).
"""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
# Text encodings only: punycode, idna and the escape codecs are slow or change the text.
_KNOWN = re.compile(r"iso8859|iso2022|cp\d|koi8|mac-|gb|big5|shift_jis|euc_|ascii|hz$|johab|tis-620|kz1048")
_STATEFUL = ("iso2022", "hz")
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "tis-620": "cp874",
}
"""Encodings that publishers name when they mean the larger one (as browsers read them)."""
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r")
_NONCHARACTERS = ("\ufffe".encode(), "\uffff".encode())


def to_utf8(body: bytes, content_type: str) -> tuple[bytes, tuple[str, ...]]:
    """The body as UTF-8 without byte order mark and control characters; and what was mended, as phrases."""
    data, notes = _decoded(body, content_type)
    clean = data.translate(None, _CONTROLS)
    for character in _NONCHARACTERS:
        if character in clean:
            clean = clean.replace(character, b"")
    if len(clean) != len(data):
        notes = (*notes, "control characters were removed")
    return clean, notes


def _decoded(body: bytes, content_type: str) -> tuple[bytes, tuple[str, ...]]:
    wide = _wide_encoding(body)
    if wide:
        return body.decode(wide, "replace").lstrip("\ufeff").encode("utf-8"), ()
    body = body.removeprefix(codecs.BOM_UTF8)
    declared = _declared(body, content_type)
    stateful = [name for name in declared if name.startswith(_STATEFUL)]
    for name in (*stateful, "utf-8"):
        try:
            text = body.decode(name)
        except UnicodeDecodeError:
            continue
        return (body if name == "utf-8" else text.encode("utf-8")), ()
    return _not_utf8(body, declared)


def _wide_encoding(body: bytes) -> str:
    """UTF-16 or UTF-32, by byte order mark or by the zero bytes beside the first characters; else ''."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return encoding
    zeros = [index for index, byte in enumerate(body[:4]) if byte == 0]
    by_zeros = {(1, 2, 3): "utf-32-le", (0, 1, 2): "utf-32-be", (1, 3): "utf-16-le", (0, 2): "utf-16-be"}
    return by_zeros.get(tuple(zeros), "")


def _declared(body: bytes, content_type: str) -> list[str]:
    header = _CHARSET.search(content_type)
    prolog = _DECLARED.search(body[:1024])
    http = _codec(header[1]) if header else ""
    xml = _codec(prolog[1].decode("ascii")) if prolog else ""
    ordered = (xml, http) if http in ("ascii", "iso8859-1") else (http, xml)
    return [_WIDER.get(name, name) for name in ordered if name]


def _codec(name: str) -> str:
    try:
        canonical = codecs.lookup(name).name
    except LookupError:
        return ""
    return canonical if _KNOWN.match(canonical) else ""


def _not_utf8(body: bytes, declared: list[str]) -> tuple[bytes, tuple[str, ...]]:
    text = body.decode("utf-8", "replace")
    damage = text.count("\ufffd")
    if len(body) - len(text) > 20 * damage or (not declared and _only_the_end_is_bad(body)):
        return text.encode("utf-8"), ("bytes that are not UTF-8 were replaced",)
    for name in (*declared, "cp1252"):
        try:
            return body.decode(name).encode("utf-8"), ()
        except UnicodeDecodeError:
            continue
    if declared and declared[0] != "cp1252":
        note = f"bytes that are not {declared[0]} were replaced"
        return body.decode(declared[0], "replace").encode("utf-8"), (note,)
    return body.decode("latin-1").encode("utf-8"), ()


def _only_the_end_is_bad(body: bytes) -> bool:
    """True if the document was cut in the middle of a character."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(body) - 3
    return True
