from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FilterError
from aggregator.filters import (
    And,
    Box,
    Everything,
    Filter,
    Keys,
    Near,
    Not,
    Or,
    Since,
    Text,
    Until,
    parse,
)

A, B, C = (Text((letter,), "any") for letter in "abc")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a b OR c", Or((And((A, B)), C))),
        ("a (b OR c)", And((A, Or((B, C))))),
        ("(a)(b)", And((A, B))),
        ("NOT a", Not(A)),
        ("-a", Not(A)),
        ("--a", Not(Not(A))),
        ("a -(b OR c)", And((A, Not(Or((B, C)))))),
        ("NOT a b", And((Not(A), B))),
        ('"peace talks"', Text(("peace", "talks"), "any")),
        ("“Peace, talks”", Text(("peace", "talks"), "any")),
        ('"AND"', Text(("and",), "any")),
        ("and", Text(("and",), "any")),
        ("elect*", Text(("elect",), "any", True)),
        ('title:"peace ta"*', Text(("peace", "ta"), "title", True)),
        ("title:a", Text(("a",), "title")),
        ("Title:a", Text(("a",), "title")),
        ("text:a", Text(("a",), "text")),
        ("author:José", Text(("jose",), "author")),
        ("url:/sport/", Text(("sport",), "url")),
        ("title:AND", Text(("and",), "title")),
        ("source:bbc-news", Keys("source", ("bbc-news",))),
        ("-source:BBC", Not(Keys("source", ("bbc",)))),
        ("source:b OR source:a OR source:b", Keys("source", ("a", "b"))),
        ("category:world", Keys("category", ("world",))),
        ('category:"World News"', Keys("category", ("world-news",))),
        ("term:Économie", Keys("category", ("economie",))),
        ('term:"public services"', Keys("category", ("public-services",))),
        ('term:"Food & Drink"', Keys("category", ("food-drink",))),
        ("term:R&D", Keys("category", ("r-d",))),
        ('category:"Économie & Société"', Keys("category", ("economie-societe",))),
        ("place:FR", Keys("place", ("FR",))),
        ("place:Fr", Keys("place", ("name:fr",))),
        ('place:"FR"', Keys("place", ("name:fr",))),
        ("place:Salé", Keys("place", ("name:sale",))),
        ('about:"New  York"', Keys("about", ("name:new york",))),
        ("dateline:MA", Keys("dateline", ("MA",))),
        ("country:fr", Keys("place", ("FR",))),
        ("country:XK", Keys("place", ("XK",))),
        ("near:34.02,-6.84,50km", Near(34.02, -6.84, 50_000)),
        ('near:"34.02, -6.84, 800 m"', Near(34.02, -6.84, 800)),
        ("box:27.6,-13.2,36,-1", Box(27.6, -13.2, 36, -1)),
        ("lang:en", Keys("lang", ("en",))),
        ("lang:PT-br", Keys("lang", ("pt-BR",))),
        ("lang:zh-hant-tw", Keys("lang", ("zh-Hant-TW",))),
        ("has:image", Keys("has", ("image",))),
        ("-is:edited", Not(Keys("is", ("edited",)))),
        ("date:2026-01-15", And((Since(utc(2026, 1, 15), None), Until(utc(2026, 1, 16), None)))),
        ("date:2026-02", And((Since(utc(2026, 2, 1), None), Until(utc(2026, 3, 1), None)))),
        ("date:2024", And((Since(utc(2024, 1, 1), None), Until(utc(2025, 1, 1), None)))),
        ("date:2025-12..2026-01-07", And((Since(utc(2025, 12, 1), None), Until(utc(2026, 1, 8), None)))),
        ("date:2026-01-07..", Since(utc(2026, 1, 7), None)),
        ("date:..2026-01-07T12:00Z", Until(utc(2026, 1, 7, 12), None)),
        ("since:2026-01", Since(utc(2026, 1, 1), None)),
        ("until:2026", Until(utc(2027, 1, 1), None)),
        ("since:2026-01-15", Since(utc(2026, 1, 15), None)),
        ("since:2026-01-15T12:30Z", Since(utc(2026, 1, 15, 12, 30), None)),
        ("since:2026-01-15T12:30:00+05:30", Since(utc(2026, 1, 15, 7), None)),
        ('since:"2026-01-15 12:30"', Since(utc(2026, 1, 15, 12, 30), None)),
        ("since:7d", Since(None, timedelta(days=7))),
        ("since:12h", Since(None, timedelta(hours=12))),
        ("since:2w", Since(None, timedelta(weeks=2))),
        ("since:30m", Since(None, timedelta(minutes=30))),
        ("since:P7D", Since(None, timedelta(days=7))),
        ("since:PT12H", Since(None, timedelta(hours=12))),
        ("since:P1DT6H30M", Since(None, timedelta(days=1, hours=6, minutes=30))),
        ("until:2026-01-15T12:30Z", Until(utc(2026, 1, 15, 12, 30), None)),
        ("until:1d", Until(None, timedelta(days=1))),
    ],
)
def test_a_filter_text_means_its_tree(text: str, tree: Filter) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_an_empty_text_is_everything(text: str) -> None:
    assert parse(text) == Everything()


def test_until_a_day_includes_the_whole_day() -> None:
    assert parse("until:2026-01-15") == Until(utc(2026, 1, 16), None)


