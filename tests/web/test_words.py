from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from aggregator.filters import Text
from aggregator.schema import Article, Identity
from web.words import country_name, distance, excerpt, host_name, language_name, size_words


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=47), "47 hr ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=60), "60 days ago"),
        (timedelta(days=61), "Saturday, 15 November 2025"),
        (timedelta(seconds=-20), "in a moment"),
        (timedelta(minutes=-30), "in 30 min"),
    ],
)
def test_distances_are_said_in_words(now: datetime, ago: timedelta, words: str) -> None:
    assert distance(now - ago, now) == words


@pytest.mark.parametrize(("code", "name"), [("MA", "Morocco"), ("XX", "XX"), ("XK", "Kosovo")])
def test_countries_have_names(code: str, name: str) -> None:
    assert country_name(code) == name


@pytest.mark.parametrize(
    ("tag", "name"),
    [("de", "German"), ("pt-BR", "Portuguese (Brazil)"), ("zh-Hant", "Chinese"), ("qq", "Qq"), ("", "")],
)
def test_languages_have_names(tag: str, name: str) -> None:
    assert language_name(tag) == name


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://www.a.example/x", "a.example"), ("http://[::1", ""), ("/var/feeds/a.xml", "")],
)
def test_hosts_are_said_without_www(url: str, host: str) -> None:
    assert host_name(url) == host


@pytest.mark.parametrize(("length", "words"), [(10, "1 kB"), (54_321, "54 kB"), (4_200_000, "4.2 MB")])
def test_sizes_are_decimal(length: int, words: str) -> None:
    assert size_words(length) == words


def test_the_sources_page_lists_and_finds_sources(client: FlaskClient) -> None:
    page = client.get("/sources").text
    assert 'href="/?source=ufuq"' in page
    found = client.get("/sources?q=FARO").text
    assert "El Faro del Sur" in found
    assert "Atlas Wire" not in found


def test_every_example_of_the_about_page_works(client: FlaskClient) -> None:
    page = client.get("/about").text
    examples = [part.partition('"')[0] for part in page.split('<dt><a href="')[1:]]
    assert len(examples) == 7
    for address in examples:
        assert client.get(address).status_code == 200


def test_the_passage_that_was_looked_for_is_shown_where_the_summary_lacks_it() -> None:
    told = Article(
        uid="urn:uuid:1",
        identity=Identity(key="g:1"),
        title="",
        published=datetime(2026, 1, 1, tzinfo=UTC),
        first_seen=datetime(2026, 1, 1, tzinfo=UTC),
        summary="A dam was built.",
        text="A dam was built. " + "It took years. " * 40 + "Then sediment came. " + "It took years. " * 40,
    )
    assert excerpt(told, [Text(("dam",), "any")]) == "A dam was built."
    passage = excerpt(told, [Text(("sediment",), "any")])
    assert passage.startswith("… ")
    assert "Then sediment came." in passage
    assert len(passage) <= 325
