"""Every format keeps the rules that others check: the W3C's validator, RFC 4287, RFC 7946, RFC 4180."""

from __future__ import annotations

import csv
import importlib.util
import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import fastfeedparser
import listparser
import pytest

from aggregator.parse import parse
from aggregator.publish import CONTENT_TYPES, FORMATS, Head, atom, geojson, opml, rss, spreadsheet
from aggregator.schema import Article, Download, Enclosure, Evidence, Source, replace

Build = Callable[..., Article]
MakeHead = Callable[..., Head]
BBC = Source(id="bbc", url="https://BBC.example/rss?a=1&b=2", title="BBC & co")
HEADS: dict[str, dict[str, Any]] = {
    "plain": {},
    "with everything": {
        "language": "en",
        "style": "../static/feed.css",
        "hubs": ("https://hub.example/",),
        "older": "https://desk.example/feeds/world.rss?archive=1025-1152",
        "sources": {"bbc": BBC},
    },
    "a page of the archive": {
        "archive": True,
        "older": "https://desk.example/feeds/world.rss?archive=897-1024",
        "current": "https://desk.example/feeds/world.rss",
    },
    "summaries": {"content": "summary"},
    "plain text": {"content": "text"},
}


@pytest.fixture(scope="module")
def w3c() -> ModuleType:
    spec = importlib.util.spec_from_file_location("w3c", Path(__file__).with_name("w3c.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def articles(article: Build, bare: Article) -> tuple[Article, ...]:
    """One with everything, one in Arabic, one without HTML, one with nothing; all in the same second."""
    published = article().published
    same = {"published": published, "updated": None}
    return (
        article(title="Peace and quiet"),
        article(uid="urn:uuid:00000000-0000-5000-8000-000000000001", language="ar", title="سلام", **same),
        article(
            uid="urn:uuid:00000000-0000-5000-8000-000000000002", html="", text="One <a>\n\nTwo & b", **same
        ),
        replace(bare, published=published),
    )


@pytest.fixture(params=HEADS)
def described(request: pytest.FixtureRequest, head: MakeHead) -> Head:
    return head(**HEADS[request.param])


def test_rss_has_no_error_and_no_warning(
    w3c: ModuleType, articles: tuple[Article, ...], described: Head
) -> None:
    assert list(w3c.rss_faults(rss(articles, described), described.url)) == []
    assert list(w3c.rss_faults(rss((), described), described.url)) == []


def test_atom_has_no_error_and_no_warning(
    w3c: ModuleType, articles: tuple[Article, ...], described: Head
) -> None:
    assert list(w3c.atom_faults(atom(articles, described), described.url)) == []
    assert list(w3c.atom_faults(atom((), described), described.url)) == []


def test_opml_has_no_error_and_no_warning(w3c: ModuleType) -> None:
    sources = (BBC, replace(BBC, id="b", categories=("world", "asia"), language="pt-BR"))
    assert list(w3c.opml_faults(opml(sources, title="My desk"))) == []
    assert list(w3c.opml_faults(opml((), title="My desk"))) == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("mp3", "application/octet-stream"),
        ("audio", "application/octet-stream"),
        (' AUDIO/MPEG; charset="x', "audio/mpeg"),
        ("audio/mpeg, x/y", "application/octet-stream"),
        ("audio/é", "application/octet-stream"),
    ],
)
def test_the_type_of_a_file_is_a_media_type_whatever_its_publisher_says(
    w3c: ModuleType, article: Build, head: MakeHead, said: str, meant: str
) -> None:
    files = tuple(Enclosure(url=f"https://news.example/{n}.mp3", type=said) for n in range(2))
    hostile = (article(title="T", enclosures=files),)
    made = {name: form(hostile, head()) for name, form in FORMATS.items()}
    assert list(w3c.rss_faults(made["rss"], head().url)) == []
    assert list(w3c.atom_faults(made["atom"], head().url)) == []
    assert f'length="0" type="{meant}"'.encode() in made["rss"]
    (item,) = json.loads(made["json"])["items"]
    assert [file["mime_type"] for file in item["attachments"]] == [meant, meant]


