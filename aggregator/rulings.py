"""The rules of the configuration that hold, as filters and marks: pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from aggregator.filters import Filter, Ruling, Vocabulary, configured, parse
from aggregator.schema import Rule, Settings


def rulings(wanted: Settings, known: Vocabulary, now: datetime) -> tuple[Ruling, ...]:
    """What the rules say that are not past their last day; `known` are the categories and places there are."""
    names = configured(known, wanted)
    said = [
        ruling
        for rule in _held(wanted, now)
        for kind, value in rule.then
        for ruling in _said(kind, value, parse(rule.when, names), known)
    ]
    return tuple(dict.fromkeys(said))


def _said(kind: str, value: str, tree: Filter, known: Vocabulary) -> Iterator[Ruling]:
    """One mark; with a category also those it is part of, as with any other."""
    if kind == "is":
        yield Ruling("is", value, tree)
    elif kind == "tag":
        yield Ruling("tag", value, tree)
    elif kind == "category":
        found = set(known.categories.find(value)) if known.categories else set()
        for id in sorted({value} & found or found or {value}):
            name, *broader = known.filing(id)
            yield Ruling("category", id, tree, name, told=True)
            yield from (Ruling("category", one, tree, known.filing(one)[0]) for one in broader)
        yield Ruling("has", "category", tree)


def tellings(wanted: Settings, known: Vocabulary, now: datetime) -> tuple[tuple[str, Filter], ...]:
    """Which targets the rules want to hear of which articles, as ids and filters; as `rulings`."""
    names = configured(known, wanted)
    return tuple(
        (value, parse(rule.when, names))
        for rule in _held(wanted, now)
        for kind, value in rule.then
        if kind == "notify"
    )


def _held(wanted: Settings, now: datetime) -> list[Rule]:
    return [rule for rule in wanted.rules if rule.until is None or now.date() <= rule.until]
