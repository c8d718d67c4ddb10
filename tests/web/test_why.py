"""Why an article is where it is, for programs; and its words, marked for who searched for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from aggregator.filters import Ruling, parse, spoken
from aggregator.schema import Rule, replace
from aggregator.store import Store
from web.words import marked_html


def test_an_article_tells_its_categories_places_views_and_rules(
    client: FlaskClient, client_of: Callable[..., FlaskClient], settings: Any, store: Store, now: datetime
) -> None:
    wanted = settings()
    rules = (Rule(when="country:MA", then=(("category", "dams"),), origin="config.toml:9"),)
    told = client_of(replace(wanted, rules=rules))
    store.obey((Ruling("category", "dams", parse("country:MA"), "dams", told=True),))
    while store.remark(now):
        pass
    (article, *_) = store.articles(parse("country:MA"), now=now, limit=1)
    answer = told.get(f"/article/{article.id}.json")
    assert answer.content_type == "application/json"
    said: Any = answer.get_json()
    assert (said["id"], said["uid"], said["title"]) == (article.id, article.uid, article.title)
    (given_by_rule,) = [one for one in said["categories"] if one["id"] == "dams"]
    assert given_by_rule["evidence"] == [{"kind": "given by a rule", "text": "category:dams"}]
    assert "MA" in {one["place"]["country"] for one in said["places"]}
    for stored, told_of in zip(article.mentions, said["places"], strict=True):
        assert told_of["evidence"] == [{"kind": one.kind, "text": one.text} for one in stored.evidence] != []
    assert [one["id"] for one in said["views"]] == [view.id for view in wanted.views]
    (rule,) = said["rules"]
    assert rule == {
        "says": "category:dams",
        "terms": [{"text": "country:MA", "holds": True}],
        "origin": "config.toml:9",
    }


def test_a_public_desk_names_no_file(
    client: FlaskClient, client_of: Callable[..., FlaskClient], settings: Any, store: Store, now: datetime
) -> None:
    wanted = settings()
    public = client_of(replace(wanted, web=replace(wanted.web, access="public")))
    (article, *_) = store.articles(parse(""), now=now, limit=1)
    said: Any = public.get(f"/article/{article.id}.json").get_json()
    assert said["views"]
    assert not any("origin" in one for one in said["views"])


def test_whom_rules_tell_is_told_to_admins_alone(
    client: FlaskClient, client_of: Callable[..., FlaskClient], settings: Any, store: Store, now: datetime
) -> None:
    rules = (
        Rule(when="country:MA", then=(("notify", "pager"),), origin="config.toml:9"),
        Rule(when="country:MA", then=(("is", "starred"), ("notify", "pager")), origin="config.toml:12"),
    )
    (article, *_) = store.articles(parse("country:MA"), now=now, limit=1)
    for access, said in (("local", ["notify:pager", "starred, notify:pager"]), ("public", ["starred"])):
        desk = client_of(replace(settings(access=access), rules=rules))
        told: Any = desk.get(f"/article/{article.id}.json").get_json()
        assert [one["says"] for one in told["rules"]] == said
        assert ("pager" in desk.get(f"/article/{article.id}").text) is (access == "local")


@pytest.mark.parametrize("number", ["0", "99999", "2147483648", "x", "-1", "1.0"])
def test_no_such_article_is_not_found(client: FlaskClient, number: str) -> None:
    assert client.get(f"/article/{number}.json").status_code == 404


def test_a_search_is_carried_to_the_article_and_marked_there(
    client: FlaskClient, store: Store, now: datetime
) -> None:
    (article, *_) = store.articles(parse("title:the"), now=now, limit=1)
    assert f'href="/article/{article.id}?q=title%3Athe"' in client.get("/?q=title:the").text
    shown = client.get(f"/article/{article.id}?q=the").text
    assert "<mark>" in shown
    assert "<mark>" not in client.get(f"/article/{article.id}").text
    assert client.get(f"/article/{article.id}?q=(((").status_code == 200


def test_only_texts_are_marked() -> None:
    html = (
        '<p title="a &gt; flood">A <b>flood</b> &amp; '
        "<a href=\"https://a.example/flood?x='>'\">Floods</a> &lt;flood&gt;</p>"
    )
    assert marked_html(html, spoken(parse("flood*"))) == (
        '<p title="a &gt; flood">A <b><mark>flood</mark></b> &amp; '
        "<a href=\"https://a.example/flood?x='>'\"><mark>Floods</mark></a> &lt;<mark>flood</mark>&gt;</p>"
    )


class Read(HTMLParser):
    """Everything but the marks."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[Any] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags += [(tag, attrs)] if tag != "mark" else []

    def handle_endtag(self, tag: str) -> None:
        self.tags += [tag] if tag != "mark" else []

    def handle_data(self, data: str) -> None:
        self.text += data


WANTED = spoken(parse("flood OR b OR فيضان"))
PIECES = st.lists(
    st.sampled_from(
        [
            "flood",
            " ",
            "&amp;",
            "&lt;b&gt;",
            "<p>",
            "</p>",
            '<a href="x>flood">',
            "</a>",
            "é",
            "<br>",
            "فيضان",
            ".",
        ]
    )
)


@given(PIECES)
def test_marks_change_neither_tags_nor_text(pieces: list[str]) -> None:
    html = "".join(pieces)
    before, after = Read(html), Read("".join(iter(marked_html(html, WANTED))))
    assert (before.tags, before.text) == (after.tags, after.text)
