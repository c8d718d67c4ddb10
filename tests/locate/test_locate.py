"""Places said outright, by the dateline, the feed and the source, and how mentions are put together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.locate import Gazetteer, is_dateline, locate
from aggregator.schema import Article, Evidence, Identity, Mention, Point, Source, Term, replace

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
PAPER = Source(id="paper", url="https://news.example/", title="Paper")


def mentions(
    gazetteer: Gazetteer,
    *,
    country: str | None = None,
    places: tuple[str, ...] = (),
    of_page: bool = False,
    terms: tuple[str, ...] = (),
    **values: Any,
) -> tuple[Mention, ...]:
    article = Article(
        uid="urn:uuid:1",
        identity=Identity(key="g:1"),
        title="T",
        published=NOW,
        first_seen=NOW,
        terms=tuple(Term(label=term) for term in terms),
        places=places if of_page else (),
        **values,
    )
    given = () if of_page else places
    source = Source(id="paper", url="https://news.example/", title="Paper", country=country, places=given)
    return locate(article, source, gazetteer).mentions


def named(gazetteer: Gazetteer, **values: Any) -> list[tuple[str, str, str]]:
    return [
        (mention.role, mention.place.name, mention.place.country) for mention in mentions(gazetteer, **values)
    ]


# --- dateline ----------------------------------------------------------------------------------


def test_a_dateline_is_a_mention_with_its_place_in_the_text(gazetteer: Gazetteer) -> None:
    text = "Rabat – The cell was found on Thursday."
    (mention,) = mentions(gazetteer, dateline="Rabat", text=text)
    assert (mention.role, mention.place.name, mention.place.country) == ("dateline", "Rabat", "MA")
    assert (mention.start, mention.end) == (0, 5)
    assert text[mention.start : mention.end] == mention.text == "Rabat"
    assert Evidence(kind="rule", text="dateline") in mention.evidence
    assert mention.score > 0.95


def test_a_dateline_after_a_headline_has_its_offset(gazetteer: Gazetteer) -> None:
    text = "A headline\n\nRabat – The cell was found."
    (mention,) = mentions(gazetteer, dateline="Rabat", text=text)
    assert text[mention.start : mention.end] == "Rabat"


def test_a_dateline_that_the_text_no_longer_holds_has_no_offset(gazetteer: Gazetteer) -> None:
    (mention,) = mentions(gazetteer, dateline="Rabat", text="The cell was found.")
    assert (mention.start, mention.end) == (None, None)


@pytest.mark.parametrize(
    ("dateline", "country", "expected"),
    [
        ("TRIPOLI", None, "LY"),
        ("TRIPOLI", "LB", "LB"),
        ("Birmingham", None, "GB"),
        ("Birmingham", "US", "US"),
        ("PARIS", "US", "FR"),
        ("LONDON", "CA", "GB"),
    ],
)
def test_a_dateline_of_several_places_is_read_as_the_source_would(
    gazetteer: Gazetteer, dateline: str, country: str | None, expected: str
) -> None:
    found = mentions(gazetteer, dateline=dateline, country=country)
    assert [mention.place.country for mention in found if mention.role == "dateline"] == [expected]


def test_the_region_behind_the_name_decides(gazetteer: Gazetteer) -> None:
    text = "PARIS, Texas (AP) – A fire broke out."
    found = mentions(gazetteer, dateline="PARIS", text=text)
    assert [(mention.place.name, mention.place.country) for mention in found] == [
        ("Paris", "US"),
        ("Texas", "US"),
    ]


def test_reporters_write_from_cities_not_from_states(gazetteer: Gazetteer) -> None:
    (mention,) = mentions(gazetteer, dateline="WASHINGTON")
    assert (mention.place.kind, mention.place.lat) == ("city", pytest.approx(38.9, abs=0.1))


def test_a_double_dateline_gives_two_places(gazetteer: Gazetteer) -> None:
    text = "Tokyo/Seoul – Ministers met."
    found = mentions(gazetteer, dateline="Tokyo/Seoul", text=text)
    assert {mention.place.name for mention in found} == {"Tokyo", "Seoul"}
    assert {text[mention.start : mention.end] for mention in found} == {"Tokyo", "Seoul"}


def test_a_dateline_in_arabic_is_read(gazetteer: Gazetteer) -> None:
    assert named(gazetteer, dateline="الرباط") == [("dateline", "Rabat", "MA")]


@pytest.mark.parametrize("dateline", ["Exclusive Xyzzy", "IT", "ISO", "/", "-"])
def test_a_dateline_that_is_no_place_is_none(gazetteer: Gazetteer, dateline: str) -> None:
    assert mentions(gazetteer, dateline=dateline) == ()


@pytest.mark.parametrize(
    "name",
    [
        "Rabat",
        "RABAT",
        "Tokyo/Seoul",
        "SPRINGFIELD, Ill.",
        "Xyzzy, France",
        "Moscou",
        "الرباط",
        "Morocco",
        "Vaduz",
    ],
)
def test_a_report_may_come_from_a_place(gazetteer: Gazetteer, name: str) -> None:
    assert is_dateline(name, PAPER, gazetteer)


@pytest.mark.parametrize(
    "name",
    [
        "Apple",
        "Amazon",
        "Meta",
        "Blondie",
        "FC Twente",
        "Reading",
        "Chelsea",
        "Java",
        "Verdi",
        "Samsung",
        "غوغل",
        "",
        "/",
    ],
)
def test_no_report_comes_from_what_is_no_place_or_another_thing_first(
    gazetteer: Gazetteer, name: str
) -> None:
    assert not is_dateline(name, PAPER, gazetteer)


def test_a_paper_at_home_writes_from_smaller_places_and_from_cities_that_are_words(
    gazetteer: Gazetteer,
) -> None:
    for name, country in (("Verdi", "US"), ("Nice", "FR"), ("Reading", "GB")):
        assert is_dateline(name, replace(PAPER, country=country), gazetteer)
    assert not is_dateline("Orange", replace(PAPER, country="FR"), gazetteer)


# --- feed --------------------------------------------------------------------------------------


def test_a_point_of_the_feed_is_kept_with_its_name(gazetteer: Gazetteer) -> None:
    (mention,) = mentions(gazetteer, points=(Point(lat=34.02, lon=-6.83, name="Hassan Tower"),))
    assert (mention.role, mention.place.kind, mention.place.name) == ("feed", "point", "Hassan Tower")
    assert (mention.place.lat, mention.place.lon) == (34.02, -6.83)
    assert mention.evidence == (Evidence(kind="geo tag", text="34.0200, -6.8300"),)


def test_a_point_without_a_name_is_called_by_its_coordinates(gazetteer: Gazetteer) -> None:
    (mention,) = mentions(gazetteer, points=(Point(lat=-0.5, lon=100),))
    assert mention.place.name == "-0.5000, 100.0000"


def test_a_point_near_the_place_of_its_name_is_that_place(gazetteer: Gazetteer) -> None:
    (mention,) = mentions(gazetteer, points=(Point(lat=34.05, lon=-6.8, name="Rabat"),))
    assert (mention.place.kind, mention.place.country, mention.place.name) == ("city", "MA", "Rabat")
    (far,) = mentions(gazetteer, points=(Point(lat=10, lon=10, name="Rabat"),))
    assert (far.place.kind, far.place.lat) == ("point", 10)


# --- page --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Rabat", ("Rabat", "MA")),
        ("Paris, Texas, US", ("Paris", "US")),
        ("Paris, Texas", ("Paris", "US")),
        ("Paris", ("Paris", "FR")),
        ("Hall of Xyzzy, Salé, MA", ("Salé", "MA")),
        ("Washington, Norway", ("Norway", "NO")),
        ("Sahel", ("Sahel", "")),
    ],
)
def test_a_place_of_the_page_is_a_mention(gazetteer: Gazetteer, name: str, place: tuple[str, str]) -> None:
    (mention,) = mentions(gazetteer, places=(name,), of_page=True)
    assert (mention.role, mention.place.name, mention.place.country) == ("feed", *place)
    assert mention.evidence == (Evidence(kind="geo tag", text=name),)


def test_a_place_of_the_page_that_nobody_knows_is_none(gazetteer: Gazetteer) -> None:
    assert mentions(gazetteer, places=("Hall of Xyzzy",), of_page=True) == ()


@pytest.mark.parametrize("term", ["Morocco", "morocco", "#Morocco"])
def test_a_term_that_is_a_country_is_a_mention(gazetteer: Gazetteer, term: str) -> None:
    assert named(gazetteer, terms=(term,)) == [("feed", "Morocco", "MA")]


def test_a_breadcrumb_that_is_a_country_is_a_mention(gazetteer: Gazetteer) -> None:
    (mention,) = mentions(gazetteer, breadcrumb=("Home", "Morocco"))
    assert mention.place.name == "Morocco"
    assert mention.evidence == (Evidence(kind="breadcrumb", text="Morocco"),)


def test_a_term_that_is_a_big_city_is_a_mention(gazetteer: Gazetteer) -> None:
    assert named(gazetteer, terms=("Tokyo",)) == [("feed", "Tokyo", "JP")]


def test_a_city_of_the_own_country_may_be_smaller(gazetteer: Gazetteer) -> None:
    assert named(gazetteer, terms=("Marseille",)) == []
    assert ("feed", "Marseille", "FR") in named(gazetteer, terms=("Marseille",), country="FR")


@pytest.mark.parametrize("term", ["Mobile", "Reading", "IT", "AI", "TV", "us", "Orange", "Media", "Nice"])
def test_a_term_that_is_a_word_first_is_no_place(gazetteer: Gazetteer, term: str) -> None:
    for country in (None, "US", "GB"):
        assert [
            name for role, name, _ in named(gazetteer, terms=(term,), country=country) if role == "feed"
        ] == []


def test_us_in_capitals_is_the_country(gazetteer: Gazetteer) -> None:
    assert named(gazetteer, terms=("US",)) == [("feed", "United States", "US")]


def test_georgia_is_the_state_to_a_source_in_the_usa(gazetteer: Gazetteer) -> None:
    (abroad,) = mentions(gazetteer, terms=("Georgia",))
    at_home = mentions(gazetteer, terms=("Georgia",), country="US")
    assert abroad.place.kind == "country"
    assert [mention.place.kind for mention in at_home if mention.role == "feed"] == ["admin1"]


def test_what_term_and_breadcrumb_both_say_is_one_mention_with_both_as_evidence(gazetteer: Gazetteer) -> None:
    (mention,) = mentions(gazetteer, terms=("Morocco",), breadcrumb=("Morocco",))
    assert [evidence.kind for evidence in mention.evidence] == ["feed term", "breadcrumb"]


# --- source ------------------------------------------------------------------------------------


def test_the_country_of_the_source_is_a_mention(gazetteer: Gazetteer) -> None:
    (mention,) = mentions(gazetteer, country="MA")
    assert (mention.role, mention.place.kind, mention.place.name) == ("source", "country", "Morocco")
    assert mention.evidence == (Evidence(kind="source", text="paper"),)


def test_the_places_of_the_source_are_looked_for_in_its_country_first(gazetteer: Gazetteer) -> None:
    assert ("source", "Tripoli", "LB") in named(gazetteer, places=("Tripoli",), country="LB")


def test_a_configured_place_that_is_unknown_is_kept_by_name(gazetteer: Gazetteer) -> None:
    place = next(
        m.place
        for m in mentions(gazetteer, places=("Kleinkleckersdorf",), country="DE")
        if m.place.kind == "region"
    )
    assert (place.name, place.country, place.lat) == ("Kleinkleckersdorf", "DE", None)


# --- all together ------------------------------------------------------------------------------


def test_what_the_text_names_comes_first_then_feed_and_source(gazetteer: Gazetteer) -> None:
    found = named(gazetteer, dateline="Rabat", terms=("Morocco",), country="MA", places=("Marrakesh",))
    assert found == [
        ("dateline", "Rabat", "MA"),
        ("feed", "Morocco", "MA"),
        ("source", "Marrakesh", "MA"),
        ("source", "Morocco", "MA"),
    ]


def test_locating_twice_changes_nothing(gazetteer: Gazetteer) -> None:
    source = Source(id="paper", url="https://news.example/", title="Paper", country="MA")
    article = Article(
        uid="u", identity=Identity(key="g:1"), title="T", published=NOW, first_seen=NOW, dateline="Rabat"
    )
    once = locate(article, source, gazetteer)
    assert locate(once, source, gazetteer) == once


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=60), st.text(max_size=200), st.lists(st.text(max_size=40), max_size=5))
def test_no_text_breaks_it(gazetteer: Gazetteer, dateline: str, text: str, labels: list[str]) -> None:
    for mention in mentions(
        gazetteer, dateline=dateline, text=text, terms=tuple(labels), breadcrumb=tuple(labels)
    ):
        assert mention.place.name
        assert 0 < mention.score <= 1
        assert mention.evidence
        if mention.start is not None:
            assert text[mention.start : mention.end] == mention.text
