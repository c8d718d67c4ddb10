"""Counts as a tree: categories under what they are part of, places under what they lie in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as given

from web.words import country_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One counted thing with what lies in it."""

    id: str
    """What a filter calls it."""
    name: str
    count: int
    field: str
    """The parameter of a list's address that asks for it."""
    parts: list[Branch] = given(default_factory=list)


Counted = Sequence[tuple[str, str, int]]


def category_tree(counts: Counted, broader: Callable[[str], Sequence[str]]) -> list[Branch]:
    """Categories, each under the nearest one that it is part of and that is counted too."""
    made = {id: Branch(id=id, name=name, count=count, field="category") for id, name, count in counts}
    return _grown(made, broader)


CONTINENTS = tuple(
    f"region:{name}"
    for name in ("africa", "antarctica", "asia", "europe", "north america", "oceania", "south america")
)
_POINT = re.compile(r"-?[0-9.]+, ?-?[0-9.]+")


def place_tree(counts: Counted, around: Callable[[str], Sequence[str]]) -> list[Branch]:
    """Places: continents, in them countries, in these divisions and towns; then other parts of the world.

    A country lies in many parts of the world; it stands under its continent, or else the smallest that is counted.
    Points without a name are left out.
    """
    sizes = {id: count for id, _, count in counts}
    made = {id: _place(id, name, count) for id, name, count in counts if not _POINT.fullmatch(name)}

    def nearest_first(id: str) -> Sequence[str]:
        found = around(id) or _spelled(id)
        regions = [one for one in found if one.startswith("region:")]
        rest = [one for one in found if not one.startswith("region:")]
        return [*rest, *sorted(regions, key=lambda one: (one not in CONTINENTS, sizes.get(one, 0), one))]

    return sorted(_grown(made, nearest_first), key=lambda branch: not branch.parts)


def _spelled(id: str) -> Sequence[str]:
    """What a division lies in, as its code says."""
    return [id.partition(".")[0]] if "." in id and len(id.partition(".")[0]) == 2 else []


def _place(id: str, name: str, count: int) -> Branch:
    if len(id) == 2:
        return Branch(id=id, name=country_name(id), count=count, field="country")
    return Branch(id=id if id.isdecimal() else name, name=name, count=count, field="place")


def _grown(made: dict[str, Branch], above: Callable[[str], Iterable[str]]) -> list[Branch]:
    roots: list[Branch] = []
    for id, branch in made.items():
        parent = next((one for one in above(id) if one in made and one != id), None)
        (made[parent].parts if parent else roots).append(branch)
    return roots
