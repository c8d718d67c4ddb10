"""Characters that are never words: controls, halves of surrogate pairs, overrides of writing direction."""

from __future__ import annotations

import re

# Looked for in bytes, where that is twice as fast. Controls but tab and line feed; bidirectional embeddings,
# overrides and isolates (marks stay: Arabic needs them); the byte order mark; what XML 1.0 forbids.
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\r"})
_UNPRINTABLE = re.compile(
    rb"\xc2[\x80-\x84\x86-\x9f]|\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])|\xef(?:\xbb\xbf|\xbf[\xbe\xbf])"
)
_LINE_FEEDS = bytes.maketrans(b"\r", b"\n")


def printable(text: str) -> str:
    """The text without characters that are invisible, forbidden in XML, or turn other text around."""
    if text.isascii() and text.isprintable():
        return text
    data = text.encode("utf-8", "replace").translate(_LINE_FEEDS, _CONTROLS)
    return (data if data.isascii() else _UNPRINTABLE.sub(b"", data)).decode()
