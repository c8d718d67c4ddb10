"""Full text: the pages of new entries, against a real server."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aggregator.poll.pages import GIVE_UP, PAGES
from aggregator.schema import Source

WORDS = "The ferry between the two islands will sail again on Thursday, said the harbour office. "
STORY = "".join(f"<p>{WORDS * 2}Part {n}.</p>" for n in range(6))
PAGE = f"<html><body><nav><a href='/'>World</a></nav><article>{STORY}</article></body></html>"


class Daily:
    """A source with entries on the same server as their pages."""

    def __init__(self, server: Any, site: Any, desk: Any) -> None:
        self.server, self.site, self.desk = server, site, desk
        self.ask(True)

    def ask(self, full_text: bool | str) -> None:
        source = Source(id="daily", url=f"{self.server.url}/feed", title="Daily", full_text=full_text)
        self.desk.configure(source, inside=self.server.address)

    def serve(self, *numbers: int, summary: str = "In short.", more: str = "") -> None:
        items = "".join(
            f"<item><title>Story {n}</title><link>{self.server.url}/{n}</link><guid>{n}</guid>"
            f"<description>{summary}</description>{more}</item>"
            for n in numbers
        )
        names = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:georss="http://www.georss.org/georss"'
        self.site.put("/feed", f'<rss version="2.0" {names}><channel><title>D</title>{items}</channel></rss>')

    def poll(self, after: timedelta = timedelta(0)) -> list[Any]:
        self.desk.poll(after)
        return list(self.desk.store.every_article())

    def asked(self) -> list[str]:
        return [request.path for request in self.server.requests if request.path != "/feed"]


@pytest.fixture
def daily(loopback: Any, site: Any, desk: Any) -> Daily:
    return Daily(loopback(site), site, desk)


def notes(article: Any) -> list[str]:
    return [one.text for one in article.removed if one.rule == "no full text"]


def test_an_article_has_the_text_of_its_page(daily: Daily) -> None:
    daily.serve(1)
    daily.site.put("/1", PAGE)
    (article,) = daily.poll()
    assert "Part 5." in article.text
    assert article.summary == "In short."


def test_an_article_has_what_its_page_says_of_it(daily: Daily) -> None:
    said = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "articleSection": "Politics",'
        ' "inLanguage": "en-IE", "datePublished": "2026-01-02T03:04:05Z",'
        ' "contentLocation": {"name": "Paris", "address": "Texas"}}</script>'
    )
    daily.serve(1)
    daily.site.put("/1", PAGE.replace("<nav>", said + "<nav>"))
    (article,) = daily.poll()
    assert article.language == "en-IE"
    assert (article.published.isoformat(), article.published_given) == ("2026-01-02T03:04:05+00:00", True)
    (politics,) = (one for one in article.categories if one.id == "medtop:11000000")
    assert ("section", "Politics") in [(one.kind, one.text) for one in politics.evidence]
    assert [(one.place.name, one.place.code) for one in article.mentions if one.role == "feed"] == [
        ("Paris", "US.TX")
    ]


def test_what_the_feed_says_of_an_article_comes_before_its_page(daily: Daily) -> None:
    said = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "inLanguage": "fr", "datePublished": "2026-01-02",'
        ' "contentLocation": {"name": "Lyon", "geo": {"latitude": 45.75, "longitude": 4.85}}}</script>'
    )
    daily.serve(
        1,
        more="<dc:language>en</dc:language><pubDate>Mon, 12 Jan 2026 10:00:00 GMT</pubDate>"
        "<georss:point>34 -6</georss:point>",
    )
    daily.site.put("/1", PAGE.replace("<nav>", said + "<nav>"))
    (article,) = daily.poll()
    assert (article.language, article.published.day) == ("en", 12)
    assert [one.place.name for one in article.mentions if one.role == "feed"] == ["34.0000, -6.0000"]


def test_a_selector_says_where_the_article_is(daily: Daily) -> None:
    daily.ask("div.story")
    daily.serve(1)
    daily.site.put("/1", f'<div class="story"><p>Just this sentence of it.</p></div>{STORY}')
    (article,) = daily.poll()
    assert article.text == "Just this sentence of it."


def test_the_page_of_a_known_entry_is_not_asked_again(daily: Daily) -> None:
    daily.serve(1)
    daily.site.put("/1", PAGE)
    daily.poll()
    daily.serve(1, 2)
    daily.site.put("/2", PAGE)
    daily.poll(timedelta(days=1))
    assert daily.asked() == ["/1", "/2"]


def test_a_source_that_does_not_ask_for_pages_causes_no_request(daily: Daily) -> None:
    daily.ask(False)
    daily.serve(1)
    daily.poll()
    assert daily.asked() == []


def test_the_feeds_text_stands_where_there_is_no_page(daily: Daily) -> None:
    daily.serve(1)
    (article,) = daily.poll()
    assert article.text == "In short."
    assert notes(article)[0].startswith(f"{daily.server.address} answered 404")


def test_the_feeds_text_stands_where_the_page_has_no_article(daily: Daily) -> None:
    daily.serve(1)
    daily.site.put("/1", b"")
    (article,) = daily.poll()
    assert notes(article) == ["No article was found."]


def test_pages_inside_the_network_are_not_asked(daily: Daily) -> None:
    items = "<item><title>A</title><link>http://127.0.0.1:9/x</link><description>Short.</description></item>"
    daily.site.put("/feed", f'<rss version="2.0"><channel><title>D</title>{items}</channel></rss>')
    (article,) = daily.poll()
    assert article.text == "Short."
    assert len(notes(article)) == 1


def test_one_poll_asks_for_so_many_pages_and_no_more(daily: Daily) -> None:
    numbers = range(1, PAGES + 3)
    daily.serve(*numbers)
    for n in numbers:
        daily.site.put(f"/{n}", PAGE)
    articles = daily.poll()
    assert len(daily.asked()) == PAGES
    assert sum(bool(notes(article)) for article in articles) == 2


def test_after_failures_in_a_row_the_other_pages_are_left_alone(daily: Daily) -> None:
    daily.serve(*range(1, 8))
    articles = daily.poll()
    assert len(daily.asked()) == GIVE_UP
    assert len(articles) == 7
