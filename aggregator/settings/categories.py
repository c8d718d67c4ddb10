"""The tables [[category]]: categories of the admin's own, and the words by which an article has them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from aggregator.errors import SettingsError
from aggregator.schema import CategoryRule
from aggregator.settings.codes import language
from aggregator.settings.files import Table
from aggregator.settings.problems import shown
from aggregator.settings.slugs import SLUG
from aggregator.settings.values import identifier, line_of_text, refuse_unknown, take, texts

CATEGORY_KEYS = ["id", "parent", "words", "not_words", "languages"]

_TOPIC = re.compile(r"medtop:\d{8}")
_WORD = r"(?:\*?[^\W_]{2,}\*?|[^\W_])"
_PATTERN = re.compile(rf"[\W_]*?{_WORD}(?:[^\w*]+{_WORD}){{0,5}}[^\w*]*")


def categories(tables: Iterable[Table]) -> tuple[CategoryRule, ...]:
    """All categories; two of the same id are refused, and parents that are none."""
    found: dict[str, tuple[Table, CategoryRule]] = {}
    for table in tables:
        rule = _category(table)
        if rule is None:
            continue
        first = found.setdefault(rule.id, (table, rule))[1]
        if first is not rule:
            what = f"the category at {first.origin} has the same id; give each its own"
            table.refuse(what, "id", value=shown(rule.id))
    rules = {id: rule for id, (_, rule) in found.items()}
    for table, rule in found.values():
        _check_parent(table, rule, rules)
    return tuple(rules.values())


def _category(table: Table) -> CategoryRule | None:
    refuse_unknown(table, CATEGORY_KEYS)
    for key, example in (("id", '"dams"'), ("words", '["dam", "reservoir*"]')):
        if key not in table.values:
            table.refuse(f"this [[category]] has no {key}; add {key} = {example}")
    id = take(table, "id", identifier("dams"))
    words = take(table, "words", _patterns)
    if id is None or not words:
        if words == ():
            table.refuse('an article can have it by none; write words = ["…"]', "words", value="[]")
        return None
    return CategoryRule(
        id=id,
        parent=take(table, "parent", _parent) or "",
        words=words,
        not_words=take(table, "not_words", _patterns) or (),
        languages=take(table, "languages", _languages) or (),
        origin=table.origin(),
    )


def _patterns(value: Any) -> tuple[str, ...]:
    found = texts(value)
    for one in found:
        if not _PATTERN.fullmatch(one):
            fix = "write one to six words, and * only before or after two letters or more"
            raise SettingsError(f"{shown(one)} cannot be looked for; {fix}")
    return found


def _parent(value: Any) -> str:
    text = line_of_text(value, longest=100)
    if not (_TOPIC.fullmatch(text) or SLUG.fullmatch(text)):
        raise SettingsError('write a Media Topic ("medtop:06000000") or the id of another [[category]]')
    return text


def _languages(value: Any) -> tuple[str, ...]:
    return tuple(language(one) for one in texts(value))


def _check_parent(table: Table, rule: CategoryRule, rules: Mapping[str, CategoryRule]) -> None:
    if rule.parent and not _TOPIC.fullmatch(rule.parent) and rule.parent not in rules:
        close = get_close_matches(rule.parent, rules, 1)
        fix = f'did you mean "{close[0]}"?' if close else "write the id of a [[category]]"
        table.refuse(f"there is no such category; {fix}", "parent", value=shown(rule.parent))
    above, seen = rule.parent, {rule.id}
    while above in rules:
        if above in seen:
            table.refuse("the category is part of itself in the end; take a parent out", "parent")
            return
        seen.add(above)
        above = rules[above].parent
