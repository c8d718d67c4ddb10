"""The demo's feeds are what they claim to be, and its server behaves and misbehaves as promised."""

from __future__ import annotations

import http.client
import importlib.util
import re
import sys
import threading
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import feedparser
import pytest

from aggregator import settings

DEMO = Path(__file__).parents[2] / "demo"
BROKEN = "/patchwork-post.rss"
STARTED = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
HERE = "http://127.0.0.1:8899"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"demo_{name}", DEMO / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


serve = load("serve")
FEEDS = serve.feeds(here=HERE, started=STARTED)
XML = sorted(path for path in FEEDS if not path.endswith(".json") and path != BROKEN)


@pytest.fixture
def server() -> Iterator[serve.DemoServer]:
    server = serve.DemoServer(0, started=STARTED, pause=0.0)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def get(server: serve.DemoServer, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=named)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("path", XML)
def test_feedparser_reads_every_xml_feed_but_the_broken_one(path: str) -> None:
    feed = feedparser.parse(FEEDS[path].body)
    assert not feed.bozo
    assert len(feed.entries) >= 8
    assert all(entry.title and entry.link.startswith(HERE) for entry in feed.entries)


def test_the_broken_feed_is_broken_and_holds_entries_all_the_same() -> None:
    feed = feedparser.parse(FEEDS[BROKEN].body)
    assert feed.bozo
    assert len(feed.entries) >= 4


def test_the_feeds_speak_every_format() -> None:
    versions = {feedparser.parse(FEEDS[path].body).version for path in XML}
    assert versions >= {"rss20", "rss10", "rss091u", "atom10"}
    assert b"https://jsonfeed.org/version/1.1" in FEEDS["/rift-valley-ledger.json"].body


def test_the_feeds_speak_six_languages() -> None:
    languages = {feedparser.parse(FEEDS[path].body).feed.language[:2] for path in XML}
    assert languages == {"en", "fr", "es", "de", "pt", "ar"}


def test_dates_are_counted_back_from_the_start_of_the_server() -> None:
    entries = feedparser.parse(FEEDS["/harbour-courier.rss"].body).entries
    (ferry,) = (entry for entry in entries if entry.title.startswith("Night ferry"))
    assert datetime(*ferry.published_parsed[:6], tzinfo=UTC) == STARTED - timedelta(minutes=12)


def test_no_placeholder_is_left_in_any_feed() -> None:
    left = {path for path, feed in FEEDS.items() if re.search(rb"\{(here|iso|rfc822)", feed.body)}
    assert left == set()


def test_the_feeds_stay_the_same_while_the_server_runs(server: serve.DemoServer) -> None:
    assert get(server, "/neckarbote.rdf")[1] == get(server, "/neckarbote.rdf")[1]


def test_a_feed_asked_again_with_its_etag_answers_304(server: serve.DemoServer) -> None:
    first, _ = get(server, "/neckarbote.rdf")
    again, body = get(server, "/neckarbote.rdf", If_None_Match=first.headers["ETag"])
    assert (again.status, body) == (304, b"")


def test_a_feed_asked_again_with_its_date_answers_304(server: serve.DemoServer) -> None:
    first, _ = get(server, "/neckarbote.rdf")
    again, _ = get(server, "/neckarbote.rdf", If_Modified_Since=first.headers["Last-Modified"])
    assert again.status == 304


def test_another_etag_is_answered_in_full(server: serve.DemoServer) -> None:
    answer, body = get(server, "/neckarbote.rdf", If_None_Match='"another"')
    assert answer.status == 200
    assert int(answer.headers["Content-Length"]) == len(body)


def test_the_slow_feed_arrives_whole(server: serve.DemoServer) -> None:
    assert get(server, serve.SLOW)[1] == server.feeds[serve.SLOW].body


def test_the_closed_newspaper_is_gone(server: serve.DemoServer) -> None:
    assert get(server, serve.GONE)[0].status == 410


def test_every_link_and_enclosure_leads_to_a_page_of_the_demo(server: serve.DemoServer) -> None:
    bodies = b"".join(feed.body for feed in server.feeds.values()).decode()
    paths = set(re.findall(rf"{re.escape(server.url)}(/[a-z-]+/[\w.]+)", bodies))
    assert len(paths) > 80
    assert {path for path in paths if get(server, path)[0].status != 200} == set()


def test_an_unknown_address_is_not_found(server: serve.DemoServer) -> None:
    assert get(server, "/etc/passwd")[0].status == 404


def test_the_configuration_polls_every_feed_and_the_one_that_is_gone() -> None:
    wanted = settings.load(DEMO / "config.toml")
    asked = {source.url.removeprefix(HERE) for source in wanted.sources}
    assert asked == {*FEEDS, serve.GONE}
    assert f"127.0.0.1:{serve.PORT}" in wanted.fetch.allow_inside


def test_the_database_of_the_demo_is_its_own() -> None:
    url = tomllib.loads((DEMO / "config.toml").read_text())["store"]["url"]
    assert url == "sqlite:///../data/demo/dateline.db"
