"""What saving a poll does: once, whole, and with nothing lost."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from aggregator.cluster import keys, remake, settle
from aggregator.errors import RefusedError
from aggregator.filters import Everything, parse
from aggregator.schema import Entry, Mention, Place, Secret, Term, replace
from aggregator.store import Store, dialect
from aggregator.store.tables import meta

ENTRY = Entry(guid="1", link="https://a.example/one", title="One", content="Rabat – First words.")


def all_of(store: Store) -> list[str]:
    return [article.title for article in store.every_article()]


def found(store: Store, now: datetime, text: str) -> list[str]:
    return [article.title for article in store.articles(parse(text), now=now, limit=10)]


def test_an_entry_served_twice_is_stored_once(newsroom: Any) -> None:
    newsroom.serve("alpha", ENTRY)
    newsroom.serve("alpha", ENTRY)
    assert all_of(newsroom.store) == ["One"]


def test_rule_03_validators_are_stored_with_the_articles(newsroom: Any) -> None:
    newsroom.serve("alpha", ENTRY, etag='W/"x-gzip"')
    assert newsroom.store.memory("alpha").etag == 'W/"x-gzip"'


def test_rule_03_a_refused_batch_stores_neither_validators_nor_articles(newsroom: Any) -> None:
    good = newsroom.polled("alpha", ENTRY, etag="new")
    broken = replace(good.findings[0], raw_hash=None)
    other = replace(good.findings[0].identity, key="g:other", aliases=())
    bad = replace(good, findings=(good.findings[0], replace(broken, identity=other, other_uid="urn:x")))
    with pytest.raises(RefusedError):
        newsroom.store.save([bad], settle, now=newsroom.now)
    assert all_of(newsroom.store) == []
    assert newsroom.store.memory("alpha").etag == ""


def test_rule_21_what_was_on_its_way_when_the_address_was_changed_is_left_to_the_new_address(
    newsroom: Any,
) -> None:
    polled = newsroom.polled("alpha", ENTRY)
    elsewhere = replace(polled, source=replace(polled.source, url="https://old.example/feed"))
    newsroom.store.save([elsewhere], settle, now=newsroom.now)
    assert all_of(newsroom.store) == []
    newsroom.serve("alpha", ENTRY)
    assert all_of(newsroom.store) == ["One"]


def test_rule_22_an_edit_updates_the_article_and_keeps_the_earlier_words(newsroom: Any) -> None:
    newsroom.serve("alpha", ENTRY)
    newsroom.now += timedelta(hours=1)
    newsroom.serve("alpha", replace(ENTRY, title="One, corrected", content="Other words."))
    (article,) = newsroom.store.every_article()
    (earlier,) = newsroom.store.revisions(article.id)
    assert (article.title, article.text) == ("One, corrected", "Other words.")
    assert (earlier.title, earlier.html) == ("One", "<p>Rabat – First words.</p>")


def test_an_edit_keeps_the_number_and_the_place_in_the_list(newsroom: Any) -> None:
    newsroom.serve("alpha", ENTRY)
    (before,) = newsroom.store.every_article()
    newsroom.now += timedelta(days=1)
    newsroom.serve("alpha", replace(ENTRY, title="Two", published=newsroom.now))
    (after,) = newsroom.store.every_article()
    assert (after.id, after.position, after.uid, after.published) == (
        before.id,
        before.position,
        before.uid,
        before.published,
    )


def test_the_dateline_is_searched_with_the_text(newsroom: Any, now: datetime) -> None:
    polled = newsroom.polled("alpha", ENTRY)
    (finding,) = polled.findings
    dated = replace(finding, article=replace(finding.article, dateline="Laâyoune"))
    newsroom.store.save([replace(polled, findings=(dated,))], settle, now=now)
    assert found(newsroom.store, now, "laayoune") == ["One"]
    assert found(newsroom.store, now, "text:laayoune title:laayoune") == []
    newsroom.serve("alpha", replace(ENTRY, title="Two"))
    assert found(newsroom.store, now, "laayoune") == []


def test_an_edit_changes_what_the_search_finds(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", ENTRY)
    newsroom.serve("alpha", replace(ENTRY, content="Casablanca instead."))
    assert found(newsroom.store, now, "casablanca") == ["One"]
    assert found(newsroom.store, now, "first") == []


def test_an_edit_changes_categories_and_places(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", replace(ENTRY, terms=(Term(label="Police"),)))
    newsroom.serve("alpha", replace(ENTRY, content="Elsewhere.", terms=(Term(label="Court"),)))
    assert found(newsroom.store, now, "category:court") == ["One"]
    assert found(newsroom.store, now, "category:police") == []
    assert found(newsroom.store, now, "place:MA") == []


def test_rule_23_the_same_link_in_two_sources_is_one_article_with_both(newsroom: Any) -> None:
    newsroom.serve("alpha", ENTRY)
    newsroom.serve("beta", replace(ENTRY, guid="beta-1", title="One (agency)"))
    (article,) = newsroom.store.every_article()
    assert article.sources == ("alpha", "beta")
    assert article.title == "One"


def test_the_same_link_in_two_sources_of_one_batch_is_one_article(newsroom: Any) -> None:
    batch = [newsroom.polled("alpha", ENTRY), newsroom.polled("beta", replace(ENTRY, guid="beta-1"))]
    newsroom.store.save(batch, settle, now=newsroom.now)
    (article,) = newsroom.store.every_article()
    assert article.sources == ("alpha", "beta")


MOVED = replace(ENTRY, guid="beta-1", link="https://b.example/not-yet")


def test_rule_23_an_entry_whose_link_becomes_that_of_another_source_joins_its_article(newsroom: Any) -> None:
    newsroom.serve("alpha", ENTRY)
    newsroom.serve("beta", MOVED)
    newsroom.serve("beta", replace(MOVED, link=ENTRY.link))
    (article,) = newsroom.store.every_article()
    assert (article.sources, article.url) == (("alpha", "beta"), ENTRY.link)
    newsroom.serve("beta", replace(MOVED, link=ENTRY.link, content="Edited by beta"))
    assert [one.id for one in newsroom.store.every_article()] == [article.id]


def test_rule_23_the_entry_that_was_first_gives_the_words_also_if_it_came_later(newsroom: Any) -> None:
    newsroom.serve("beta", replace(MOVED, content="Beta was first"))
    newsroom.serve("alpha", ENTRY)
    newsroom.serve("beta", replace(MOVED, content="Beta was first", link=ENTRY.link))
    (article,) = newsroom.store.every_article()
    assert (article.sources, article.text) == (("beta", "alpha"), "Beta was first")
    newsroom.serve("alpha", replace(ENTRY, content="Edited by alpha"))
    assert [one.text for one in newsroom.store.every_article()] == ["Beta was first"]


@pytest.mark.parametrize("turn", [1, -1])
def test_rule_23_it_may_come_in_the_very_batch_that_brings_the_other(newsroom: Any, turn: int) -> None:
    newsroom.serve("beta", MOVED)
    batch = [newsroom.polled("alpha", ENTRY), newsroom.polled("beta", replace(MOVED, link=ENTRY.link))]
    newsroom.store.save(batch[::turn], settle, now=newsroom.now)
    (article,) = newsroom.store.every_article()
    assert set(article.sources) == {"alpha", "beta"}


def test_rule_23_a_link_in_common_does_not_join_what_has_another_title(newsroom: Any) -> None:
    newsroom.serve("alpha", ENTRY)
    newsroom.serve("beta", replace(MOVED, title="Another"))
    newsroom.serve("beta", replace(MOVED, title="Another", link=ENTRY.link))
    assert sorted(all_of(newsroom.store)) == ["Another", "One"]


def test_rule_23_the_same_guid_in_two_sources_is_two_articles(newsroom: Any) -> None:
    newsroom.serve("alpha", ENTRY)
    newsroom.serve("beta", replace(ENTRY, link="https://b.example/one", title="Another"))
    assert sorted(all_of(newsroom.store)) == ["Another", "One"]


def test_only_the_source_that_gave_the_words_may_change_them(newsroom: Any) -> None:
    newsroom.serve("alpha", ENTRY)
    copy = replace(ENTRY, guid="beta-1")
    newsroom.serve("beta", copy)
    newsroom.serve("beta", replace(copy, title="Changed by beta", terms=(Term(label="Court"),)))
    (article,) = newsroom.store.every_article()
    assert article.title == "One"
    assert [category.id for category in article.categories] == ["court"]


def test_two_entries_of_one_source_with_one_link_are_both_kept(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", replace(ENTRY, published=now - timedelta(days=9)))
    newsroom.serve(
        "alpha", replace(ENTRY, guid="2", title="Live page, a week later", content="New", published=now)
    )
    assert sorted(all_of(newsroom.store)) == ["Live page, a week later", "One"]


def test_numbers_follow_the_order_of_publication_within_a_poll(newsroom: Any, now: datetime) -> None:
    newest = replace(ENTRY, guid="n", link="https://a.example/n", title="Newest", published=now)
    oldest = replace(
        ENTRY, guid="o", link="https://a.example/o", title="Oldest", published=now - timedelta(days=1)
    )
    newsroom.serve("alpha", newest, oldest)
    assert all_of(newsroom.store) == ["Oldest", "Newest"]


def test_positions_are_in_the_order_of_publication(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", replace(ENTRY, published=now))
    late = replace(
        ENTRY, guid="2", link="https://a.example/2", title="Backfilled", published=now - timedelta(days=3)
    )
    newsroom.serve("alpha", late)
    titles = [article.title for article in newsroom.store.articles(Everything(), now=now, limit=9)]
    assert titles == ["One", "Backfilled"]


def test_the_state_changes_with_every_change_and_only_then(newsroom: Any) -> None:
    before = newsroom.store.state()
    newsroom.serve("alpha", ENTRY)
    stored = newsroom.store.state()
    newsroom.serve("alpha", ENTRY)
    assert before != stored
    assert newsroom.store.state() == stored


def test_an_odd_text_is_stored_as_it_is(newsroom: Any) -> None:
    odd = "𝕆dd \u202e ﷽ 🇲🇦 '; DROP TABLE article; --"
    newsroom.serve("alpha", replace(ENTRY, title=odd))
    assert all_of(newsroom.store) == [odd]


def test_reprocessing_changes_articles_without_a_revision(newsroom: Any) -> None:
    newsroom.serve("alpha", ENTRY)
    (article,) = newsroom.store.every_article()
    improved = replace(article, title="Better")
    changed = newsroom.store.rewrite(
        {article.id: improved}, newsroom.store.kept(0, 9), remake, keys, now=newsroom.now
    )
    (after,) = newsroom.store.every_article()
    assert (len(changed), after.title, newsroom.store.revisions(article.id)) == (1, "Better", ())


def test_the_raw_entry_is_kept_for_reprocessing(newsroom: Any) -> None:
    entry = replace(ENTRY, published=newsroom.now, terms=(Term(label="Court", scheme="https://s.example"),))
    newsroom.serve("alpha", entry)
    (kept,) = newsroom.store.kept(0, 10)
    assert (kept.entry, kept.source.id, kept.first_seen) == (entry, "alpha", newsroom.now)


def test_a_poll_of_a_source_whose_address_was_changed_meanwhile_does_not_set_its_memory(
    newsroom: Any,
) -> None:
    polled = newsroom.polled("alpha", ENTRY, etag="of the old address")
    moved = replace(newsroom.sources["alpha"], url="https://alpha.example/new")
    newsroom.store.configure([moved], lambda n: [newsroom.now] * n)
    newsroom.store.save([polled], settle, now=newsroom.now)
    memory = newsroom.store.memory("alpha")
    assert (memory.etag, memory.url) == ("", "https://alpha.example/new")


def test_1200_entries_in_one_poll_are_all_stored(newsroom: Any) -> None:
    entries = [replace(ENTRY, guid=str(n), link=f"https://a.example/{n}", title=f"T{n}") for n in range(1200)]
    newsroom.serve("alpha", *entries)
    newsroom.serve("alpha", *(replace(entry, content="edited") for entry in entries))
    assert newsroom.store.count() == 1200
    assert {article.text for article in newsroom.store.every_article()} == {"edited"}


def test_reprocessing_leaves_alone_what_was_polled_anew_meanwhile(newsroom: Any) -> None:
    newsroom.serve("alpha", ENTRY)
    kept = newsroom.store.kept(0, 9)
    (article,) = newsroom.store.every_article()
    newsroom.serve("alpha", replace(ENTRY, title="Edited meanwhile"))
    assert newsroom.store.rewrite({article.id: article}, kept, remake, keys, now=newsroom.now) == []
    assert all_of(newsroom.store) == ["Edited meanwhile"]


def test_an_edit_is_dated_and_a_first_version_is_not(newsroom: Any) -> None:
    newsroom.serve("alpha", ENTRY)
    (first,) = newsroom.store.every_article()
    newsroom.now += timedelta(hours=1)
    newsroom.serve("alpha", replace(ENTRY, title="Edited"))
    (edited,) = newsroom.store.every_article()
    assert (first.edited, edited.edited) == (None, newsroom.now)


def test_the_source_whose_words_they_are_is_named_first(newsroom: Any) -> None:
    newsroom.serve("beta", ENTRY)
    newsroom.serve("alpha", ENTRY)
    (article,) = newsroom.store.every_article()
    assert article.sources == ("beta", "alpha")


def test_a_source_no_longer_configured_is_kept_as_it_was_without_its_secrets(newsroom: Any) -> None:
    secret = replace(newsroom.sources["alpha"], password=Secret("hush"), username="me", categories=("World",))
    newsroom.store.configure([secret], lambda n: [newsroom.now] * n)
    newsroom.serve("alpha", ENTRY)
    newsroom.store.configure([], lambda n: [newsroom.now] * n)
    (kept,) = newsroom.store.kept(0, 9)
    assert kept.source == replace(secret, password=None, username="")


def test_two_articles_of_one_instant_and_equal_low_bits_have_different_positions(newsroom: Any) -> None:
    newsroom.serve("alpha", ENTRY)
    with dialect.writing(newsroom.store.engine) as connection:
        connection.execute(sa.update(meta).where(meta.c.key == "article").values(value=2**20))
    newsroom.serve("alpha", replace(ENTRY, guid="2", link="https://a.example/two", title="Two"))
    first, second = newsroom.store.every_article()
    assert second.id == first.id + 2**20
    assert second.position == first.position + 1


@pytest.mark.parametrize(
    "entry",
    [
        replace(ENTRY, authors=("x" * 3000,)),
        replace(ENTRY, title="x" * 3000),
        replace(ENTRY, content="\ufdf2" * 400_000),
        replace(ENTRY, content=" ".join(f"\ufdf2{n}" for n in range(60_000))),
        replace(ENTRY, content=" ".join(chr(0x12000 + n % 900) * 190 + str(n) for n in range(5_000))),
    ],
    ids=["an endless author", "an endless title", "ligatures", "ligatures and figures", "cuneiform"],
)
def test_words_too_large_for_a_database_are_not_searched_for_and_the_article_is_there(
    newsroom: Any, entry: Entry, now: datetime
) -> None:
    newsroom.serve("alpha", entry)
    assert newsroom.store.count() == 1
    assert len(found(newsroom.store, now, "source:alpha")) == 1


def test_a_place_with_an_endless_name_is_found_by_its_beginning(newsroom: Any, now: datetime) -> None:
    dice = random.Random(5)
    name = "".join(chr(dice.randrange(0x4E00, 0x9FFF)) for _ in range(9_000))
    place = Place(name=name, kind="place", lat=51.48, lon=-0.0)
    polled = newsroom.polled("alpha", ENTRY)
    (one,) = polled.findings
    mention = Mention(place=place, role="feed", text=name[:20], score=0.9, evidence=())
    newsroom.save(
        replace(polled, findings=(replace(one, article=replace(one.article, mentions=(mention,))),))
    )
    assert newsroom.store.count() == 1


def test_a_phrase_ends_where_a_word_has_stood_too_often(newsroom: Any, now: datetime) -> None:
    newsroom.serve(
        "alpha", replace(ENTRY, content="the cat sat on the mat " * 400 + "and then the zebra spoke")
    )
    for phrase, count in {
        '"cat sat"': 1,
        "zebra": 1,
        '"zebra spoke"': 1,
        '"the zebra"': 0,
        '"then zebra"': 0,
    }.items():
        assert len(found(newsroom.store, now, phrase)) == count, phrase


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("since:2300-01-01", 0),
        ("until:2300-01-01", 1),
        ("date:9998", 0),
        ("-since:2290", 1),
        ("one OR since:2290", 1),
    ],
)
def test_times_beyond_those_of_lists_are_asked_as_others(
    newsroom: Any, now: datetime, text: str, count: int
) -> None:
    newsroom.serve("alpha", ENTRY)
    assert len(found(newsroom.store, now, text)) == count
