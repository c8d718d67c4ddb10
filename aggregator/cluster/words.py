"""The words of a text, told apart fast: for comparing texts with each other, not for showing them."""

from __future__ import annotations

import re

from aggregator.schema import Article

_BARE = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))
"""Makes blanks of ASCII punctuation in UTF-8; other punctuation stays where it is."""
_LINK = re.compile("<a\\b[^>]*>(.*?)</a>", re.S)
_TAG = re.compile("<[^>]*>")
_LINKS, _LINKED = 3, 0.6
"""Links of a list at least, and how much of its words are theirs."""


def words(text: str) -> list[str]:
    bare = text.encode("utf-8", "surrogatepass").translate(_BARE)
    return bare.decode("utf-8", "surrogatepass").split()


def body(article: Article) -> str:
    """What an article says: its text, or at least its summary."""
    return article.text or article.summary


def is_list(article: Article) -> bool:
    """Whether most words of the text are those of several links."""
    links = _LINK.findall(article.html)
    if len(links) < _LINKS:
        return False
    linked = sum(len(words(_TAG.sub(" ", link))) for link in links)
    return linked > _LINKED * len(words(body(article)))
