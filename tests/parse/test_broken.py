"""Documents that are not what they should be: what is saved, and what is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aggregator.errors import ParseError
from aggregator.parse import open_document, thorough
from aggregator.schema import Download, Feed

Read = Callable[..., Feed]
Rss = Callable[[str], Feed]
ITEMS = "".join(
    f"<item><title>N{n}</title><link>https://example.org/{n}</link><description><![CDATA[<p>{n}</p>]]></description></item>"
    for n in range(5)
)
WHOLE = f"<?xml version='1.0'?>\n<rss version='2.0'><channel><title>c</title>{ITEMS}</channel></rss>\n"


@pytest.mark.parametrize("end", range(len(WHOLE) - 30, WHOLE.index("N1"), -37))
def test_a_document_that_was_cut_off_gives_its_complete_items(read: Read, end: int) -> None:
    feed = read(WHOLE[:end])
    assert [entry.title for entry in feed.entries] == [f"N{n}" for n in range(WHOLE[:end].count("</item>"))]
    assert feed.truncated
    assert "cut off" in feed.repaired


def test_a_document_that_was_cut_off_in_the_middle_of_a_character_is_read(read: Read) -> None:
    body = "<rss><channel><item><title>é</title></item><item><title>é".encode()[:-1]
    feed = read(body)
    assert [entry.title for entry in feed.entries] == ["é"]
    assert feed.truncated


def test_an_atom_document_that_was_cut_off_gives_its_complete_entries(read: Read) -> None:
    feed = read(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>a</id></entry><entry><id>b</id><title>x"
    )
    assert (len(feed.entries), feed.truncated) == (1, True)


def test_a_document_cut_off_before_the_first_entry_is_an_error(read: Read) -> None:
    with pytest.raises(ParseError, match="cut off"):
        read("<rss><channel><title>News</title><item><title>fi")


def test_a_whole_document_is_neither_repaired_nor_truncated(read: Read) -> None:
    feed = read(WHOLE)
    assert (len(feed.entries), feed.repaired, feed.truncated) == (5, "", False)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Q&A", "Q&A"),
        ("a & b", "a & b"),
        ("a&nbsp;b&hellip;", "a\xa0b…"),
        ("a &unknown; b", "a &unknown; b"),
        ("1 < 2", "1 < 2"),
        ("x &#X41; y", "x A y"),
    ],
)
def test_a_malformed_title_is_mended_and_said_to_be(rss: Rss, title: str, text: str) -> None:
    feed = rss(f"<item><title>{title}</title></item><item><title>next</title></item>")
    assert [entry.title for entry in feed.entries] == [text, "next"]
    assert "not well-formed" in feed.repaired
    assert not feed.truncated


def test_an_ampersand_in_an_address_is_mended(rss: Rss) -> None:
    [entry] = rss("<item><link>https://example.org/?a=1&b=2&copy=3</link></item>").entries
    assert entry.link == "https://example.org/?a=1&b=2&copy=3"


def test_marked_text_is_not_mended(rss: Rss) -> None:
    [entry] = rss(
        "<item><title>a & b</title><description><![CDATA[x & y &nbsp; 1 < 2]]></description></item>"
    ).entries
    assert entry.summary == "x & y &nbsp; 1 < 2"


def test_prefixes_nobody_declared_are_understood(read: Read) -> None:
    feed = read(
        "<rss><channel><item><title>t</title><dc:creator>Ann</dc:creator><foo:bar x:y='1'>z</foo:bar>"
        "</item></channel></rss>"
    )
    [entry] = feed.entries
    assert (entry.authors, "prefix" in feed.repaired) == (("Ann",), True)


def test_a_warning_before_the_feed_is_skipped(read: Read) -> None:
    feed = read("<br />\n<b>Warning</b>: foo() in /x.php on line 3<br />\n" + WHOLE)
    assert len(feed.entries) == 5
    assert "before the feed" in feed.repaired


def test_text_after_the_feed_is_skipped(read: Read) -> None:
    feed = read(WHOLE + "<script>track()</script><!-- cached -->")
    assert len(feed.entries) == 5
    assert "after the end" in feed.repaired
    assert not feed.truncated


def test_markup_that_is_not_closed_does_not_lose_the_other_items(rss: Rss) -> None:
    feed = rss(
        "<item><title>a</title><description>one<br>two</description></item><item><title>b</title></item>"
        "<item><title>c</title></item>"
    )
    assert [entry.title for entry in feed.entries] == ["a", "b", "c"]


def test_an_attribute_without_quotes_does_not_lose_the_items(rss: Rss) -> None:
    feed = rss("<item><title>a</title><guid isPermaLink=false>7</guid></item><item><title>b</title></item>")
    assert [entry.title for entry in feed.entries] == ["a", "b"]


@pytest.mark.parametrize(
    "bad",
    [
        "<georss:where><gml:Point srsName='urn:EPSG:x'><gml:pos>1 2</gml:pos></gml:Point></georss:where>",
        "<gml:pos>1 2</gml:pos>",
        "<links>x</links><link>https://example.org/1</link>",
        "<authors>x</authors><author>y</author>",
        "<enclosure/><media:thumbnail/><media:content/><category/><author/><link/><guid/>",
        "<pubDate>never</pubDate><link>http://[bad</link><itunes:keywords a='b'>c</itunes:keywords>",
    ],
)
def test_one_bad_item_does_not_lose_the_others(rss: Rss, bad: str) -> None:
    feed = rss(
        f"<item><title>a</title></item><item><title>b</title>{bad}</item><item><title>c</title></item>"
    )
    assert [entry.title for entry in feed.entries] == ["a", "b", "c"]


def test_the_thorough_reader_mends_as_well(fetched: Callable[..., Download]) -> None:
    feed = thorough(open_document(fetched("<rss><channel><item><title>Q&A</title></item></channel></rss>")))
    assert (feed.entries[0].title, "not well-formed" in feed.repaired) == ("Q&A", True)


def test_an_html_page_is_named_as_such_with_the_feed_it_offers(read: Read) -> None:
    with pytest.raises(ParseError, match=r"HTML page.*https://example\.org/rss\?a=1&b=2 ") as caught:
        read(
            "<!DOCTYPE html><html><head><link rel='stylesheet' href='s.css'>"
            "<link rel=alternate type='application/rss+xml' href='https://u:secret@example.org/rss?a=1&amp;b=2'></head></html>",
            "text/html",
        )
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("<html><body>Sign in</body></html>", "HTML page"),
        ("<!-- x --><!doctype HTML>\n<title>x</title>", "HTML page"),
        ("<?xml version='1.0'?><opml version='2.0'><body/></opml>", "<opml>"),
        ("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "<urlset>"),
        ("Not found", "neither RSS"),
        ("\x89PNG\r\n", "neither RSS"),
        ("<?xml version='1.0'?>", "neither RSS"),
        ("<!DOCTYPE rss", "DOCTYPE"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_sentence(read: Read, body: str, words: str) -> None:
    with pytest.raises(ParseError) as caught:
        read(body)
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")


def test_two_thousand_items_and_long_guids_are_all_kept(rss: Rss) -> None:
    guids = [f"{'x😀' * 750}\n{n}" for n in range(2000)]
    feed = rss("".join(f"<item><guid isPermaLink='false'>{guid}</guid></item>" for guid in guids))
    assert [entry.guid for entry in feed.entries] == guids
