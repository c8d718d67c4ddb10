"""The IPTC Media Topics: seventeen tops, the topics of the second level, and what is filed under them.

Source: IPTC NewsCodes, https://iptc.org/standards/media-topics/, CC BY 4.0; see `data/topics.tsv`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from aggregator.classify.folding import fold

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "fr", "es", "de", "pt", "pt-BR", "ar")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A Media Topic that is a category: a top, or one of the second level."""

    id: str
    """`medtop:` and eight digits."""
    broader: tuple[str, ...]
    """The id of its top; empty for a top itself."""
    names: Mapping[str, str]
    """By language; one that IPTC does not give is not in it."""

    @property
    def name(self) -> str:
        return self.names["en"]


@lru_cache(maxsize=1)
def topics() -> Mapping[str, Topic]:
    """All topics that are categories, by id, the tops and their second level in IPTC's order."""
    return {
        id: Topic(
            id=id,
            broader=(broader,) if broader else (),
            names={language: name for language, name in zip(LANGUAGES, names, strict=True) if name},
        )
        for id, kind, broader, _, *names in _rows()
        if kind in ("top", "second")
    }


@lru_cache(maxsize=1)
def codes() -> Mapping[str, str]:
    """The topic each eight-digit code of IPTC stands for: Media Topics of all levels, and the older subject codes."""
    found: dict[str, str] = {}
    for id, kind, broader, subject, *_ in _rows():
        topic = id if kind in ("top", "second") else broader
        found[id.removeprefix("medtop:")] = topic
        if subject:
            found.setdefault(subject, topic)
    return found


def named() -> Mapping[str, str]:
    """The topic that each folded name stands for, of all levels; names that would mean two tops are left out."""
    found: dict[str, str] = {}
    unclear: set[str] = set()
    for id, kind, broader, _, *names in _rows(fold):
        topic = id if kind in ("top", "second") else broader
        for name in names if kind != "retired" else ():
            if top_of(found.setdefault(name, topic)) != top_of(topic):
                unclear.add(name)
    return {name: topic for name, topic in found.items() if name and name not in unclear}


def top_of(id: str) -> str:
    """The top of a topic; itself if it is one."""
    broader = topics()[id].broader
    return broader[0] if broader else id


def _rows(change: Callable[[str], str] = str) -> list[list[str]]:
    text = (DATA / "topics.tsv").read_text(encoding="utf-8")
    text = change(text)
    return [line.split("\t") for line in text.splitlines() if line[:1] != "#"]
