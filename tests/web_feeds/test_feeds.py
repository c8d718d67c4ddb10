import json
import shutil
import sqlite3
import subprocess
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from aggregator.publish import CONTENT_TYPES
from aggregator.schema import View, replace

ADDRESSES = ["/feeds/world.rss", "/feeds/world.atom", "/feeds/world.json", "/sources.opml"]


def titles(newsroom: Any, address: str) -> list[str]:
    answer = newsroom.client.get(address)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json["items"]]


@pytest.mark.parametrize("extension", CONTENT_TYPES)
def test_a_view_is_a_feed_in_each_format(newsroom: Any, extension: str) -> None:
    answer = newsroom.client.get(f"/feeds/world.{extension}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == CONTENT_TYPES[extension]
    assert b"Peace talks" in answer.data
    assert b"Story 2" not in answer.data


def test_latest_has_every_article_the_newest_first(newsroom: Any) -> None:
    assert titles(newsroom, "/feeds/latest.json") == ["Story 1", "Story 2", "Peace talks"]


def test_a_search_is_a_feed(newsroom: Any) -> None:
    assert titles(newsroom, "/feeds/search.json?q=peace+category:world") == ["Peace talks"]
    assert titles(newsroom, "/feeds/search.json?source=bbc&category=world") == ["Story 1", "Peace talks"]


def test_a_view_can_be_narrowed_but_not_widened(newsroom: Any) -> None:
    assert titles(newsroom, "/feeds/world.json?q=peace+OR+story") == ["Story 1", "Peace talks"]


@pytest.mark.parametrize(
    "address", ["/feeds/nothing.rss", "/feeds/world.xml", "/feeds/world", "/feeds/world.", "/feeds/.rss"]
)
def test_an_unknown_view_or_extension_is_not_found(newsroom: Any, address: str) -> None:
    assert newsroom.client.get(address).status_code == 404


@pytest.mark.parametrize(
    "query", ["sorce=bbc", "source=", "q=(", "before=5", "since=soon", "source=bcb", "q=-source:bcb"]
)
def test_a_query_that_is_not_understood_is_refused_in_a_sentence(newsroom: Any, query: str) -> None:
    answer = newsroom.client.get(f"/feeds/search.rss?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.text
    assert newsroom.store.reads == 0


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_unchanged_feed_is_not_sent_again(newsroom: Any, address: str) -> None:
    first = newsroom.client.get(address)
    reads = newsroom.store.reads
    again = newsroom.client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert newsroom.store.reads == reads


def test_the_validator_is_strong(newsroom: Any) -> None:
    assert newsroom.client.get("/feeds/world.rss").headers["ETag"].startswith('"')


def test_the_time_of_the_last_change_is_a_validator_too(newsroom: Any) -> None:
    first = newsroom.client.get("/feeds/world.rss")
    assert first.headers["Last-Modified"] == "Thu, 15 Jan 2026 11:30:30 GMT"
    headers = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert newsroom.client.get("/feeds/world.rss", headers=headers).status_code == 304
    assert newsroom.store.reads == 1


def test_a_change_in_this_very_second_gives_no_time_as_another_may_follow(newsroom: Any) -> None:
    newsroom.now -= timedelta(minutes=30)
    assert "Last-Modified" not in newsroom.client.get("/feeds/world.rss").headers


def test_an_edit_of_the_configuration_shows_to_those_who_ask_by_time_only(newsroom: Any) -> None:
    first = newsroom.client.get("/feeds/world.rss")
    views = (View(id="world", title="World & more", filter="peace"),)
    edited = newsroom.now - timedelta(minutes=5)
    newsroom.settings = replace(newsroom.settings, views=views, edited=edited)
    headers = {"If-Modified-Since": first.headers["Last-Modified"]}
    second = newsroom.client.get("/feeds/world.rss", headers=headers)
    assert second.status_code == 200
    assert second.headers["Last-Modified"] == "Thu, 15 Jan 2026 11:55:30 GMT"
    headers = {"If-Modified-Since": second.headers["Last-Modified"]}
    assert newsroom.client.get("/feeds/world.rss", headers=headers).status_code == 304


def test_a_new_article_changes_the_validator(newsroom: Any) -> None:
    first = newsroom.client.get("/feeds/world.json")
    newsroom.save(newsroom.story(5, title="News"), at=newsroom.now)
    headers = {"If-None-Match": first.headers["ETag"]}
    second = newsroom.client.get("/feeds/world.json", headers=headers)
    assert second.status_code == 200
    assert "News" in [item["title"] for item in second.json["items"]]


def test_each_feed_has_a_validator_of_its_own(newsroom: Any) -> None:
    addresses = ["/feeds/world.rss", "/feeds/world.atom", "/feeds/latest.rss", "/feeds/search.rss?q=a"]
    tags = {newsroom.client.get(address).headers["ETag"] for address in addresses}
    assert len(tags) == len(addresses)


def test_another_filter_of_the_view_changes_the_validator(newsroom: Any) -> None:
    first = newsroom.client.get("/feeds/world.json")
    views = (View(id="world", title="World & more", filter="peace"),)
    newsroom.settings = replace(newsroom.settings, views=views)
    headers = {"If-None-Match": first.headers["ETag"]}
    assert newsroom.client.get("/feeds/world.json", headers=headers).status_code == 200


def test_a_filter_that_counts_back_from_now_loses_articles_as_time_goes(newsroom: Any) -> None:
    first = newsroom.client.get("/feeds/fresh.json")
    assert [item["title"] for item in first.json["items"]] == ["Story 1"]
    headers = {"If-None-Match": first.headers["ETag"]}
    newsroom.now += timedelta(minutes=1)
    assert newsroom.client.get("/feeds/fresh.json", headers=headers).status_code == 304
    newsroom.now += timedelta(hours=1)
    later = newsroom.client.get("/feeds/fresh.json", headers=headers)
    assert (later.status_code, later.json["items"]) == (200, [])


def test_an_old_time_does_not_hide_that_an_article_went_out_of_a_moving_filter(newsroom: Any) -> None:
    first = newsroom.client.get("/feeds/fresh.json")
    newsroom.now += timedelta(hours=1)
    headers = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert newsroom.client.get("/feeds/fresh.json", headers=headers).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_answers_like_get_without_the_body(newsroom: Any, address: str) -> None:
    got, head = newsroom.client.get(address), newsroom.client.head(address)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[name] == got.headers[name]


def test_only_a_public_desk_lets_shared_caches_keep_a_feed(newsroom: Any) -> None:
    assert newsroom.client.get("/feeds/world.rss").headers["Cache-Control"] == "private, max-age=60"
    newsroom.set_web(access="public")
    assert newsroom.client.get("/feeds/world.rss").headers["Cache-Control"] == "public, max-age=60"


def test_one_language_of_all_articles_is_the_language_of_the_feed(newsroom: Any) -> None:
    assert newsroom.client.get("/feeds/latest.json").json["language"] == "en"


def test_a_desk_without_articles_has_valid_feeds(newsroom: Any) -> None:
    with newsroom.store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM meta")
    answer = newsroom.client.get("/feeds/search.rss?category=none")
    assert etree.fromstring(answer.data).findtext("channel/lastBuildDate") == "Thu, 01 Jan 1970 00:00:00 GMT"


def test_a_feed_is_read_by_feedparser_without_complaint(newsroom: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        feed = feedparser.parse(newsroom.client.get("/feeds/latest.atom").data)
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == ["Story 1", "Story 2", "Peace talks"]


def test_the_sources_are_opml(newsroom: Any) -> None:
    answer = newsroom.client.get("/sources.opml")
    assert answer.headers["Content-Type"] == "text/x-opml; charset=utf-8"
    folder, outline = etree.fromstring(answer.data).iter("outline")
    assert (folder.get("text"), folder.get("title")) == ("world", "world")
    assert (outline.get("text"), outline.get("xmlUrl")) == ("BBC & co", "https://bbc.example/rss")


def test_feeds_of_a_desk_for_readers_are_closed_to_strangers(newsroom: Any) -> None:
    newsroom.set_web(access="readers")
    answers = [newsroom.client.get(address).status_code for address in ADDRESSES]
    assert answers == [401, 401, 401, 303]


def test_json_is_what_the_content_type_says(newsroom: Any) -> None:
    assert json.loads(newsroom.client.get("/feeds/latest.json").data)["version"].endswith("version/1.1")


def test_a_reader_program_asks_again_with_the_validator_and_gets_nothing(
    newsroom: Any, loopback: Any, tmp_path: Path
) -> None:
    server = loopback(newsroom.client.application)
    url = f"{server.url}/feeds/latest.rss"
    newsboat = shutil.which("newsboat")
    if newsboat:
        for _ in range(3):  # newsboat keeps validators from the second time on
            assert titles_newsboat_sees(newsboat, url, tmp_path) == ["Peace talks", "Story 1", "Story 2"]
        asked = [request.headers for request in server.requests]
        assert "if-none-match" in asked[-1]
    else:
        tag = newsroom.client.get("/feeds/latest.rss").headers["ETag"]
        assert newsroom.client.get("/feeds/latest.rss", headers={"If-None-Match": tag}).status_code == 304
    assert newsroom.store.reads < 3


def titles_newsboat_sees(newsboat: str, url: str, folder: Path) -> list[str]:
    (folder / "urls").write_text(url + "\n")
    (folder / "config").write_text("")
    cache = folder / "cache.db"
    command = [newsboat, "-u", "urls", "-C", "config", "-c", str(cache), "-x", "reload"]
    environment = {"HOME": str(folder), "LANG": "C.UTF-8", "TERM": "dumb", "PATH": "/usr/bin:/bin"}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, timeout=60)
    connection = sqlite3.connect(cache)
    try:
        return sorted(title for (title,) in connection.execute("SELECT title FROM rss_item"))
    finally:
        connection.close()
