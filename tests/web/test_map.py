"""The map's page, which is complete without a script, and what it gives the script."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

WORLD = "within=-85,-180,85,180"


def table(page: str, heading: str) -> dict[str, str]:
    """The rows of the table below a heading: names and counts."""
    found = page[page.index(f">{heading}</h2>") :]
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', found[: found.index("</section>")])
    return {unescape(re.sub(r"<.*?>", "", name)): count for name, count in rows}


def links(page: str, heading: str) -> list[str]:
    found = page[page.index(f">{heading}</h2>") :]
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', found[: found.index("</section>")])]


def articles(client: FlaskClient, address: str) -> int:
    page = client.get(address)
    assert page.status_code == 200
    return page.text.count("<article ")


def test_countries_are_told_in_a_table_with_their_counts(client: FlaskClient) -> None:
    assert table(client.get("/map").text, "Countries") == {
        "Morocco": "4", "Germany": "2", "France": "2", "Kenya": "2", "Argentina": "1", "United Kingdom": "1",
    }  # fmt: skip


def test_places_are_told_with_their_country(client: FlaskClient) -> None:
    told = table(client.get("/map").text, "Places")
    assert told["Rabat Morocco"] == "2"
    assert told["Kenya"] == "2"


@pytest.mark.parametrize("heading", ["Countries", "Places", "Times"])
def test_every_row_leads_to_as_many_articles_as_it_counts(client: FlaskClient, heading: str) -> None:
    page = client.get("/map").text
    counts, addresses = table(page, heading).values(), links(page, heading)
    lists = [address.replace("/map", "/", 1) for address in addresses]
    assert [articles(client, address) for address in lists] == [int(count) for count in counts]


def test_times_are_bars_too(client: FlaskClient) -> None:
    page = client.get("/map").text
    bars = re.findall(r'aria-label="[^"]*: (\d+) articles?"', page)
    assert sum(map(int, bars)) == 12
    assert page.count('class="bar"') == len(bars)


def test_a_filter_of_the_list_is_one_of_the_map(client: FlaskClient) -> None:
    page = client.get("/map?country=KE&language=en").text
    assert list(table(page, "Countries")) == ["Kenya"]
    assert 'href="/?country=KE&amp;language=en">List</a>' in page
    assert 'href="/map?language=en"><span class="quiet">Remove filter </span>' in page
    assert 'href="/map?country=KE&amp;language=en"' in client.get("/?country=KE&language=en").text


def test_a_view_has_a_map(client: FlaskClient) -> None:
    page = client.get("/view/maghreb/map").text
    assert list(table(page, "Countries")) == ["Morocco"]
    assert 'href="/view/maghreb">List</a>' in page
    assert client.get("/view/unknown/map").status_code == 404
    assert client.get(f"/view/unknown/map/clusters?zoom=1&{WORLD}").status_code == 404


def test_a_map_of_nothing_says_so(client: FlaskClient) -> None:
    page = client.get("/view/nothing/map").text
    assert "No article answers to this filter." in page
    assert 'id="map"' not in page


@pytest.mark.parametrize("query", ["box=1,2,3", "country=Narnia", "colour=red", "since=1&since=2"])
def test_an_address_the_map_cannot_read_is_answered_with_the_reason(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/map?{query}")
    assert answer.status_code == 400
    assert "That address cannot be read" in answer.text


def test_empty_fields_of_the_form_leave_the_address(client: FlaskClient) -> None:
    answer = client.get("/map?q=&country=KE")
    assert (answer.status_code, answer.location) == (302, "/map?country=KE")


def test_marks_of_the_world_hold_every_place_once(client: FlaskClient) -> None:
    made = client.get(f"/map/clusters?zoom=1&{WORLD}").get_json()
    assert sum(cluster["places"] for cluster in made["clusters"]) == 15
    assert made["says"] == "15 places on the part of the map that is shown."


@pytest.mark.parametrize("zoom", ["0", "1.25", "3", "6", "12"])
def test_every_mark_leads_to_as_many_articles_as_it_counts(client: FlaskClient, zoom: str) -> None:
    made = client.get(f"/map/clusters?zoom={zoom}&{WORLD}").get_json()["clusters"]
    assert [articles(client, cluster["list"]) for cluster in made] == [cluster["count"] for cluster in made]


def test_a_mark_counts_an_article_with_several_of_its_places_once(client: FlaskClient) -> None:
    (whole,) = client.get(f"/map/clusters?zoom=0&country=MA&{WORLD}").get_json()["clusters"]
    assert whole["count"] == 4
    assert whole["label"].endswith("and 3 places nearby: 4 articles")


def test_only_marks_of_the_part_that_is_shown_are_given(client: FlaskClient) -> None:
    made = client.get("/map/clusters?zoom=6&within=-5,30,5,42").get_json()["clusters"]
    assert {cluster["label"] for cluster in made} == {"Kenya: 2 articles", "Nairobi, Kenya: 1 article"}


def test_a_box_of_the_filter_holds_all_marks(client: FlaskClient) -> None:
    made = client.get(f"/map/clusters?zoom=6&box=33,-8,36,-5&{WORLD}").get_json()["clusters"]
    assert {cluster["name"].partition(",")[0] for cluster in made} == {"Casablanca", "Rabat", "Tangier"}
    for cluster in made:
        assert articles(client, cluster["list"]) == cluster["count"]


def test_a_mark_tells_its_newest_articles(client: FlaskClient) -> None:
    (mark,) = client.get("/map/clusters?zoom=6&country=GB&within=50,-4,53,0").get_json()["clusters"]
    asked = dict(parse_qsl(urlsplit(mark["map"]).query))
    told = client.get("/map/articles", query_string=asked).get_json()["articles"]
    assert [(one["title"], one["source"]) for one in told] == [
        ("Council votes to keep Bristol’s last ferry, by a margin of one", "Harbour Times")
    ]
    assert client.get(told[0]["url"]).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["", "zoom=1", WORLD, f"zoom=13&{WORLD}", f"zoom=nan&{WORLD}", f"zoom=-1&{WORLD}", "zoom=1&within=1,2,3"],
)
def test_marks_of_no_part_of_the_map_are_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/map/clusters?{query}").status_code == 400


def test_scripts_and_styles_of_the_map_are_its_own(client: FlaskClient) -> None:
    asked = re.findall(r'(?:src|href|data-outline)="(/static/[^"]*)"', client.get("/map").text)
    for address in asked:
        with client.get(unescape(address)) as answer:
            assert answer.status_code == 200
    assert any("leaflet" in address for address in asked)
    assert "leaflet" not in client.get("/").text


def test_words_of_articles_cannot_leave_their_place(client: FlaskClient) -> None:
    answer = client.get("/map?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in answer.text
    assert client.get("/map/articles").content_type == "application/json"


@pytest.mark.parametrize("query", ["is=unread", "is=starred", "q=is:unread"])
def test_a_reader_may_map_what_they_noted(client: FlaskClient, query: str) -> None:
    assert client.get(f"/map?{query}").status_code == 200
    assert client.get(f"/map/clusters?zoom=1&{WORLD}&{query}").status_code == 200
    assert client.get(f"/map/articles?{query}").status_code == 200


def test_all_places_are_counted_however_many_the_table_tells(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.maps.MOST_PLACES", 4)
    page = client.get("/map").text
    assert " 15 places " in page
    assert len(table(page, "Places")) == 4
    assert "The 4 with the most articles." in page
