from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from aggregator.errors import DatelineError
from aggregator.filters import (
    And,
    Everything,
    Filter,
    Keys,
    Near,
    Not,
    Or,
    Since,
    Text,
    Until,
    Vocabulary,
    exactly,
)
from web.query import BadParameter, from_query, measure


def args(query: str) -> MultiDict[str, str]:
    return MultiDict(parse_qsl(query, keep_blank_values=True))


PEACE, TALKS, OR = (Text((word,), "any") for word in ("peace", "talks", "or"))


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("", Everything()),
        ("q=peace+-talks", And((PEACE, Not(TALKS)))),
        ("q=peace+OR+talks", Or((PEACE, TALKS))),
        ("text=peace+talks", And((PEACE, TALKS))),
        ("text=peace+%26+talks", And((PEACE, TALKS))),
        ("text=OR", OR),
        ("source=bbc", Keys("source", ("bbc",))),
        ("source=bbc&source=map", Keys("source", ("bbc", "map"))),
        ("source=bbc&category=world", And((Keys("source", ("bbc",)), Keys("category", ("world",))))),
        ("place=FR", Keys("place", ("FR",))),
        ("place=New+York", Keys("place", ("name:new york",))),
        ("country=fr&country=DE", Keys("place", ("DE", "FR"))),
        ("lang=pt-br", Keys("lang", ("pt-BR",))),
        ("lang=pt&language=en", Keys("lang", ("en", "pt"))),
        ("about=MA&dateline=FR", And((Keys("about", ("MA",)), Keys("dateline", ("FR",))))),
        ("near=34,-6.8,50km", Near(34, -6.8, 50_000)),
        ("title=peace&author=Talks", And((Text(("peace",), "title"), Text(("talks",), "author")))),
        ("has=image", Keys("has", ("image",))),
        ("since=7d", Since(None, timedelta(days=7))),
        ("until=2026-01-15", Until(datetime(2026, 1, 16, tzinfo=UTC), None)),
        ("source=bbc&before=12&after=x", Keys("source", ("bbc",))),
    ],
)
def test_the_parameters_of_an_address_make_up_a_filter(query: str, tree: Filter) -> None:
    assert from_query(args(query)) == tree


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("sorce=bbc", "sorce", "did you mean source?"),
        ("utm_source=x", "utm_source", "There is no parameter"),
        ("source=", "source", "empty"),
        ("q=+", "q", "empty"),
        ("q=a+AND", "q", "In the parameter q, character 6: The filter ends"),
        ("text=%26+!", "text", "no word"),
        ("source=two+words", "source", "no source id"),
        ("country=Atlantis", "country", "ISO 3166-1"),
        ("lang=english", "lang", "language tag"),
        ("since=yesterday", "since", "2026-01-15"),
        ("since=1d&since=2d", "since", "once only"),
    ],
)
def test_what_is_not_understood_is_refused_by_its_name(query: str, name: str, words: str) -> None:
    with pytest.raises(BadParameter) as caught:
        from_query(args(query))
    assert caught.value.name == name
    assert name in str(caught.value)
    assert words in str(caught.value)


def test_paging_is_refused_where_there_are_no_pages() -> None:
    with pytest.raises(BadParameter):
        from_query(args("before=12"), apart=())


def test_more_than_a_hundred_parameters_are_refused() -> None:
    with pytest.raises(BadParameter):
        from_query(args("&".join(["source=bbc"] * 101)))


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("text=" + "a+" * 201, "text"),
        ("source=bbc&q=" + "a+" * 200, "q"),
        ("q=" + "a+" * 150 + "&text=" + "b+" * 51, "text"),
        ("q=%22" + "a+" * 201 + "%22", "q"),
        ("text=" + "東" * 201, "text"),
        ("source=bbc&" + "&".join(["q=(a+OR+b)+-c"] * 70), "q"),
    ],
)
def test_more_than_two_hundred_terms_in_all_are_refused(query: str, name: str) -> None:
    with pytest.raises(BadParameter, match=r"200 .*terms") as caught:
        from_query(args(query))
    assert caught.value.name == name
    assert name in str(caught.value)


def test_two_hundred_terms_are_taken() -> None:
    assert isinstance(from_query(args("text=" + "a+" * 200)), And)


def test_an_address_of_four_thousand_characters_is_taken_and_no_longer_one() -> None:
    measure(args("lang=en&q=" + "a" * 3_990))
    with pytest.raises(BadParameter, match="4,000") as caught:
        measure(args("lang=en&q=" + "a" * 3_991))
    assert caught.value.name == "q"
    assert len(str(caught.value)) < 200


def test_many_short_values_are_measured_together() -> None:
    with pytest.raises(BadParameter) as caught:
        measure(args("q=" + "a" * 50 + "&source=bbc" * 500))
    assert caught.value.name == "source"


@pytest.mark.parametrize(
    ("query", "name"),
    [("source=bcb", "source"), ("source=bbc&source=bcb", "source"), ("q=peace+-(a+OR+source:bcb)", "q")],
)
def test_a_source_that_is_unknown_is_refused(query: str, name: str) -> None:
    with pytest.raises(BadParameter, match=r"did you mean bbc\?") as caught:
        from_query(args(query), known=Vocabulary(sources=exactly({"bbc", "map"})))
    assert caught.value.name == name
    assert name in str(caught.value)


def test_where_a_filter_goes_wrong_is_told_apart_from_its_sentence() -> None:
    with pytest.raises(BadParameter) as caught:
        from_query(args("q=peace+-source:bcb"), known=Vocabulary(sources=exactly({"bbc"})))
    assert caught.value.position == 14


NAMES = st.sampled_from(["q", "text", "source", "place", "lang", "since", "until", "country"]) | st.text()


@given(st.lists(st.tuples(NAMES, st.text()), min_size=1))
def test_no_parameter_ever_widens_to_everything(pairs: list[tuple[str, str]]) -> None:
    try:
        tree = from_query(MultiDict(pairs), apart=())
    except DatelineError as error:
        tree = error  # type: ignore[assignment]
    assert tree != Everything()
