"""What the parameters of a feed choose, and the one address it has."""

from datetime import timedelta
from typing import Any

import pytest

from aggregator.publish import CONTENT_TYPES
from aggregator.schema import View, replace


def titles(newsroom: Any, address: str) -> list[str]:
    answer = newsroom.client.get(address)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json["items"]]


def late(newsroom: Any) -> None:
    """Story 9 arrives after all others and was published before them."""
    newsroom.save(newsroom.story(9), at=newsroom.now)


def test_a_feed_has_as_many_articles_as_asked_for(newsroom: Any) -> None:
    assert titles(newsroom, "/feeds/latest.json?limit=2") == ["Story 1", "Story 2"]


def test_a_feed_may_begin_with_the_oldest(newsroom: Any) -> None:
    assert titles(newsroom, "/feeds/latest.json?order=oldest&limit=2") == ["Peace talks", "Story 2"]


def test_in_the_order_of_arrival_what_comes_late_is_not_missed(newsroom: Any) -> None:
    late(newsroom)
    assert titles(newsroom, "/feeds/latest.json?limit=1") == ["Story 1"]
    assert titles(newsroom, "/feeds/latest.json?order=arrived&limit=1") == ["Story 9"]


def test_a_source_may_have_no_more_than_its_share(newsroom: Any) -> None:
    assert titles(newsroom, "/feeds/latest.json?per_source=2") == ["Story 1", "Story 2"]
    assert titles(newsroom, "/feeds/latest.json?per_source=2&limit=1") == ["Story 1"]
    assert titles(newsroom, "/feeds/latest.json?per_source=2&order=oldest") == ["Peace talks", "Story 2"]


def test_a_feed_has_summaries_or_plain_text_if_asked_for(newsroom: Any) -> None:
    newsroom.save(newsroom.story(0, html="<p>Long</p>", text="Plain", summary="Short"), at=newsroom.now)
    for content, wanted in (("summary", "Short"), ("text", "Plain")):
        (item,) = newsroom.client.get(f"/feeds/latest.json?limit=1&content={content}").json["items"]
        assert (item["content_text"], "content_html" in item) == (wanted, False)


def test_a_feed_may_be_of_one_language(newsroom: Any) -> None:
    newsroom.save(newsroom.story(0, language="ar", title="سلام"), at=newsroom.now)
    assert titles(newsroom, "/feeds/latest.json?lang=ar") == ["سلام"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("limit=0", "from 1 to 500"),
        ("limit=501", "from 1 to 500"),
        ("limit=x", "“x”"),
        ("limit=5&limit=6", "once only"),
        ("order=newst", "did you mean newest?"),
        ("content=html", "full, summary, text"),
        ("per_source=-1", "from 1 to 500"),
        ("archive=2026-01-15", "1025-1152"),
        ("archive=1-", "1025-1152"),
        ("archive=0-1", "1025-1152"),
        ("ordr=newest", "did you mean order?"),
        ("Limit=5", "did you mean limit?"),
        ("xyzzy=2", "per_source"),
    ],
)
def test_an_option_that_is_wrong_is_refused_in_a_sentence(newsroom: Any, query: str, words: str) -> None:
    answer = newsroom.client.get(f"/feeds/latest.rss?{query}")
    assert answer.status_code == 400
    assert words in answer.text
    assert newsroom.store.reads == 0


SPELLINGS = [
    ("/feeds/latest.atom?limit=100&order=newest&content=full", "/feeds/latest.atom"),
    ("/feeds/search.atom", "/feeds/latest.atom"),
    ("/feeds/latest.atom?q=peace", "/feeds/search.atom?q=peace"),
    ("/feeds/search.atom?language=en&q=+peace", "/feeds/search.atom?q=peace&lang=en"),
    ("/feeds/world.atom?limit=5&source=bbc&q=a&source=bbc", "/feeds/world.atom?q=a&source=bbc&limit=5"),
]


@pytest.mark.parametrize(("asked", "address"), SPELLINGS)
def test_a_feed_names_its_one_address_however_it_is_asked_for(
    newsroom: Any, asked: str, address: str
) -> None:
    answer = newsroom.client.get(asked)
    own = newsroom.client.get(address)
    assert answer.data == own.data
    assert answer.headers["Content-Location"] == own.headers["Content-Location"] == address
    url = f"http://127.0.0.1:8000{address}"
    assert f'<{url}>; rel="self"' in own.headers["Link"]
    assert f'href="{url}"'.replace("&", "&amp;") in own.text


