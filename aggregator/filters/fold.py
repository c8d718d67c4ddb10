"""Folding: what makes two spellings of a word equal, for search and for names of places.

Case, accents, vowel points, tatweel, ligatures, widths and punctuation do not matter. Scripts written
without spaces have each character as a word of its own, so that a word is found inside a run as a phrase.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from functools import lru_cache
from unicodedata import category, normalize

# Letters that Unicode does not decompose although readers type them without the stroke; and tatweel.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ـ": ""}
)
# First, and first after: Thai and Lao, Myanmar, Khmer, 々〆〇, kana, Han, compatibility Han, later Han.
_UNSPACED = (
    (0x0E00, 0x0F00),
    (0x1000, 0x10A0),
    (0x1780, 0x1800),
    (0x3005, 0x3008),
    (0x3041, 0x3100),
    (0x3400, 0x4DC0),
    (0x4E00, 0xA000),
    (0xF900, 0xFB00),
    (0x20000, 0x40000),
)
_BOUNDS = [bound for span in _UNSPACED for bound in span]
_ZERO_WIDTH_SPACE = 0x200B
LONGEST_WORD = 200
"""Letters of a word that can be searched for."""
SEARCHED_WORDS = 15_000
"""Words of a text that are looked at: PostgreSQL counts no further than 16,383."""
_LETTERS_OF_A_WORD = 12
OFTEN = 200
"""How often a word may stand in a text: PostgreSQL keeps 255 places of one, those in the title among them."""
APART = "æ"
"""A word that nobody can search for, because folding takes it apart: no phrase runs across it."""


class _Letters(dict[int, str]):
    """What becomes of each decomposed character, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        kind = category(letter)
        if kind[0] == "M" or (kind == "Cf" and code != _ZERO_WIDTH_SPACE):
            folded = ""
        elif not letter.isalnum():
            folded = " "
        elif bisect(_BOUNDS, code) % 2:
            folded = f" {letter} "
        else:
            folded = letter.casefold().translate(_PLAIN)
        self[code] = folded
        return folded


_LETTERS = _Letters()
_ASCII = bytes(ord(_LETTERS[code]) if code < 128 else code for code in range(256))
"""Folds UTF-8, but for what is beyond ASCII."""
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")


def fold(text: str) -> str:
    """The words of the text, folded, with single spaces between; folding twice changes nothing more.

    A word is a run of letters and digits. Unicode compatibility decomposition (UAX 15, NFKD) without marks
    and format characters, casefolded, composed again.
    """
    if not text.isascii():
        text = _BEYOND_ASCII.sub(_folded, text)
    folded = text.encode("utf-8", "surrogatepass").translate(_ASCII)
    return " ".join(folded.decode("utf-8", "surrogatepass").split())


@lru_cache(maxsize=4096)
def fold_letter(letter: str) -> str:
    """What becomes of one letter: nothing of a mark, blanks round a word of its own, not yet composed again."""
    return normalize("NFKD", letter).translate(_LETTERS)


def searched(text: str, most: int = SEARCHED_WORDS, often: int = OFTEN) -> list[str]:
    """The words of a text that are looked at, folded: the first ones, but for those of endless letters.

    Of one that stands there more than `often` times the rest are `APART`.
    """
    longest = most * _LETTERS_OF_A_WORD
    folded = fold(text[:longest])
    if len(folded) > longest:
        folded = folded[:longest].rpartition(" ")[0]
    words = folded.split()[:most]
    if max(map(len, words), default=0) > LONGEST_WORD:
        words = [word for word in words if len(word) <= LONGEST_WORD]
    if len(words) > often and (endless := {word for word, n in Counter(words).items() if n > often}):
        left = dict.fromkeys(endless, often)
        for at, word in enumerate(words):
            if word in endless:
                left[word] -= 1
                words[at] = word if left[word] >= 0 else APART
    return words


def _folded(found: re.Match[str]) -> str:
    run = found[0]
    return _fold_few(run) if len(run) < 5 else _fold_all(run)


def _fold_all(text: str) -> str:
    return normalize("NFC", normalize("NFKD", text).translate(_LETTERS))


_fold_few = lru_cache(maxsize=4096)(_fold_all)
"""A quotation mark or an accented letter between ASCII: few, and over and over."""
