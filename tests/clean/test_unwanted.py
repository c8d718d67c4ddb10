from __future__ import annotations

import pytest

from aggregator.clean import clean
from aggregator.schema import Entry

BODY = (
    "<p>The ferry sails again.</p><p>Listen to this article</p><p>It is full.</p><p>Read more: Old news</p>"
)


def text(*cut: str, body: str = BODY) -> str:
    return clean(Entry(title="Ferry", content=body), unwanted=cut).text


@pytest.mark.parametrize(
    "cut", ["Listen to this article", "listen  TO this article", "Listen to*", "*article"]
)
def test_a_line_the_admin_names_goes(cut: str) -> None:
    assert "Listen" not in text(cut)
    assert "The ferry sails again." in text(cut)


def test_a_line_that_only_holds_the_text_stays() -> None:
    assert "It is full." in text("It is")
    assert "It is full." not in text("*is*")


def test_what_was_cut_is_written_down() -> None:
    removed = clean(Entry(title="Ferry", content=BODY), unwanted=["Listen to this article"]).removed
    assert ("cut", "Listen to this article") in [(one.rule, one.text) for one in removed]


def test_a_line_goes_with_its_element_and_the_markup_stays_balanced() -> None:
    body = "<p>One.</p><div><p><b>Sign up</b></p></div><p>Two.</p>"
    assert clean(Entry(title="T", content=body), unwanted=["Sign up"]).content == "<p>One.</p><p>Two.</p>"


def test_the_summary_loses_the_line_too() -> None:
    entry = Entry(title="T", summary="<p>Short.</p><p>Sign up</p>", content="<p>Long.</p><p>Sign up</p>")
    assert clean(entry, unwanted=["Sign up"]).excerpt == "Short."