@pytest.mark.parametrize("extension", CONTENT_TYPES)
def test_every_format_names_its_own_address_in_its_head(newsroom: Any, extension: str) -> None:
    link = newsroom.client.get(f"/feeds/world.{extension}").headers["Link"]
    assert link.startswith(f'<http://127.0.0.1:8000/feeds/world.{extension}>; rel="self"')


def test_the_links_of_a_page_are_the_addresses_its_feeds_name(newsroom: Any) -> None:
    page = newsroom.client.get("/view/world?language=en&q=peace").text
    assert 'href="/feeds/world.atom?q=peace&amp;lang=en"' in page
    assert 'href="/feeds/world.geojson?q=peace&amp;lang=en"' in page


def test_the_sources_of_a_view_are_opml(newsroom: Any) -> None:
    other = replace(newsroom.settings.sources[0], id="map", url="https://map.example/rss", title="MAP")
    newsroom.settings = replace(newsroom.settings, sources=(*newsroom.settings.sources, other))
    opml = newsroom.client.get("/feeds/world.opml").text
    assert "https://bbc.example/rss" in opml
    assert "https://map.example/rss" not in opml
    assert newsroom.client.get("/feeds/nothing.opml").status_code == 404
    assert "bbc.example" not in newsroom.client.get("/feeds/search.opml?q=nowhere").text


def test_a_public_desk_keeps_the_sources_of_its_views_to_itself(newsroom: Any) -> None:
    newsroom.set_web(access="public")
    assert newsroom.client.get("/feeds/world.opml").location == "/sign-in?next=/feeds/world.opml"
    assert newsroom.client.get("/feeds/world.atom").status_code == 200


# --- the same data, the same bytes -------------------------------------------------------------


@pytest.mark.parametrize("extension", CONTENT_TYPES)
def test_what_does_not_concern_a_feed_leaves_it_byte_for_byte(newsroom: Any, extension: str) -> None:
    first = newsroom.client.get(f"/feeds/world.{extension}")
    newsroom.now += timedelta(hours=1)
    newsroom.save(newsroom.story(4), at=newsroom.now)  # of no category, so not in the view
    second = newsroom.client.get(f"/feeds/world.{extension}")
    assert second.data == first.data
    for name in ("ETag", "Last-Modified"):
        assert second.headers[name] == first.headers[name]


def test_another_program_over_the_same_data_gives_the_same_bytes(newsroom: Any) -> None:
    first = newsroom.client.get("/feeds/world.atom")
    newsroom.__post_init__()  # a new app, with nothing in memory
    newsroom.now += timedelta(hours=3)
    assert newsroom.client.get("/feeds/world.atom").data == first.data


def test_a_feed_that_was_made_is_not_made_again(newsroom: Any) -> None:
    for _ in range(3):
        assert titles(newsroom, "/feeds/world.json") == ["Story 1", "Peace talks"]
    assert newsroom.store.reads == 1


def test_a_changed_configuration_is_seen_at_once(newsroom: Any) -> None:
    assert titles(newsroom, "/feeds/world.json") == ["Story 1", "Peace talks"]
    newsroom.settings = replace(newsroom.settings, views=(View(id="world", title="World", filter="peace"),))
    assert titles(newsroom, "/feeds/world.json") == ["Peace talks"]


def test_a_feed_leads_to_the_hubs_of_the_desk_only_where_everyone_may_read(newsroom: Any) -> None:
    newsroom.set_web(hubs=("https://hub.example/",), base_url="https://desk.example")
    assert "hub" not in newsroom.client.get("/feeds/world.atom").text
    newsroom.set_web(access="public")
    answer = newsroom.client.get("/feeds/world.atom")
    assert '<link rel="hub" href="https://hub.example/"/>' in answer.text
    assert '<https://hub.example/>; rel="hub"' in answer.headers["Link"]
    feed = newsroom.client.get("/feeds/world.json").json
    assert feed["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]


def test_a_browser_shows_a_feed_with_a_style_of_the_desk(newsroom: Any) -> None:
    for extension in ("rss", "atom"):
        asked = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
        answer = newsroom.client.get(f"/feeds/world.{extension}", headers=asked)
        assert (answer.content_type, answer.headers["Vary"]) == ("application/xml; charset=utf-8", "Accept")
        body = answer.text
        assert '<?xml-stylesheet type="text/css" href="../static/feed.css"?>' in body
    with newsroom.client.get("/static/feed.css") as style:
        assert (style.status_code, style.content_type) == (200, "text/css; charset=utf-8")
