from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import assume, given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from aggregator.errors import FilterError
from aggregator.filters import parse
from aggregator.schema import Settings
from aggregator.settings import load
from web.filter_text import filter_text, without
from web.query import BadParameter, from_query


def table(page: str) -> dict[str, Any]:
    found = re.search(r'<pre class="diff" dir="ltr" data-copy>(.*?)</pre>', page, re.S)
    assert found is not None
    (view,) = tomllib.loads(unescape(found[1]))["view"]
    return dict(view)


def test_a_list_has_its_feeds_to_copy_and_a_code_to_scan(client: FlaskClient) -> None:
    page = client.get("/save?country=MA").text
    assert "data-copy>http://127.0.0.1:8000/feeds/search.atom?country=MA</a>" in page
    assert "data-copy>http://127.0.0.1:8000/?country=MA</a>" in page
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in page
    assert 'href="/save?country=MA"' in client.get("/?country=MA").text


def test_the_table_for_the_configuration_says_the_list(client: FlaskClient) -> None:
    assert table(client.get("/save?country=MA&category=climate&category=science&name=Dry years").text) == {
        "name": "dry-years", "title": "Dry years", "filter": "(category:climate OR category:science) country:MA"
    }  # fmt: skip


def test_a_narrowed_view_and_subject_are_saved_whole(client: FlaskClient) -> None:
    assert table(client.get("/view/maghreb/save?q=dam OR ferry").text) == {
        "name": "maghreb-dam-or-ferry", "title": "Maghreb · dam OR ferry", "filter": "country:MA (dam OR ferry)"
    }  # fmt: skip
    assert table(client.get("/source/ufuq/save").text)["filter"] == "source:ufuq"


def test_a_name_may_hold_anything(client: FlaskClient) -> None:
    page = client.get("/save", query_string={"country": "MA", "name": '"]\n<b>\\ ’مدن'}).text
    assert table(page)["title"] == '"] <b>\\ ’مدن'
    assert "<b>" not in page


def test_the_configuration_takes_the_table(client: FlaskClient, tmp_path: Path) -> None:
    page = client.get("/save", query_string={"country": "MA", "name": "Dry \x7f years"}).text
    said = unescape(page.partition("[[view]]")[2].partition("</")[0])
    path = tmp_path / "config.toml"
    path.write_text(f"[[view]]{said}\n", encoding="utf-8")
    assert [view.id for view in load(path).views] == ["dry-years"]


def test_an_id_that_is_taken_gets_a_number(client: FlaskClient) -> None:
    assert table(client.get("/save?country=MA&name=Maghreb").text)["name"] == "maghreb-2"
    assert table(client.get("/save?country=MA&name=مدن").text)["name"] == "view"


def test_only_admins_see_the_table(
    client_of: Callable[..., FlaskClient], settings: Callable[..., Settings]
) -> None:
    page = client_of(settings(access="public")).get("/save?country=MA").text
    assert "[[view]]" not in page
    assert "search.atom" in page


@pytest.mark.parametrize(("base", "pairs", "text"), [
    ("", [("q", "a OR b")], "a OR b"),
    ("", [("q", "a OR b"), ("source", "x")], "(a OR b) source:x"),
    ("", [("q", "a b"), ("q", "c")], "((a b) OR c)"),
    ("", [("text", "a b"), ("place", "New York")], '(a b) place:"New York"'),
    ("x OR y", [("language", "fr")], "(x OR y) lang:fr"),
    ("", [("near", "48.85,2.35,10km"), ("since", "7d")], "near:48.85,2.35,10km since:7d"),
    ("", [("title", 'say "no"')], 'title:"say  no "'),
    ("", [("place", "a"), ("place", "New York")], '(place:a OR place:"New York")'),
    ("", [], ""),
])  # fmt: skip
def test_conditions_become_one_filter(base: str, pairs: list[tuple[str, str]], text: str) -> None:
    assert filter_text(base, pairs) == text
    parse(text)


@pytest.mark.parametrize(("query", "href"), [
    ("q=dam source:harbor-times", "/?q=dam+source%3Aharbour-times"),
    ("source=harbor-times&q=dam", "/?source=harbour-times&amp;q=dam"),
    ("contry=MA", "/?country=MA"),
    ("q=is:editd dam", "/?q=is%3Aedited+dam"),
    ("q=sorce:x", "/?q=source%3Ax"),
])  # fmt: skip
def test_what_an_error_suggests_is_a_link(client: FlaskClient, query: str, href: str) -> None:
    page = client.get(f"/?{query}")
    assert page.status_code == 400
    assert f'<a href="{href}">Take' in page.text


def test_an_error_without_a_suggestion_has_no_link(client: FlaskClient) -> None:
    assert ">Take" not in client.get("/?q=(dam").text


HARD = st.text(alphabet="ab Z9-*:()“”„|/!.,é", max_size=9) | st.sampled_from(
    ["OR", "NOT", "AND b", "-a", "title:a", "/a/"]
)


@given(
    pairs=st.lists(
        st.tuples(st.sampled_from(["text", "title", "author", "source", "dateline"]), HARD), max_size=4
    )
)
def test_a_filter_text_is_read_as_the_address_it_was_made_of(pairs: list[tuple[str, str]]) -> None:
    try:
        asked = from_query(MultiDict(pairs))
    except BadParameter:
        assume(False)
    assert parse(filter_text("", pairs)) == asked


@given(said=st.sampled_from(["", "a", "a OR b", "(a OR b) c", 'title:"a OR b"', "-a"]), value=HARD)
def test_what_is_left_out_of_a_search_is_left_out_of_all_of_it(said: str, value: str) -> None:
    try:
        term = parse(filter_text("", [("title", value)]))
    except FilterError:
        assume(False)
    assert parse(without(said, "title", value)) == parse(
        f"({said}) -({filter_text('', [('title', value)])})".replace("() ", "")
    )
    assert term
