"""The tree of a filter. Every leaf holds a validated operand; the fields are positional for `match`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import msgspec

Kind = Literal["source", "category", "place", "about", "dateline", "lang", "has", "is", "story", "tag"]
Field = Literal["any", "title", "text", "author", "url"]


class Everything(msgspec.Struct, frozen=True):
    """Every article."""


class And(msgspec.Struct, frozen=True):
    """All of two or more parts."""

    parts: tuple[Filter, ...]


class Or(msgspec.Struct, frozen=True):
    """At least one of two or more parts."""

    parts: tuple[Filter, ...]


class Not(msgspec.Struct, frozen=True):
    part: Filter


class Text(msgspec.Struct, frozen=True):
    """Articles in which the words stand in a row, in one field."""

    words: tuple[str, ...]
    """At least one, folded."""
    field: Field
    """`any`: the title or the text."""
    prefix: bool = False
    """True if words that begin with the last one will do."""


class Since(msgspec.Struct, frozen=True):
    """Published at the instant or later; one of the two is given."""

    at: datetime | None
    ago: timedelta | None


class Until(msgspec.Struct, frozen=True):
    """Published before the instant; one of the two is given."""

    at: datetime | None
    ago: timedelta | None


class Keys(msgspec.Struct, frozen=True):
    """Articles that have one of these keys; what keys an article has is said in `keys.py`."""

    kind: Kind
    values: tuple[str, ...]
    """At least one, in order, each once."""


class Near(msgspec.Struct, frozen=True):
    """Articles about a place at most so far from a point."""

    lat: float
    lon: float
    metres: float


class Box(msgspec.Struct, frozen=True):
    """Articles about a place between two parallels and two meridians; west of the west one if it spans 180°."""

    south: float
    west: float
    north: float
    east: float


Note = Literal["read", "starred", "saved", "tagged"]


class Noted(msgspec.Struct, frozen=True):
    """Articles of which a reader has noted something."""

    reader: int | None
    """Number of the reader; None for any."""
    what: Note
    tag: str = ""
    """Of `tagged`: the name of the tag; empty for any."""


Filter: TypeAlias = Everything | And | Or | Not | Text | Since | Until | Keys | Near | Box | Noted


MAX_LEVELS = 16
"""SQLite's parser gives up at about 26."""


def all_of(parts: Iterable[Filter]) -> Filter:
    """The filter all parts must agree to; Everything if there is none."""
    kept = tuple(part for part in parts if part != Everything())
    if not kept:
        return Everything()
    return kept[0] if len(kept) == 1 else And(kept)


def any_of(parts: Iterable[Filter]) -> Filter:
    """The filter one of the parts must agree to; raises ValueError if there is none."""
    kept = tuple(_joined(parts))
    if not kept:
        raise ValueError("any_of needs at least one part")
    return kept[0] if len(kept) == 1 else Or(kept)


def _joined(parts: Iterable[Filter]) -> Iterator[Filter]:
    """The parts with all keys of a kind in one, where the first of them stood: one search instead of many."""
    parts = list(parts)
    wanted: dict[Kind, set[str]] = {}
    for part in parts:
        if isinstance(part, Keys):
            wanted.setdefault(part.kind, set()).update(part.values)
    for part in parts:
        if not isinstance(part, Keys):
            yield part
        elif part.kind in wanted:
            yield Keys(part.kind, tuple(sorted(wanted.pop(part.kind))))


def leaves(tree: Filter) -> Iterator[Filter]:
    """Every condition of a filter, from left to right."""
    match tree:
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield tree


def moves_with_time(tree: Filter) -> bool:
    """Whether the filter counts back from now, so that what it finds changes by itself."""
    return any(isinstance(leaf, Since | Until) and leaf.ago is not None for leaf in leaves(tree))


def terms(tree: Filter) -> int:
    """How much there is to search for: words, and other conditions."""
    return sum(len(leaf.words) if isinstance(leaf, Text) else 1 for leaf in leaves(tree))


def depth(tree: Filter) -> int:
    """How many levels of AND, OR and NOT there are; no more than MAX_LEVELS should reach a database."""
    match tree:
        case And(parts) | Or(parts):
            return 1 + max(depth(part) for part in parts)
        case Not(part):
            return 1 + depth(part)
    return 0
