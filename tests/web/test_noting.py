"""What a reader does with articles on the pages: with forms alone, and as a script does it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from aggregator.filters import parse
from aggregator.schema import Settings
from aggregator.store import Store

Csrf = Callable[[FlaskClient], dict[str, str]]


def press(client: Any, note: str, back: str = "/", **more: str) -> Any:
    return client.change("/notes", note=note, back=back, **more)


def listed(client: Any, address: str) -> list[int]:
    return [int(id) for id in re.findall(r'data-article="(\d+)"', client.get(address).text)]


def arrived(client: Any, address: str) -> Any:
    answer = client.get(address).json
    assert answer is not None
    return answer["new"]


def pressed(client: Any, id: int, what: str) -> bool:
    page = client.get("/?source=harbour-times&is=read").text + client.get("/").text
    found = re.search(rf'value="(un)?{what}\.{id}" aria-pressed="(true|false)"', page)
    assert found
    return found[2] == "true"


def test_a_button_marks_and_the_page_comes_back_at_its_article(client: Any) -> None:
    answer = press(client, "star.3", back="/?country=MA&before=5")
    assert (answer.status_code, answer.location) == (303, "/?country=MA&before=5#a3")
    assert listed(client, "/?is=starred") == [3]
    assert pressed(client, 3, "star")


def test_the_next_page_offers_to_undo_it_once(client: Any) -> None:
    press(client, "save.3")
    page = client.get("/").text
    assert "Saved for later." in page
    assert 'name="undo" value="unsave.3"' in page
    assert "Saved for later." not in client.get("/").text
    answer = client.change("/notes/undo", undo="unsave.3", back="/")
    assert answer.status_code == 303
    assert listed(client, "/?is=saved") == []


def test_a_script_gets_the_notes_and_what_undoes_them(client: Any, csrf: Csrf) -> None:
    answer = client.post("/notes", data={"note": "read.3"}, headers=csrf(client))
    assert answer.json == {
        "said": "Marked as read.",
        "undo": "unread.3",
        "id": 3,
        "notes": {"read": True, "star": False, "save": False, "tags": []},
    }
    answer = client.post("/notes/undo", data={"undo": "unread.3"}, headers=csrf(client))
    assert answer.json is not None
    assert answer.json["notes"]["read"] is False


def test_a_tag_is_given_found_and_taken_away(client: Any) -> None:
    press(client, "tag.3", tag="Water rights")
    assert listed(client, "/?tag=water-rights") == [3]
    assert "untag.3.water-rights" in client.get("/article/3").text
    press(client, "untag.3.water-rights")
    assert client.get("/?tag=water-rights").status_code == 400


def test_a_tag_without_letters_is_refused_in_words(client: Any) -> None:
    answer = press(client, "tag.3", tag="!?")
    assert answer.status_code == 400
    assert "is no tag id" in answer.text


def test_one_tag_too_many_is_refused_in_words(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.noting.MOST_TAGS", 1)
    press(client, "tag.3", tag="water")
    answer = press(client, "tag.3", tag="rights")
    assert answer.status_code == 400
    assert "at most 1 tags" in answer.text
    assert press(client, "tag.2", tag="water").status_code == 303


def test_undoing_makes_no_tag_too_many(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.noting.MOST_TAGS", 1)
    press(client, "tag.3", tag="water")
    answer = client.change("/notes/undo", undo="tag.3.rights")
    assert (answer.status_code, "at most 1 tags" in answer.text) == (400, True)
    assert client.change("/notes/undo", undo="untag.3.water").status_code == 303


@pytest.mark.parametrize(
    "note", ["", "burn.3", "read.0", "read.999999", "read.99999999999", "tag.3.!!", "unread.-1"]
)
def test_what_is_no_note_is_not_found(client: Any, note: str) -> None:
    assert press(client, note).status_code == 404


@pytest.mark.parametrize(
    "back",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "\\\\evil.example",
        "evil",
        "",
    ],
)
def test_a_form_never_leads_elsewhere(client: Any, back: str) -> None:
    assert press(client, "read.3", back=back).location == "/#a3"


def test_a_note_without_the_token_of_a_page_is_refused(client: Any) -> None:
    client.get("/")
    assert client.post("/notes", data={"note": "read.3"}).status_code == 403
    assert client.post("/notes/list/", data={"upto": "9"}).status_code == 403
    assert listed(client, "/?is=read") == []


def test_opening_an_article_marks_it_as_read(client: Any) -> None:
    client.get("/article/3")
    assert listed(client, "/?is=read") == [3]
    assert 3 not in listed(client, "/?is=unread")


@pytest.mark.parametrize(
    "headers", [{"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}, {"Sec-Fetch-Mode": "no-cors"}]
)
def test_a_browser_that_only_fetches_ahead_marks_nothing(client: Any, headers: dict[str, str]) -> None:
    client.get("/article/3", headers=headers)
    client.head("/article/3")
    assert listed(client, "/?is=read") == []


def test_opening_need_not_mark_as_read(client: Any) -> None:
    client.change("/preferences", keys="on")
    client.get("/article/3")
    assert listed(client, "/?is=read") == []
    assert 'name="opening_reads">' in client.get("/preferences").text


def test_keys_can_be_turned_off(client: Any) -> None:
    assert 'data-keys="on"' in client.get("/").text
    client.change("/preferences", opening_reads="on")
    page = client.get("/").text
    assert 'data-keys="off"' in page
    assert 'id="keys"' not in page


def test_all_of_the_news_is_marked_as_read_and_undone(client: Any) -> None:
    every = listed(client, "/")
    answer = client.change("/notes/list/", upto="9999", back="/")
    assert answer.status_code == 303
    page = client.get("/?is=unread").text
    assert "Everything marked as read." in page
    undo = re.search(r'name="undo" value="(all[^"]+)"', page)
    assert undo
    assert listed(client, "/?is=unread") == []
    client.change("/notes/undo", undo=undo[1])
    assert listed(client, "/?is=unread") == every


def test_a_view_is_marked_as_read_without_the_rest(client: Any) -> None:
    theirs = set(listed(client, "/view/maghreb?since=30d"))
    assert theirs
    answer = client.change("/notes/list/view/maghreb?since=30d", upto="9999", back="/view/maghreb")
    assert answer.location == "/view/maghreb"
    assert f"{len(theirs)} articles marked as read." in client.get("/").text
    assert set(listed(client, "/?is=read")) == theirs


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_what_stands_above_is_marked_as_read(client: Any, order: str) -> None:
    page = client.get(f"/?order={order}").text
    every = [int(id) for id in re.findall(r'data-article="(\d+)"', page)]
    above = re.findall(r'name="above" value="(\d+)"', page)
    form = {"above": above[2], "upto": "9999", "order": order}
    client.change("/notes/list/", **form)
    assert sorted(listed(client, "/?is=read")) == sorted(every[:3])


def test_what_came_after_the_page_was_made_is_not_marked(client: Any, store: Store) -> None:
    client.change("/notes/list/", upto=str(store.newest() - 2))
    assert sorted(listed(client, "/?is=unread")) == [store.newest() - 1, store.newest()]


def test_an_unfinished_form_is_refused(client: Any) -> None:
    assert client.change("/notes/list/").status_code == 400
    assert client.change("/notes/list/view/none", upto="1").status_code == 404


def test_shelves_and_views_count_what_is_unread(client: Any) -> None:
    every, theirs = len(listed(client, "/")), len(listed(client, "/view/maghreb"))
    first = listed(client, "/view/maghreb")[0]
    press(client, f"read.{first}")
    press(client, f"star.{first}")
    page = client.get("/view/maghreb").text
    shelves = re.findall(r'data-shelf="(\w*)">\w+ <span class="count">(\d*)<', page)
    assert shelves == [("", ""), ("unread", str(theirs - 1)), ("starred", "1"), ("saved", "")]
    assert f'data-view="maghreb"><span>{theirs - 1}<' in page
    assert f'data-view=""><span>{every - 1}<' in page


def test_a_shelf_keeps_the_other_conditions(client: Any) -> None:
    page = client.get("/?country=MA&is=unread&is=edited").text
    assert 'href="/?country=MA&amp;is=edited&amp;is=starred"' in page
    assert 'href="/?country=MA&amp;is=edited" data-shelf=""' in page


def test_the_oldest_articles_come_first_page_after_page(
    client_of: Callable[..., FlaskClient], settings: Callable[..., Settings], client: Any
) -> None:
    every = listed(client, "/")[::-1]
    small = client_of(settings(page_size=5))
    seen: list[int] = []
    address = "/?order=oldest"
    while address:
        page = small.get(address).text
        seen += [int(id) for id in re.findall(r'data-article="(\d+)"', page)]
        found = re.search(r'<a rel="next" href="([^"]+)"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert seen == every


def test_arrivals_are_counted_for_the_list(client: Any, store: Store, newsroom: Any, now: datetime) -> None:
    newest = store.newest()
    assert arrived(client, f"/arrivals/{newest}/") == 0
    late = [story | {"title": f"Late {n}"} for n, story in enumerate(newsroom.STORIES[:3])]
    newsroom.fill(store, now, late)
    assert arrived(client, f"/arrivals/{newest}/") == 3
    there = [one.id for one in store.articles(parse("country:MA"), now=now, limit=99) if one.id > newest]
    assert 0 < len(there) < 3
    assert arrived(client, f"/arrivals/{newest}/?country=MA") == len(there)
    assert client.get(f"/arrivals/{newest}/?nonsense=1").status_code == 400
    assert f'data-arrivals="/arrivals/{newest + 3}/?country=MA"' in client.get("/?country=MA").text


def test_a_list_of_ones_own_has_no_feed(client: Any) -> None:
    assert "/feeds/" not in client.get("/?is=unread").text
    answer = client.get("/feeds/search.atom?is=unread")
    assert answer.status_code == 400
    assert "is known of a signed-in reader only" in answer.text


def test_who_only_looks_has_no_notes_and_is_told(
    client_of: Callable[..., FlaskClient], settings: Callable[..., Settings], client: Any
) -> None:
    public = client_of(settings(access="public"))
    page = public.get("/").text
    assert "data-shelf" not in page
    assert 'name="note"' not in page
    answer = public.get("/?is=unread")
    assert answer.status_code == 400
    assert "is:unread is known of a signed-in reader only" in answer.text
    assert public.get("/article/3").status_code == 200
    assert public.get("/preferences").location == "/sign-in?next=/preferences"


def test_the_counts_of_facets_follow_the_notes(client: Any) -> None:
    def counted() -> str:
        facet = r'href="/\?source=atlas-wire&amp;is=unread"><bdi>[^<]+</bdi> <span class="count">(\d+)<'
        found = re.search(facet, client.get("/?is=unread").text)
        return found[1] if found else "none"

    theirs = listed(client, "/?is=unread&source=atlas-wire")
    assert counted() == str(len(theirs)) == "2"
    press(client, f"read.{theirs[0]}")
    assert counted() == "1"
    press(client, f"read.{theirs[1]}")
    assert counted() == "none"
