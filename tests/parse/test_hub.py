"""Where a feed names its hub."""

from datetime import UTC, datetime

import pytest

from aggregator.parse import hub_of
from aggregator.schema import Download, Hub

URL = "https://a.example/feeds/all"


def download(body: bytes, links: str = "") -> Download:
    return Download(
        url=URL,
        final_url=URL,
        status=200,
        body=body,
        links=links,
        fetched_at=datetime(2026, 1, 15, tzinfo=UTC),
    )


ATOM = b'<feed><link rel="hub" href="https://h.example/"/><link href="/f" rel="self"/></feed>'
RSS = b"<rss><channel><atom10:link rel='hub' href='/hub?a=1&amp;b=2'/></channel></rss>"
JSON = b"""{"feed_url": "https://a.example/j",
    "hubs": [{"type": "rssCloud", "url": "x"}, {"type": "WebSub", "url": "https://h.example/"}]}"""


@pytest.mark.parametrize(
    ("body", "address", "topic"),
    [
        (ATOM, "https://h.example/", "https://a.example/f"),
        (RSS, "https://a.example/hub?a=1&b=2", URL),
        (JSON, "https://h.example/", "https://a.example/j"),
    ],
)
def test_a_document_names_its_hub_and_itself(body: bytes, address: str, topic: str) -> None:
    assert hub_of(download(body)) == Hub(address=address, topic=topic)


@pytest.mark.parametrize(
    "links",
    [
        '<https://h.example/>; rel="hub", <https://a.example/f>; rel="self"',
        "<https://a.example/f>;rel=self,<https://h.example/>;rel=hub",
        '<https://h.example/>; title="a, b"; rel="hub x", <https://a.example/f>; rel="self"',
    ],
)
def test_a_header_names_it_too(links: str) -> None:
    assert hub_of(download(b"<rss/>", links)) == Hub(
        address="https://h.example/", topic="https://a.example/f"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<rss><channel><item><link rel='hub' href='https://evil.example/'/></item></channel></rss>",
        b'<feed><link rel="hub" href="javascript:alert(1)"/></feed>',
        b'<feed><link rel="hub"/></feed>',
        b'{"hubs": "https://h.example/"}',
        b'{"hubs": [{"type": "WebSub", "url": 5}]}',
        b'{"hubs": [}',
        b'<feed><link rel="hub" href="https://h.example/' + b"x" * 5_000 + b'"/></feed>',
    ],
)
def test_what_is_no_hub_of_the_feed_is_none(body: bytes) -> None:
    assert hub_of(download(body)) is None
