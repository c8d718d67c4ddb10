"""Characters that are never words: controls, halves of surrogate pairs, overrides of writing direction."""

from __future__ import annotations

import re

# Controls but tab and line feed; bidirectional embeddings, overrides and isolates (marks stay: Arabic needs
# them); the byte order mark; what XML 1.0 forbids.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]+"
)


def printable(text: str) -> str:
    """The text without characters that are invisible, forbidden in XML, or turn other text around."""
    if text.isascii() and text.isprintable():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "replace").decode()
    return _UNPRINTABLE.sub("", text.replace("\r", "\n"))
