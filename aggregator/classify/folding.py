"""One spelling for words however they are written: case, accents and the variants of Arabic letters."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc]+")
_LETTERS = (
    ("œ", "oe"), ("æ", "ae"), ("ø", "o"), ("ł", "l"), ("ı", "i"), ("đ", "d"),
    ("ى", "ي"), ("ة", "ه"), ("ک", "ك"), ("ی", "ي"),
)  # fmt: skip


def fold(text: str) -> str:
    """The text in lower case, without accents and Arabic marks; its words and punctuation stay.

    `É` becomes `e`, `ß` `ss`, `أ` `ا` and `ة` `ه`.
    """
    lower = text.casefold()
    if lower.isascii():
        return lower
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", lower))
    for letter, other in _LETTERS:
        plain = plain.replace(letter, other)
    return plain
