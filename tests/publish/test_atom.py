from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from lxml import etree

from aggregator.publish import Head, atom
from aggregator.schema import Article, Evidence, replace

Build = Callable[..., Article]
MakeHead = Callable[..., Head]
NAMES = {"a": "http://www.w3.org/2005/Atom", "georss": "http://www.georss.org/georss"}

# RFC 4287 as RELAX NG, in part: what an atom:feed and an atom:entry must hold, may hold, and how often.
SCHEMA = """
<grammar xmlns="http://relaxng.org/ns/structure/1.0" ns="http://www.w3.org/2005/Atom"
    datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <start><element name="feed"><ref name="common"/><interleave>
    <oneOrMore><ref name="author"/></oneOrMore>
    <optional><element name="generator"><ref name="common"/><text/></element></optional>
    <element name="id"><ref name="common"/><ref name="iri"/></element>
    <oneOrMore><ref name="link"/></oneOrMore>
    <optional><element name="subtitle"><ref name="words"/></element></optional>
    <element name="title"><ref name="words"/></element>
    <element name="updated"><ref name="common"/><data type="dateTime"/></element>
    <zeroOrMore><ref name="entry"/></zeroOrMore>
    <zeroOrMore><ref name="foreign"/></zeroOrMore>
  </interleave></element></start>
  <define name="entry"><element name="entry"><ref name="common"/><interleave>
    <zeroOrMore><ref name="author"/></zeroOrMore>
    <zeroOrMore><element name="category"><ref name="common"/><attribute name="term"/>
      <optional><attribute name="scheme"><ref name="iri"/></attribute></optional>
      <optional><attribute name="label"/></optional></element></zeroOrMore>
    <element name="content"><ref name="words"/></element>
    <element name="id"><ref name="common"/><ref name="iri"/></element>
    <zeroOrMore><ref name="link"/></zeroOrMore>
    <optional><element name="source"><ref name="common"/><interleave>
      <element name="id"><ref name="common"/><ref name="iri"/></element>
      <element name="title"><ref name="words"/></element>
      <element name="updated"><ref name="common"/><data type="dateTime"/></element>
      <zeroOrMore><ref name="link"/></zeroOrMore>
    </interleave></element></optional>
    <optional><element name="published"><ref name="common"/><data type="dateTime"/></element></optional>
    <optional><element name="summary"><ref name="words"/></element></optional>
    <element name="title"><ref name="words"/></element>
    <element name="updated"><ref name="common"/><data type="dateTime"/></element>
    <zeroOrMore><ref name="foreign"/></zeroOrMore>
  </interleave></element></define>
  <define name="author"><element name="author"><ref name="common"/>
    <element name="name"><text/></element></element></define>
  <define name="link"><element name="link"><ref name="common"/>
    <attribute name="href"><ref name="iri"/></attribute>
    <optional><attribute name="rel"/></optional>
    <optional><attribute name="type">
      <data type="string"><param name="pattern">.+/.+</param></data></attribute></optional>
    <optional><attribute name="length"><data type="nonNegativeInteger"/></attribute></optional>
  </element></define>
  <define name="words"><ref name="common"/>
    <optional><attribute name="type">
      <choice><value>text</value><value>html</value></choice></attribute></optional>
    <text/></define>
  <define name="common">
    <optional><attribute name="xml:lang"><data type="language"/></attribute></optional></define>
  <define name="iri"><data type="string">
    <param name="pattern">[a-zA-Z][a-zA-Z0-9+.\\-]*:\\S+</param></data></define>
  <define name="foreign"><element>
    <anyName><except><nsName/></except></anyName>
    <zeroOrMore><attribute><anyName/></attribute></zeroOrMore><text/></element></define>
</grammar>
"""


def entry_of(article: Article, head: Head) -> etree._Element:
    found = etree.fromstring(atom((article,), head)).find("a:entry", NAMES)
    assert found is not None
    return found


def faults(body: bytes) -> list[str]:
    schema = etree.RelaxNG(etree.fromstring(SCHEMA))
    schema.validate(etree.fromstring(body))
    return [str(error) for error in schema.error_log]


def test_feeds_full_and_empty_agree_with_the_schema(article: Build, bare: Article, head: MakeHead) -> None:
    assert faults(atom((article(), bare), head(language="en"))) == []
    assert faults(atom((), head())) == []


def test_the_schema_of_this_test_refuses_a_feed_without_updated(head: MakeHead) -> None:
    assert faults(atom((), head()).replace(b"updated", b"changed")) != []


def test_the_feed_has_an_author_for_entries_without_one(bare: Article, head: MakeHead) -> None:
    root = etree.fromstring(atom((bare,), head()))
    assert root.findtext("a:author/a:name", namespaces=NAMES) == "World & more"
    assert root.findtext("a:entry/a:author/a:name", namespaces=NAMES) is None


def test_the_feed_links_to_itself_and_to_its_page(head: MakeHead) -> None:
    links = etree.fromstring(atom((), head())).findall("a:link", NAMES)
    assert {link.get("rel"): link.get("href") for link in links} == {
        "self": head().url,
        "alternate": head().page_url,
    }


