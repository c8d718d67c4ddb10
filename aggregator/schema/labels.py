"""Publishers' names of categories as ids."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "đ": "d", "þ": "th", "ł": "l", "ı": "i"}
)


@lru_cache(maxsize=10_000)
def label_id(label: str) -> str:
    """The id of a label: `Économie & Société` gives `economie-societe`, `世界` stays `世界`.

    Latin letters lose their accents; letters of other scripts, where marks tell words apart, keep theirs.
    """
    letters = unicodedata.normalize("NFKC", label).casefold().translate(_LETTERS)
    kept = "".join(_plain(letter) for letter in letters)
    return "-".join(kept.split())


def _plain(letter: str) -> str:
    base = unicodedata.normalize("NFKD", letter)
    if base[0].isascii():
        return base[0] if base[0].isalnum() else " "
    return letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " "
