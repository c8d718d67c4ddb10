"""What the tests of this room share: downloads made of bytes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from aggregator.parse import parse
from aggregator.schema import Download, Feed, Source

Fetched = Callable[..., Download]


@pytest.fixture
def fetched() -> Fetched:
    """A download of these bytes (or text, as UTF-8) from https://example.org/news/feed.xml."""

    def make(body: bytes | str, content_type: str = "application/xml", url: str = "") -> Download:
        address = url or "https://example.org/news/feed.xml"
        return Download(
            url=address,
            final_url=address,
            status=200,
            body=body.encode() if isinstance(body, str) else body,
            content_type=content_type,
            fetched_at=datetime(2026, 1, 15, 12, tzinfo=UTC),
        )

    return make


@pytest.fixture
def read(fetched: Fetched) -> Callable[..., Feed]:
    """The feed in these bytes, by `parse`."""
    source = Source(id="example", url="https://example.org/news/feed.xml", title="Example")

    def make(body: bytes | str, content_type: str = "application/xml", url: str = "") -> Feed:
        return parse(fetched(body, content_type, url), source)

    return make


@pytest.fixture
def rss(read: Callable[..., Feed]) -> Callable[[str], Feed]:
    """The feed of an RSS 2.0 channel with these elements inside, every usual namespace declared."""

    def make(inside: str) -> Feed:
        return read(
            '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:media="http://search.yahoo.com/mrss/" '
            'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
            'xmlns:atom="http://www.w3.org/2005/Atom" '
            'xmlns:georss="http://www.georss.org/georss" xmlns:gml="http://www.opengis.net/gml" '
            'xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#" '
            'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
            f"<channel><title>News</title>{inside}</channel></rss>"
        )

    return make


@pytest.fixture
def atom(read: Callable[..., Feed]) -> Callable[[str], Feed]:
    """The feed of an Atom 1.0 document with these elements inside."""

    def make(inside: str) -> Feed:
        return read(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{inside}</feed>')

    return make
