"""Lists, pages, facets and counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from aggregator.filters import Everything, parse
from aggregator.schema import Entry, Term, replace


def entry(n: int, now: datetime, **more: Any) -> Entry:
    made = Entry(
        guid=str(n),
        link=f"https://a.example/{n}",
        title=f"T{n}",
        published=now - timedelta(hours=n),
        content=f"Words of {n}",
        language="en",
    )
    return replace(made, **more)


def titles(articles: Any) -> list[str]:
    return [article.title for article in articles]


def test_the_next_page_goes_on_where_this_one_ends_while_new_articles_arrive(
    newsroom: Any, now: datetime
) -> None:
    newsroom.serve("alpha", *(entry(n, now) for n in range(1, 7)))
    first = newsroom.store.articles(Everything(), now=now, limit=3)
    newsroom.serve("alpha", entry(0, now))
    second = newsroom.store.articles(Everything(), now=now, limit=3, before=first[-1].position)
    assert titles(first) + titles(second) == ["T1", "T2", "T3", "T4", "T5", "T6"]


def test_the_previous_page_is_the_one_just_newer(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", *(entry(n, now) for n in range(6)))
    oldest = newsroom.store.articles(Everything(), now=now, limit=2, before=None)[-1]
    page = newsroom.store.articles(Everything(), now=now, limit=2, after=oldest.position)
    assert titles(page) == ["T0"]
    last = newsroom.store.articles(Everything(), now=now, limit=6)[-1]
    assert titles(newsroom.store.articles(Everything(), now=now, limit=2, after=last.position)) == [
        "T3",
        "T4",
    ]


def test_facets_count_what_the_filter_finds(newsroom: Any, now: datetime) -> None:
    newsroom.serve(
        "alpha", entry(1, now, terms=(Term(label="Court"),)), entry(2, now, content="Rabat – Rain.")
    )
    newsroom.serve("beta", entry(3, now, language="fr"))
    every = newsroom.store.facets(Everything(), now=now)
    assert every.sources == (("alpha", "Alpha", 2), ("beta", "Beta", 1))
    assert every.categories == (("court", "Court", 1),)
    assert every.countries == (("MA", "MA", 1),)
    assert every.languages == (("en", "en", 2), ("fr", "fr", 1))
    french = newsroom.store.facets(parse("lang:fr"), now=now)
    assert (french.sources, french.categories) == ((("beta", "Beta", 1),), ())


def test_an_article_is_read_back_as_it_was_made(newsroom: Any, now: datetime) -> None:
    polled = newsroom.polled("alpha", entry(1, now, terms=(Term(label="Court"),), content="Rabat – Rain."))
    newsroom.serve("alpha", entry(1, now, terms=(Term(label="Court"),), content="Rabat – Rain."))
    made = polled.findings[0].article
    stored = newsroom.store.article(1)
    assert replace(stored, id=None, position=None, sources=(), identity=made.identity) == made


def test_a_number_nobody_has_gives_no_article(newsroom: Any) -> None:
    assert newsroom.store.article(99) is None


def test_an_article_dated_before_1970_is_listed_last(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", entry(1, now), entry(2, now, published=datetime(1931, 5, 1, tzinfo=now.tzinfo)))
    assert titles(newsroom.store.articles(Everything(), now=now, limit=5)) == ["T1", "T2"]


def test_since_and_until_are_measured_from_now(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", entry(1, now), entry(30, now))
    assert titles(newsroom.store.articles(parse("since:1d"), now=now, limit=5)) == ["T1"]
    assert titles(newsroom.store.articles(parse("until:1d"), now=now, limit=5)) == ["T30"]


def test_who_goes_on_from_the_last_arrival_misses_no_late_one(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", entry(3, now), entry(1, now))
    seen = newsroom.store.arrivals(Everything(), now=now, limit=9)
    newsroom.serve("beta", entry(9, now), entry(0, now))
    assert titles(newsroom.store.arrivals(Everything(), now=now, limit=1, after=seen[-1].id)) == ["T9"]
    assert titles(newsroom.store.arrivals(parse("words"), now=now, limit=9, after=seen[-1].id)) == [
        "T9",
        "T0",
    ]
    assert newsroom.store.arrivals(parse("source:alpha"), now=now, limit=9, after=seen[-1].id) == ()


def test_the_best_answer_comes_first_and_its_pages_go_on(newsroom: Any, now: datetime) -> None:
    newsroom.serve(
        "alpha",
        entry(1, now, content="Dams and rain and rain and wind and sun"),
        entry(2, now, title="Dams", content="Dams of the dams"),
        entry(3, now, content="Dams dams and dams"),
        entry(4, now, content="Nothing"),
    )
    wanted = parse("dams OR nothingness")
    every = newsroom.store.relevant(wanted, now=now, limit=9)
    assert titles(every) == ["Dams", "T3", "T1"]
    pages = [newsroom.store.relevant(wanted, now=now, limit=2)]
    pages.append(newsroom.store.relevant(wanted, now=now, limit=2, after=pages[0][-1].position))
    assert pages[0] + pages[1] == every


def test_without_words_relevance_is_recency(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", *(entry(n, now) for n in range(1, 4)))
    assert titles(newsroom.store.relevant(parse("lang:en"), now=now, limit=9)) == ["T1", "T2", "T3"]


def test_a_category_first_met_as_what_another_is_part_of_is_counted_by_its_name(
    newsroom: Any, now: datetime
) -> None:
    newsroom.serve("alpha", entry(1, now, terms=(Term(label="Appeals", scheme="court"),)))
    newsroom.serve("alpha", entry(2, now, terms=(Term(label="Court"),)))
    found = newsroom.store.facets(Everything(), now=now)
    assert found.categories == (("appeals", "Appeals", 1), ("court", "Court", 1))


def test_names_are_found_by_their_beginning_whatever_their_accents(newsroom: Any, now: datetime) -> None:
    labels = ("Salé", "Salesmen", "Élections", "الجزائر", "أخبار", "100% Sale")
    newsroom.serve("alpha", entry(1, now, terms=tuple(Term(label=label) for label in labels)))

    def named(start: str) -> list[str]:
        return [name for _, name in newsroom.store.named("category", start, 9)]

    assert named("sale") == named("SALÉ") == ["Salé", "Salesmen"]
    assert named("elec") == ["Élections"]
    assert named("اخبار") == ["أخبار"]
    assert named("100") == ["100% Sale"]
    assert named("sa_e") == []
