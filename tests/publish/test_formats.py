"""What all formats owe: valid, deterministic, safe with any text."""

import json
import warnings
from collections.abc import Callable
from typing import Any

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from aggregator.parse import parse
from aggregator.publish import CONTENT_TYPES, Head, atom, json_feed, rss
from aggregator.publish import FORMATS as ALL
from aggregator.schema import Article, Download, Enclosure, Source, replace

Build = Callable[..., Article]
MakeHead = Callable[..., Head]
XML_FORMATS = {"rss": rss, "atom": atom}
FORMATS = {**XML_FORMATS, "json": json_feed}
"""What programs read as feeds; GeoJSON and CSV have tests of their own."""


def read(body: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)


@pytest.mark.parametrize("publish", ALL.values(), ids=ALL)
def test_every_address_is_a_uri(publish: Any, article: Build, head: MakeHead) -> None:
    odd = 'https://[::1]/a b<c>"d\\e|f[g]%zz%41é'
    right = "https://[::1]/a%20b%3Cc%3E%22d%5Ce%7Cf%5Bg%5D%25zz%41%C3%A9"
    files = (Enclosure(url=odd + "?1"), Enclosure(url=odd + "?2"))
    body = publish((article(url=odd, image=odd + "?3", enclosures=files),), head()).decode()
    assert right in body
    assert "d\\e" not in body
    assert "a b" not in body


def test_every_format_has_a_content_type_with_a_charset() -> None:
    assert set(CONTENT_TYPES) == set(ALL)
    assert all("; charset=utf-8" in value for value in CONTENT_TYPES.values())


@pytest.mark.parametrize("publish", FORMATS.values(), ids=FORMATS)
def test_the_same_articles_give_the_same_bytes(publish: Any, article: Build, head: MakeHead) -> None:
    assert publish((article(), article(title="b")), head()) == publish(
        (article(), article(title="b")), head()
    )


@pytest.mark.parametrize("publish", XML_FORMATS.values(), ids=XML_FORMATS)
def test_feedparser_reads_back_what_was_written(publish: Any, article: Build, head: MakeHead) -> None:
    wanted = article()
    feed = read(publish((wanted,), head()))
    (entry,) = feed.entries
    assert not feed.bozo
    assert feed.feed.title == "World & more"
    assert feed.feed.link == "https://desk.example/?q=a&lang=en"
    assert entry.id == wanted.uid
    assert entry.link == wanted.url
    assert entry.title == wanted.title
    assert next(author.name for author in entry.authors if "name" in author).startswith("Ann O’Hara")
    assert entry.published_parsed[:5] == (2026, 1, 14, 8, 30)
    assert entry.content[0].value == wanted.html
    assert {tag.scheme for tag in entry.tags} == {"https://news.example/topics", "urn:dateline:category"}
    assert (entry.enclosures[0].href, entry.enclosures[0].type) == (wanted.enclosures[0].url, "audio/mpeg")
    assert entry.enclosures[0].length == "1234"
    assert entry.media_thumbnail[0]["url"] == wanted.image
    assert (entry.where.type, entry.where.coordinates) == ("Point", (-7.61138, 33.58831))
    assert entry.georss_featurename == "Casablanca"


@pytest.mark.parametrize("publish", XML_FORMATS.values(), ids=XML_FORMATS)
def test_a_feed_without_articles_is_a_valid_feed(publish: Any, head: MakeHead) -> None:
    feed = read(publish((), head()))
    assert not feed.bozo
    assert (feed.feed.title, feed.entries) == ("World & more", [])


@pytest.mark.parametrize("publish", XML_FORMATS.values(), ids=XML_FORMATS)
def test_an_article_without_address_has_its_uid_and_no_link(
    publish: Any, bare: Article, head: MakeHead
) -> None:
    root = etree.fromstring(publish((bare,), head()))
    (entry,) = [*root.iter("item"), *root.iter("{*}entry")]
    assert [found.text for found in entry.iter("guid", "{*}id")] == [bare.uid]
    assert list(entry.iter("link", "{*}link")) == []


@pytest.mark.parametrize("publish", FORMATS.values(), ids=FORMATS)
def test_the_language_of_a_feed_and_its_articles_is_told(
    publish: Any, article: Build, head: MakeHead
) -> None:
    body = publish((article(language="ar-MA"),), head(language="ar"))
    assert b"ar-MA" in body
    assert b'"ar"' in body or b">ar<" in body


@pytest.mark.parametrize("publish", FORMATS.values(), ids=FORMATS)
def test_neither_the_guid_of_the_publisher_nor_our_numbers_are_told(
    publish: Any, article: Build, head: MakeHead
) -> None:
    body = publish((article(id=987654, position=123456789),), head())
    assert b"secret-guid" not in body
    assert b"987654" not in body
    assert b"123456789" not in body


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(st.characters(codec=None)))
def test_any_text_anywhere_gives_well_formed_documents(article: Build, head: MakeHead, text: str) -> None:
    told = article(title=text, summary=text, html=text, text=text, authors=(text,), url=text, image=text)
    told = replace(told, categories=(replace(told.categories[0], name=text, scheme=text),))
    described = head(title=text, description=text)
    for publish in XML_FORMATS.values():
        etree.fromstring(publish((told,), described))
    (item,) = json.loads(json_feed((told,), described))["items"]
    legal = "".join(
        letter
        for letter in text
        if letter in "\t\n\r"
        or ("\x20" <= letter <= "\ud7ff")
        or (letter >= "\ue000" and letter not in "\ufffe\uffff")
    )
    assert item["content_html"] == legal


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(title=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_a_title_is_text_in_every_format(article: Build, head: MakeHead, title: str) -> None:
    told = (article(title=title),)
    assert etree.fromstring(rss(told, head())).findtext("channel/item/title") == title
    assert etree.fromstring(atom(told, head())).findtext("{*}entry/{*}title") == title
    assert json.loads(json_feed(told, head()))["items"][0]["title"] == title


@pytest.mark.parametrize("extension", FORMATS)
def test_another_news_desk_reads_the_feed_without_loss(
    extension: str, article: Build, head: MakeHead
) -> None:
    wanted = article()
    url = f"https://desk.example/feeds/world.{extension}"
    download = Download(
        url=url,
        final_url=url,
        status=200,
        body=FORMATS[extension]((wanted,), head()),
        content_type=CONTENT_TYPES[extension],
        fetched_at=wanted.first_seen,
    )
    feed = parse(download, Source(id="other-desk", url=url, title="Other desk"))
    (entry,) = feed.entries
    assert (feed.repaired, feed.title) == ("", "World & more")
    assert (entry.guid, entry.link) == (wanted.uid, wanted.url)
    assert entry.published == wanted.published
    assert entry.content == wanted.html
    assert [term.label for term in entry.terms] == ["World", "Politics & Power"]
    assert entry.enclosures[0] == wanted.enclosures[0]
    assert entry.image == wanted.image
