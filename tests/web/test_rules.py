"""What rules hide is out of lists and feeds, and one click away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient

from aggregator.filters import Ruling, parse
from aggregator.store import Store

HIDE = Ruling("is", "hidden", parse("country:MA"))


def obey(store: Store, now: datetime, *rules: Ruling) -> None:
    store.obey(rules)
    while store.remark(now):
        pass


def test_a_list_says_how_many_are_hidden_and_shows_them_on_a_click(
    client: FlaskClient, store: Store, now: datetime
) -> None:
    hidden = len(store.articles(HIDE.tree, now=now, limit=500))
    assert hidden > 1
    assert "hidden by rules" not in client.get("/").text
    obey(store, now, HIDE)
    page = client.get("/").text
    assert f"{hidden} hidden by rules." in page
    assert 'href="/?is=hidden"' in page
    assert client.get("/?is=hidden").text.count('<article class="entry') == hidden
    quiet = client.get("/view/maghreb").text
    assert f"{hidden} hidden by rules." in quiet
    assert '<article class="entry' not in quiet
    obey(store, now)
    assert "hidden by rules" not in client.get("/").text


def test_feeds_leave_hidden_articles_out_unless_they_are_asked_for(
    client: FlaskClient, store: Store, now: datetime
) -> None:
    before = items(client, "/feeds/latest.json?limit=200")
    obey(store, now, HIDE)
    hidden = items(client, "/feeds/search.json?is=hidden&limit=200")
    assert hidden
    assert items(client, "/feeds/latest.json?limit=200") == before - hidden
    answer: Any = client.get("/feeds/search.json?is=hidden").get_json()
    assert answer["feed_url"].endswith("/feeds/search.json?is=hidden")


def items(client: FlaskClient, address: str) -> set[str]:
    answer: Any = client.get(address).get_json()
    return {item["id"] for item in answer["items"]}


def test_rules_need_no_settings_of_the_web(client_of: Callable[..., FlaskClient], settings: Any) -> None:
    assert client_of(settings()).get("/?tag=water").status_code == 400
