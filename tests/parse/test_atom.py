"""Atom 1.0 (RFC 4287) and 0.3."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from aggregator.schema import Enclosure, Feed, Term

Atom = Callable[[str], Feed]


def test_an_entry_gives_id_link_dates_and_texts(atom: Atom) -> None:
    [entry] = atom(
        "<entry><id>urn:uuid:1</id><link href='https://example.org/1'/><title>One</title>"
        "<published>2026-01-14T08:00:00+01:00</published><updated>2026-01-15T08:00:00Z</updated>"
        "<summary>short</summary><content type='html'>&lt;p&gt;long text&lt;/p&gt;</content></entry>"
    ).entries
    assert (entry.guid, entry.link, entry.title) == ("urn:uuid:1", "https://example.org/1", "One")
    assert entry.published == datetime(2026, 1, 14, 7, tzinfo=UTC)
    assert entry.updated == datetime(2026, 1, 15, 8, tzinfo=UTC)
    assert (entry.summary, entry.content) == ("short", "<p>long text</p>")


def test_an_entry_with_only_an_update_is_published_then(atom: Atom) -> None:
    [entry] = atom("<entry><title>t</title><updated>2026-01-15T08:00:00Z</updated></entry>").entries
    assert entry.published == datetime(2026, 1, 15, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("<title>a &lt;b&gt; &amp;amp; c</title>", "a &lt;b&gt; &amp;amp; c"),
        ("<title type='text'>1 &lt; 2</title>", "1 &lt; 2"),
        ("<title type='html'>a &lt;b&gt;c&lt;/b&gt;</title>", "a <b>c</b>"),
        (
            "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>a <b>c</b> &amp; d</div></title>",
            "a <b>c</b> &amp; d",
        ),
    ],
)
def test_a_title_is_html_whatever_its_type(atom: Atom, written: str, html: str) -> None:
    [entry] = atom(f"<entry>{written}</entry>").entries
    assert entry.title == html


def test_a_literal_text_is_escaped_and_its_blank_lines_are_paragraphs(atom: Atom) -> None:
    [entry] = atom("<entry><summary>if a &lt; b\n\nthen &amp;</summary></entry>").entries
    assert entry.summary == "<p>if a &lt; b</p><p>then &amp;</p>"


def test_an_xhtml_body_loses_its_enclosing_div_and_doubles_no_break(atom: Atom) -> None:
    [entry] = atom(
        "<entry><title>t</title><content type='xhtml'> <div xmlns='http://www.w3.org/1999/xhtml'><p>one<br/>two</p>"
        "<a href='x?a=1&amp;b=\"'>é</a></div> </content></entry>"
    ).entries
    assert entry.content == '<p>one<br>two</p><a href="x?a=1&amp;b=&quot;">é</a>'


def test_prefixed_elements_are_the_same_elements(read: Callable[..., Feed]) -> None:
    feed = read(
        "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:entry><a:title>p</a:title><a:id>i</a:id></a:entry></a:feed>"
    )
    assert [(entry.title, entry.guid) for entry in feed.entries] == [("p", "i")]


def test_xml_base_reaches_links_and_the_base_of_the_texts(atom: Atom) -> None:
    [entry] = atom(
        "<entry xml:base='https://example.net/blog/'><title>t</title><link href='one'/>"
        "<content xml:base='2026/' type='html'>x</content></entry>"
    ).entries
    assert (entry.link, entry.base) == ("https://example.net/blog/one", "https://example.net/blog/2026/")


def test_the_base_is_the_address_that_answered_where_nothing_else_is_said(atom: Atom) -> None:
    [entry] = atom("<entry><title>t</title></entry>").entries
    assert entry.base == "https://example.org/news/feed.xml"


def test_only_the_alternate_link_is_the_link(atom: Atom) -> None:
    [entry] = atom(
        "<entry><title>t</title><link rel='self' href='https://example.org/self'/>"
        "<link rel='edit' href='https://example.org/edit'/><link href='https://example.org/page'/>"
        "<link rel='enclosure' href='https://example.org/a.ogg' type='audio/ogg' length='5'/></entry>"
    ).entries
    assert entry.link == "https://example.org/page"
    assert entry.enclosures == (Enclosure(url="https://example.org/a.ogg", type="audio/ogg", length=5),)


def test_authors_are_read_by_name_and_a_source_keeps_its_own(atom: Atom) -> None:
    [entry] = atom(
        "<entry><title>t</title><author><name>Ann</name><email>a@example.org</email></author><author><name>Bob</name>"
        "</author><source><title>other</title><author><name>Eve</name></author></source></entry>"
    ).entries
    assert (entry.authors, entry.title) == (("Ann", "Bob"), "t")


def test_a_category_is_known_by_its_label_else_by_its_term(atom: Atom) -> None:
    [entry] = atom(
        "<entry><title>t</title><category term='a' label='Art' scheme='urn:s'/><category term='b'/></entry>"
    ).entries
    assert entry.terms == (Term(label="Art", scheme="urn:s"), Term(label="b"))


def test_the_language_is_inherited_from_the_nearest_element(read: Callable[..., Feed]) -> None:
    feed = read(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='fr'><entry><title>a</title></entry>"
        "<entry xml:lang='ar'><title>b</title></entry></feed>"
    )
    assert [entry.language for entry in feed.entries] == ["fr", "ar"]


def test_atom_03_is_read(read: Callable[..., Feed]) -> None:
    feed = read(
        "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title>old</title><id>tag:e.org,2004:1</id>"
        "<link rel='alternate' type='text/html' href='https://example.org/o'/><issued>2004-01-02T03:04:05Z</issued>"
        "<content type='text/html' mode='escaped'>&lt;p&gt;x&lt;/p&gt;</content></entry></feed>"
    )
    [entry] = feed.entries
    assert (entry.title, entry.link, entry.content) == ("old", "https://example.org/o", "<p>x</p>")
    assert entry.published == datetime(2004, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_literal_title_beside_an_id_that_is_a_urn_has_no_link(atom: Atom) -> None:
    [entry] = atom("<entry><id>tag:example.org,2026:1</id><title>t</title></entry>").entries
    assert entry.link == ""
