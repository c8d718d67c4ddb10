"""Where the words of a filter stand in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.filters import Text, fold, parse, spans, spoken


@pytest.mark.parametrize(
    ("filter", "text", "found"),
    [
        ("peace", "Peace, peaceful PEACE", ["Peace", "PEACE"]),
        ("peac*", "Peace, peaceful", ["Peace", "peaceful"]),
        ('"peace talks"', "Peace — talks; talks of peace", ["Peace — talks"]),
        ("geneve", "À Genève.", ["Genève"]),
        ("محمد", "قال مُحَمَّد اليوم", ["مُحَمَّد"]),
        ("東京", "東京都に", ["東京"]),
        ("jean-luc", "M. Jean-Luc Rey", ["Jean-Luc"]),
        ("a OR (b -c)", "a b c", ["a", "b"]),
        ('"a b" OR "b c"', "x a b c x", ["a b c"]),
        ("4", "x ¼ y", ["¼"]),
        ("source:x", "x", []),
        ("", "x", []),
    ],
)
def test_what_a_filter_looks_for_is_marked_as_it_stands(filter: str, text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text, spoken(parse(filter)))] == found


@given(st.text(max_size=40))
def test_every_word_that_folding_sees_is_found_and_no_other(text: str) -> None:
    words = fold(text).split()
    for word in words[:3]:
        assert spans(text, [Text((word,), "any")])
    assert bool(spans(text, [Text(("zzqx",), "any")])) is ("zzqx" in words)
    for start, end in spans(text, [Text((word,), "any") for word in words]):
        assert set(fold(text[start:end]).split()) <= set(words)


_PIECES = st.sampled_from(
    [
        "ab",
        "é",
        "’",
        " ",
        "-",
        "A",
        "ß",
        "ﬁ",
        "مُ",
        "ال",
        "東",
        "\u1100",
        "\u1161",
        "한",
        "é",
        "ø",
        "½",
        "\0",
        "\n",
    ]
)


@given(
    st.lists(_PIECES, max_size=12).map("".join),
    st.lists(st.sampled_from(["ab", "a", "e", "ab e", "abe"]), max_size=3),
)
def test_a_text_is_searched_at_once_as_it_is_word_by_word(text: str, phrases: list[str]) -> None:
    wanted = [Text(tuple(phrase.split()), "any", prefix) for phrase in phrases for prefix in (False, True)]
    odd = spans(
        text + " 東", wanted
    )  # which is no letter for a letter, so that all is looked through word by word
    assert spans(text, wanted) == odd
