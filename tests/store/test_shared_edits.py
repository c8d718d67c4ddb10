"""Articles of several entries, one of which its publisher edits: it stays while it is a copy, and leaves if not."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from aggregator.cluster import keys
from aggregator.filters import parse
from aggregator.schema import Article, Entry, Term, replace
from aggregator.store import Store
from aggregator.store.tables import article_source, fingerprint
from aggregator.store.tables import entry as entries

FERRY = (
    "The old ferry across the bay of Norrholm will sail for the last time on Sunday, the council said. "
    "It has carried 4,200 people a day since 1961, and its captain, Marta Lindqvist, retires with it. "
    "A bridge takes its place, and the first cars are expected on Monday at noon."
)
HARVEST = (
    "Rabat farmers brought in the smallest wheat harvest in ten years after a spring without rain. The "
    "ministry will buy grain abroad and pay half of the seed that is sown in the autumn, it said in a note "
    "to the unions, which had asked for much more than that."
)


def entry(n: int, text: str = FERRY, title: str = "Last trip of the ferry", *terms: str) -> Entry:
    labels = tuple(Term(label=term) for term in terms)
    return Entry(guid=f"g{n}", link=f"https://any.example/{n}", title=title, content=text, terms=labels)


def every(store: Store) -> dict[str, Article]:
    """The articles by the first word of their text; there are no two with the same."""
    found = {one.text.split()[0]: one for one in store.every_article()}
    assert len(found) == store.count()
    return found


def categories(article: Article) -> list[str]:
    return [category.id for category in article.categories]


def test_a_copy_rewritten_becomes_an_article_of_its_own(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1))
    newsroom.serve("beta", entry(2))
    newsroom.serve("beta", entry(2, HARVEST, "Poor harvest", "Farming"))
    found = every(newsroom.store)
    assert (found["The"].sources, found["Rabat"].sources) == (("alpha",), ("beta",))
    assert (categories(found["The"]), categories(found["Rabat"])) == ([], ["farming"])
    assert (found["The"].mentions, found["Rabat"].url) == ((), "https://any.example/2")
    assert (found["The"].edited, found["Rabat"].edited) == (None, newsroom.now)


def test_what_was_rewritten_is_found_where_it_belongs(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1))
    newsroom.serve("beta", entry(2))
    newsroom.serve("beta", entry(2, HARVEST, "Poor harvest", "Farming"))
    asked = {
        "source:beta": ["Poor harvest"],
        "source:alpha": ["Last trip of the ferry"],
        "place:MA": ["Poor harvest"],
    }
    for text, titles in asked.items():
        found = newsroom.store.articles(parse(text), now=newsroom.now, limit=9)
        assert [one.title for one in found] == titles


def test_the_one_that_gave_the_words_leaves_the_article_to_its_copies(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1))
    newsroom.serve("beta", entry(2, FERRY, "Farewell, ferry"))
    before = every(newsroom.store)["The"]
    newsroom.serve("alpha", entry(1, HARVEST, "Poor harvest"))
    found = every(newsroom.store)
    stays, goes = found["The"], found["Rabat"]
    assert (stays.id, stays.uid, stays.position) == (before.id, before.uid, before.position)
    assert (stays.title, stays.url, stays.sources) == ("Farewell, ferry", "https://any.example/2", ("beta",))
    assert (goes.title, goes.sources, goes.uid != before.uid) == ("Poor harvest", ("alpha",), True)


@pytest.mark.parametrize("source_id", ["alpha", "beta"])
def test_an_entry_that_left_is_known_when_it_is_served_again(newsroom: Any, source_id: str) -> None:
    newsroom.serve("alpha", entry(1))
    newsroom.serve("beta", entry(2))
    n = ["", "alpha", "beta"].index(source_id)
    for text in (HARVEST, HARVEST, f"{HARVEST} Corrected."):
        newsroom.serve(source_id, entry(n, text, "Poor harvest"))
        found = every(newsroom.store)
        assert [one.sources for one in found.values()].count((source_id,)) == 1
    assert found["Rabat"].text.endswith("Corrected.")
    with newsroom.store.engine.connect() as connection:
        pairs = connection.execute(sa.select(entries.c.article_id, entries.c.n)).all()
        carried = connection.execute(sa.select(article_source.c.article_id, article_source.c.entry_n)).all()
    assert sorted(pairs) == sorted(carried)


def test_a_corrected_figure_does_not_take_an_entry_from_its_copies(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1))
    newsroom.serve("beta", entry(2))
    newsroom.serve("alpha", entry(1, FERRY.replace("4,200", "4,700"), "Last trip of the ferry on Sunday"))
    (one,) = newsroom.store.every_article()
    assert (one.sources, "4,700" in one.text) == (("alpha", "beta"), True)


def test_both_corrected_in_one_batch_stay_one_article(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1))
    newsroom.serve("beta", entry(2))
    newsroom.save(
        newsroom.polled("alpha", entry(1, HARVEST, "Poor harvest")),
        newsroom.polled("beta", entry(2, HARVEST, "Poor harvest")),
    )
    (one,) = newsroom.store.every_article()
    assert (one.title, one.sources) == ("Poor harvest", ("alpha", "beta"))


def test_an_article_is_about_what_its_entries_say_now(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1, FERRY, "Last trip", "Ships"))
    newsroom.serve("beta", entry(2, FERRY, "Last trip", "Ships", "Sports"))
    newsroom.serve("beta", entry(2, FERRY, "Last trip", "Travel"))
    assert sorted(categories(every(newsroom.store)["The"])) == ["ships", "travel"]
    newsroom.serve("alpha", entry(1, FERRY, "Last trip", "Bridges"))
    assert sorted(categories(every(newsroom.store)["The"])) == ["bridges", "travel"]


def test_three_sources_keep_their_article_when_one_goes(newsroom: Any) -> None:
    third = replace(newsroom.sources["beta"], id="gamma", url="https://gamma.example/feed")
    newsroom.sources["gamma"] = third
    newsroom.store.configure(list(newsroom.sources.values()), lambda n: [newsroom.now] * n)
    for n, source_id in enumerate(newsroom.sources, 1):
        newsroom.serve(source_id, entry(n))
    newsroom.serve("alpha", entry(1, HARVEST, "Poor harvest"))
    assert {one.sources for one in newsroom.store.every_article()} == {("beta", "gamma"), ("alpha",)}


def test_a_link_in_common_keeps_an_entry_whatever_it_says(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1))
    newsroom.serve("beta", replace(entry(1), guid="b1"))
    newsroom.serve("beta", replace(entry(1, HARVEST), guid="b1"))
    (one,) = newsroom.store.every_article()
    assert (one.sources, one.text) == (("alpha", "beta"), FERRY)


def keyed(newsroom: Any) -> set[tuple[int, int]]:
    with newsroom.store.engine.connect() as connection:
        rows = connection.execute(sa.select(fingerprint.c.key, fingerprint.c.article_id)).all()
    return {(row.key, row.article_id) for row in rows}


def test_fingerprints_are_those_of_the_words_as_they_are(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1))
    newsroom.serve("alpha", entry(1, HARVEST))
    (one,) = newsroom.store.every_article()
    assert keyed(newsroom) == {(key, one.id) for key in keys(one)}
    newsroom.serve("beta", entry(2, HARVEST))
    assert newsroom.store.count() == 1


def test_reprocessing_renews_fingerprints(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1))
    (one,) = newsroom.store.every_article()
    newsroom.store.rewrite(
        {one.id: replace(one, text=HARVEST)},
        newsroom.store.kept(0, 9),
        lambda _, new: new,
        keys,
        now=newsroom.now,
    )
    assert keyed(newsroom) == {(key, one.id) for key in keys(replace(one, text=HARVEST))}


def test_an_article_that_goes_takes_its_fingerprints_along(newsroom: Any) -> None:
    newsroom.serve("alpha", entry(1, FERRY, "One"))
    newsroom.serve("beta", entry(2, HARVEST, "Other"))
    newsroom.serve("beta", replace(entry(1, HARVEST, "One"), guid="g2"))
    (one,) = newsroom.store.every_article()
    assert {id for _, id in keyed(newsroom)} == {one.id}


@pytest.mark.parametrize("at_once", [True, False])
def test_a_teaser_gives_way_to_the_full_text(newsroom: Any, at_once: bool) -> None:
    teaser = entry(1, FERRY[: FERRY.index(" A bridge")], "Ferry to stop")
    full = entry(2, f"{FERRY} {HARVEST}", "Last trip of the ferry")
    if at_once:
        newsroom.save(newsroom.polled("alpha", teaser), newsroom.polled("beta", full))
    else:
        newsroom.serve("alpha", teaser)
        (before,) = newsroom.store.every_article()
        newsroom.serve("beta", full)
    (one,) = newsroom.store.every_article()
    assert (one.title, one.text, one.sources) == (full.title, full.content, ("alpha", "beta"))
    if not at_once:
        assert (one.id, one.uid, one.position, one.first_seen) == (
            before.id,
            before.uid,
            before.position,
            before.first_seen,
        )
        assert (one.edited, len(newsroom.store.revisions(one.id))) == (newsroom.now, 1)


def test_the_full_text_stays_when_the_teaser_is_edited(newsroom: Any) -> None:
    teaser, full = FERRY[: FERRY.index(" A bridge")], f"{FERRY} {HARVEST}"
    newsroom.serve("alpha", entry(1, teaser))
    newsroom.serve("beta", entry(2, full))
    newsroom.serve("alpha", entry(1, teaser.replace("old ", "")))
    assert [one.text for one in newsroom.store.every_article()] == [full]
