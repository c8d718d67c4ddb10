"""What an article's page says for machines, read with distrust."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse import facts
from aggregator.schema import SECTION, Entry, Point

RABAT = {"@type": "Place", "name": "Rabat", "geo": {"latitude": "34.02", "longitude": -6.83}}


def page(*scripts: str, head: str = "") -> bytes:
    tags = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return f"<html><head>{head}{tags}</head><body><p>Words.</p></body></html>".encode()


def said(**values: Any) -> Entry:
    return facts(page(json.dumps({"@context": "https://schema.org", "@type": "NewsArticle"} | values)))


def sections(entry: Entry) -> list[str]:
    assert all(term.scheme == SECTION for term in entry.terms)
    return [term.label for term in entry.terms]


def test_a_page_says_section_place_language_and_date() -> None:
    entry = said(
        articleSection="Politics",
        contentLocation=RABAT,
        locationCreated={"@type": "Place", "name": "Salé", "address": {"addressCountry": "MA"}},
        inLanguage="fr-MA",
        datePublished="2026-01-12T10:00:00+01:00",
    )
    assert sections(entry) == ["Politics"]
    assert entry.points == (Point(lat=34.02, lon=-6.83, name="Rabat"),)
    assert entry.places == ("Salé, MA",)
    assert (entry.language, entry.published) == ("fr-MA", datetime(2026, 1, 12, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    "node_type",
    ["NewsArticle", "http://schema.org/BlogPosting", ["Thing", "ReportageNewsArticle"], "schema:Report"],
)
def test_news_has_many_types(node_type: Any) -> None:
    assert sections(said(**{"@type": node_type}, articleSection="World")) == ["World"]


@pytest.mark.parametrize("node_type", ["WebPage", "JobPosting", "Product", "Event", None, 7, {}])
def test_what_is_no_article_says_nothing(node_type: Any) -> None:
    assert said(**{"@type": node_type}, articleSection="World") == Entry()


def test_an_article_is_found_in_a_graph_and_in_a_list() -> None:
    article = {"@type": "Article", "articleSection": ["World", "Sport"]}
    for whole in ({"@graph": [{"@type": "WebSite"}, article]}, [{"@type": "WebSite"}, article]):
        assert sections(facts(page(json.dumps(whole)))) == ["World", "Sport"]


def test_the_articles_a_page_links_to_say_nothing_of_its_own() -> None:
    linked = {"@type": "NewsArticle", "headline": "Other", "articleSection": "Sport"}
    listed = {"@type": "ItemList", "itemListElement": [linked]}
    own = {"@type": "NewsArticle", "headline": "Own", "articleSection": "World"}
    assert sections(facts(page(json.dumps(listed), json.dumps(own), json.dumps(linked)))) == ["World"]


def test_a_list_in_one_text_is_taken_apart_and_a_name_is_not() -> None:
    assert sections(said(articleSection="Home Page,Popular")) == ["Home Page", "Popular"]
    assert sections(said(articleSection="Arts, Culture")) == ["Arts, Culture"]


def test_the_name_of_the_website_is_no_section() -> None:
    assert said(articleSection="news.example").terms == ()


def test_open_graph_gives_the_section_where_json_ld_does_not() -> None:
    meta = '<meta property="article:section" content="Econom&amp;y">'
    assert sections(facts(page(head=meta))) == ["Econom&y"]
    own = json.dumps({"@type": "Article", "articleSection": "World"})
    assert sections(facts(page(own, head=meta))) == ["World"]


@pytest.mark.parametrize(
    ("spot", "place"),
    [
        ("Rabat, Morocco", "Rabat, Morocco"),
        ({"name": "Rabat"}, "Rabat"),
        ({"name": "Rabat", "address": "Morocco"}, "Rabat, Morocco"),
        (
            {
                "name": "Town Hall",
                "address": {
                    "addressLocality": "Paris",
                    "addressRegion": "Texas",
                    "addressCountry": {"@type": "Country", "name": "US"},
                },
            },
            "Town Hall, Paris, Texas, US",
        ),
    ],
)
def test_a_place_is_named_with_what_it_lies_in(spot: Any, place: str) -> None:
    assert said(contentLocation=spot).places == (place,)


@pytest.mark.parametrize(
    "geo",
    [
        {"latitude": 91, "longitude": 0},
        {"latitude": "NaN", "longitude": 1},
        {"latitude": 1e999, "longitude": 1},
        {"latitude": 0, "longitude": 0},
        {"latitude": "34° N", "longitude": 1},
        {"latitude": [1], "longitude": {}},
        {"latitude": 10**400, "longitude": 1},
        {"latitude": 1},
        [1, 2],
        None,
    ],
)
def test_a_point_that_is_none_is_left_out_and_its_name_kept(geo: Any) -> None:
    entry = said(contentLocation={"name": "Rabat", "geo": geo})
    assert (entry.points, entry.places) == ((), ("Rabat",))


@pytest.mark.parametrize("value", [None, 7, True, {}, {"a": {}}, [], [[]], [None, 7, {}], "", "x" * 1000])
def test_values_of_another_kind_say_nothing(value: Any) -> None:
    entry = said(
        articleSection=value, contentLocation=value, inLanguage=value, datePublished=value, headline=value
    )
    assert entry == Entry()


@pytest.mark.parametrize(
    "script",
    [
        "",
        "{",
        "null",
        '{"@type": "Article",}',
        "[" * 100_000,
        '{"@graph":' * 50_000,
        '{"@type": "Article", "articleSection": ' + "9" * 10_000 + "}",
        json.dumps({"@type": "Article", "articleSection": "World", "articleBody": "x" * 400_000}),
    ],
)
def test_a_script_that_is_broken_or_too_large_says_nothing(script: str) -> None:
    assert facts(page(script)) == Entry()


def test_a_broken_script_keeps_no_other_from_being_read() -> None:
    own = json.dumps({"@type": "Article", "articleSection": "World"})
    assert sections(facts(page("{", own))) == ["World"]


def test_so_much_is_taken_and_no_more() -> None:
    many = said(
        articleSection=[f"Section {n}" for n in range(1000)],
        contentLocation=[f"Town {n}" for n in range(1000)],
    )
    assert (len(many.terms), len(many.places)) == (5, 5)


def test_what_no_text_may_hold_is_taken_out() -> None:
    entry = facts(page('{"@type": "Article", "articleSection": "Wo\\ud800r\\u0000ld"}'))
    assert sections(entry) == ["Wo?rld"]


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1256"])
def test_a_page_is_read_in_its_own_encoding(encoding: str) -> None:
    meta = f'<html><head><meta charset="{encoding}"><meta property="article:section" content="سياسة"></head></html>'
    assert sections(facts(meta.encode(encoding))) == ["سياسة"]


@pytest.mark.parametrize("body", [b"", b"\0", b"%PDF-1.7", b"\xff\xfe", b"<" * 5000, b"<div>" * 5000])
def test_what_is_no_page_says_nothing(body: bytes) -> None:
    assert facts(body) == Entry()


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)
_KEYS = (
    "articleSection",
    "contentLocation",
    "locationCreated",
    "inLanguage",
    "datePublished",
    "headline",
    "@graph",
)


@given(st.dictionaries(st.sampled_from(_KEYS), _VALUES), _VALUES)
def test_no_json_breaks_it(values: dict[str, Any], spot: Any) -> None:
    entry = said(**{"contentLocation": {"geo": spot, "name": spot, "address": spot}} | values)
    assert len(entry.terms) <= 5


@given(st.binary(max_size=300))
def test_no_bytes_break_it(body: bytes) -> None:
    assert facts(b'<script type="application/ld+json">' + body).page == ""
