"""The fast reader against feedparser: where it answers at all, it gives the same entries."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator.errors import ParseError
from aggregator.parse import fast, open_document, thorough
from aggregator.schema import Download

SHARED = Path(__file__).parents[2].parent / "shared" / "feeds"
Fetched = Callable[..., Download]
NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:georss="http://www.georss.org/georss" xmlns:gml="http://www.opengis.net/gml" '
    'xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:foo="urn:foo"'
)
DOCUMENTS = {
    "rss": f'<rss version="2.0" {NAMESPACES}><channel>{{feed}}{{entries}}</channel></rss>',
    "rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    f'xmlns="http://purl.org/rss/1.0/" {NAMESPACES}>'
    "<channel>{feed}</channel>{entries}</rdf:RDF>",
    "atom": f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" {NAMESPACES}>'
    "{feed}{entries}</feed>",
    "atom 0.3": f'<feed version="0.3" xmlns="http://purl.org/atom/ns#" {NAMESPACES}>'
    "{feed}{entries}</feed>",
}
ELEMENTS = (
    "title", "link", "guid", "description", "pubDate", "author", "category", "enclosure", "source",
    "content:encoded", "dc:creator", "dc:date", "dc:subject", "dc:title", "dc:description", "dc:language",
    "media:title", "media:description", "media:thumbnail", "media:content", "media:keywords",
    "media:category", "itunes:summary", "itunes:author", "itunes:image", "itunes:keywords",
    "itunes:subtitle", "georss:point", "geo:lat", "geo:long", "atom:link", "atom:updated",
    "dcterms:created", "dcterms:modified", "foo:bar", "foo:title", "summary", "content", "id",
    "published", "updated", "rights", "contributor", "image", "name", "url", "unknown",
    "georss:featurename", "atom:id", "atom:title", "atom:summary", "atom:content", "keywords", "comments",
)  # fmt: skip
GROUPS = (
    "media:group", "media:content", "geo:Point", "foo:wrap", "author", "atom:author", "source",
    "contributor", "image",
)  # fmt: skip
TEXTS = (
    "",
    "x",
    "Hello &amp; w",
    "  b  ",
    "&lt;p&gt;a&lt;/p&gt;",
    "Ã©tÃ©",
    "a\n\nb",
    "é’",
    "https://e.org/a?b=1&amp;c=2",
    "http://E.org/",
    "/rel/x",
    "tag:e.org,2020:1",
    "&#150;q",
    "Jo (j@e.org)",
    "j@e.org (Jo)",
    "2020-01-02T03:04:05Z",
    "Tue, 03 Mar 2015 10:00:00 CEST",
    "45.5 -3.2",
    "a, b,,c",
    "<![CDATA[<b>x</b> & y]]>",
    "http:///x",
    "?",
    "http://e.org/a?",
)
ATTRIBUTES = (
    'type="html"',
    'type="text"',
    'type="xhtml"',
    'rel="alternate"',
    'rel="enclosure"',
    'href="https://e.org/x"',
    'href="y/z"',
    'url="http://e.org/e.mp3"',
    'length="12"',
    'type="audio/mpeg"',
    'isPermaLink="false"',
    'domain="d"',
    'term="tt"',
    'label="ll"',
    'xml:lang="fr_FR"',
    'xml:lang=""',
    'xml:base="http://b.org/c/"',
    'xml:base="sub/"',
    'medium="image"',
    'foo:x="1"',
)
BODIES = ("a<br/>b", '<p class="x&quot;">é &amp; &lt;</p>', '<a href="q">x</a> y', "<title>u</title>")


def attributes(rng: random.Random) -> str:
    chosen = rng.sample(ATTRIBUTES, rng.choice((0, 0, 0, 1, 2)))
    return "".join(f" {one}" for one in {one.partition("=")[0]: one for one in chosen}.values())


def element(rng: random.Random) -> str:
    name, given = rng.choice(ELEMENTS), attributes(rng)
    text = rng.choice(TEXTS)
    if "xhtml" in given:
        text = f'<div xmlns="http://www.w3.org/1999/xhtml">{rng.choice(BODIES)}</div>'
    return f"<{name}{given}>{text}</{name}>"


def group(rng: random.Random) -> str:
    name = rng.choice(GROUPS)
    names = ("name", "email", "uri", "foo:z")
    if name.endswith(("author", "contributor")):
        inside = "".join(
            f"<{one}>{rng.choice(TEXTS)}</{one}>" for one in rng.sample(names, rng.randint(0, 3))
        )
    else:
        inside = "".join(element(rng) for _ in range(rng.randint(0, 4)))
    return f"<{name}{attributes(rng)}>{inside}</{name}>"


def entry(rng: random.Random, name: str) -> str:
    inside = "".join(group(rng) if rng.random() < 0.15 else element(rng) for _ in range(rng.randint(0, 9)))
    return f"<{name}>{inside}</{name}>"


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_both_readers_give_the_same_entries_of_documents_made_at_random(kind: str, fetched: Fetched) -> None:
    rng = random.Random(f"dateline {kind}")
    name = "entry" if "atom" in kind else "item"
    answered = 0
    for _ in range(400):
        feed = "".join(element(rng) for _ in range(rng.randint(0, 2)))
        entries = "".join(entry(rng, name) for _ in range(rng.randint(1, 3)))
        body = DOCUMENTS[kind].format(feed=feed, entries=entries)
        download = fetched(body, url=rng.choice(("https://example.org/f/?q=1", "/texts/feed.xml")))
        found = fast(open_document(download))
        if found is not None:
            answered += 1
            assert found.entries == thorough(open_document(download)).entries, body
    assert answered > 50


def test_both_readers_give_the_same_entries_of_real_feeds(fetched: Fetched) -> None:
    bodies = [
        DOCUMENTS["rss"].format(feed="<title>c</title>", entries="<item><title>t</title></item>").encode()
    ]
    if SHARED.exists():
        rows = [json.loads(line) for line in (SHARED / "manifest.jsonl").read_text("utf-8").splitlines()]
        bodies.extend((SHARED / row["file"]).read_bytes() for row in rows)
    answered = 0
    for body in bodies:
        found = fast(open_document(fetched(body)))
        if found is not None:
            answered += 1
            assert found.entries == thorough(open_document(fetched(body))).entries
    assert answered >= 0.9 * len(bodies)


def test_the_thorough_reader_finds_the_entries_known_to_be_in_real_feeds(fetched: Fetched) -> None:
    rows = [{"file": "", "entries": 1}]
    if SHARED.exists():
        rows.extend(json.loads(line) for line in (SHARED / "manifest.jsonl").read_text("utf-8").splitlines())
    fewer = []
    for row in rows:
        body = (
            (SHARED / row["file"]).read_bytes()
            if row["file"]
            else b"<rss><item><title>t</title></item></rss>"
        )
        try:
            feed = thorough(open_document(fetched(body)))
        except ParseError as error:
            fewer.append((row["file"], str(error)))
            continue
        # A document that was cut off loses its incomplete last entry, and an entry that says nothing is none.
        if len(feed.entries) < row["entries"] - 1:
            fewer.append((row["file"], str(len(feed.entries))))
    assert fewer == []
