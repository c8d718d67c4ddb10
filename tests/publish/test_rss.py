from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from lxml import etree

from aggregator.publish import Head, rss
from aggregator.schema import Article

Build = Callable[..., Article]
MakeHead = Callable[..., Head]
NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "georss": "http://www.georss.org/georss",
    "media": "http://search.yahoo.com/mrss/",
}
ONCE = {"title", "link", "description", "pubDate", "guid", "author", "comments", "source", "enclosure"}


def item_of(article: Article, head: Head) -> etree._Element:
    found = etree.fromstring(rss((article,), head)).find("channel/item")
    assert found is not None
    return found


def test_the_channel_has_what_the_specification_requires(head: MakeHead) -> None:
    root = etree.fromstring(rss((), head(language="en")))
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    assert [child.tag for child in root] == ["channel"]
    assert root.findtext("channel/title") == "World & more"
    assert root.findtext("channel/link") == "https://desk.example/?q=a&lang=en"
    assert root.findtext("channel/description") == "Articles of the view “World & more”"
    assert root.findtext("channel/language") == "en"
    assert root.findtext("channel/lastBuildDate") == "Thu, 15 Jan 2026 12:00:00 GMT"


def test_the_channel_names_its_own_address(head: MakeHead) -> None:
    link = etree.fromstring(rss((), head())).find("channel/atom:link", NAMES)
    assert link is not None
    assert dict(link.attrib) == {"rel": "self", "href": head().url, "type": "application/rss+xml"}


def test_the_guid_is_the_uid_and_no_permalink(article: Build, head: MakeHead) -> None:
    guid = item_of(article(), head()).find("guid")
    assert guid is not None
    assert (guid.text, guid.get("isPermaLink")) == (article().uid, "false")


def test_the_date_is_when_it_was_published_in_gmt(article: Build, head: MakeHead) -> None:
    there = datetime(2026, 1, 14, 8, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert item_of(article(published=there), head()).findtext("pubDate") == "Wed, 14 Jan 2026 13:30:00 GMT"


def test_the_plain_summary_is_escaped_once_more_because_a_description_is_html(
    article: Build, head: MakeHead
) -> None:
    assert item_of(article(), head()).findtext("description") == "Talks &amp; more: 1 &lt; 2"


def test_the_whole_content_is_encoded_once(article: Build, head: MakeHead) -> None:
    assert item_of(article(), head()).findtext("content:encoded", namespaces=NAMES) == article().html


def test_each_author_is_a_creator(article: Build, head: MakeHead) -> None:
    creators = item_of(article(), head()).findall("dc:creator", NAMES)
    assert [creator.text for creator in creators] == ["Ann O’Hara", "Bo <bo@example.org>"]


def test_categories_have_their_name_and_a_domain(article: Build, head: MakeHead) -> None:
    categories = item_of(article(), head()).findall("category")
    assert [(category.text, category.get("domain")) for category in categories] == [
        ("World", "https://news.example/topics"),
        ("Politics & Power", "urn:dateline:category"),
    ]


def test_the_first_attachment_is_the_enclosure_and_the_others_are_media(
    article: Build, head: MakeHead
) -> None:
    item = item_of(article(), head())
    assert [dict(found.attrib) for found in item.findall("enclosure")] == [
        {"url": "https://news.example/a.mp3?x=1&y=2", "length": "1234", "type": "audio/mpeg"}
    ]
    assert [dict(found.attrib) for found in item.findall("media:content", NAMES)] == [
        {"url": "https://news.example/b.bin"}
    ]


def test_an_enclosure_of_unknown_type_and_length_has_both_attributes(article: Build, head: MakeHead) -> None:
    unknown = item_of(article(enclosures=article().enclosures[1:]), head()).find("enclosure")
    assert unknown is not None
    assert (unknown.get("length"), unknown.get("type")) == ("0", "application/octet-stream")


def test_the_point_is_that_of_the_surest_place_on_earth(article: Build, head: MakeHead) -> None:
    points = item_of(article(), head()).findall("georss:point", NAMES)
    assert [point.text for point in points] == ["33.58831 -7.61138"]


def test_no_element_that_may_stand_once_stands_twice(article: Build, head: MakeHead) -> None:
    tags = [child.tag for child in item_of(article(), head())]
    assert [tag for tag in ONCE if tags.count(tag) > 1] == []


def test_an_item_without_a_title_still_has_a_description(bare: Article, head: MakeHead) -> None:
    item = item_of(bare, head())
    assert item.find("title") is None
    assert item.find("description") is not None
