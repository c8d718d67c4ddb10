"""Changed copies of the nouns."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.schema import Habits, Usual, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """A noun of one field."""

    only: str


def test_a_noun_of_one_field_is_copied() -> None:
    assert replace(One(only="a"), only="b") == One(only="b")


def test_what_is_not_changed_is_kept() -> None:
    usual = Usual(names=(("rabat", 1.0),), articles=1.0)
    assert replace(Habits(places=usual)).places is usual
