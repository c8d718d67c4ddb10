"""Names of places: one spelling to look them up by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b

_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "ـ": "",
        "ى": "ي",
        "ة": "ه",
    }
)
_APOSTROPHES = re.compile("['’‘ʻʼʿʾ`´]")
_CODE = re.compile("[A-Z]{2,3}")
_ARTICLE = "ال"
READ = ("en", "fr", "es", "de", "pt", "ar")
"""Languages whose words are known."""
ANY = 127
"""Every language: of a text whose own is not known."""
_OTHER = 64
_LATIN = "abcdefghijklmnopqrstuvwxyz "
_SHORT = {"saint": "st", "sainte": "ste", "mount": "mt", "fort": "ft"}
"""Words that are written out or abbreviated."""


def key(name: str) -> str:
    """What equal names have in common: no case, accents, vowel points, apostrophes; hyphens are blanks.

    "Saint" and "St." are one, and so are the ways to write an Arabic alif, ya or ta. `US` and ISO codes are
    kept in capitals by `code_of`, for they are words otherwise.
    """
    if name.isascii() and name.isalpha():
        return fold(name)
    joined = _APOSTROPHES.sub("", name).replace(".", "")
    words = "".join(letter if _in_word(letter) else " " for letter in joined).split()
    return " ".join(filter(None, map(fold, words)))


def _in_word(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter)[0] == "M"


@lru_cache(maxsize=30_000)
def fold(word: str) -> str:
    """One word of a key."""
    if word.isascii():
        folded = word.lower().replace("'", "").replace(".", "")
    else:
        decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", word).replace(".", ""))
        kept = "".join(letter for letter in decomposed if unicodedata.category(letter)[0] != "M")
        folded = unicodedata.normalize("NFC", kept.casefold().translate(_LETTERS))
    return _SHORT.get(folded, folded)


def code_of(name: str) -> str:
    """The name as an ISO code (`MA`, `MAR`, `U.S.`) to look up; empty unless it is two or three capitals."""
    name = name.strip().replace(".", "")
    return name if _CODE.fullmatch(name) else ""


@lru_cache(maxsize=200)
def tongue(language: str) -> int:
    """The bit of a language (BCP 47) in the sets that names are bound to; one bit for all that are not `READ`."""
    code = language.partition("-")[0].lower()
    if not code:
        return ANY
    return 1 << READ.index(code) if code in READ else _OTHER


def number(name_key: str) -> int:
    """The number a key is kept under: 63 bits of its hash."""
    return int.from_bytes(blake2b(name_key.encode(), digest_size=8).digest(), "big") >> 1


def demonym(name_key: str) -> str:
    """The key of a word for the people of a place, kept apart from names of places."""
    return "~" + name_key


def one_letter_off(name_key: str) -> Iterator[str]:
    """Every key that differs by one letter: left out, changed with its neighbour, another one, one more."""
    for at in range(len(name_key) + 1):
        before, here, after = name_key[:at], name_key[at : at + 1], name_key[at + 1 :]
        if here:
            yield before + after
        if after:
            yield before + after[0] + here + after[1:]
        for letter in _LATIN:
            yield before + letter + after
            yield before + letter + here + after


def is_name(name: str) -> bool:
    """False for what the data give as names and people do not write: airport codes, romanised syllables."""
    if len(name) < 2 and not "\u3400" <= name <= "\uffff":
        return False
    if name.isascii() and (len(name) < 3 or (name.isupper() and len(name) <= 4)):
        return False
    return not "a" <= name[0] <= "z"


def is_written(name: str) -> bool:
    """True for a name in Latin or Arabic letters, as texts that are read for places are written in."""
    return all(
        letter < "\u0250"
        or "\u0600" <= letter <= "\u06ff"
        or "\u1e00" <= letter <= "\u1eff"
        or not letter.isalpha()
        for letter in name
    )


def is_short(name: str) -> bool:
    """True for three Latin letters or less: as an alternate name mostly a word of the text's own language."""
    return len(name) < 4 and name[0] < "\u0250"


_FOREIGN = """
AE AF AM BD BG BH BY CN DZ EG EH ER ET GE GR IL IN IQ IR JO JP KG KP KR KW KZ LB LK LY MA MK MM MN MR NP OM PK PS QA
RU SA SD SY TH TJ TN UA UZ YE
"""
_TRANSLITERATED = frozenset(_FOREIGN.split())
"""Countries whose names are written in Latin letters by rules that news does not follow."""
_MARKS = frozenset("\u0304\u0323\u0324\u0325\u0326\u0327\u0331\u0306")
_SIGNS = str.maketrans("", "", "‘’ʻʼʿʾ")


def plain(name: str, country: str) -> str:
    """A name as news writes it: without the marks of a transliteration ("Ḩamāh", "Ryazan’")."""
    if country not in _TRANSLITERATED or name.isascii():
        return name
    decomposed = unicodedata.normalize("NFD", name)
    letters = "".join(letter for letter in decomposed if letter not in _MARKS)
    return unicodedata.normalize("NFC", letters.translate(_SIGNS))


def upright(names: tuple[str, ...]) -> str:
    """The first name, or the one that is not turned round for sorting: "Madrid, Comunidad de"."""
    head, comma, tail = names[0].partition(", ")
    turned = key(f"{tail} {head}")
    return next((name for name in names if comma and key(name) == turned), names[0])
