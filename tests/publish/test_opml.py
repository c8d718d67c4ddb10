from typing import Any

from lxml import etree

from aggregator.publish import opml
from aggregator.schema import Secret, Source


def source(**changes: Any) -> Source:
    usual: dict[str, Any] = {
        "id": "bbc",
        "url": "https://bbc.example/rss?a=1&b=2",
        "title": "BBC <News> & more",
    }
    return Source(**(usual | changes))


def outlines(*sources: Source) -> list[dict[str, str]]:
    """The feeds of the document, not the folders they are in."""
    root = etree.fromstring(opml(sources, title="Dateline"))
    found = (dict(outline.attrib) for outline in root.iter("outline"))
    return [{str(name): str(value) for name, value in one.items()} for one in found if "xmlUrl" in one]


def test_sources_are_in_the_folder_of_their_first_category_and_those_without_in_none() -> None:
    sources = (
        source(id="a", title="A", categories=("World", "Asia")),
        source(id="b", title="B"),
        source(id="c", title="C", categories=("world",)),
        source(id="d", title="D", categories=("Sport",)),
    )
    body = etree.fromstring(opml(sources, title="Dateline")).find("body")
    assert body is not None
    tree = [(one.get("text"), [child.get("text") for child in one]) for one in body]
    assert tree == [("World", ["A", "C"]), ("B", []), ("Sport", ["D"])]
    assert body[0].get("title") == "World"


def test_the_document_is_opml_2_with_a_head_and_a_body() -> None:
    root = etree.fromstring(opml((), title="My desk & more"))
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert [child.tag for child in root] == ["head", "body"]
    assert root.findtext("head/title") == "My desk & more"


def test_a_source_is_an_outline_that_any_reader_can_subscribe_to() -> None:
    assert outlines(source(categories=("world", "europe"), language="en")) == [
        {
            "type": "rss",
            "text": "BBC <News> & more",
            "title": "BBC <News> & more",
            "xmlUrl": "https://bbc.example/rss?a=1&b=2",
            "category": "/world,/europe",
            "language": "en",
        }
    ]


def test_what_nobody_else_can_subscribe_to_is_left_out() -> None:
    left_out = (source(url="/srv/feed.xml"), source(kind="text"), source(enabled=False))
    assert outlines(*left_out) == []


def test_no_secret_is_told() -> None:
    secret = Secret("hunter2")
    body = opml((source(username="anna", password=secret, headers=(("X-Token", secret),)),), title="Dateline")
    assert b"hunter2" not in body
    assert b"anna" not in body
    assert b"X-Token" not in body


def test_commas_and_slashes_of_a_label_do_not_make_it_several() -> None:
    (outline,) = outlines(source(categories=("Arts, culture/music", "world", "/,")))
    assert outline["category"] == "/Arts culture music,/world"
