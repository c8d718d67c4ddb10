"""What a list is about and can be narrowed to: the head of a page on one source, category or place; the panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from flask import abort
from flask_babel import gettext as _

from aggregator.errors import FilterError
from aggregator.filters import Keys, Kind, operand
from aggregator.schema import Source, View
from aggregator.store import Facets
from web.desk import Desk
from web.tree import Branch, category_tree, place_tree
from web.views import view_named
from web.words import category_name, country_name, told_apart

DAYS = 28
"""Days of the small chart of a source, today included."""
_MOST = 1_000
"""How far articles of what a subject is part of are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One source, category or place that a page is about."""

    condition: tuple[str, str]
    """Parameter and value that a filter asks for it with."""
    name: str
    key: str = ""
    """As articles are found by it (`filters.keys`)."""
    source: Source | None = None
    home: str = ""
    """The website of a source."""
    daily: tuple[int, ...] = ()
    """Articles a source published on each of the last days (UTC), today last."""
    above: tuple[Branch, ...] = ()
    """What it is part of, the largest first."""
    below: tuple[Branch, ...] = ()
    """Its parts that articles of its list have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What a list can be narrowed to, counted."""

    sources: Sequence[Branch]
    categories: Sequence[Branch]
    places: Sequence[Branch]
    languages: Sequence[Branch]
    countries: Sequence[Branch]
    """Without what they lie in, the largest first."""
    total: int


def panel_of(facets: Facets, desk: Desk) -> Panel:
    apart = told_apart(facets.categories, lambda one: (one[0], one[1]))
    categories = [(id, category_name(id, name), count) for id, name, count in apart]
    return Panel(
        sources=_flat(facets.sources, "source"),
        categories=category_tree(categories, lambda id: desk.above("category", id)),
        places=place_tree(facets.places, lambda id: desk.above("place", id)),
        languages=_flat(facets.languages, "language"),
        countries=[
            Branch(id=code, name=country_name(code), count=count, field="country")
            for code, _, count in facets.countries
        ],
        total=facets.total,
    )


def _flat(counts: Sequence[tuple[str, str, int]], field: str) -> list[Branch]:
    return [Branch(id=id, name=name or id, count=count, field=field) for id, name, count in counts]


def scope_of(desk: Desk, kind: str, id: str) -> tuple[View | None, Subject | None]:
    """The view or the subject that the beginning of a path names; neither if it is empty."""
    match kind:
        case "view":
            return view_named(id), None
        case "source":
            return None, source_of(desk, id)
        case "category":
            return None, subject_of(desk, "category", id)
        case "place":
            return None, subject_of(desk, "place", id)
    return None, None


def source_of(desk: Desk, id: str) -> Subject:
    """A source, configured now or once; ends the request if there was never one of that id."""
    source = next((one for one in desk.settings().sources if one.id == id), None)
    title = source.title if source else desk.store.source_titles([id]).get(id)
    if title is None:
        abort(404, _("There was never a source of that name here."))
    midnight = desk.now().replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - timedelta(days=DAYS - 1)
    counts = desk.store.daily([id], since).get(id, {})
    days = [(since + timedelta(days=n)).date() for n in range(DAYS)]
    return Subject(
        condition=("source", id),
        name=title,
        key=id,
        source=source,
        home=_home(source.url) if source else "",
        daily=tuple(counts.get(day, 0) for day in days),
    )


def subject_of(desk: Desk, kind: Kind, said: str) -> Subject:
    """A category or place as somebody wrote it; ends the request if there is none."""
    try:
        leaf = operand(kind, said, desk.vocabulary(desk.settings()))
    except FilterError:
        abort(404, _none(kind))
    keys = leaf.values if isinstance(leaf, Keys) else ()
    names = desk.store.key_names(kind, keys)
    key = next((key for key in keys if key in names), "") or abort(404, _none(kind))
    above = [one for one in desk.above(kind, key) if one != key]
    branches = _counted(desk, kind, [*reversed(above)])
    return Subject(condition=(kind, said), name=_name(kind, key, names[key]), key=key, above=tuple(branches))


def _none(kind: Kind) -> str:
    return str(
        _("No article here names that place.") if kind == "place" else _("No article here has that category.")
    )


def with_parts(subject: Subject, desk: Desk, facets: Facets) -> Subject:
    """The same, with its parts among these counts."""
    kind: Kind = "place" if subject.condition[0] == "place" else "category"
    counts = facets.places if kind == "place" else facets.categories
    below = [one for one in counts if _is_right_above(desk, kind, subject.key, one[0])]
    return replace(subject, below=tuple(_branch(kind, *one) for one in below))


def _is_right_above(desk: Desk, kind: Kind, key: str, other: str) -> bool:
    found = desk.above(kind, other)
    if kind == "place" and key.startswith("region:"):
        return key in found and len(other) == 2
    return bool(found) and found[0] == key


def _counted(desk: Desk, kind: Kind, keys: Sequence[str]) -> list[Branch]:
    names = desk.store.key_names(kind, keys)
    found = []
    for key in keys:
        if key in names:
            count = desk.store.number(Keys(kind, (key,)), now=desk.now(), most=_MOST)
            found.append(_branch(kind, key, names[key], count))
    return found


def _branch(kind: Kind, key: str, name: str, count: int) -> Branch:
    said = name if kind == "place" and not (len(key) == 2 or key.isdecimal()) else key
    return Branch(id=said, name=_name(kind, key, name), count=count, field=kind)


def _name(kind: Kind, key: str, name: str) -> str:
    if kind == "category":
        return category_name(key, name)
    return country_name(key) if len(key) == 2 else name


def _home(url: str) -> str:
    parts = urlsplit(url)
    return f"https://{parts.hostname}/" if parts.scheme in ("http", "https") and parts.hostname else ""
