"""JSON Feed 1.0 and 1.1."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.errors import ParseError
from aggregator.schema import Enclosure, Feed, Term

Read = Callable[..., Feed]


def feed_of(*items: Any, **more: Any) -> str:
    return json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": list(items), **more}
    )


def test_an_item_gives_all_its_parts(read: Read) -> None:
    item = {
        "id": 7,
        "url": "https://example.org/7",
        "title": "A < B",
        "content_html": "<p>x</p>",
        "summary": "s & t",
        "image": "/i.png",
        "date_published": "2026-01-15T10:00:00+01:00",
        "date_modified": "2026-01-16T10:00:00Z",
        "authors": [{"name": "Ann"}, {"name": "Bob"}, {}],
        "tags": ["a", "b", "a", 3, " "],
        "language": "fr",
        "attachments": [{"url": "https://example.org/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 5}],
    }
    feed = read(feed_of(item, home_page_url="https://example.org/"), "application/feed+json")
    [entry] = feed.entries
    assert (feed.title, feed.link) == ("News", "https://example.org/")
    assert (entry.guid, entry.link, entry.title) == ("7", "https://example.org/7", "A &lt; B")
    assert (entry.summary, entry.content, entry.image) == (
        "s &amp; t",
        "<p>x</p>",
        "https://example.org/i.png",
    )
    assert entry.published == datetime(2026, 1, 15, 9, tzinfo=UTC)
    assert entry.updated == datetime(2026, 1, 16, 10, tzinfo=UTC)
    assert (entry.authors, entry.language) == (("Ann", "Bob"), "fr")
    assert entry.terms == (Term(label="a"), Term(label="b"))
    assert entry.enclosures == (Enclosure(url="https://example.org/a.mp3", type="audio/mpeg", length=5),)


def test_a_plain_text_becomes_escaped_paragraphs(read: Read) -> None:
    [entry] = read(feed_of({"id": "1", "content_text": "a < b\n\nc"})).entries
    assert entry.content == "<p>a &lt; b</p><p>c</p>"


def test_the_author_of_version_1_counts(read: Read) -> None:
    [entry] = read(feed_of({"id": "1", "title": "t", "author": {"name": "Ann"}})).entries
    assert entry.authors == ("Ann",)


def test_an_id_that_is_an_address_is_the_link_where_there_is_none(read: Read) -> None:
    [entry] = read(feed_of({"id": "https://example.org/1", "title": "t"})).entries
    assert entry.link == "https://example.org/1"


def test_one_bad_item_does_not_lose_the_others(read: Read) -> None:
    feed = read(feed_of(None, 5, {"id": "1", "title": ["no"], "tags": 3, "authors": "x"}, {"id": "2"}, []))
    assert [entry.guid for entry in feed.entries] == ["1", "2"]


def test_control_characters_and_lone_surrogates_are_removed(read: Read) -> None:
    [entry] = read('{"items": [{"id": "1", "title": "a\\u0000b\\ud800c"}]}').entries
    assert entry.title == "ab?c"


def test_a_document_that_was_cut_off_gives_its_complete_items(read: Read) -> None:
    whole = feed_of({"id": "1"}, {"id": "2"}, {"id": "3"})
    feed = read(whole[: whole.index('"3"')])
    assert [entry.guid for entry in feed.entries] == ["1", "2"]
    assert feed.truncated
    assert "broken" in feed.repaired


def test_an_empty_list_of_items_is_an_empty_feed(read: Read) -> None:
    assert read(feed_of()).entries == ()


@pytest.mark.parametrize(
    "body", ['{"a": 1}', "[]", "[1, 2]", '{"items": 3}', '{"items"', "{", "[[[[" * 20_000]
)
def test_other_json_is_refused_with_a_sentence(read: Read, body: str) -> None:
    with pytest.raises(ParseError, match=r"JSON.*[;.]"):
        read(body)
