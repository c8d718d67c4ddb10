"""What a feed says of itself: its addresses, its title and its id."""

from typing import Any

import pytest
from lxml import etree


def test_a_feed_names_its_public_address(newsroom: Any) -> None:
    newsroom.set_web(base_url="https://news.example/desk")
    feed = newsroom.client.get("/feeds/world.json?q=%22peace+%26+talks%22").json
    assert feed["feed_url"] == "https://news.example/desk/feeds/world.json?q=%22peace+%26+talks%22"
    assert feed["home_page_url"] == "https://news.example/desk/view/world?q=%22peace+%26+talks%22"


def test_without_a_public_address_a_feed_names_where_the_desk_listens(newsroom: Any) -> None:
    assert newsroom.client.get("/feeds/latest.json").json["feed_url"] == (
        "http://127.0.0.1:8000/feeds/latest.json"
    )
    newsroom.set_web(host="::1")
    assert newsroom.client.get("/feeds/latest.json").json["home_page_url"] == "http://[::1]:8000/"


@pytest.mark.parametrize(("host", "address"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]")])
def test_what_a_client_says_the_host_is_never_shows_in_a_feed(newsroom: Any, host: str, address: str) -> None:
    newsroom.set_web(host=host, access="public")
    asked = {"base_url": "https://evil.example:8443", "headers": {"Host": "evil.example:8443"}}
    answer = newsroom.client.get("/feeds/latest.atom", **asked)
    assert "evil" not in answer.text + str(answer.headers)
    feed = newsroom.client.get("/feeds/latest.json", **asked).json
    assert feed["feed_url"] == f"http://{address}:8000/feeds/latest.json"
    newsroom.set_web(base_url="https://news.example")
    assert newsroom.client.get("/feeds/latest.json", **asked).status_code == 421
    feed = newsroom.client.get("/feeds/latest.json", base_url="http://container:8000").json
    assert feed["home_page_url"] == "https://news.example/"


def test_the_title_says_what_is_in_the_feed(newsroom: Any) -> None:
    title = newsroom.client.get("/feeds/world.json?q=peace").json["title"]
    assert title == "World & more – q peace – My <desk>"


def test_a_long_search_is_shortened_in_the_title(newsroom: Any) -> None:
    title = newsroom.client.get(f"/feeds/search.json?q={'peace+' * 100}").json["title"]
    assert title.startswith("q peace peace")
    assert title.endswith("… – My <desk>")
    assert len(title) < 100


def test_the_id_of_a_feed_stays_while_articles_come(newsroom: Any) -> None:
    ids = set()
    for n in range(2):
        root = etree.fromstring(newsroom.client.get("/feeds/world.atom").data)
        ids.add(root.findtext("{*}id"))
        newsroom.save(newsroom.story(5 + n), at=newsroom.now)
    assert len(ids) == 1


def id_of(newsroom: Any, address: str) -> str:
    return str(etree.fromstring(newsroom.client.get(address).data).findtext("{*}id"))


def test_the_id_of_a_feed_stays_with_another_host_port_or_order(newsroom: Any) -> None:
    first = id_of(newsroom, "/feeds/search.atom?lang=en&q=peace")
    newsroom.set_web(host="::1", port=8001, base_url="https://news.example")
    for address in ("search.atom?q=peace&lang=en", "search.atom?language=en&q=peace"):
        assert id_of(newsroom, f"/feeds/{address}") == first


def test_feeds_of_different_articles_have_different_ids(newsroom: Any) -> None:
    addresses = (
        "world.atom",
        "fresh.atom",
        "latest.atom",
        "latest.atom?q=a",
        "world.atom?q=a",
        "latest.atom?q=b",
    )
    assert len({id_of(newsroom, f"/feeds/{address}") for address in addresses}) == len(addresses)
