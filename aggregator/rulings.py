"""The rules of the configuration that hold, as filters and marks: pure."""

from __future__ import annotations

from datetime import datetime

from aggregator.filters import Filter, Ruling, Vocabulary, configured, parse
from aggregator.schema import Rule, Settings


def rulings(wanted: Settings, known: Vocabulary, now: datetime) -> tuple[Ruling, ...]:
    """What the rules say that are not past their last day; `known` are the categories and places there are."""
    names = configured(known, wanted)
    said = [
        Ruling(
            "is" if kind == "is" else "tag" if kind == "tag" else "category", value, parse(rule.when, names)
        )
        for rule in _held(wanted, now)
        for kind, value in rule.then
        if kind != "notify"
    ]
    return tuple(dict.fromkeys(said))


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
