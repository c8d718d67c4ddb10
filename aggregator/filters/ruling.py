"""What rules say of articles: marks, given to all that a filter finds.

A rule sees what an article has of itself; what other rules say of it is nothing to it, so that their order does not
matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TypeVar

from aggregator.filters.keys import RULED
from aggregator.filters.match import matches
from aggregator.filters.tree import And, Filter, Keys, Kind, Not, Or, all_of, any_of, leaves
from aggregator.schema import Article, Category, given_category, replace

T = TypeVar("T")
HIDDEN = Keys("is", ("hidden",))
MARKED: tuple[Kind, ...] = ("is", "tag", "category", "has")
"""The kinds of keys that rules give."""
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Rules do not count back from now."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """One mark, and the filter of the articles that get it."""

    kind: Kind
    value: str
    tree: Filter
    name: str = ""
    """Of a category, for people."""
    told: bool = False
    """Whether the category is shown with the article; one that it has along with a narrower one is only found."""

    @property
    def digest(self) -> str:
        """Stands for the filter: changes when that finds other articles."""
        return blake2b(f"{self.tree!r}{self.name if self.told else ''}".encode(), digest_size=12).hexdigest()


def ruled(article: Article, rulings: Iterable[Ruling]) -> tuple[Ruling, ...]:
    """The rulings that speak of an article."""
    return found_by(article, ((one, one.tree) for one in rulings))


def found_by(article: Article, filters: Iterable[tuple[T, Filter]]) -> tuple[T, ...]:
    """Those whose filters find an article, as rules see it."""
    bare = replace(article, marks=())
    return tuple(one for one, tree in filters if matches(tree, bare, now=_NO_TIME))


def marked(article: Article, rulings: Iterable[Ruling]) -> Article:
    """The article with the marks that rules give it."""
    said = ruled(article, rulings)
    named = {one.value: one.name for one in said if one.told}
    marks = {(one.kind, one.value) for one in said}
    return replace(article, marks=tuple(sorted(marks)), given=given(article, named))


def given(article: Article, named: Mapping[str, str]) -> tuple[Category, ...]:
    """What categories that rules give, by id with their names, add to those the article has of itself."""
    own = {id for one in article.categories for id in (one.id, *one.broader)}
    return tuple(given_category(id, name) for id, name in sorted(named.items()) if id not in own)


def asks_for_marks(tree: Filter) -> bool:
    """Whether a filter asks what rules alone say."""
    return any(
        isinstance(leaf, Keys)
        and (leaf.kind == "tag" or (leaf.kind == "is" and not set(RULED).isdisjoint(leaf.values)))
        for leaf in leaves(tree)
    )


def spelled_out(tree: Filter, rulings: Iterable[Ruling]) -> Filter:
    """The filter with the rules' own filters in place of what they say, so that it asks for no marks."""
    rulings = tuple(rulings)

    def spell(tree: Filter) -> Filter:
        match tree:
            case And(parts):
                return all_of(map(spell, parts))
            case Or(parts):
                return any_of(map(spell, parts))
            case Not(part):
                return Not(spell(part))
            case Keys(kind, values):
                rules = [one.tree for one in rulings if one.kind == kind and one.value in values]
                return any_of([tree, *rules])
        return tree

    return spell(tree)


def unhidden(tree: Filter) -> Filter:
    """The filter without hidden articles, unless it speaks of them."""
    if any(isinstance(leaf, Keys) and leaf.kind == "is" and "hidden" in leaf.values for leaf in leaves(tree)):
        return tree
    return And((*tree.parts, Not(HIDDEN))) if isinstance(tree, And) else all_of([tree, Not(HIDDEN)])
