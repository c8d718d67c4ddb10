"""The tree of a filter. Every leaf holds a validated operand; the fields are positional for `match`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Everything:
    """Every article."""


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more parts."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of two or more parts."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Filter


@dataclass(frozen=True, slots=True)
class Text:
    """Articles that hold the words, whole and folded: all of them, or in a row if a phrase."""

    words: str
    """As written; holds at least one word once folded."""
    phrase: bool
    field: Literal["any", "title"]
    """`any`: title or text; a phrase stands wholly in one of them."""


@dataclass(frozen=True, slots=True)
class Since:
    """Published at the instant or later; one of the two is given."""

    at: datetime | None
    ago: timedelta | None


@dataclass(frozen=True, slots=True)
class Until:
    """Published before the instant; one of the two is given."""

    at: datetime | None
    ago: timedelta | None


@dataclass(frozen=True, slots=True)
class SourceIs:
    id: str


@dataclass(frozen=True, slots=True)
class CategoryIs:
    id: str


@dataclass(frozen=True, slots=True)
class CountryIs:
    """Articles that mention the country or a place in it."""

    code: str
    """ISO 3166-1 alpha-2, upper case."""


@dataclass(frozen=True, slots=True)
class PlaceIs:
    """Articles that mention a place of this name, accents and case aside."""

    name: str


@dataclass(frozen=True, slots=True)
class LanguageIs:
    """Articles in the language: `pt` finds `pt` and `pt-BR`."""

    tag: str
    """BCP 47 in its usual case, such as `pt-BR`."""


Filter: TypeAlias = (
    Everything
    | And
    | Or
    | Not
    | Text
    | Since
    | Until
    | SourceIs
    | CategoryIs
    | CountryIs
    | PlaceIs
    | LanguageIs
)


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
    kept = tuple(parts)
    if not kept:
        raise ValueError("any_of needs at least one part")
    return kept[0] if len(kept) == 1 else Or(kept)


def moves_with_time(tree: Filter) -> bool:
    """Whether the filter counts back from now, so that what it finds changes by itself."""
    match tree:
        case And(parts) | Or(parts):
            return any(moves_with_time(part) for part in parts)
        case Not(part):
            return moves_with_time(part)
        case Since(_, ago) | Until(_, ago):
            return ago is not None
    return False


def source_ids(tree: Filter) -> set[str]:
    """The sources a filter names."""
    match tree:
        case And(parts) | Or(parts):
            return {id for part in parts for id in source_ids(part)}
        case Not(part):
            return source_ids(part)
        case SourceIs(id):
            return {id}
    return set()


def depth(tree: Filter) -> int:
    """How many levels of AND, OR and NOT there are; no more than MAX_LEVELS should reach a database."""
    match tree:
        case And(parts) | Or(parts):
            return 1 + max(depth(part) for part in parts)
        case Not(part):
            return 1 + depth(part)
    return 0
