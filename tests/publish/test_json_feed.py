import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import jsonschema

from aggregator.publish import Head, json_feed
from aggregator.schema import Article, Category, Evidence

Build = Callable[..., Article]
MakeHead = Callable[..., Head]

TEXT = {"type": "string", "minLength": 1}
DATE = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
ITEM = {
    "type": "object",
    "required": ["id"],
    "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
    "additionalProperties": False,
    "patternProperties": {"^_": {"type": "object"}},
    "properties": {
        **dict.fromkeys(("id", "url", "title", "summary", "image", "language"), TEXT),
        "content_html": {"type": "string"},
        "content_text": {"type": "string"},
        **dict.fromkeys(("date_published", "date_modified"), DATE),
        "tags": {"type": "array", "items": TEXT},
        "authors": {"type": "array", "items": {"type": "object", "anyOf": [{"required": ["name"]}]}},
        "attachments": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["url", "mime_type"],
                "properties": {"size_in_bytes": {"type": "integer"}},
            },
        },
    },
}
FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "patternProperties": {"^_": {"type": "object"}},
    "properties": {
        "next_url": TEXT,
        "hubs": {"type": "array", "items": {"required": ["type", "url"]}},
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        **dict.fromkeys(("title", "home_page_url", "feed_url", "description", "language"), TEXT),
        "items": {"type": "array", "items": ITEM},
    },
}


def feed_of(head: Head, *articles: Article) -> Any:
    return json.loads(json_feed(articles, head))


def test_feeds_full_and_empty_agree_with_the_specification(
    article: Build, bare: Article, head: MakeHead
) -> None:
    jsonschema.validate(feed_of(head(language="en"), article(), bare), FEED)
    jsonschema.validate(feed_of(head()), FEED)
    more = {"older": "https://desk.example/old", "hubs": ("https://hub.example/",), "archive": True}
    for content in ("full", "summary", "text"):
        jsonschema.validate(feed_of(head(content=content, **more), article(), bare), FEED)
    assert feed_of(head())["items"] == []


def test_an_item_says_all_there_is(article: Build, head: MakeHead) -> None:
    wanted = article()
    (item,) = feed_of(head(), wanted)["items"]
    assert (item["id"], item["url"], item["title"]) == (wanted.uid, wanted.url, wanted.title)
    assert (item["content_html"], item["content_text"]) == (wanted.html, wanted.text)
    assert (item["summary"], item["image"], item["language"]) == (wanted.summary, wanted.image, "en-GB")
    assert item["date_published"] == "2026-01-14T08:30:00Z"
    assert item["date_modified"] == "2026-01-15T09:00:00Z"
    assert item["authors"] == [{"name": "Ann O’Hara"}, {"name": "Bo <bo@example.org>"}]
    assert item["tags"] == ["World", "Politics & Power"]
    assert item["attachments"] == [
        {"url": wanted.enclosures[0].url, "mime_type": "audio/mpeg", "size_in_bytes": 1234},
        {"url": wanted.enclosures[1].url, "mime_type": "application/octet-stream"},
    ]


def test_an_edit_without_a_date_of_its_own_is_a_modification(article: Build, head: MakeHead) -> None:
    edited = article(updated=None, edited=datetime(2026, 1, 15, 10, 0, tzinfo=UTC))
    assert feed_of(head(), edited)["items"][0]["date_modified"] == "2026-01-15T10:00:00Z"


def test_the_extension_tells_categories_and_places(article: Build, head: MakeHead) -> None:
    (item,) = feed_of(head(), article())["items"]
    ours = item["_dateline"]
    assert (ours["dateline"], ours["sources"]) == ("Rabat", ["bbc", "map"])
    assert ours["categories"][1] == {
        "id": "politics",
        "name": "Politics & Power",
        "scheme": "urn:dateline:category",
        "score": 0.6,
    }
    assert ours["places"][0] == {
        "name": "Rabat",
        "kind": "city",
        "country": "MA",
        "geonameid": 7,
        "lat": 34.01325,
        "lon": -6.83255,
        "role": "body",
        "score": 0.7,
    }


def test_a_place_is_told_once_with_its_surest_mention(article: Build, head: MakeHead) -> None:
    (item,) = feed_of(head(), article())["items"]
    told = [(one["name"], one["score"]) for one in item["_dateline"]["places"]]
    assert told == [("Rabat", 0.7), ("Casablanca", 0.8), ("Nowhere", 0.9), ("Beyond", 0.95), ("Morocco", 1.0)]


def test_letters_stand_as_they_are_and_not_as_escapes(article: Build, head: MakeHead) -> None:
    assert "سلام 🕊".encode() in json_feed((article(title="سلام 🕊"),), head())


def test_a_term_understood_as_a_topic_is_no_second_tag_but_a_category_of_the_admin_is(
    article: Build, head: MakeHead
) -> None:
    told, rule = Evidence(kind="feed term", text="Deportes"), Evidence(kind="rule", text="gol")
    categories = (
        Category(id="medtop:15000000", name="sport", score=0.9, evidence=(told,)),
        Category(id="deportes", name="Deportes", score=0.9, evidence=(told,)),
        Category(id="sahel", name="Sahel", score=0.8, evidence=(Evidence(kind="feed term", text="Sahel"),)),
        Category(id="sport", name="sport", score=0.8, evidence=(rule,)),
    )
    (item,) = json.loads(json_feed((article(categories=categories),), head()))["items"]
    assert item["tags"] == ["sport", "Sahel", "sport"]
