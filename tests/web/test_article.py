from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html.parser import HTMLParser
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient

from aggregator.cluster import settle
from aggregator.schema import (
    NO_FULL_TEXT,
    Category,
    Enclosure,
    Evidence,
    Mention,
    Place,
    Removal,
    Settings,
    Term,
    replace,
)
from aggregator.store import Store

Tell = Callable[..., str]

HOSTILE = """<script>alert(1)</script>"><img src=x onerror=alert(1)>'{{7*7}}"""


class Parts(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture
def tell(
    newsroom: ModuleType,
    store: Store,
    now: datetime,
    settings: Callable[..., Settings],
    client_of: Callable[..., FlaskClient],
) -> Tell:
    """The page of one article that has these fields (or, with `at`, another page)."""

    def make(*, at: str = "/article/1", **given: Any) -> str:
        newsroom.fill(
            store, now, [{"source": "atlas-wire", "minutes": 90, "title": "A title", "given": given}]
        )
        return client_of(settings()).get(at).text

    return make


def test_an_article_names_its_sources_author_time_and_original(client: FlaskClient) -> None:
    page = client.get("/article/12").text
    assert "Night trains between Tangier and Casablanca" in page
    assert re.findall(r'class="by" href="([^"]*)"', page) == ["/?source=harbour-times", "/?source=atlas-wire"]
    assert "By <bdi>Salma Idrissi</bdi>" in page
    assert '<time datetime="2026-01-15T11:48:00Z">15 January 2026, 11:48 UTC</time>' in page
    assert 'rel="noopener noreferrer external" href="https://atlas-wire.example/' in page


def test_categories_and_places_are_chips_that_filter(client: FlaskClient) -> None:
    page = client.get("/article/12").text
    for address in ("/?category=transport", "/?place=Tangier", "/?country=MA"):
        assert re.search(rf'<a class="chip[^"]*" href="{re.escape(address)}">', page)


def test_the_evidence_says_which_words_decided(tell: Tell) -> None:
    categories = (
        Category(
            id="sport", name="Sport", score=0.8, evidence=(Evidence(kind="feed term", text="Football"),)
        ),
    )
    page = tell(categories=categories)
    assert 'feed term: <q dir="auto">Football</q>' in page
    assert "80%" in page


def test_a_place_is_listed_once_with_its_surest_mention(tell: Tell) -> None:
    rabat = Place(name="Rabat", kind="city", country="MA")
    mentions = (
        Mention(place=rabat, role="body", text="Rabat", score=0.4, evidence=()),
        Mention(place=rabat, role="dateline", text="Rabat", score=0.9, evidence=()),
    )
    page = tell(mentions=mentions)
    assert page.count('<a class="chip place"') == 1
    assert "named in the dateline" in page
    assert "named in the body" not in page


def test_the_place_an_article_is_mostly_about_comes_first(tell: Tell) -> None:
    essen = Place(name="Essen", kind="city", country="DE")
    bonn = Place(name="Bonn", kind="city", country="DE")
    mentions = (
        Mention(place=bonn, role="body", text="Bonn", score=0.9, evidence=()),
        Mention(place=essen, role="body", text="Essen", score=0.6, evidence=()),
    )
    page = tell(mentions=mentions, focus=essen)
    assert page.index(">Essen</bdi></a>") < page.index(">Bonn</bdi></a>")


def test_the_body_is_shown_as_the_html_it_is(tell: Tell) -> None:
    assert "<p>One <em>two</em></p>" in tell(html="<p>One <em>two</em></p>")


def test_an_article_without_html_shows_its_text_in_paragraphs(tell: Tell) -> None:
    page = tell(html="", text="First <b>.\n\nSecond.")
    assert '<p dir="auto">First &lt;b&gt;.</p><p dir="auto">Second.</p>' in page


def test_the_dateline_taken_out_of_the_text_is_shown(tell: Tell) -> None:
    assert "<bdi>&lt;b&gt;Rabat</bdi>" in tell(dateline="<b>Rabat")


def test_an_article_without_a_dateline_shows_none(tell: Tell) -> None:
    assert '<bdi class="dateline">' not in tell(dateline="")


def category(id: str, name: str) -> Category:
    return Category(id=id, name=name, score=0.8, evidence=())


@pytest.mark.parametrize("at", ["/article/1", "/"])
def test_a_term_that_goes_by_the_name_of_a_topic_is_not_shown_beside_it(tell: Tell, at: str) -> None:
    categories = (
        category("culture", "Culture"),
        category("medtop:20000038", "culture"),
        category("sahel", "Sahel"),
    )
    page = tell(categories=categories, at=at)
    assert 'href="/?category=culture"' not in page
    for shown in ("medtop:20000038", "sahel"):
        assert re.search(rf'href="/\?category={shown.replace(":", "(?::|%3A)")}"', page)


def test_a_term_that_was_understood_as_a_topic_is_not_shown_beside_it(tell: Tell) -> None:
    told = (Evidence(kind="feed term", text="Deportes"),)
    categories = (
        Category(id="deportes", name="Deportes", score=0.9, evidence=told),
        Category(id="medtop:15000000", name="sport", score=0.9, evidence=told),
        category("sahel", "Sahel"),
    )
    page = tell(categories=categories)
    assert 'href="/?category=deportes"' not in page
    assert 'href="/?category=sahel"' in page


def test_a_term_without_a_topic_of_its_name_is_shown(tell: Tell) -> None:
    assert 'href="/?category=culture"' in tell(categories=(category("culture", "Culture"),))


def test_an_article_without_any_text_says_so(tell: Tell) -> None:
    assert "The source gives no text with this article." in tell(html="", text="", summary="")


def test_an_article_without_a_date_says_when_it_was_seen(tell: Tell) -> None:
    assert "First seen <time" in tell(published_given=False)


def test_a_picture_that_stands_in_the_body_is_not_shown_twice(tell: Tell) -> None:
    picture = "https://pictures.example/a.jpg?w=1&h=2"
    page = tell(image=picture, html='<img src="https://pictures.example/a.jpg?w=1&amp;h=2">')
    assert page.count("pictures.example/a.jpg") == 1


def test_pictures_do_not_tell_who_reads(tell: Tell) -> None:
    assert 'referrerpolicy="no-referrer"' in tell(image="https://pictures.example/a.jpg")


def test_enclosures_are_offered(tell: Tell) -> None:
    page = tell(
        enclosures=(Enclosure(url="https://audio.example/1.mp3", type="audio/mpeg", length=4_200_000),)
    )
    assert '<audio controls preload="none" src="https://audio.example/1.mp3">' in page
    assert "4.2 MB" in page


def test_a_page_that_gave_no_text_is_nothing_cut(tell: Tell) -> None:
    page = tell(removed=(Removal(rule=NO_FULL_TEXT, text="The page answered 404."),))
    assert "What was cut" not in page
    assert 'gave none: <bdi lang="en">The page answered 404.</bdi>' in page


def test_what_was_cut_is_shown(tell: Tell) -> None:
    assert '<q dir="auto">Read more</q>' in tell(removed=(Removal(rule="read-more", text="Read more"),))


def test_earlier_versions_are_kept_under_the_article(
    client: FlaskClient, store: Store, newsroom: ModuleType, now: datetime
) -> None:
    source = newsroom.SOURCES[4]
    story = next(story for story in newsroom.STORIES if story["source"] == source.id)
    polled = newsroom.polled(now, source, [story])
    finding = polled.findings[0]
    known = store.known(source.id, [finding.identity.key])[finding.identity.key]
    edited = replace(finding, known=known, article=replace(finding.article, title="Edited title"))
    store.save([replace(polled, findings=(edited,))], settle, now=now + timedelta(hours=1))
    page = client.get(f"/article/{known.article_id}").text
    assert re.search(r"<h1[^>]*>Edited title</h1>", page)
    assert "Earlier versions (1)" in page
    assert "Until 15 January 2026, 13:00 UTC" in page
    assert f"{story['title']}</h3>" in page


@pytest.mark.parametrize("id", ["0", "999", "2147483648", "9" * 30, "9" * 5_000, "-1", "1e0", "١"], ids=len)
def test_a_number_no_article_has_is_not_found(client: FlaskClient, id: str) -> None:
    assert client.get(f"/article/{id}").status_code == 404


def test_an_arabic_article_is_marked_and_mirrored(client: FlaskClient) -> None:
    page = client.get("/article/11").text
    assert '<article class="reading" dir=rtl ' in page
    assert '<h1 dir="auto" lang="ar">' in page
    assert "<bdi>Arabic</bdi>" in page


# --- hostile words -----------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["/", "/article/1", "/?category=x%22%3E%3Cscript%3E", "/?q=%3Cscript%3E"])
def test_hostile_words_stay_words(tell: Tell, at: str) -> None:
    page = tell(
        at=at,
        title=HOSTILE,
        authors=(HOSTILE,),
        summary=HOSTILE,
        html="<p>Safe</p>",
        language='x" onload="alert(1)',
        terms=(Term(label=HOSTILE),),
        categories=(
            Category(id="x", name=HOSTILE, score=1.0, evidence=(Evidence(kind=HOSTILE, text=HOSTILE),)),
        ),
        mentions=(
            Mention(
                place=Place(name=HOSTILE, kind="city", country="ZZ"),
                role="title",
                text=HOSTILE,
                score=1.0,
                evidence=(),
            ),
        ),
        removed=(Removal(rule=HOSTILE, text=HOSTILE),),
        enclosures=(Enclosure(url="https://a.example/1", type=HOSTILE),),
    )
    parts = Parts()
    parts.feed(page)
    assert "b" not in parts.tags
    assert are_ours(page)
    assert not [name for name, _ in parts.attributes if name.startswith("on")]
    assert ("src", "x") not in parts.attributes
    assert "49" not in parts.words


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", " javascript:x"]
)
def test_only_web_addresses_become_links_or_pictures(tell: Tell, address: str) -> None:
    enclosures = (Enclosure(url=address, type="audio/mpeg"),)
    page = tell(url=address, image=address, enclosures=enclosures, html="<p>Safe</p>")
    assert f'="{address}' not in page


def test_scripts_are_files_of_ours(client: FlaskClient) -> None:
    for address in ("/", "/article/1", "/status", "/sources", "/about", "/nowhere"):
        assert are_ours(client.get(address).text)


def are_ours(page: str) -> bool:
    """Whether every script of a page is a file of ours, and nothing else."""
    ours = r'<script (type="module" )?src="/static/[^">]*"( defer)?( data-[a-z]+="[^"<>]*")*>'
    return all(re.fullmatch(ours, one) for one in re.findall("<script[^>]*>[^<]*", page))
