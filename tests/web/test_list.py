from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from html import unescape
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient

from aggregator.cluster import settle
from aggregator.schema import Settings, replace
from aggregator.store import Store

Clients = Callable[..., FlaskClient]


def titles(page: str) -> list[str]:
    found = re.findall(r'<h3 dir="auto"[^>]*><a [^>]*>(.*?)</a></h3>', page)
    return [unescape(re.sub("</?mark>", "", title)) for title in found]


def link(page: str, rel: str) -> str:
    found = re.search(rf'<link rel="{rel}" href="([^"]*)"', page)
    assert found is not None
    return unescape(found[1])


def walk(client: FlaskClient, address: str, rel: str) -> list[list[str]]:
    """The titles of every page from here to the end, following one relation."""
    pages = []
    while True:
        page = client.get(address, follow_redirects=True).text
        pages.append(titles(page))
        if f'<link rel="{rel}"' not in page:
            return pages
        address = link(page, rel)


def test_the_front_page_lists_everything_newest_first(client: FlaskClient, newsroom: ModuleType) -> None:
    ordered = sorted(newsroom.STORIES, key=lambda story: story["minutes"])
    assert titles(client.get("/").text) == [story["title"] for story in ordered]


def test_articles_are_grouped_by_day(client: FlaskClient) -> None:
    assert re.findall(r"<h2>(.*?)</h2>", client.get("/").text) == ["Today", "Yesterday"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("source=faro-sur", {"Rosario estrena un hospital flotante para las islas del delta"}),
        ("category=health", {"Rosario estrena un hospital flotante para las islas del delta"}),
        ("country=GB", {"Council votes to keep Bristol’s last ferry, by a margin of one"}),
        ("place=bristol", {"Council votes to keep Bristol’s last ferry, by a margin of one"}),
        ("language=es", {"Rosario estrena un hospital flotante para las islas del delta"}),
        ("q=shoebox+dust", {"A telescope the size of a shoebox maps dust between nearby stars"}),
        ("since=15m", {"Night trains between Tangier and Casablanca return after eleven years"}),
        (
            "country=MA&category=climate",
            {"Dam levels in Morocco rise for the fourth week, officials urge patience"},
        ),
    ],
)
def test_the_address_is_the_filter(client: FlaskClient, query: str, expected: set[str]) -> None:
    assert set(titles(client.get(f"/?{query}").text)) == expected


def test_a_view_shows_what_its_filter_finds(client: FlaskClient) -> None:
    page = client.get("/view/science").text
    assert "<h1><bdi>Science</bdi></h1>" in page
    assert len(titles(page)) == 2


def test_a_view_is_narrowed_by_parameters(client: FlaskClient) -> None:
    assert titles(client.get("/view/science?category=climate").text) == [
        "Old bean varieties fix nitrogen better in dry soil, ten-year trial finds"
    ]


def test_views_stand_in_the_navigation(client: FlaskClient) -> None:
    page = client.get("/view/maghreb").text
    assert '<a href="/view/maghreb" aria-current=page><bdi>Maghreb</bdi>' in page
    assert '<a href="/view/kultur"><bdi>Kultur &amp; Alltag</bdi>' in page


def test_every_active_condition_is_a_chip_that_removes_it(client: FlaskClient) -> None:
    page = client.get("/?category=climate&country=MA").text
    assert re.findall(r'<a class="chip on" href="([^"]*)"', page) == ["/?country=MA", "/?category=climate"]


def test_chips_say_names_instead_of_codes(client: FlaskClient) -> None:
    page = client.get("/?source=ufuq&country=MA&language=ar").text
    assert re.findall(r'</span> <bdi>(.*?)</bdi> <span aria-hidden="true">×', page) == [
        "الأفق اليومي",
        "Morocco",
        "Arabic",
    ]


def test_a_chip_of_an_article_keeps_the_other_conditions(client: FlaskClient) -> None:
    assert 'href="/?category=culture&amp;country=MA"' in client.get("/?country=MA").text


