"""What filters may name: the sources, views, categories and places there are. Handed in by the caller."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from aggregator.errors import FilterError
from aggregator.schema import Settings


def _none(_: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one kind, looked up as somebody wrote them."""

    find: Callable[[str], Collection[str]]
    """The ids or keys a name stands for; none if it stands for nothing."""
    near: Callable[[str], str] = _none
    """The known name that comes closest, or nothing."""


def exactly(known: Collection[str]) -> Names:
    """Names that stand for themselves."""
    return Names(
        lambda written: [written] if written in known else [],
        lambda written: nearest(written, known),
    )


def nearest(written: str, known: Collection[str]) -> str:
    """The known word that is written most alike, or nothing: `scince` is too little alike to be society."""
    return next(iter(get_close_matches(written, known, 1, 0.65)), "")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything a filter may name. What is left out cannot be looked up: its names are only read for their form."""

    sources: Names | None = None
    categories: Names | None = None
    """Ids and names of categories, in lower case with hyphens, as ids of categories."""
    filing: Callable[[str], tuple[str, ...]] = lambda id: (id.replace("-", " "),)
    """What a category is called, and the ids of those it is part of, nearest first."""
    places: Names | None = None
    """Names, ISO codes and GeoNames ids as keys of places (see `keys.py`)."""
    tags: Names | None = None
    reader: int | None = None
    """Number of the reader who asks; None where everyone gets the same answer, as in views and feeds."""
    own_tags: Collection[str] = ()
    """Tags of this reader."""
    stories: Names | None = None
    views: Mapping[str, str] = field(default_factory=dict)
    """Filter of each view by its id."""


def configured(known: Vocabulary, wanted: Settings) -> Vocabulary:
    """The same, with the sources, views, tags and categories that a configuration itself names."""
    given = [mark for rule in wanted.rules for mark in rule.then]
    ruled = {value for kind, value in given if kind == "category"}
    return replace(
        known,
        sources=known.sources or exactly({source.id for source in wanted.sources}),
        categories=known.categories and _with(known.categories, ruled),
        tags=exactly({value for kind, value in given if kind == "tag"}),
        views={view.id: view.filter for view in wanted.views},
    )


def _with(names: Names, more: Collection[str]) -> Names:
    """Names, and some that stand for themselves."""
    if not more:
        return names
    return Names(
        lambda written: {*names.find(written), *({written} & set(more))},
        lambda written: names.near(written) or nearest(written, more),
    )


UNKNOWN = Vocabulary()
"""Nothing can be looked up."""


def look_up(names: Names, what: str, written: str, shown: str) -> tuple[str, ...]:
    """What a name stands for, in order. Raises FilterError with the nearest name if it stands for nothing."""
    found = names.find(written)
    if not found:
        close = names.near(written)
        advice = f"did you mean {close}?" if close else "look at its spelling."
        raise FilterError(f"There is no {what} {shown}; {advice}")
    return tuple(sorted(set(found)))
