"""The rules of the configuration that hold, as filters and marks: pure."""

from __future__ import annotations

from datetime import datetime

from aggregator.filters import Ruling, Vocabulary, configured, parse
from aggregator.schema import Settings


def rulings(wanted: Settings, known: Vocabulary, now: datetime) -> tuple[Ruling, ...]:
    """What the rules say that are not past their last day; `known` are the categories and places there are."""
    names = configured(known, wanted)
    held = [rule for rule in wanted.rules if rule.until is None or now.date() <= rule.until]
    said = [
        Ruling(
            "is" if kind == "is" else "tag" if kind == "tag" else "category", value, parse(rule.when, names)
        )
        for rule in held
        for kind, value in rule.then
    ]
    return tuple(dict.fromkeys(said))
