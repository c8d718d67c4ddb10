"""The words of a text, told apart fast: for comparing texts with each other, not for showing them."""

from __future__ import annotations

from aggregator.schema import Article

_BARE = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))
"""Makes blanks of ASCII punctuation in UTF-8; other punctuation stays where it is."""


def words(text: str) -> list[str]:
    bare = text.encode("utf-8", "surrogatepass").translate(_BARE)
    return bare.decode("utf-8", "surrogatepass").split()


def body(article: Article) -> str:
    """What an article says: its text, or at least its summary."""
    return article.text or article.summary
