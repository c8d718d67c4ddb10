"""What a reader may mean: places, categories and sources that begin so."""

from dataclasses import replace

from flask.testing import FlaskClient

from aggregator.filters import Names, Vocabulary


def test_what_begins_so_is_suggested_as_filters(client: FlaskClient) -> None:
    found = client.get("/suggest?q=ra").json
    assert {"name": "Rabat", "field": "place", "value": "Rabat", "filter": "place:Rabat"} in found
    found = client.get("/suggest?q=harb").json
    assert [one["filter"] for one in found] == ["source:harbour-times"]
    assert client.get("/suggest?q=united k").json[0]["filter"] == 'place:"United Kingdom"'
    assert client.get("/suggest?q=CLIM").json[0]["filter"] == "category:climate"


def test_nothing_is_suggested_for_nothing_and_signs_mean_nothing(client: FlaskClient) -> None:
    assert client.get("/suggest").json == []
    assert client.get("/suggest?q=%25").json == []
    assert client.get("/suggest?q=_abat").json == []


def test_a_search_offers_what_its_words_may_name(client: FlaskClient) -> None:
    page = client.get("/?q=climate").text
    assert '<a class="chip" href="/?category=climate">Category: <bdi>Climate</bdi></a>' in page
    assert "Category: <bdi>" not in client.get("/?q=climate&category=climate").text


def test_a_place_is_offered_by_its_name_in_another_language(client: FlaskClient) -> None:
    desks = client.application.extensions
    names = Names(lambda name: ["GB", "no-article-has-it"] if name == "Royaume-Uni" else [])
    desks["desk"] = replace(desks["desk"], names=lambda _: Vocabulary(places=names))
    found = client.get("/suggest?q=Royaume-Uni").json
    assert [one["filter"] for one in found] == ['place:"United Kingdom"']
    assert client.get("/suggest?q=Royaume").json == []
