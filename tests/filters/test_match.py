from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from aggregator.filters import And, Everything, Keys, Text, all_of, any_of, matches, moves_with_time, parse
from aggregator.schema import Article, Place

Build = Callable[..., Article]
GENEVA = Place(
    name="Genève",
    kind="city",
    geonameid=2660646,
    country="CH",
    code="CH.GE",
    admin1="Geneva",
    lat=46.2022,
    lon=6.1457,
    regions=("Europe", "Western Europe"),
)


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
        ("place:CH", True),
        ("about:CH", False),
        ("dateline:CH", True),
        ("near:46.2,6.1,10km", True),
        ("near:46.2,6.1,2km", False),
        ("box:46,6,47,7", True),
        ("box:46,7,47,6", False),
        ("has:author", True),
        ("has:image", False),
        ("is:undated", False),
        ("author:rey", True),
        ('author:"rey ana"', False),
        ("url:talks-2026", True),
        ("url:https", False),
        ("gen*", True),
        ('"in gen"*', True),
        ("text:geneve", False),
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
        url="https://example.org/talks-2026?p=1",
        authors=("Luc Rey", "Ana Silva"),
        places=(GENEVA,),
        opens=True,
        language="fr-CH",
    )
    assert matches(parse(text), told, now=now) is found


def test_words_beyond_the_searched_text_are_not_found(article: Build, now: datetime) -> None:
    told = article(text="x " * 15_000 + "needle")
    assert not matches(parse("needle"), told, now=now)


def test_the_stored_position_counts_for_time_and_not_a_later_date(article: Build, now: datetime) -> None:
    stored = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000) << 20 | 7
    assert matches(parse("until:2026-01-02"), article(position=stored), now=now)


def test_all_of_drops_everything_and_single_parts_stand_alone() -> None:
    a, b = Text(("a",), "any"), Text(("b",), "any")
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


def test_an_alternative_of_keys_is_one_search() -> None:
    either = any_of([Keys("lang", ("fr",)), Text(("a",), "any"), Keys("lang", ("en",))])
    assert either == any_of([Keys("lang", ("en", "fr")), Text(("a",), "any")])
