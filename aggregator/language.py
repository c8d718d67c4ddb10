"""Tells the language of an article from its words, where neither entry nor source says it."""

from __future__ import annotations

import pycld2

from aggregator.schema import Article, replace

SHORTEST = 50
"""Bytes of UTF-8 below which nothing is told; a script of its own says more with fewer letters."""
LONGEST = 1500
"""Characters that are looked at."""
SHARE = 70
"""Least part of the text in the language, in percent: a mixture is none of its languages."""
_TODAY = {"iw": "he", "jw": "jv"}
"""Codes that ISO 639 has replaced."""
_NO_LANGUAGE = ("un", "xx", "zz", "tlh")
"""What begins so is unknown, a script without a language, or a joke."""


def language(article: Article) -> Article:
    """The article with its language, a BCP 47 tag; as it was if that is known or cannot be told."""
    if article.language:
        return article
    told = _told(f"{article.title} {article.text[:LONGEST]}"[:LONGEST])
    return replace(article, language=told) if told else article


def _told(text: str) -> str:
    words = "".join(one if one.isprintable() else " " for one in text)  # all that the library can take
    if len(words.encode()) < SHORTEST:
        return ""
    try:
        reliable, _, found = pycld2.detect(words)
    except pycld2.error:
        return ""
    _, code, share, _ = found[0]
    if not reliable or share < SHARE or code.startswith(_NO_LANGUAGE):
        return ""
    return _TODAY.get(str(code), str(code))
