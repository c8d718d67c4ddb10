"""What an address may not ask for: unknown sources, and more than the database can take."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from aggregator.schema import Settings, replace

Clients = Callable[..., FlaskClient]


@pytest.mark.parametrize(
    "query", ["source=harbor-times", "q=-source:harbor-times", "q=a+OR+source:harbor-times"]
)
def test_a_source_that_does_not_exist_is_refused_with_the_nearest(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/?{query}")
    assert answer.status_code == 400
    assert f"In the parameter {query[: query.index('=')]}" in answer.text
    assert ("<mark>harbor-times</mark>" in answer.text) is query.startswith("q=")
    assert "did you mean harbour-times?" in answer.text


def test_a_source_no_longer_configured_can_still_be_read(
    client: FlaskClient, client_of: Clients, settings: Callable[..., Settings]
) -> None:
    later = client_of(replace(settings(), sources=()))
    assert later.get("/?source=faro-sur").text.count("<article class=") == 1


@pytest.mark.parametrize("page", ["/", "/view/science", "/feeds/latest.rss", "/status", "/sources"])
def test_an_address_that_is_too_long_is_refused_in_few_words(client: FlaskClient, page: str) -> None:
    answer = client.get(f"{page}?q={'z' * 4_000}")
    assert answer.status_code == 400
    assert "“q”" in answer.text
    assert "z" * 100 not in answer.text


LONG = (
    "q=" + "(" * 60 + "a" + ")" * 60,
    "q=" + "NOT+" * 16 + "a",
    "q=" + "+OR+".join(f"a{n}" for n in range(200)),
    "q=" + "+OR+".join(f"-title:a{n}" for n in range(100)),
    "q=%22" + "a+" * 200 + "%22",
    "text=" + "東" * 200,
    "text=" + "+".join(f"b{n}" for n in range(200)),
    "&".join(f"place=c{n}" for n in range(100)),
)


LEAVES = ("x", "source:ufuq", "-category:x", '-title:"x y"')


def deep(levels: int, leaf: str) -> str:
    """A filter of so many levels."""
    for level in range(levels):
        leaf = f"(a OR {leaf})" if level % 2 else f"(b {leaf})"
    return leaf


@pytest.mark.parametrize("leaf", LEAVES)
def test_a_filter_that_nests_too_deep_for_the_database_is_refused(client: FlaskClient, leaf: str) -> None:
    for levels in range(10, 60, 5):
        answer = client.get("/view/maghreb", query_string={"q": deep(levels, leaf), "source": "ufuq"})
        assert answer.status_code == (200 if levels < 16 else 400)
    assert "In the parameter q, character 1: " in answer.text


@pytest.mark.parametrize("query", LONG)
def test_no_filter_within_the_limits_is_too_much_for_the_database(client: FlaskClient, query: str) -> None:
    for page in ("/", "/view/maghreb", "/feeds/search.atom"):
        assert client.get(f"{page}?{query}").status_code == 200


def test_a_long_filter_is_short_in_title_and_chips(client: FlaskClient) -> None:
    page = client.get(f"/?q={'word+' * 150}&place={'x' * 300}").text
    title = re.search("<title>(.*?)</title>", page)
    assert title is not None
    assert title[1].startswith("All news · word word")
    assert len(title[1]) < 100
    assert all(len(chip) <= 80 for chip in re.findall(r"</span> <bdi>(.*?)</bdi> <span", page))
