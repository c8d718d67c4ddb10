"""RSS 0.90 and 1.0 (RDF)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from aggregator.schema import Feed

RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
    "<channel rdf:about='https://example.org/'><title>News</title><link>https://example.org/</link>"
    "<dc:language>de</dc:language><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>"
    "<items><rdf:Seq><rdf:li rdf:resource='https://example.org/1'/></rdf:Seq></items></channel>"
    "<item rdf:about='https://example.org/1'><title>Eins</title><link>https://example.org/1</link>"
    "<dc:date>2026-01-15T10:00:00+01:00</dc:date><dc:creator>Ann</dc:creator><description>d</description></item>"
    "</rdf:RDF>"
)


def test_an_item_beside_the_channel_is_an_entry(read: Callable[..., Feed]) -> None:
    [entry] = read(RDF).entries
    assert (entry.guid, entry.link, entry.title) == ("https://example.org/1", "https://example.org/1", "Eins")
    assert entry.published == datetime(2026, 1, 15, 9, tzinfo=UTC)
    assert (entry.authors, entry.summary, entry.language) == (("Ann",), "d", "de")


def test_the_channel_says_how_often_it_changes(read: Callable[..., Feed]) -> None:
    feed = read(RDF)
    assert (feed.title, feed.link, feed.update_period) == (
        "News",
        "https://example.org/",
        timedelta(hours=12),
    )


def test_rss_090_is_read(read: Callable[..., Feed]) -> None:
    feed = read(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">'
        "<channel><title>c</title></channel><item><title>t</title><link>https://example.org/9</link></item></rdf:RDF>"
    )
    assert [entry.link for entry in feed.entries] == ["https://example.org/9"]