def test_the_address_of_a_source_is_a_uri_in_every_feed(
    w3c: ModuleType, article: Build, head: MakeHead
) -> None:
    foreign = replace(BBC, url="https://münchen.example/ü?a=1")
    described = head(sources={"bbc": foreign})
    articles = (article(title="T"),)
    assert list(w3c.rss_faults(rss(articles, described), described.url)) == []
    assert list(w3c.atom_faults(atom(articles, described), described.url)) == []
    assert list(w3c.opml_faults(opml((foreign,), title="T"))) == []
    assert b'xmlUrl="https://xn--mnchen-3ya.example/%C3%BC?a=1"' in opml((foreign,), title="T")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b'rel="self"', b'rel="me"'),
        (b'isPermaLink="false"', b'isPermaLink="true"'),
        (b" GMT</pubDate>", b" +0000</pubDate>"),
        (b"<description>Talks", b"<summary>x</summary><description>Talks"),
        (b"&lt;p&gt;Talks", b"&lt;script&gt;&lt;/script&gt;Talks"),
        (b'length="1234"', b'length="-1"'),
        (b"33.58831", b"133.58831"),
        (b"<dc:language>en-GB", b"<dc:language>english"),
    ],
)
def test_the_rules_of_this_test_see_what_is_wrong(
    w3c: ModuleType, article: Build, head: MakeHead, right: bytes, wrong: bytes
) -> None:
    body = rss((article(),), head())
    assert right in body
    assert list(w3c.rss_faults(body.replace(right, wrong), head().url)) != []


def test_the_rules_of_this_test_see_entries_of_one_instant(
    w3c: ModuleType, article: Build, head: MakeHead
) -> None:
    assert list(w3c.atom_faults(atom((article(), article()), head()), head().url)) != []


# --- GeoJSON -----------------------------------------------------------------------------------


def geojson_of(head: Head, *articles: Article) -> Any:
    return json.loads(geojson(articles, head))


def test_geojson_is_a_collection_of_features(articles: tuple[Article, ...], head: MakeHead) -> None:
    found = geojson_of(head(), *articles)
    assert found["type"] == "FeatureCollection"
    assert not {"geometry", "properties", "coordinates", "crs"} & found.keys()
    for feature in found["features"]:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        assert feature["type"] == "Feature"
        assert isinstance(feature["properties"], dict)


def test_a_feature_is_where_the_article_is_about_the_longitude_first(article: Build, head: MakeHead) -> None:
    (feature,) = geojson_of(head(), article())["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [-7.61138, 33.58831]}
    assert (feature["id"], feature["properties"]["title"]) == (article().uid, article().title)
    assert feature["properties"]["place_name"] == "Casablanca"
    assert [place["name"] for place in feature["properties"]["places"]][:2] == ["Rabat", "Casablanca"]


def test_a_feature_without_a_place_has_no_geometry(bare: Article, head: MakeHead) -> None:
    (feature,) = geojson_of(head(), bare)["features"]
    assert feature["geometry"] is None


def test_a_collection_says_where_it_is(head: MakeHead) -> None:
    links = geojson_of(head(older="https://desk.example/old"))["links"]
    assert {link["rel"]: link["href"] for link in links} == {
        "self": head().url,
        "prev-archive": "https://desk.example/old",
        "alternate": head().page_url,
    }


# --- CSV ---------------------------------------------------------------------------------------


def rows_of(head: Head, *articles: Article) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(spreadsheet(articles, head).decode(), newline="")))


def test_a_line_of_csv_says_all_of_an_article(article: Build, head: MakeHead) -> None:
    (row,) = rows_of(head(), article(text='Two\nlines, "quoted"'))
    assert (row["id"], row["published"]) == (article().uid, "2026-01-14T08:30:00Z")
    assert (row["title"], row["text"]) == (article().title, 'Two\nlines, "quoted"')
    assert (row["place"], row["latitude"], row["longitude"]) == ("Casablanca", "33.58831", "-7.61138")
    assert row["places"] == "Beyond; Nowhere; Casablanca; Rabat"
    assert (row["categories"], row["sources"]) == ("World; Politics & Power", "bbc; map")


def test_lines_of_csv_end_as_the_rfc_says(article: Build, head: MakeHead) -> None:
    body = spreadsheet((article(text=""),), head())
    assert body.count(b"\r\n") == 2
    assert body.endswith(b"\r\n")


def test_csv_of_summaries_has_no_text(article: Build, head: MakeHead) -> None:
    assert "text" not in rows_of(head(content="summary"), article())[0]


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_a_formula(article: Build, head: MakeHead, title: str) -> None:
    (row,) = rows_of(head(), article(title=title, authors=(title,), summary=title))
    assert {row["title"], row["authors"], row["summary"]} == {f"'{title}"}


# --- what other programs read ------------------------------------------------------------------


