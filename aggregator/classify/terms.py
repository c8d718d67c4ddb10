"""The topics that a publisher's own term stands for: a code, the name of a topic, or a name of the project's list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from aggregator.classify.folding import fold
from aggregator.classify.topics import DATA, codes, named

_CODE = re.compile(r"(?:medtop|mediatopic|subj|subjectcode|iptc)?[:/]?([0-9]{8})")
_WORD = re.compile(r"[^\W_]+")
_AND = re.compile(r"\s*(?:[&,+/]|\s(?:and|et|und|y|e|و)\s)\s*")
# Words that say that it is news, or of which part of the world, but not about what.
_EMPTY = frozenset(
    """
    news noticias nachrichten actualites actualite actu noticia latest breaking headlines top
    stories section category all us usa uk eu world global international national local regional
    daily online magazine اخبار
    """.split()  # noqa: SIM905 (a list is unreadable)
)
_ANDS = frozenset({"and", "et", "und", "y", "e", "و"})
_NOTHING: tuple[str, ...] = ()


def topics_of(term: str, language: str = "") -> tuple[str, ...]:
    """The ids of the topics that a term stands for in articles of a language (BCP 47); none if it is unknown."""
    return _topics_of(term[:200], language[:2])


@lru_cache(maxsize=10_000)
def _topics_of(term: str, language: str) -> tuple[str, ...]:
    folded = fold(term)
    code = _CODE.fullmatch(folded.rsplit("newscodes/", 1)[-1].strip())
    if code:
        topic = codes().get(code[1])
        return (topic,) if topic else _NOTHING
    known = _known(folded, language)
    if known is not None:
        return known
    parts = [_known(part, language) for part in _AND.split(folded)]
    if len(parts) > 1 and all(parts):
        return tuple(dict.fromkeys(topic for part in parts if part for topic in part))
    return _NOTHING


def _known(folded: str, language: str) -> tuple[str, ...] | None:
    """What the lists say of a term; None if they do not know it, even without its empty words."""
    words = _WORD.findall(folded.replace(".", ""))  # U.S. is one word
    telling = [word for word in words if word not in _EMPTY]
    for key in (_key(words), _key(telling)):
        for found in (_list().get(f"{key}@{language}"), _list().get(key)):
            if key and found is not None:
                return found
    return None


def _key(words: list[str]) -> str:
    """The words as the lists hold them: without "and", Arabic ones without their article."""
    if any(word in _ANDS or word[0] == "ا" for word in words):
        words = [_without_article(word) for word in words if word not in _ANDS]
    return " ".join(words)


def _without_article(word: str) -> str:
    return word[2:] if word.startswith("ال") and len(word) > 4 else word


@lru_cache(maxsize=1)
def _list() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {
        _key(_WORD.findall(name)): (topic,) for name, topic in named().items()
    }
    for line in fold((DATA / "terms.txt").read_text(encoding="utf-8")).splitlines():
        if not line or line[0] == "#":
            continue
        ids, _, terms = line.partition(":")
        topics = tuple(f"medtop:{id}" for id in ids.split() if id != "0")
        for term in terms.split(","):
            name, _, language = term.strip().partition("@")
            key = _key(_WORD.findall(name))
            found[f"{key}@{language}" if language else key] = topics
    return found
