"""The archive of a feed (RFC 5005): pages that stay as they are, from the newest to the first."""

from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

import web.feeds
from aggregator.schema import replace

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.feeds, "ARCHIVE_SIZE", 2)


@pytest.fixture
def library(newsroom: Any) -> Any:
    """Three articles arrive on the 15th, five on the 17th, one today, the 20th; each 20 days after publication."""
    for day, numbers in ((17, range(10, 15)), (20, range(20, 21))):
        at = newsroom.now.replace(day=day)
        stories = [newsroom.story(n, published=at - 20 * DAY, first_seen=at) for n in numbers]
        newsroom.save(*stories, at=at)
    newsroom.now = newsroom.now.replace(day=20) + timedelta(hours=1)
    return newsroom


def links(body: bytes) -> dict[str, str]:
    root = etree.fromstring(body)
    found = {link.get("rel"): link.get("href") for link in root.findall(".//{*}link") if link.get("rel")}
    return {str(name): str(url).removeprefix("http://127.0.0.1:8000") for name, url in found.items()}


def walk(room: Any, address: str) -> list[tuple[str, bytes]]:
    """The pages of the archive, from the newest on."""
    pages = []
    following = links(room.client.get(address).data).get("prev-archive")
    while following:
        body = room.client.get(following).data
        pages.append((following, body))
        following = links(body).get("prev-archive")
    return pages


def test_a_feed_leads_from_its_last_page_to_its_first(library: Any) -> None:
    for extension in ("atom", "rss"):
        pages = walk(library, f"/feeds/latest.{extension}?limit=1")
        assert [address for address, _ in pages] == [
            f"/feeds/latest.{extension}?archive={leaf}" for leaf in ("9-9", "7-8", "5-6", "3-4", "1-2")
        ]


def test_each_page_leads_back_to_the_feed_and_says_that_it_is_one(library: Any) -> None:
    for _, body in walk(library, "/feeds/latest.atom?limit=1"):
        assert links(body)["current"] == "/feeds/latest.atom"
        assert etree.fromstring(body).find("{http://purl.org/syndication/history/1.0}archive") is not None


def test_the_pages_together_hold_every_article_once(library: Any) -> None:
    bodies = [body for _, body in walk(library, "/feeds/latest.atom")]
    ids = [
        uid
        for body in bodies
        for uid in etree.fromstring(body).xpath("//*[local-name()='entry']/*[1]/text()")
    ]
    assert len(ids) == len(set(ids)) == 9


def test_pages_stay_byte_for_byte_while_articles_come_even_late_ones(library: Any) -> None:
    before = walk(library, "/feeds/latest.atom")
    library.save(
        library.story(30, published=library.now - 30 * DAY, first_seen=library.now),
        library.story(31, published=library.now, first_seen=library.now),
        at=library.now,
    )
    library.now += DAY
    after = walk(library, "/feeds/latest.atom")
    assert after[-4:] == before[-4:]
    assert library.client.get(before[0][0]).data == before[0][1]
    assert [address for address, _ in after[:-4]] == [
        "/feeds/latest.atom?archive=11-11",
        "/feeds/latest.atom?archive=9-10",
    ]


def test_a_page_may_be_kept_for_an_hour_since_its_articles_are_edited(library: Any) -> None:
    answer = library.client.get("/feeds/latest.atom?archive=1-2")
    assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert 'rel="prev-archive"' not in answer.headers["Link"]
    assert 'rel="current"' in answer.headers["Link"]


def test_json_leads_on_by_next_url_and_other_formats_by_their_head(library: Any) -> None:
    feed = library.client.get("/feeds/latest.json").json
    assert feed["next_url"] == "http://127.0.0.1:8000/feeds/latest.json?archive=9-9"
    page = library.client.get("/feeds/latest.json?archive=7-8").json
    assert page["_dateline"]["archive"] is True
    assert "archive=9-9" in library.client.get("/feeds/latest.csv").headers["Link"]


def test_a_narrow_feed_skips_what_it_has_nothing_of(library: Any) -> None:
    assert [address for address, _ in walk(library, "/feeds/world.atom")] == [
        "/feeds/world.atom?archive=7-7",
        "/feeds/world.atom?archive=5-6",
        "/feeds/world.atom?archive=1-4",
    ]
    assert walk(library, "/feeds/search.atom?q=nowhere") == []


def test_a_page_keeps_how_much_of_an_article_is_asked_for(library: Any) -> None:
    leading = links(library.client.get("/feeds/latest.atom?content=summary&limit=1&order=arrived").data)
    assert leading["prev-archive"] == "/feeds/latest.atom?content=summary&archive=9-9"
    assert links(library.client.get(leading["prev-archive"]).data)["current"] == (
        "/feeds/latest.atom?content=summary"
    )


@pytest.mark.parametrize(
    "address",
    [
        "/feeds/latest.atom?archive=9-10",  # no ten have come yet
        "/feeds/latest.atom?archive=10-10",
        "/feeds/latest.atom?archive=4-3",
        "/feeds/latest.atom?archive=1-999999999999999999",
        "/feeds/fresh.atom?archive=1-2",  # counts back from now, so no page of it would stay
    ],
)
def test_a_page_there_is_not_is_not_found(library: Any, address: str) -> None:
    assert library.client.get(address).status_code == 404


def test_a_feed_by_arrival_leads_to_the_latest_it_has(library: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.store.feeding.FEW", 0)
    assert links(library.client.get("/feeds/latest.atom?order=arrived").data)["prev-archive"].endswith("=9-9")


def test_another_configuration_is_a_change_for_those_who_ask_by_time_only(library: Any) -> None:
    first = library.client.get("/feeds/latest.atom")
    library.now += DAY
    library.settings = replace(library.settings, service=replace(library.settings.service, title="Another"))
    headers = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert library.client.get("/feeds/latest.atom", headers=headers).status_code == 200


@pytest.mark.parametrize("address", ["/feeds/fresh.atom", "/feeds/latest.atom?per_source=1"])
def test_a_feed_whose_pages_would_not_stay_or_not_be_its_own_has_no_archive(
    library: Any, address: str
) -> None:
    assert "prev-archive" not in links(library.client.get(address).data)
