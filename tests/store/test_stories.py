"""Copies that join their article, stories that are kept, and lists that hold a story once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from aggregator.cluster import Window, settle
from aggregator.errors import StoreError
from aggregator.filters import Everything, parse
from aggregator.poll.telling import Teller
from aggregator.schema import Article, Collapse, Entry, Evidence, Told
from aggregator.store import Store, fingerprints
from aggregator.store.tables import article_story, fingerprint

FERRY = (
    "The old ferry across the bay of Norrholm will sail for the last time on Sunday, the council said. "
    "It has carried 4,200 people a day since 1961, and its captain, Marta Lindqvist, retires with it."
)


def entry(n: int | str, text: str, title: str = "Last trip of the Norrholm ferry", **more: Any) -> Entry:
    return Entry(guid=f"g{n}", link=f"https://any.example/{n}", title=title, content=text, **more)


def every(store: Store) -> list[Article]:
    return list(store.every_article())


def test_a_copy_in_another_source_joins_its_article(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1, FERRY))
    newsroom.serve("beta", entry(2, f"{FERRY} (Agencies)", "Farewell, Norrholm ferry"))
    (one,) = every(newsroom.store)
    assert (one.title, one.sources) == ("Last trip of the Norrholm ferry", ("alpha", "beta"))


def test_copies_of_one_batch_are_one_article(newsroom: Any) -> None:
    batch = [newsroom.polled("alpha", entry(1, FERRY)), newsroom.polled("beta", entry(2, FERRY))]
    newsroom.store.save(batch, settle, now=newsroom.now)
    assert [one.sources for one in every(newsroom.store)] == [("alpha", "beta")]


def test_a_copy_served_again_changes_nothing(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1, FERRY))
    for _ in range(2):
        newsroom.serve("beta", entry(2, FERRY))
    assert [one.sources for one in every(newsroom.store)] == [("alpha", "beta")]


def test_a_source_that_repeats_itself_keeps_both(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1, FERRY), entry(2, FERRY))
    assert len(every(newsroom.store)) == 2


def test_an_article_with_another_place_and_other_figures_stays_apart(newsroom: Any) -> None:
    other = FERRY.replace("Norrholm", "Vesterby").replace("4,200", "730").replace("1961", "1988")
    newsroom.serve("alpha", entry(1, FERRY))
    newsroom.serve("beta", entry(2, other, "Last trip of the Vesterby ferry"))
    assert len(every(newsroom.store)) == 2


def test_a_failed_save_leaves_no_fingerprint(newsroom: Any) -> None:
    def fail(*_: object) -> Any:
        raise StoreError("The disk is full.")

    with pytest.raises(StoreError):
        newsroom.store.save([newsroom.polled("alpha", entry(1, FERRY))], fail, now=newsroom.now)
    newsroom.serve("alpha", entry(1, FERRY))
    newsroom.serve("beta", entry(2, FERRY))
    assert [one.sources for one in every(newsroom.store)] == [("alpha", "beta")]


def count(store: Store, table: sa.Table) -> int:
    with store.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_old_fingerprints_are_forgotten_and_new_ones_stay(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1, FERRY))
    kept = count(newsroom.store, fingerprint)
    newsroom.now += timedelta(days=20)
    newsroom.serve("alpha", entry(3, f"Another day on the islands. {FERRY}"))
    newsroom.store.forget_fingerprints(newsroom.now - timedelta(days=10))
    newsroom.serve("beta", entry(4, f"Another day on the islands. {FERRY}", published=newsroom.now))
    assert kept
    assert [one.sources for one in every(newsroom.store)] == [("alpha",), ("alpha", "beta")]


def test_what_many_share_is_kept_for_some_only(newsroom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "_CROWD", 3)
    for n in range(6):
        newsroom.serve("alpha", entry(n, FERRY))
    with newsroom.store.engine.connect() as connection:
        query = sa.select(sa.func.count()).select_from(fingerprint).group_by(fingerprint.c.key)
        assert set(connection.execute(query).scalars()) == {3}


# --- stories -------------------------------------------------------------------------------------


def tell(newsroom: Any, *stories: str) -> None:
    """Files the next articles under these stories."""
    articles = newsroom.store.untold(len(stories))
    newsroom.store.keep_told(
        [(one, Told(article_id=one.id, story=story)) for one, story in zip(articles, stories, strict=True)],
        now=newsroom.now,
    )


def served(newsroom: Any, count: int) -> None:
    """As many articles, each a minute after the one before."""
    for n in range(1, count + 1):
        at = newsroom.now + timedelta(minutes=n)
        newsroom.serve(
            "alpha" if n % 2 else "beta",
            Entry(
                guid=f"n{n}", link=f"https://any.example/n{n}", title=f"Number {n}", content="x", published=at
            ),
        )


def test_an_article_knows_its_story_once_it_is_told(newsroom: Any) -> None:
    served(newsroom, 2)
    assert [one.story for one in every(newsroom.store)] == ["", ""]
    evidence = (Evidence(kind="place", text="Rabat"),)
    (first, second) = newsroom.store.untold(5)
    why = Told(article_id=second.id, story="aa", score=0.5, nearest=first.id, evidence=evidence)
    newsroom.store.keep_told(
        [(first, Told(article_id=first.id, story="aa")), (second, why)], now=newsroom.now
    )
    assert [one.story for one in every(newsroom.store)] == ["aa", "aa"]
    assert newsroom.store.told(second.id) == why
    assert newsroom.store.told(99) is None
    assert [one.id for one in newsroom.store.story("aa", 10)] == [first.id, second.id]
    assert newsroom.store.story_sizes(["aa", "bb"]) == {"aa": 2}


def test_telling_changes_what_readers_may_have_kept(newsroom: Any) -> None:
    served(newsroom, 1)
    before = newsroom.store.state()
    tell(newsroom, "aa")
    assert newsroom.store.state() != before


def test_an_article_that_went_while_its_story_was_told_is_left_out(newsroom: Any) -> None:
    served(newsroom, 1)
    gone = Told(article_id=99, story="zz")
    (one,) = newsroom.store.untold(5)
    newsroom.store.keep_told([(one, Told(article_id=one.id, story="aa")), (one, gone)], now=newsroom.now)
    assert count(newsroom.store, article_story) == 1


def test_an_edit_leaves_the_story_as_it_was(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1, FERRY))
    tell(newsroom, "aa")
    newsroom.serve("alpha", entry(1, f"{FERRY} Corrected."))
    (one,) = every(newsroom.store)
    assert (one.story, one.text[-10:]) == ("aa", "Corrected.")


def lists(newsroom: Any, collapse: Collapse, text: str = "", size: int = 2) -> list[str]:
    """The titles of all pages of a list, from the newest on."""
    where = parse(text) if text else Everything()
    titles: list[str] = []
    before = None
    while found := newsroom.store.articles(
        where, now=newsroom.now, limit=size, before=before, collapse=collapse
    ):
        titles += [one.title.removeprefix("Number ") for one in found]
        before = found[-1].position
    return titles


def test_a_list_holds_a_story_once_by_its_newest_article(newsroom: Any) -> None:
    served(newsroom, 7)
    tell(newsroom, "aa", "bb", "aa", "cc", "bb", "dd", "aa")
    assert lists(newsroom, "article") == ["7", "6", "5", "4", "3", "2", "1"]
    assert lists(newsroom, "story") == ["7", "6", "5", "4"]
    assert lists(newsroom, "story", size=1) == ["7", "6", "5", "4"]


def test_a_story_stands_by_its_newest_article_that_the_filter_finds(newsroom: Any) -> None:
    served(newsroom, 7)
    tell(newsroom, "aa", "bb", "aa", "cc", "bb", "dd", "aa")
    assert lists(newsroom, "story", "source:beta") == ["6", "4", "2"]


def test_articles_whose_story_is_not_told_yet_stand_for_themselves(newsroom: Any) -> None:
    served(newsroom, 3)
    tell(newsroom, "aa", "aa")
    assert lists(newsroom, "story") == ["3", "2"]


def test_a_page_that_is_newer_holds_a_story_once_too(newsroom: Any) -> None:
    served(newsroom, 5)
    tell(newsroom, "aa", "bb", "aa", "cc", "cc")
    oldest = newsroom.store.story("aa", 5)[0].position
    found = newsroom.store.articles(Everything(), now=newsroom.now, limit=2, after=oldest, collapse="story")
    assert [one.title for one in found] == ["Number 3", "Number 2"]


def test_without_collapsing_each_source_has_its_own(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1, FERRY))
    newsroom.serve("beta", entry(2, FERRY))
    found = newsroom.store.articles(Everything(), now=newsroom.now, limit=5, collapse="none")
    assert [(one.sources, one.url) for one in found] == [
        (("alpha",), "https://any.example/1"),
        (("beta",), "https://any.example/2"),
    ]
    assert len({one.uid for one in found}) == 2


def test_without_collapsing_a_filter_of_sources_wants_their_own_only(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1, FERRY))
    newsroom.serve("beta", entry(2, FERRY))

    def carriers(text: str) -> list[tuple[str, ...]]:
        found = newsroom.store.articles(parse(text), now=newsroom.now, limit=5, collapse="none")
        return [one.sources for one in found]

    assert carriers("source:beta") == [("beta",)]
    assert carriers("source:alpha") == [("alpha",)]
    assert carriers("source:beta url:1") == [("beta",)]
    assert carriers("source:beta OR url:1") == [("alpha",), ("beta",)]


# --- telling -------------------------------------------------------------------------------------

QUAKES = (
    (
        "Strong 6.4 earthquake shakes Calama",
        "A magnitude 6.4 earthquake struck near Calama and hurt miners of Loa.",
    ),
    (
        "Quake of 6.4 hurts miners near Calama",
        "Miners of Loa were hurt when a 6.4 earthquake struck near Calama.",
    ),
    (
        "School opens in Leeds",
        "A school for 310 children opened in Holbeck, said Harjit Sandhu of the council.",
    ),
)


def quakes(newsroom: Any, *numbers: int) -> None:
    for n in numbers:
        title, text = QUAKES[n]
        newsroom.serve("alpha" if n % 2 else "beta", entry(f"q{n}", text, title, language="en"))


def test_stories_are_told_in_the_order_of_arrival(newsroom: Any) -> None:
    quakes(newsroom, 0, 1, 2)
    assert Teller(newsroom.store, lambda: newsroom.now).tell() == 3
    first, second, third = (one.story for one in every(newsroom.store))
    assert first == second != third


def test_another_teller_goes_on_where_one_was_ended(newsroom: Any) -> None:
    quakes(newsroom, 0)
    Teller(newsroom.store, lambda: newsroom.now).tell()
    quakes(newsroom, 1, 2)
    assert Teller(newsroom.store, lambda: newsroom.now).tell() == 2
    first, second, third = (one.story for one in every(newsroom.store))
    assert first == second != third


def test_what_articles_are_compared_by_is_forgotten_with_their_time_and_their_number(newsroom: Any) -> None:
    def seen() -> int:
        return len(list(newsroom.store.seen_lately(newsroom.now - timedelta(days=9))))

    quakes(newsroom, 0, 1, 2)
    Teller(newsroom.store, lambda: newsroom.now).tell()
    Teller(newsroom.store, lambda: newsroom.now).tidy()
    assert seen() == 3
    newsroom.store.forget_seen(newsroom.now - timedelta(days=3), most=2)
    assert seen() == 2
    newsroom.store.forget_stories(3)
    assert seen() == 1
    Teller(newsroom.store, lambda: newsroom.now + timedelta(days=4)).tidy()
    assert seen() == 0


def test_what_could_not_be_stored_is_told_again(newsroom: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    quakes(newsroom, 0)
    teller = Teller(newsroom.store, lambda: newsroom.now)
    teller.tell()
    quakes(newsroom, 1)

    def fail(*_: object, **__: object) -> None:
        raise StoreError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "keep_told", fail)
        with pytest.raises(StoreError):
            teller.tell()
    assert teller.tell() == 1
    first, second = (one.story for one in every(newsroom.store))
    assert first == second


def test_forgotten_stories_are_told_anew_and_are_the_same(newsroom: Any, now: datetime) -> None:
    quakes(newsroom, 0, 1, 2)
    teller = Teller(newsroom.store, lambda: now)
    teller.tell()
    before = [one.story for one in every(newsroom.store)]
    newsroom.store.forget_stories(2)
    assert teller.tell() == 2
    assert [one.story for one in every(newsroom.store)] == before


def test_a_teller_that_is_stopped_leaves_the_rest_for_the_next(newsroom: Any) -> None:
    quakes(newsroom, 0)
    teller = Teller(newsroom.store, lambda: newsroom.now)
    teller.stop()
    assert teller.tell() == 0
    assert Window().tell(every(newsroom.store)[0]).nearest is None


def test_an_article_we_fail_on_does_not_keep_back_the_others(
    newsroom: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    quakes(newsroom, 0, 1, 2)
    second = every(newsroom.store)[1].id
    tell = Window.tell

    def fail(window: Window, one: Article) -> Told:
        if one.id == second:
            raise IndexError
        return tell(window, one)

    monkeypatch.setattr(Window, "tell", fail)
    assert Teller(newsroom.store, lambda: newsroom.now).tell() == 3
    assert len({one.story for one in every(newsroom.store)}) == 3
    assert f"article {second}" in caplog.text