@pytest.mark.parametrize("publish", [rss, atom])
def test_a_second_parser_reads_back_words_categories_and_attachments(
    publish: Any, article: Build, head: MakeHead
) -> None:
    wanted = article()
    feed = fastfeedparser.parse(publish((wanted,), head()))
    (entry,) = feed.entries
    assert (feed.feed["title"], entry["id"]) == ("World & more", wanted.uid)
    assert (entry["title"], entry["link"]) == (wanted.title, wanted.url)
    assert entry["published"] == "2026-01-14T08:30:00+00:00"
    assert entry["content"][0]["value"] == wanted.html
    names = [tag["label"] or tag["term"] for tag in entry["tags"]]
    assert names == ["World", "Politics & Power"]
    assert entry["tags"][0]["scheme"] == "https://news.example/topics"


@pytest.mark.parametrize(("extension", "publish"), [("rss", rss), ("atom", atom)])
def test_another_desk_reads_back_the_place_with_its_name(
    extension: str, publish: Any, article: Build, head: MakeHead
) -> None:
    download = Download(
        url=head().url,
        final_url=head().url,
        status=200,
        body=publish((article(),), head()),
        content_type=CONTENT_TYPES[extension],
        fetched_at=article().first_seen,
    )
    (entry,) = parse(download, Source(id="x", url=head().url, title="x")).entries
    (point,) = entry.points
    assert (point.lat, point.lon, point.name) == (33.58831, -7.61138, "Casablanca")
    assert [term.label for term in entry.terms] == ["World", "Politics & Power"]


def test_a_reader_of_opml_finds_feeds_and_folders() -> None:
    sources = (BBC, replace(BBC, url="https://b.example/", title="Second", categories=("World", "Asia")))
    found = listparser.parse(opml(sources, title="My desk"))
    assert not found.bozo
    assert [(feed.title, feed.url) for feed in found.feeds] == [
        ("BBC & co", BBC.url),
        ("Second", "https://b.example/"),
    ]
    assert found.feeds[1].tags[0] == "World"


# --- what the formats share --------------------------------------------------------------------


def test_what_is_written_from_right_to_left_says_so(article: Build, head: MakeHead) -> None:
    entry = rss((article(language="ar", html="<p>سلام</p>"),), head()).decode()
    assert '&lt;div dir="rtl" lang="ar"&gt;&lt;p&gt;سلام&lt;/p&gt;&lt;/div&gt;' in entry
    assert 'dir="rtl"' not in rss((article(language="pt-BR"),), head()).decode()


@pytest.mark.parametrize("publish", [rss, atom])
def test_an_article_without_html_has_its_text(publish: Any, article: Build, head: MakeHead) -> None:
    body = publish((article(html="", text="One <b>\n\nTwo"),), head()).decode()
    assert "&lt;p&gt;One &amp;lt;b&amp;gt;&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;" in body


@pytest.mark.parametrize("publish", [rss, atom, geojson])
@pytest.mark.parametrize(("content", "html"), [("full", True), ("summary", False), ("text", False)])
def test_a_feed_has_as_much_of_an_article_as_is_asked_for(
    publish: Any, article: Build, head: MakeHead, content: str, html: bool
) -> None:
    body = publish((article(html="<p>HTML</p>", text="Only text"),), head(content=content)).decode()
    assert ("HTML" in body) is html
    assert ("Only text" in body) is (content == "text")
    assert "Talks" in body or content == "text"


def test_the_focus_goes_before_the_dateline_and_after_the_point_of_the_feed(
    article: Build, head: MakeHead
) -> None:
    body, _, city, *_ = article().mentions
    focus = replace(body.place, name="Fes", lat=34.0, lon=-5.0)
    dateline = replace(city, role="dateline")
    given = replace(city, role="feed", evidence=(Evidence(kind="geo tag", text="33.5, -7.6"),))
    for mentions, name in (((dateline,), "Fes"), ((given,), "Casablanca")):
        (row,) = rows_of(head(), article(mentions=mentions, focus=focus))
        assert row["place"] == name


def test_a_source_whose_address_holds_a_token_is_not_told(article: Build, head: MakeHead) -> None:
    secret = replace(BBC, url="https://bbc.example/rss?token=hunter2")
    for publish in (rss, atom, geojson):
        assert b"hunter2" not in publish((article(),), head(sources={"bbc": secret}))


def test_the_order_of_arrival_never_shows_in_a_feed(article: Build, head: MakeHead) -> None:
    for publish in (rss, atom, geojson, spreadsheet):
        one, other = article(id=1, position=5), article(id=77, position=99)
        assert publish((one,), head()) == publish((other,), head())


def test_the_source_of_an_entry_changed_when_the_entry_did(article: Build, head: MakeHead) -> None:
    later = article(edited=article().first_seen + timedelta(days=3))
    assert b'<updated>2026-01-17T08:45:00Z</updated><link rel="self"' in atom(
        (later,), head(sources={"bbc": BBC})
    )
