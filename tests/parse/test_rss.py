"""RSS 0.9x and 2.0, with the modules publishers use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from aggregator.schema import Enclosure, Feed, Point, Term

Rss = Callable[[str], Feed]


def test_a_plain_item_gives_guid_link_title_date_and_summary(rss: Rss) -> None:
    [entry] = rss(
        "<item><title>Rain</title><link>https://example.org/rain</link><guid isPermaLink='false'>r-1</guid>"
        "<pubDate>Thu, 15 Jan 2026 10:00:00 +0100</pubDate><description>It &lt;b&gt;rains&lt;/b&gt;."
        "</description></item>"
    ).entries
    assert (entry.guid, entry.link, entry.title) == ("r-1", "https://example.org/rain", "Rain")
    assert entry.published == datetime(2026, 1, 15, 9, tzinfo=UTC)
    assert (entry.summary, entry.content) == ("It <b>rains</b>.", "")


def test_the_full_text_is_the_content_and_the_description_the_summary(rss: Rss) -> None:
    [entry] = rss(
        "<item><description>short</description><content:encoded><![CDATA[<p>long, long</p>]]>"
        "</content:encoded></item>"
    ).entries
    assert (entry.summary, entry.content) == ("short", "<p>long, long</p>")


def test_the_longer_of_description_and_podcast_summary_is_the_content(rss: Rss) -> None:
    [entry] = rss(
        "<item><description>a long description of it</description><itunes:summary>short"
        "</itunes:summary></item>"
    ).entries
    assert (entry.summary, entry.content) == ("short", "a long description of it")


def test_a_full_text_without_description_leaves_the_summary_empty(rss: Rss) -> None:
    [entry] = rss("<item><content:encoded>&lt;p&gt;all&lt;/p&gt;</content:encoded></item>").entries
    assert (entry.summary, entry.content) == ("", "<p>all</p>")


def test_a_media_description_counts_where_there_is_no_other(rss: Rss) -> None:
    [entry] = rss(
        "<item><title>t</title><media:group><media:description>seen</media:description></media:group></item>"
    ).entries
    assert entry.summary == "seen"


def test_blank_lines_of_a_text_without_markup_are_paragraphs(rss: Rss) -> None:
    [entry] = rss("<item><description>one\n\ntwo &amp;amp; three</description></item>").entries
    assert entry.summary == "<p>one</p><p>two &amp; three</p>"


def test_a_permalink_guid_is_the_link_where_there_is_none(rss: Rss) -> None:
    [entry] = rss("<item><title>t</title><guid>https://example.org/7</guid></item>").entries
    assert entry.link == "https://example.org/7"


def test_a_guid_that_is_no_address_is_not_the_link(rss: Rss) -> None:
    [entry] = rss("<item><title>t</title><guid>tag:example.org,2026:7</guid></item>").entries
    assert (entry.guid, entry.link) == ("tag:example.org,2026:7", "")


def test_a_guid_is_kept_as_it_stands_even_if_it_looks_relative(rss: Rss) -> None:
    [entry] = rss("<item><title>t</title><guid>/A/b/</guid></item>").entries
    assert entry.guid == "/A/b/"


def test_an_alternate_that_is_not_html_is_the_link_where_there_is_no_other(rss: Rss) -> None:
    [entry] = rss(
        "<item><title>t</title><atom:link rel='alternate' type='application/pdf' href='https://example.org/a.pdf'/></item>"
    ).entries
    assert entry.link == "https://example.org/a.pdf"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "mailto:a@example.org", "data:text/html,x", "file:///etc/passwd"]
)
def test_a_link_that_is_not_http_is_empty(rss: Rss, address: str) -> None:
    [entry] = rss(f"<item><title>t</title><link>{address}</link></item>").entries
    assert entry.link == ""


def test_a_relative_link_is_resolved_against_the_address_of_the_feed(rss: Rss) -> None:
    [entry] = rss("<item><link>../a?b=1&amp;c=2</link></item>").entries
    assert entry.link == "https://example.org/a?b=1&c=2"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("jane@example.org (Jane Doe)", "Jane Doe"),
        ("Jane Doe (jane@example.org)", "Jane Doe"),
        ("Jane Doe &lt;jane@example.org&gt;", "Jane Doe"),
        ("jane@example.org", "jane@example.org"),
        ("  Jane\n Doe ", "Jane Doe"),
    ],
)
def test_an_author_is_a_name_without_the_mail_address(rss: Rss, written: str, name: str) -> None:
    [entry] = rss(f"<item><title>t</title><author>{written}</author></item>").entries
    assert entry.authors == (name,)


def test_several_creators_are_all_authors_and_each_counts_once(rss: Rss) -> None:
    [entry] = rss(
        "<item><dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator><itunes:author>Ann</itunes:author><title>t</title></item>"
    ).entries
    assert entry.authors == ("Ann", "Bob")


def test_categories_keep_their_scheme_and_every_module_counts(rss: Rss) -> None:
    [entry] = rss(
        "<item><title>t</title><category domain='https://example.org/tags'>World</category><category>World</category>"
        "<dc:subject>Trade</dc:subject><media:category>Film</media:category><itunes:keywords>sea, "
        "ship ,</itunes:keywords>"
        "<category> </category></item>"
    ).entries
    assert entry.terms == (
        Term(label="World", scheme="https://example.org/tags"),
        Term(label="World"),
        Term(label="Trade"),
        Term(label="Film", scheme="http://search.yahoo.com/mrss/category_schema"),
        Term(label="sea", scheme="http://www.itunes.com/"),
        Term(label="ship", scheme="http://www.itunes.com/"),
    )


def test_enclosures_keep_type_and_length_and_only_http_counts(rss: Rss) -> None:
    [entry] = rss(
        "<item><title>t</title><enclosure url='https://example.org/a.mp3' type='audio/mpeg' length='123'/>"
        "<enclosure url='ftp://example.org/b' length='x'/><enclosure url='/c.pdf' "
        "type='application/pdf' length='0'/></item>"
    ).entries
    assert entry.enclosures == (
        Enclosure(url="https://example.org/a.mp3", type="audio/mpeg", length=123),
        Enclosure(url="https://example.org/c.pdf", type="application/pdf"),
    )


@pytest.mark.parametrize(
    "inside",
    [
        "<media:content url='https://example.org/i.jpg' medium='image'/>",
        "<media:group><media:content url='https://example.org/i.jpg' type='image/jpeg'/></media:group>",
        "<media:thumbnail url='https://example.org/i.jpg'/>",
        "<enclosure url='https://example.org/i.jpg' type='image/jpeg' length='9'/>",
        "<itunes:image href='https://example.org/i.jpg'/>",
    ],
)
def test_the_picture_of_an_entry_is_found_wherever_it_is_named(rss: Rss, inside: str) -> None:
    [entry] = rss(f"<item><title>t</title>{inside}</item>").entries
    assert entry.image == "https://example.org/i.jpg"


@pytest.mark.parametrize(
    "inside",
    [
        "<georss:point>34.02 -6.84</georss:point>",
        "<georss:where><gml:Point><gml:pos>34.02 -6.84</gml:pos></gml:Point></georss:where>",
        "<geo:lat>34.02</geo:lat><geo:long>-6.84</geo:long>",
        "<geo:Point><geo:lat>34.02</geo:lat><geo:long>-6.84</geo:long></geo:Point>",
    ],
)
def test_a_point_is_read_from_georss_gml_and_w3c_geo(rss: Rss, inside: str) -> None:
    [entry] = rss(f"<item><title>t</title>{inside}</item>").entries
    assert entry.points == (Point(lat=34.02, lon=-6.84),)


@pytest.mark.parametrize("point", ["", "north", "91 0", "0 181", "nan nan", "1", "inf 0"])
def test_a_point_that_is_not_on_earth_is_left_out(rss: Rss, point: str) -> None:
    [entry] = rss(f"<item><title>t</title><georss:point>{point}</georss:point></item>").entries
    assert entry.points == ()


def test_an_entry_has_the_language_of_the_feed_unless_it_says_otherwise(rss: Rss) -> None:
    first, second = rss(
        "<language>pt_BR</language><item><title>a</title></item><item><title>b</title><dc:language>en</dc:language></item>"
    ).entries
    assert (first.language, second.language) == ("pt-BR", "en")


def test_the_first_title_is_the_title(rss: Rss) -> None:
    [entry] = rss(
        "<item><media:title>picture</media:title><title>real</title><dc:title>other</dc:title></item>"
    ).entries
    assert entry.title == "real"


def test_markup_in_a_title_is_kept_for_cleaning(rss: Rss) -> None:
    [entry] = rss("<item><title>A &lt;i&gt;new&lt;/i&gt; ship &amp;amp; crew</title></item>").entries
    assert entry.title == "A <i>new</i> ship &amp; crew"


def test_entries_without_guid_and_link_are_kept_and_empty_ones_dropped(rss: Rss) -> None:
    feed = rss(
        "<item><title>only a title</title></item><item/><item><description>only text</description></item>"
    )
    assert [entry.title or entry.summary for entry in feed.entries] == ["only a title", "only text"]


def test_entries_that_share_one_guid_are_all_kept(rss: Rss) -> None:
    feed = rss("".join(f"<item><guid>same</guid><title>{n}</title></item>" for n in range(4)))
    assert [entry.title for entry in feed.entries] == ["0", "1", "2", "3"]


def test_a_channel_without_items_is_an_empty_feed(rss: Rss) -> None:
    feed = rss("")
    assert (feed.entries, feed.repaired, feed.title) == ((), "", "News")


def test_old_rss_with_a_document_type_may_use_html_entities(read: Callable[..., Feed]) -> None:
    feed = read(
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        '"http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>n</title>'
        "<item><title>caf&eacute; &copy;&nbsp;x</title></item></channel></rss>"
    )
    assert feed.entries[0].title == "café ©\xa0x"


def test_utf8_that_was_read_as_latin1_is_repaired(rss: Rss) -> None:
    [entry] = rss("<item><title>Ã©tÃ©</title><author>RenÃ©</author></item>").entries
    assert (entry.title, entry.authors) == ("été", ("René",))


def test_a_description_with_bare_markup_is_read(rss: Rss) -> None:
    [entry] = rss("<item><description>It <b>rains</b></description></item>").entries
    assert "<b>rains</b>" in entry.summary
