"""The tables [[rule]]: what is said of all articles that a filter finds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from aggregator.errors import FilterError, SettingsError
from aggregator.filters import (
    Filter,
    Keys,
    Vocabulary,
    asks_for_marks,
    leaves,
    moves_with_time,
    operand,
    parse,
)
from aggregator.schema import Rule
from aggregator.settings.files import Table
from aggregator.settings.problems import shown
from aggregator.settings.values import filter_text, line_of_text, refuse_unknown, take

RULE_KEYS = ["when", "then", "until"]
_ALONE = {"hide": ("is", "hidden"), "star": ("is", "starred")}
_CHOICES = '"hide", "star", "tag:name", "category:name" or "notify:id"'


def rules(tables: Iterable[Table]) -> list[tuple[Table, Rule]]:
    """All rules with their tables. Their filters are still to be read."""
    found = []
    for table in tables:
        refuse_unknown(table, RULE_KEYS)
        for key in ("when", "then"):
            if key not in table.values:
                table.refuse(f'this [[rule]] has no {key}; add {key} = "…"')
        when, then = take(table, "when", _when), take(table, "then", _then)
        until = take(table, "until", _until)
        if when is not None and then is not None:
            found.append((table, Rule(when=when, then=then, until=until, origin=table.origin())))
    return found


def check_rules(found: Iterable[tuple[Table, Rule]], known: Vocabulary, named: Vocabulary) -> None:
    """Notes each filter that does not parse, names what there is not, or cannot stand in a rule.

    `named` is what may be named without what rules themselves name.
    """
    for table, rule in found:
        try:
            what = _unfit(parse(rule.when, known), named)
        except FilterError as error:
            what = f"wrong at character {error.position + 1}; {error}"
        if what:
            table.refuse(what, "when", value=shown(rule.when))


def _unfit(tree: Filter, named: Vocabulary) -> str:
    """Why a filter cannot stand in a rule; nothing if it can."""
    if moves_with_time(tree):
        return (
            "it counts back from now, so that marks would come and go by themselves; "
            "write a day such as since:2026-01-15, or until = 2026-12-31 beside it"
        )
    if any(isinstance(leaf, Keys) and leaf.kind == "story" for leaf in leaves(tree)):
        return "it asks for a story, which is told only after rules have spoken; write what its articles say"
    if asks_for_marks(tree) or any(_is_of_rules(leaf, named) for leaf in leaves(tree)):
        return "it asks what other rules say; write what those rules ask instead"
    return ""


def _is_of_rules(leaf: Filter, named: Vocabulary) -> bool:
    """Whether it asks for a category that only rules give."""
    if not isinstance(leaf, Keys) or leaf.kind != "category" or named.categories is None:
        return False
    return not any(named.categories.find(value) or ":" in value for value in leaf.values)


def _when(value: Any) -> str:
    text = filter_text(value)
    if not text:
        raise SettingsError("it is empty and would speak of every article; write which ones it is about")
    return text


def _then(value: Any) -> tuple[tuple[str, str], ...]:
    said = value if isinstance(value, list) else [value]
    if not said:
        raise SettingsError(f"it is empty; write {_CHOICES}")
    return tuple(dict.fromkeys(_mark(line_of_text(one)) for one in said))


def _mark(said: str) -> tuple[str, str]:
    if said in _ALONE:
        return _ALONE[said]
    kind, colon, name = said.partition(":")
    if kind == "notify" and name:
        return kind, name
    if not colon or kind not in ("tag", "category"):
        raise SettingsError(f"{shown(said)} is nothing a rule can do; write {_CHOICES}")
    try:
        (leaf,) = leaves(operand(kind, name))
    except FilterError as error:
        raise SettingsError(str(error)) from None
    return kind, leaf.values[0] if isinstance(leaf, Keys) else name


def _until(value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise SettingsError("it must be a day; write it without quotes, as in 2026-12-31")
    return value