def test_facets_count_within_the_filter(client: FlaskClient) -> None:
    page = client.get("/?country=KE").text
    found = re.search(r'href="/\?category=science&amp;country=KE">\s*<bdi>Science</bdi>\s*'
                      r'<span class="count">(\d+)</span>', page)  # fmt: skip
    assert found is not None
    assert found[1] == "2"


def test_facets_are_counted_once_until_an_article_changes(
    client: FlaskClient, store: Store, newsroom: ModuleType, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = []
    count = Store.facets

    def counting(self: Store, *args: Any, **kwargs: Any) -> Any:
        counted.append(args)
        return count(self, *args, **kwargs)

    monkeypatch.setattr(Store, "facets", counting)
    client.get("/?country=KE")
    client.get("/?country=KE")
    assert len(counted) == 1
    late = {"source": "atlas-wire", "minutes": 1, "title": "Late", "places": ("Kenya",)}
    store.save([newsroom.polled(now, newsroom.SOURCES[1], [late])], settle, now=now)
    client.get("/?country=KE")
    assert len(counted) == 2


def test_the_same_list_is_offered_as_feeds(client: FlaskClient) -> None:
    page = client.get("/?category=climate&country=MA").text
    for extension, kind in (
        ("rss", "application/rss+xml"),
        ("atom", "application/atom+xml"),
        ("json", "application/feed+json"),
    ):
        address = f"/feeds/search.{extension}?category=climate&amp;country=MA"
        assert f'<link rel="alternate" type="{kind}"' in page
        assert f'href="{address}"' in page
        assert client.get(unescape(address)).status_code == 200


def test_a_view_offers_its_own_feed(client: FlaskClient) -> None:
    assert 'href="/feeds/maghreb.atom?since=7d"' in client.get("/view/maghreb?since=7d").text


def test_empty_fields_of_the_form_leave_the_address(client: FlaskClient) -> None:
    answer = client.get("/view/maghreb?q=&source=&category=climate&since=")
    assert answer.status_code == 302
    assert answer.location == "/view/maghreb?category=climate"


def test_dropping_empty_fields_never_widens_the_list(client: FlaskClient) -> None:
    assert client.get("/?q=&colour=red", follow_redirects=True).status_code == 400


def test_a_repeated_condition_survives_the_form(client: FlaskClient) -> None:
    page = client.get("/?category=climate&category=health").text
    assert '<input type="hidden" name="category" value="climate">' in page
    assert '<input type="hidden" name="category" value="health">' in page


@pytest.mark.parametrize("query", ["since=yesterdayish", "country=UK", "colour=red", "before=-1", "after=x",
                                   "before=99999999999999999999", "after=9223372036854775808",
                                   "before=%EF%BC%91"])  # fmt: skip
def test_a_bad_parameter_is_named_with_what_to_do(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.text
    assert "That address cannot be read" in answer.text


def test_an_unmatched_filter_offers_the_way_out(client: FlaskClient) -> None:
    page = client.get("/?category=unheard-of").text
    assert "Nothing matches" in page
    assert '<a href="/">clear all of them</a>' in page


def test_an_empty_view_says_so(client: FlaskClient) -> None:
    assert "Nothing matches" in client.get("/view/nothing").text


def test_an_empty_desk_says_when_news_comes(client_of: Clients, settings: Callable[..., Settings]) -> None:
    assert "Nothing has arrived yet" in client_of(settings()).get("/").text


def test_a_desk_without_sources_says_how_to_add_one(
    client_of: Clients, settings: Callable[..., Settings]
) -> None:
    page = client_of(replace(settings(), sources=())).get("/").text
    assert "No sources yet" in page
    assert "dateline sources import" in page


def test_a_desk_whose_sources_all_fail_asks_for_the_network(
    client_of: Clients, settings: Callable[..., Settings], store: Store, now: datetime
) -> None:
    wanted = settings()
    store.configure(wanted.sources, lambda n: [now] * n)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE source SET failures = 2")
    page = client_of(wanted).get("/").text
    assert "No source could be read" in page
    assert "is this machine connected?" in page


def test_an_unknown_view_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/view/elsewhere")
    assert answer.status_code == 404
    assert "Not found" in answer.text


# --- paging ------------------------------------------------------------------------------------


@pytest.fixture
def small_pages(
    newsroom: ModuleType, store: Store, now: datetime, settings: Callable[..., Settings], client_of: Clients
) -> FlaskClient:
    newsroom.fill(store, now)
    return client_of(settings(page_size=5))


def test_paging_shows_every_article_once(small_pages: FlaskClient, newsroom: ModuleType) -> None:
    pages = walk(small_pages, "/", "next")
    assert [len(page) for page in pages] == [5, 5, 2]
    assert sorted(title for page in pages for title in page) == sorted(
        story["title"] for story in newsroom.STORIES
    )


def test_newer_leads_back_over_the_same_pages(small_pages: FlaskClient) -> None:
    second = link(small_pages.get("/").text, "next")
    third = link(small_pages.get(second).text, "next")
    back = link(small_pages.get(third).text, "prev")
    assert titles(small_pages.get(back).text) == titles(small_pages.get(second).text)


def test_newer_than_the_second_page_is_the_front(small_pages: FlaskClient) -> None:
    second = link(small_pages.get("/?since=20h").text, "next")
    newer = link(small_pages.get(second).text, "prev")
    answer = small_pages.get(newer)
    assert answer.status_code == 302
    assert answer.location == "/?since=20h"


def test_pages_stay_while_new_articles_arrive(
    small_pages: FlaskClient, store: Store, newsroom: ModuleType, now: datetime
) -> None:
    second = link(small_pages.get("/").text, "next")
    before = titles(small_pages.get(second).text)
    fresh = [{"source": "atlas-wire", "minutes": n / 10, "title": f"Fresh {n}"} for n in range(7)]
    store.save([newsroom.polled(now, newsroom.SOURCES[1], fresh)], settle, now=now)
    assert titles(small_pages.get(second).text) == before
    assert titles(small_pages.get("/").text)[0] == "Fresh 0"


def test_paging_keeps_the_filter(small_pages: FlaskClient) -> None:
    for page in walk(small_pages, "/?since=20h", "next"):
        assert "Le club féminin de voile remporte la traversée de l’Atlantique" not in page


def test_past_the_end_the_way_back_is_offered(small_pages: FlaskClient) -> None:
    page = small_pages.get("/?before=0").text
    assert "This is the end" in page
    assert small_pages.get(link(page, "prev")).status_code == 200


def test_the_words_that_were_looked_for_are_marked(client: FlaskClient) -> None:
    page = client.get("/?q=shoebox+dust").text
    assert "the size of a <mark>shoebox</mark> maps <mark>dust</mark> between" in page


def test_a_search_can_be_put_in_order_of_relevance(client: FlaskClient) -> None:
    page = client.get("/?q=ferry+OR+the&order=relevance").text
    assert "ferry" in titles(page)[0]
    assert '<a class="chip" href="/?q=ferry+OR+the">Newest first</a>' in page
    assert client.get("/?q=ferry&order=sideways").status_code == 400


def test_a_filter_that_goes_wrong_is_marked_where_it_does(client: FlaskClient) -> None:
    answer = client.get("/?q=ferry+OR+sorce:x")
    assert answer.status_code == 400
    assert "did you mean source:?" in answer.text
    assert "<code>ferry OR <mark>sorce:x</mark></code>" in answer.text
    assert 'value="ferry OR sorce:x"' in answer.text


def test_a_source_that_fails_from_the_first_says_so(
    store: Store, newsroom: ModuleType, desk_of: Callable[..., Any], now: datetime
) -> None:
    store.configure(newsroom.SOURCES, lambda n: [now] * n)
    failing, fine = newsroom.SOURCES[:2]
    failed = {
        "last_kind": "failed",
        "failures": 3,
        "last_message": "https://a.example/?key=secret answered 404.",
    }
    store.save([newsroom.polled(now, failing, [], **failed)], settle, now=now)
    client = desk_of().client()
    page = client.get(f"/source/{failing.id}").text
    assert "This source could not be read" in page
    assert "secret" not in page
    assert "Nothing has arrived yet" in client.get(f"/source/{fine.id}").text
