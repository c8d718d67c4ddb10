from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from aggregator.filters import And, Everything, Text, all_of, any_of, matches, moves_with_time, parse
from aggregator.schema import Article

Build = Callable[..., Article]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", True),
        ("talks", True),
        ("TALKS geneve", True),
        ("talk", False),
        ("title:geneve", True),
        ("title:ministers", False),
        ('"in geneve"', True),
        ('"geneve in"', False),
        ('"geneve ministers"', False),  # the end of the title and the start of the text are no phrase
        ("jean-luc", True),
        ("luc-jean", False),
        ("talks OR nothing", True),
        ("talks -nothing", True),
        ("-talks", False),
        ("source:two", True),
        ("source:tw", False),
        ("category:world", True),
        ("category:sport", False),
        ("country:CH", True),
        ("country:FR", False),
        ("place:geneve", True),
        ("place:gen", False),
        ("lang:fr", True),
        ("lang:fr-CH", True),
        ("lang:fr-FR", False),
        ("lang:frr", False),
        ("since:2h", True),
        ("since:30m", False),
        ("since:2026-01-15T11:00Z", True),
        ("until:2026-01-15T11:00Z", False),
        ("until:2026-01-15", True),
        ("until:30m", True),
        ("until:2h", False),
    ],
)
def test_a_filter_finds_what_it_says(article: Build, now: datetime, text: str, found: bool) -> None:
    told = article(
        title="Talks in Genève",
        text="Ministers met Jean-Luc.",
        sources=("one", "two"),
        categories=("world",),
        places=(("Genève", "CH"),),
        language="fr-CH",
    )
    assert matches(parse(text), told, now=now) is found


def test_words_beyond_the_searched_text_are_not_found(article: Build, now: datetime) -> None:
    told = article(text="x " * 50_000 + "needle")
    assert not matches(parse("needle"), told, now=now)


def test_the_stored_position_counts_for_time_and_not_a_later_date(article: Build, now: datetime) -> None:
    stored = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000) << 20 | 7
    assert matches(parse("until:2026-01-02"), article(position=stored), now=now)


def test_all_of_drops_everything_and_single_parts_stand_alone() -> None:
    a, b = Text("a", False, "any"), Text("b", False, "any")
    assert all_of([]) == Everything()
    assert all_of([Everything(), a]) == a
    assert all_of([a, b]) == And((a, b))


def test_any_of_nothing_is_refused_rather_than_everything() -> None:
    with pytest.raises(ValueError, match="at least one"):
        any_of([])


@pytest.mark.parametrize(
    ("text", "moves"),
    [("since:7d", True), ("a OR (b -until:2h)", True), ("since:2026-01-15 a", False), ("", False)],
)
def test_only_a_filter_that_counts_back_from_now_moves_with_time(text: str, moves: bool) -> None:
    assert moves_with_time(parse(text)) is moves