@pytest.mark.parametrize("word", ["jean-luc", "l'Iran", "東京", "AC/DC"])
def test_one_written_word_that_is_several_once_folded_is_a_phrase(word: str) -> None:
    parsed = parse(word)
    assert isinstance(parsed, Text)
    assert len(parsed.words) == 2


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("...", 0, "no word to search for"),
        ("a ,", 2, "no word to search for"),
        ('"…"', 0, "no word to search for"),
        ('a ""', 2, "nothing between"),
        ("a (", 3, "ends where"),
        ("(a", 0, "never closed"),
        ("a)", 1, "closes nothing"),
        ("()", 0, "nothing between"),
        ('a "b', 2, "no partner"),
        ("a OR", 4, "ends where"),
        ("OR a", 0, "Before OR"),
        ("a AND AND b", 6, "Before AND"),
        ("a OR )", 5, "Before )"),
        ("NOT", 3, "ends where"),
        ("- a", 0, "right before"),
        ("-", 1, "ends where"),
        ("source:", 7, "right after source:"),
        ("source: bbc", 7, "right after source:"),
        ("source:(a OR b)", 7, "right after source:"),
        ("sorce:bbc", 0, "did you mean source:?"),
        ("é sorce:bbc", 2, "did you mean source:?"),
        ("https://example.org", 0, "quotation marks"),
        ("any:x", 0, "no field"),
        ('source:"a b"', 7, "no source id"),
        ("category:&", 9, "no category id"),
        ("place:?", 6, "no name of a place"),
        ("place:UK", 6, "did you mean GB?"),
        ("country:france", 8, "two letters"),
        ("lang:english", 5, "language tag"),
        ("lang:pt_BR", 5, "language tag"),
        ("since:yesterday", 6, "2026-01-15"),
        ("since:2026-02-30", 6, "no day"),
        ("since:2026-01-15T25:00", 6, "no possible time"),
        ("since:0d", 6, "longer than nothing"),
        ("since:36501d", 6, "at most 36500 days"),
        ("since:P1M", 6, "duration"),
        ("since:PT", 6, "duration"),
        ("since:0001-01-01T00:00+14:00", 6, "no possible time"),
        ("until:9999-12-31", 6, "too far"),
        ("until:9999", 6, "too far"),
        ("in:world", 3, "no view"),
        ("a*", 0, "right after 2 letters"),
        ("fo*o", 0, "end of a word only"),
        ("*foo", 0, "end of a word only"),
        ('"peace "*', 0, "right after 2 letters"),
        ("/pea[ck]e/", 0, "no regular expressions"),
        ("lang:xx", 5, "no language"),
        ("has:nothing", 4, "write one of author"),
        ("has:picture", 4, "did you mean image?"),
        ("has:full_text", 4, "did you mean text?"),
        ("rain has:Story", 9, "every article is in one; story: with the id"),
        ("has:tag", 4, "write tag: with the name"),
        ("has:imag", 4, "did you mean image?"),
        ("is:hiden", 3, "did you mean hidden?"),
        ("is:zzz", 3, "write one of edited"),
        ("near:34,-6", 5, "34.02,-6.84,50km"),
        ("near:34,-6,50", 5, "34.02,-6.84,50km"),
        ("near:94,-6,50km", 5, "no latitude"),
        ("near:4,-186,50km", 5, "no longitude"),
        ("near:4,-6,0km", 5, "more than 0"),
        ("box:1,2,3", 4, "no box"),
        ("box:3,2,1,4", 4, "north of its north"),
        ("date:..", 5, "no span"),
        ("date:2026-02..2026-01", 5, "no span"),
        ("date:2026-13", 5, "no day"),
        ("a|b", 0, "OR"),
        ("a !b", 2, "NOT or a minus"),
        ("x" * 201, 0, "at most 200 letters"),
        ("(" * 65 + "a" + ")" * 65, 65, "64 deep"),
        ("-" * 65 + "a", 65, "64 deep"),
        ("a " * 201, 400, "200 terms"),
        ("a" * 10_001, 10_000, "10000 characters"),
    ],
)
def test_a_mistake_has_a_sentence_and_a_position(text: str, position: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert words in str(caught.value)
    assert caught.value.position == position


def test_a_mistake_is_repeated_short_and_printable() -> None:
    with pytest.raises(FilterError) as caught:
        parse("lang:\x1b\ud800" + "x" * 500)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 200


def test_64_nested_parentheses_are_fine() -> None:
    assert parse("(" * 64 + "a" + ")" * 64) == A


PIECES = st.sampled_from(
    [
        "a",
        "b",
        '"',
        "(",
        ")",
        "-",
        "AND",
        "OR",
        "NOT",
        " ",
        ":",
        "source:",
        "place:FR",
        "since:",
        "P7D",
        "“",
        "*",
    ]
)


@given(st.text() | st.lists(PIECES, max_size=30).map("".join) | st.lists(PIECES, max_size=30).map(" ".join))
def test_any_text_gives_a_tree_or_a_filter_error_inside_the_text(text: str) -> None:
    outcome = parsed(text)
    if isinstance(outcome, FilterError):
        assert 0 <= outcome.position <= len(text)
    else:
        assert (outcome == Everything()) == (text.strip() == "")


def parsed(text: str) -> Filter | FilterError:
    try:
        return parse(text)
    except FilterError as error:
        return error


def test_a_category_id_may_hold_the_marks_of_its_script() -> None:
    assert parse("category:हिन्दी") == Keys("category", ("हिन्दी",))


def test_a_category_id_holds_no_blank_or_sign() -> None:
    for wrong in ("category:a;b", "category:-a"):
        with pytest.raises(FilterError):
            parse(wrong)


def test_a_media_topic_is_a_category() -> None:
    assert parse("category:medtop:04000000") == Keys("category", ("medtop:04000000",))


def test_half_a_media_topic_is_refused() -> None:
    with pytest.raises(FilterError):
        parse("category:medtop:0400")
