"""The conditions that only a reader can ask: unread, read, saved, and a reader's own stars and tags."""

import pytest

from aggregator.errors import FilterError
from aggregator.filters import Keys, Not, Noted, Or, Vocabulary, exactly, parse

ANN = Vocabulary(reader=7, own_tags=("water",), tags=exactly({"energy"}))


@pytest.mark.parametrize("word", ["unread", "read", "saved"])
def test_without_a_reader_it_is_refused_with_the_reason(word: str) -> None:
    with pytest.raises(FilterError, match=f"is:{word} is known of a signed-in reader only"):
        parse(f"peace is:{word}")


def test_a_reader_asks_for_their_own_notes() -> None:
    assert parse("is:read", ANN) == Noted(7, "read")
    assert parse("is:saved", ANN) == Noted(7, "saved")
    assert parse("is:unread", ANN) == Not(Noted(7, "read"))


def test_a_star_is_one_of_the_rules_or_of_the_reader() -> None:
    assert parse("is:starred") == Keys("is", ("starred",))
    assert parse("is:starred", ANN) == Or((Keys("is", ("starred",)), Noted(7, "starred")))


def test_a_tag_is_one_of_the_rules_or_of_the_reader() -> None:
    assert parse("tag:energy", ANN) == Keys("tag", ("energy",))
    assert parse("tag:Water", ANN) == Or((Keys("tag", ("water",)), Noted(7, "tagged", "water")))


def test_a_tag_that_neither_has_is_refused() -> None:
    with pytest.raises(FilterError, match="There is no tag “fire”"):
        parse("tag:fire", ANN)
