"""Which articles have been kept long enough: pure, filters out of the settings."""

from __future__ import annotations

from aggregator.filters import And, Filter, Keys, Not, Noted, Or, Until, all_of, any_of
from aggregator.schema import KeepRule, RetentionSettings


def expired(wanted: RetentionSettings) -> tuple[Filter, ...]:
    """The filters that find what may go; nothing that a rule still wants, for the longest of its rules counts.

    The rules of an article are those of its sources and categories; if it has none, `keep` counts. What a rule
    or any reader starred, or any reader saved or tagged, stays.
    """
    rules = wanted.rules
    noted = [Not(Noted(None, what)) for what in ("starred", "saved", "tagged")]
    kept = [Not(Keys("is", ("starred",))), *noted]
    found: list[Filter] = [
        all_of(
            [
                _of(rule),
                Until(None, rule.keep),
                *(_let_go(other) for other in rules if other.keep > rule.keep),
            ]
        )
        for rule in rules
    ]
    if wanted.keep is not None:
        others = [Not(any_of(map(_of, rules)))] if rules else []
        found.append(all_of([Until(None, wanted.keep), *others]))
    return tuple(all_of([*_parts(tree), *kept]) for tree in found)


def _parts(tree: Filter) -> tuple[Filter, ...]:
    return tree.parts if isinstance(tree, And) else (tree,)


def _let_go(rule: KeepRule) -> Filter:
    """That a rule does not speak of an article, or no longer wants it."""
    return Or((Not(_of(rule)), Until(None, rule.keep)))


def _of(rule: KeepRule) -> Filter:
    return Keys(rule.kind, rule.values)
