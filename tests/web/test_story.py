"""The page of a story, and what leads to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from types import ModuleType

import pytest
from flask.testing import FlaskClient

from aggregator.schema import Evidence, Settings, Told, View, replace
from aggregator.store import Store

HOSTILE = """<script>alert(1)</script>"><img src=x onerror=alert(1)>'{{7*7}}"""
TRAMS = (
    {
        "source": "stadtpost",
        "minutes": 300,
        "title": "Trams stand still",
        "places": ["Hamburg"],
        "language": "de",
    },
    {
        "source": "harbour-times",
        "also": "atlas-wire",
        "minutes": 120,
        "title": "No trams in Hamburg",
        "places": ["Hamburg"],
    },
    {"source": "faro-sur", "minutes": 60, "title": "A library opens", "places": ["Rosario"]},
)


@pytest.fixture
def told(newsroom: ModuleType, store: Store, now: datetime) -> Store:
    """Two articles of one story, the second by two sources, and one of another."""
    newsroom.fill(store, now, TRAMS)
    by_title = {one.title: one for one in store.untold(9)}
    first, second, third = (by_title[story["title"]] for story in TRAMS)
    why = Told(
        article_id=second.id or 0,
        story="ab12",
        score=0.61,
        nearest=first.id,
        evidence=(Evidence(kind="place", text="Hamburg"), Evidence(kind="word", text=HOSTILE)),
    )
    store.keep_told(
        [
            (first, Told(article_id=first.id or 0, story="ab12")),
            (second, why),
            (third, Told(article_id=third.id or 0, story="cd34")),
        ],
        now=now,
    )
    return store


@pytest.fixture
def desk(
    told: Store, settings: Callable[..., Settings], client_of: Callable[..., FlaskClient]
) -> FlaskClient:
    return client_of(settings())


def test_a_story_shows_its_articles_sources_and_places_in_the_order_of_time(desk: FlaskClient) -> None:
    page = desk.get("/story/ab12").text
    assert page.index("Trams stand still") < page.index("No trams in Hamburg")
    assert "A library opens" not in page
    assert "A story in 2 articles · 3 sources" in page
    assert re.findall(r'<a class="chip place" href="([^"]*)"', page) == ["/?place=Hamburg"]


def test_copies_are_folded_and_lead_to_where_they_stand(desk: FlaskClient) -> None:
    page = desk.get("/story/ab12").text
    assert "Also in 1 source<" in page
    (copy,) = re.findall(r'<details class="copies".*?</details>', page, re.S)
    assert 'rel="noopener noreferrer external" href="https://' in copy


def test_a_story_says_why_an_article_is_in_it(desk: FlaskClient) -> None:
    page = desk.get("/story/ab12").text
    assert "61%" in page
    assert 'place <q dir="auto">Hamburg</q>' in page
    assert "<script>" not in page


def test_an_article_leads_to_its_story_and_says_where_else_it_stands(desk: FlaskClient, told: Store) -> None:
    numbers = {one.title: one.id for one in told.every_article()}
    page = desk.get(f"/article/{numbers['No trams in Hamburg']}").text
    assert 'href="/story/ab12">The whole story: 2 articles' in page
    assert "Also in 1 source<" in page
    assert "whole story" not in desk.get(f"/article/{numbers['A library opens']}").text


def test_a_list_says_how_large_a_story_is(desk: FlaskClient) -> None:
    page = desk.get("/").text
    assert page.count('<a href="/story/ab12"><bdi>story of 2 articles</bdi></a>') == 2
    assert "/story/cd34" not in page


@pytest.mark.parametrize(("collapse", "titles"), [("story", 2), ("article", 3), ("none", 4)])
def test_a_view_and_its_feed_choose_what_stands_once(
    told: Store,
    settings: Callable[..., Settings],
    client_of: Callable[..., FlaskClient],
    collapse: str,
    titles: int,
) -> None:
    view = View(id="all", title="All", filter="", collapse=collapse)  # type: ignore[arg-type]
    client = client_of(replace(settings(), views=(view,)))
    assert client.get("/view/all").text.count('<article class="entry') == titles
    feed = client.get("/feeds/all.rss").text
    assert feed.count("<item>") == titles
    assert len(set(re.findall(r"<guid[^>]*>(.*?)</guid>", feed))) == titles


@pytest.mark.parametrize("id", ["ffff", "AB12", "ab12/x", "a" * 40, "%00", "' OR 1=1"])
def test_a_story_that_is_not_there_is_not_found(desk: FlaskClient, id: str) -> None:
    assert desk.get(f"/story/{id}").status_code == 404


def test_a_search_for_a_story_there_is_not_is_refused(desk: FlaskClient) -> None:
    assert desk.get("/?q=story:ab12").status_code == 200
    answer = desk.get("/?q=story:ffff")
    assert (answer.status_code, "There is no story" in answer.text) == (400, True)
