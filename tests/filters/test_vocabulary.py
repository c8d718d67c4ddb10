"""What a filter names must be there; what is not there is an error with the nearest name."""

import pytest

from aggregator.errors import FilterError
from aggregator.filters import And, Filter, Keys, Names, Text, Vocabulary, exactly, parse

PLACES = {
    "Rabat": ["2538475"],
    "Paris": ["2988507", "4717560"],
    "Sahel": ["region:sahel"],
    "2538475": ["2538475"],
}
KNOWN = Vocabulary(
    stories=exactly({"ab12"}),
    sources=exactly(["bbc-world", "map"]),
    categories=Names(lambda id: {"sport": ["medtop:15000000", "sport"], "dams": ["dams"]}.get(id, [])),
    places=Names(lambda name: PLACES.get(name, []), lambda name: "Rabat" if name[:2] == "Ra" else ""),
    views={
        "morocco": "place:MA OR place:Rabat",
        "sport": "category:sport in:morocco",
        "a": "x in:b",
        "b": "in:c",
        "c": "y -in:a",
        "wrong": "a b:c",
        "all": "",
    },
)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("source:BBC-World", Keys("source", ("bbc-world",))),
        ("category:Sport", Keys("category", ("medtop:15000000", "sport"))),
        ("term:anything", Keys("category", ("anything",))),
        ("place:Paris", Keys("place", ("2988507", "4717560"))),
        ("about:2538475", Keys("about", ("2538475",))),
        ("dateline:Sahel", Keys("dateline", ("region:sahel",))),
        ("place:MA", Keys("place", ("MA",))),
        ("story:ab12", Keys("story", ("ab12",))),
        ("in:morocco", Keys("place", ("2538475", "MA"))),
        (
            "x in:sport",
            And(
                (
                    Text(("x",), "any"),
                    And((Keys("category", ("medtop:15000000", "sport")), Keys("place", ("2538475", "MA")))),
                )
            ),
        ),
        ("x in:all", Text(("x",), "any")),
    ],
)
def test_a_name_means_what_the_vocabulary_says(text: str, tree: Filter) -> None:
    assert parse(text, KNOWN) == tree


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("a source:bbc-wolrd", 9, "There is no source “bbc-wolrd”; did you mean bbc-world?"),
        ("source:zzz", 7, "There is no source “zzz”; look at its spelling."),
        ("a story:ffff", 8, "There is no story “ffff”"),
        ("category:sprot", 9, "There is no category “sprot”"),
        ("place:Rabbat", 6, "There is no place “Rabbat”; did you mean Rabat?"),
        ("near:34.02,-6.84,50km place:Zz", 28, "There is no place “Zz”"),
        ("in:maroc", 3, "There is no view “maroc”; did you mean morocco?"),
        ("in:wrong", 3, "In the view “wrong”: There is no field “b”"),
        ("z OR in:a", 8, "The view “a” would be in itself: a → b → c → a."),
    ],
)
def test_a_name_that_is_unknown_is_refused_where_it_stands(text: str, position: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text, KNOWN)
    assert str(caught.value).startswith(words)
    assert caught.value.position == position


def test_a_view_is_not_in_itself() -> None:
    with pytest.raises(FilterError, match="morocco → morocco"):
        parse("in:morocco", KNOWN, inside=("morocco",))


def test_views_in_views_cannot_blow_a_filter_up() -> None:
    views = {"v0": " ".join(f"w{n}" for n in range(150))} | {
        f"v{n}": f"in:v{n - 1} OR -in:v{n - 1}" for n in range(1, 12)
    }
    with pytest.raises(FilterError, match="at most 1000 terms"):
        parse("in:v11", Vocabulary(views=views))
