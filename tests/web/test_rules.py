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
    assert f"{hidden} articles are hidden by rules." in page
    assert 'href="/?is=hidden"' in page
    assert client.get("/?is=hidden").text.count('<article class="entry') == hidden
    quiet = client.get("/view/maghreb").text
    assert f"{hidden} articles are hidden by rules." in quiet
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


def test_a_category_that_a_rule_gives_is_on_pages_in_feeds_and_counted(
    client: FlaskClient, store: Store, now: datetime
) -> None:
    obey(store, now, Ruling("category", "dams", parse("country:MA"), "dams", told=True))
    (article, *_) = store.articles(parse("country:MA"), now=now, limit=1)
    assert "category=dams" in client.get("/?country=MA").text
    assert "category=dams" in client.get("/").text
    page = client.get(f"/article/{article.id}").text
    assert 'given by a rule: <q dir="auto">category:dams</q>' in page
    item: Any = client.get("/feeds/search.json?category=dams&limit=1").get_json()["items"][0]
    given = {"id": "dams", "name": "dams", "scheme": "urn:dateline:category", "score": 1.0}
    assert given in item["_dateline"]["categories"]
    assert "dams" in item["tags"]
    atom = client.get("/feeds/search.atom?category=dams&limit=1").text
    assert '<category term="dams" scheme="urn:dateline:category" label="dams"/>' in atom
    assert "dams" in client.get("/feeds/search.csv?category=dams&limit=1").text


def items(client: FlaskClient, address: str) -> set[str]:
    answer: Any = client.get(address).get_json()
    return {item["id"] for item in answer["items"]}


def test_rules_need_no_settings_of_the_web(client_of: Callable[..., FlaskClient], settings: Any) -> None:
    assert client_of(settings()).get("/?tag=water").status_code == 400
