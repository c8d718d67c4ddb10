from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient

from aggregator.schema import Settings
from aggregator.store import Store

Headers = Callable[[FlaskClient], dict[str, str]]

FRENCH = {"Accept-Language": "fr"}


@pytest.mark.parametrize(
    ("asked", "spoken", "direction"),
    [
        ("", "en", "ltr"),
        ("fr-CA, en;q=0.5", "fr", "ltr"),
        ("de, es;q=0.8, en;q=0.7", "es", "ltr"),
        ("ar-MA", "ar", "rtl"),
        ("tlh", "en", "ltr"),
        ("fr;q=0, es", "es", "ltr"),
        ("x" * 5_000, "en", "ltr"),
        ("<script>, \x01", "en", "ltr"),
    ],
)
def test_pages_speak_what_the_browser_asks_for(
    client: FlaskClient, asked: str, spoken: str, direction: str
) -> None:
    answer = client.get("/about", headers={"Accept-Language": asked} if asked else {})
    assert f'<html lang="{spoken}" dir="{direction}" ' in answer.text
    assert answer.headers["Content-Language"] == spoken


def test_what_a_reader_chose_goes_before_what_the_browser_asks_for(
    client: FlaskClient, csrf: Headers
) -> None:
    client.post("/look", data={"language": "ar", "back": "/about"}, headers=csrf(client))
    assert '<html lang="ar" dir="rtl" ' in client.get("/about", headers=FRENCH).text
    client.post("/look", data={"language": "auto"}, headers=csrf(client))
    assert '<html lang="fr" dir="ltr" ' in client.get("/about", headers=FRENCH).text


def test_caches_are_told_what_a_page_depends_on(client: FlaskClient) -> None:
    for path in ("/", "/about", "/nowhere", "/?nonsense=1"):
        answer = client.get(path)
        assert {"Accept-Language", "Cookie"} <= set(answer.vary)
        assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "path",
    ["/feeds/latest.rss", "/feeds/latest.atom", "/feeds/maghreb.json", "/feeds/latest.csv",
     "/feeds/search.geojson?country=MA", "/feeds/latest.opml", "/sources.opml", "/feeds/latest.rss?nonsense=1",
     "/feeds/nobody.rss", "/feeds/nobody", "/healthz", "/readyz"],
)  # fmt: skip
def test_programs_are_told_the_same_whatever_language_they_ask_for(client: FlaskClient, path: str) -> None:
    english, arabic = client.get(path), client.get(path, headers={"Accept-Language": "ar"})
    assert english.data == arabic.data
    assert english.headers.get("ETag") == arabic.headers.get("ETag")
    assert "Accept-Language" not in arabic.vary
    assert "Content-Language" not in arabic.headers


def test_a_feed_is_the_same_after_its_reader_chose_a_language(client: FlaskClient, csrf: Headers) -> None:
    before = client.get("/feeds/latest.atom").data
    client.post("/look", data={"language": "ar"}, headers=csrf(client))
    assert client.get("/feeds/latest.atom").data == before


@pytest.mark.parametrize(
    ("language", "day", "time", "country", "name"),
    [
        ("en", "Thursday, 15 January 2026", "15 January 2026, 11:48 UTC", "Morocco", "French"),
        ("fr", "jeudi 15 janvier 2026", "15 janvier 2026 à 11:48 UTC", "Maroc", "Français"),
        ("es", "jueves, 15 de enero de 2026", "15 de enero de 2026, 11:48 UTC", "Marruecos", "Francés"),
        ("ar", "الخميس، 15 يناير 2026", "15 يناير 2026، 11:48 UTC", "المغرب", "الفرنسية"),
    ],
)
def test_dates_and_names_are_those_of_the_language(
    client: FlaskClient, language: str, day: str, time: str, country: str, name: str
) -> None:
    asked = {"Accept-Language": language}
    page = client.get("/?country=MA&language=fr", headers=asked).text
    assert f'<time datetime="2026-01-15">{day}</time>' in page
    assert re.findall(r"<bdi>([^<]*)</bdi> <span[^>]*>×", page) == [country, name]
    assert f">{time}</time>" in client.get("/article/12", headers=asked).text


def test_topics_are_called_what_the_language_calls_them(
    store: Store, newsroom: ModuleType, desk_of: Callable[..., Any], now: datetime
) -> None:
    newsroom.fill(store, now)
    names = {("science", "fr"): "sciences et technologies"}
    client = desk_of(topic_name=lambda id, language: names.get((id, language), "")).client()
    french = client.get("/?category=science", headers=FRENCH).text
    assert "<bdi>Sciences et technologies</bdi>" in french
    assert french.count("<bdi>Science</bdi>") == 1  # the view of that name
    assert "<bdi>Science</bdi>" in client.get("/?category=science").text
    assert "<h1>" in client.get("/category/science", headers=FRENCH).text


def test_a_page_kept_for_visitors_is_kept_for_those_of_one_language(
    store: Store, newsroom: ModuleType, settings: Callable[..., Settings], now: datetime,
    client_of: Callable[..., FlaskClient],
) -> None:  # fmt: skip
    newsroom.fill(store, now)
    client = client_of(settings(access="public"))
    assert '<html lang="en"' in client.get("/").text
    french = client.get("/", headers=FRENCH)
    again = client.get("/", headers=FRENCH)
    assert '<html lang="fr"' in french.text
    assert '<html lang="fr"' in again.text
    assert again.headers["Content-Language"] == "fr"
