"""Which feeds a page offers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse import hosted, offers_of
from aggregator.schema import Offer

SITE = "https://site.example/news/"


def page(*links: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}{''.join(links)}</head><body></body></html>".encode()


def link(href: str, kind: str = "application/rss+xml", title: str = "", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" title="{title}" href="{href}">'


def test_feeds_are_named_by_the_page_with_title_and_kind() -> None:
    assert offers_of(
        page(link("/all.xml", title="All  news"), link("x.atom", "application/atom+xml")), SITE
    ) == (
        Offer(url="https://site.example/all.xml", title="All news", kind="RSS"),
        Offer(url="https://site.example/news/x.atom", kind="Atom"),
    )


def test_relative_addresses_follow_the_base_of_the_page() -> None:
    found = offers_of(page(link("feed"), head='<base href="https://cdn.example/a/">'), SITE)
    assert [one.url for one in found] == ["https://cdn.example/a/feed"]


@pytest.mark.parametrize(
    "other",
    [
        link("/style.css", "text/css"),
        link("/x", rel="stylesheet"),
        link("javascript:alert(1)"),
        link("file:///etc/passwd"),
        link("/wp-json/wp/v2/posts/1", "application/json"),
    ],
)
def test_what_is_no_feed_is_none(other: str) -> None:
    assert offers_of(page(other), SITE) == ()


def test_a_feed_named_twice_is_offered_once_and_there_is_an_end() -> None:
    assert len(offers_of(page(link("/a"), link("/a")), SITE)) == 1
    assert len(offers_of(page(*(link(f"/{n}") for n in range(500))), SITE)) == 20


@given(st.binary(max_size=300))
def test_no_page_is_too_odd(body: bytes) -> None:
    assert isinstance(offers_of(body, SITE), tuple)


@pytest.mark.parametrize(
    ("url", "feed"),
    [
        ("https://www.reddit.com/r/morocco/", "https://www.reddit.com/r/morocco/.rss"),
        ("https://github.com/a/b", "https://github.com/a/b/releases.atom"),
        ("https://paper.substack.com", "https://paper.substack.com/feed"),
        ("https://social.example/@desk", "https://social.example/@desk.rss"),
        ("https://paper.example/news", ""),
        ("https://[broken", ""),
    ],
)
def test_platforms_have_their_feeds_at_known_places(url: str, feed: str) -> None:
    assert hosted(url) == feed