def test_an_entry_links_to_the_article_and_all_its_attachments(article: Build, head: MakeHead) -> None:
    links = entry_of(article(), head()).findall("a:link", NAMES)
    assert [(link.get("rel"), link.get("href")) for link in links] == [
        ("alternate", article().url),
        *(("enclosure", file.url) for file in article().enclosures),
    ]


def test_updated_is_the_last_edit_and_published_the_first(article: Build, head: MakeHead) -> None:
    entry = entry_of(article(), head())
    assert entry.findtext("a:updated", "", NAMES).startswith("2026-01-15T09:00:00.")
    assert entry.findtext("a:published", namespaces=NAMES) == "2026-01-14T08:30:00Z"


def test_an_edit_dated_before_publication_does_not_count(article: Build, head: MakeHead) -> None:
    early = article(updated=datetime(2020, 1, 1, tzinfo=UTC))
    assert entry_of(early, head()).findtext("a:updated", "", NAMES).startswith("2026-01-14T08:30:00.")


def test_a_category_has_its_id_a_scheme_and_its_name(article: Build, head: MakeHead) -> None:
    categories = entry_of(article(), head()).findall("a:category", NAMES)
    assert [dict(category.attrib) for category in categories] == [
        {"term": "world", "scheme": "https://news.example/topics", "label": "World"},
        {"term": "politics", "scheme": "urn:dateline:category", "label": "Politics & Power"},
    ]


def test_the_title_is_text_and_the_content_html(article: Build, head: MakeHead) -> None:
    entry = entry_of(article(), head())
    kinds = {name: entry.find(f"a:{name}", NAMES) for name in ("title", "summary", "content")}
    assert {name: found.get("type") for name, found in kinds.items() if found is not None} == {
        "title": "text",
        "summary": "text",
        "content": "html",
    }


def test_an_edit_the_publisher_did_not_date_counts_from_when_it_was_seen(
    article: Build, head: MakeHead
) -> None:
    edited = article(updated=None, edited=datetime(2026, 1, 15, 10, 0, tzinfo=UTC))
    assert entry_of(edited, head()).findtext("a:updated", "", NAMES).startswith("2026-01-15T10:00:00.")


@pytest.mark.parametrize("scheme", ["javascript:alert(3)", "data:text/html,x", "file:///etc", "section"])
def test_a_scheme_that_is_no_name_or_web_address_gives_way_to_ours(
    article: Build, head: MakeHead, scheme: str
) -> None:
    category = replace(article().categories[0], scheme=scheme)
    found = entry_of(article(categories=(category,)), head()).find("a:category", NAMES)
    assert found is not None
    assert found.get("scheme") == "urn:dateline:category"


@pytest.mark.parametrize("scheme", ["HTTPS://news.example/t", "urn:x:y", "tag:news.example,2026:t"])
def test_a_scheme_that_is_a_name_or_web_address_stays(article: Build, head: MakeHead, scheme: str) -> None:
    category = replace(article().categories[0], scheme=scheme)
    found = entry_of(article(categories=(category,)), head()).find("a:category", NAMES)
    assert found is not None
    assert found.get("scheme") == scheme


def test_an_entry_has_one_point_that_of_the_surest_place(article: Build, head: MakeHead) -> None:
    points = entry_of(article(), head()).findall("georss:point", NAMES)
    assert [point.text for point in points] == ["33.58831 -7.61138"]


def test_a_place_of_the_feed_goes_before_the_dateline_and_that_before_others(
    article: Build, head: MakeHead
) -> None:
    body, _, dateline, *_ = article().mentions
    dateline = replace(dateline, role="dateline", score=0.3)
    given = replace(body, role="feed", score=0.2, place=replace(body.place, lat=1.0, lon=2.0))
    for mentions, point in (
        ((body, dateline), "33.58831 -7.61138"),
        ((body, dateline, given), "1.00000 2.00000"),
    ):
        found = entry_of(article(mentions=mentions), head()).findtext("georss:point", namespaces=NAMES)
        assert found == point


def test_the_focus_goes_before_other_places_but_for_geo_tags(article: Build, head: MakeHead) -> None:
    rabat, *_ = article().mentions
    focus = replace(rabat.place, lat=3.0, lon=4.0)
    term = replace(rabat, role="feed", place=replace(rabat.place, lat=1.0, lon=2.0))
    tag = replace(term, evidence=(Evidence(kind="geo tag", text="1.0, 2.0"),))
    for mentions, point in (((rabat, term), "3.00000 4.00000"), ((rabat, tag), "1.00000 2.00000")):
        entry = entry_of(article(mentions=mentions, focus=focus), head())
        assert entry.findtext("georss:point", namespaces=NAMES) == point


def test_the_country_of_the_source_is_no_point(article: Build, head: MakeHead) -> None:
    of_source = replace(article().mentions[0], role="source")
    assert entry_of(article(mentions=(of_source,)), head()).find("georss:point", NAMES) is None


def test_a_point_that_is_no_number_is_left_out(article: Build, head: MakeHead) -> None:
    mention = article().mentions[0]
    nowhere = replace(mention, place=replace(mention.place, lat=float("nan")))
    assert entry_of(article(mentions=(nowhere,)), head()).find("georss:point", NAMES) is None
