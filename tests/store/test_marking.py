"""Marks that rules give: set as articles are saved, made anew for what is stored, gone with the rule."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from aggregator.filters import Ruling, marked, matches, parse, unhidden
from aggregator.retention import expired
from aggregator.schema import Entry, RetentionSettings, Term, shown_categories
from aggregator.store import Store, marking

HIDE = Ruling("is", "hidden", parse("football"))
TAG = Ruling("tag", "water", parse("dam OR football"))
GIVE = Ruling("category", "dams", parse("dam"))
ASKED = (
    "is:hidden",
    "-is:hidden",
    "tag:water",
    "category:dams",
    "category:dams OR title:match",
    "dam -tag:water",
)


def entry(n: int, title: str) -> Entry:
    published = datetime.fromisoformat(f"2026-01-0{n}T00:00Z")
    return Entry(guid=f"g{n}", title=title, link=f"https://alpha.example/{n}", published=published)


def titles(store: Store, text: str, now: datetime) -> list[str]:
    return [article.title for article in store.articles(parse(text), now=now, limit=9)]


def settle(store: Store, now: datetime) -> None:
    while store.remark(now):
        pass


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "STEP", 2)


def served(newsroom: Any) -> None:
    for n, title in enumerate(("The dam", "Football match", "Rain", "Football dam", "Snow"), start=1):
        newsroom.serve("alpha", entry(n, title))


@pytest.mark.parametrize("before", [True, False])
def test_what_is_stored_and_what_comes_have_the_same_marks(
    newsroom: Any, now: datetime, before: bool
) -> None:
    store = newsroom.store
    if before:
        store.obey((HIDE, TAG, GIVE))
        settle(store, now)
    served(newsroom)
    if not before:
        store.obey((HIDE, TAG, GIVE))
        settle(store, now)
    assert titles(store, "is:hidden", now) == ["Football dam", "Football match"]
    assert titles(store, "tag:water", now) == ["Football dam", "Football match", "The dam"]
    assert titles(store, "category:dams", now) == ["Football dam", "The dam"]
    every = list(store.every_article())
    assert {one.title: one.marks for one in every}["Football dam"] == (
        ("category", "dams"),
        ("is", "hidden"),
        ("tag", "water"),
    )
    for text in ASKED:
        tree = parse(text)
        in_memory = {one.title for one in every if matches(tree, one, now=now)}
        assert set(titles(store, text, now)) == in_memory, text
        assert {one.title for one in store.arrivals(tree, now=now, limit=9)} == in_memory, text


def test_hidden_articles_stay_out_unless_they_are_asked_for(newsroom: Any, now: datetime) -> None:
    served(newsroom)
    newsroom.store.obey((HIDE,))
    settle(newsroom.store, now)

    def found(text: str) -> int:
        return len(newsroom.store.articles(unhidden(parse(text)), now=now, limit=9))

    assert [found(text) for text in ("", "dam", "dam since:2020", "is:hidden", "dam is:hidden")] == [
        3,
        1,
        1,
        2,
        1,
    ]


def test_a_rule_takes_its_marks_along_and_those_of_others_stay(newsroom: Any, now: datetime) -> None:
    served(newsroom)
    store = newsroom.store
    other = Ruling("tag", "water", parse("rain OR dam"))
    store.obey((HIDE, TAG, other))
    settle(store, now)
    assert len(titles(store, "tag:water", now)) == 4
    store.obey((other,))
    settle(store, now)
    assert titles(store, "is:hidden", now) == []
    assert titles(store, "tag:water", now) == ["Football dam", "Rain", "The dam"]


def test_a_rule_that_comes_back_while_its_marks_are_taken_is_obeyed_in_full(
    newsroom: Any, now: datetime
) -> None:
    served(newsroom)
    store = newsroom.store
    store.obey((TAG,))
    settle(store, now)
    store.obey(())
    assert store.remark(now)
    store.obey((TAG,))
    settle(store, now)
    assert titles(store, "tag:water", now) == ["Football dam", "Football match", "The dam"]


def test_an_edited_article_is_marked_anew(newsroom: Any, now: datetime) -> None:
    store = newsroom.store
    store.obey((HIDE,))
    newsroom.serve("alpha", entry(1, "Football"))
    assert titles(store, "is:hidden", now) == ["Football"]
    newsroom.serve("alpha", entry(1, "Ballet"))
    assert titles(store, "is:hidden", now) == []
    newsroom.serve("alpha", entry(1, "Football again"))
    assert titles(store, "is:hidden", now) == ["Football again"]


def test_a_rule_sees_which_sources_carry_an_article_now(newsroom: Any, now: datetime) -> None:
    store = newsroom.store
    store.obey((Ruling("tag", "beta", parse("source:beta")),))
    newsroom.serve("alpha", entry(1, "Rain"))
    assert titles(store, "tag:beta", now) == []
    newsroom.serve("beta", entry(1, "Rain"))
    assert titles(store, "tag:beta", now) == ["Rain"]


def test_a_category_a_rule_gives_is_not_seen_by_rules(newsroom: Any, now: datetime) -> None:
    store = newsroom.store
    own = Entry(guid="g9", title="Own", link="https://alpha.example/9", terms=(Term(label="dams"),))
    newsroom.serve("alpha", own)
    served(newsroom)
    store.obey((GIVE, Ruling("tag", "x", parse("term:dams"))))
    settle(store, now)
    assert titles(store, "category:dams", now) == ["Own", "Football dam", "The dam"]
    assert titles(store, "tag:x", now) == ["Own"]


def test_a_category_a_rule_gives_is_one_as_any_other(newsroom: Any, now: datetime) -> None:
    store = newsroom.store
    dam = parse("dam")
    rules = (
        Ruling("category", "dams", dam, "dams", told=True),
        Ruling("category", "medtop:06000000", dam, "environment"),
        Ruling("has", "category", dam),
    )
    served(newsroom)
    own = Entry(guid="g9", title="Own dam", link="https://alpha.example/9", terms=(Term(label="dams"),))
    newsroom.serve("alpha", own)
    store.obey(rules)
    settle(store, now)
    newsroom.serve("beta", Entry(guid="b", title="Late dam", link="https://beta.example/1"))
    every = ["Football dam", "Late dam", "Own dam", "The dam"]
    for text in ("category:dams", "category:medtop:06000000", "has:category"):
        assert sorted(titles(store, text, now)) == every, text
        tree = parse(text)
        in_memory = [one.title for one in store.every_article() if matches(tree, one, now=now)]
        assert sorted(in_memory) == every, text
    shown = {one.title: shown_categories(one) for one in store.every_article()}
    ((given,), (its_own,)) = shown["The dam"], shown["Own dam"]
    assert (given.id, given.name, given.evidence[0].kind) == ("dams", "dams", "given by a rule")
    assert its_own.evidence[0].kind == "feed term"
    assert shown["Rain"] == ()
    assert store.facets(parse(""), now=now).categories == (("dams", "dams", 4),)
    assert marked(next(store.every_article()), rules) == next(store.every_article())
    store.obey(())
    settle(store, now)
    assert titles(store, "has:category", now) == ["Own dam"]


def test_what_a_rule_gives_is_not_kept_with_the_article(newsroom: Any, now: datetime) -> None:
    store = newsroom.store
    store.obey((Ruling("category", "dams", parse("dam"), "dams", told=True),))
    newsroom.serve("alpha", entry(1, "The dam"))
    newsroom.serve("alpha", entry(1, "The dam breaks"))
    store.obey(())
    settle(store, now)
    (article,) = store.every_article()
    assert (article.title, article.given, article.marks) == ("The dam breaks", (), ())


def test_rules_change_the_state_that_feeds_are_kept_by(newsroom: Any, now: datetime) -> None:
    served(newsroom)
    store = newsroom.store
    before = store.state()
    store.obey((HIDE,))
    settle(store, now)
    obeyed = store.state()
    assert obeyed != before
    settle(store, now)
    assert store.state() == obeyed


def test_starred_articles_are_kept(newsroom: Any, now: datetime) -> None:
    store = newsroom.store
    store.obey((Ruling("is", "starred", parse("football")),))
    store.expired = expired(RetentionSettings(keep=timedelta(days=1)))
    served(newsroom)
    assert titles(store, "", now) == ["Football dam", "Football match"]
    while store.expire(now):
        pass
    assert titles(store, "is:starred", now) == ["Football dam", "Football match"]
    store.obey(())
    settle(store, now)
    while store.expire(now):
        pass
    assert store.count() == 0


def test_nothing_is_taken_out_before_the_rules_have_marked_what_they_keep(
    newsroom: Any, now: datetime
) -> None:
    store = newsroom.store
    served(newsroom)
    store.expired = expired(RetentionSettings(keep=timedelta(days=1)))
    store.obey((Ruling("is", "starred", parse("football")),))
    assert store.expire(now) == 0
    assert store.remark(now)
    assert store.expire(now) == 0
    assert store.count() == 5
    settle(store, now)
    while store.expire(now):
        pass
    assert titles(store, "", now) == ["Football dam", "Football match"]


def test_nothing_is_taken_out_by_a_store_that_does_not_obey_the_rules_yet(
    newsroom: Any, now: datetime
) -> None:
    store = newsroom.store
    served(newsroom)
    rules = (Ruling("is", "starred", parse("football")),)
    store.obey(rules)
    settle(store, now)
    store.rulings = ()
    store.expired = expired(RetentionSettings(keep=timedelta(days=1)))
    assert store.expire(now) == 0
    store.obey(rules)
    while store.expire(now):
        pass
    assert titles(store, "", now) == ["Football dam", "Football match"]
