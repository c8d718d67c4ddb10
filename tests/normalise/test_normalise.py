from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.clean import clean
from aggregator.clean.text import to_text
from aggregator.identity import identities
from aggregator.normalise import SUMMARY, normalise
from aggregator.schema import Article, Enclosure, Entry, Point, Removal, Source, Term, replace

SEEN = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
SOURCE = Source(id="daily", url="https://daily.example/feed", title="Daily", language="fr")
ENTRY = Entry(
    guid="1", link="https://Daily.example/a?utm_source=rss", title="A title", content="<p>Words.</p>"
)


def article(entry: Entry, source: Source = SOURCE) -> Article:
    read = replace(
        entry, text=to_text(entry.content or entry.summary), excerpt=to_text(entry.summary or entry.content)
    )
    return normalise(read, identities((entry,))[0], source, first_seen=SEEN, is_place=bool)


def test_the_uid_comes_from_the_link_without_its_scheme() -> None:
    expected = uuid5(NAMESPACE_URL, "daily.example/a").urn
    assert article(ENTRY).uid == expected
    assert article(replace(ENTRY, link="http://daily.example/a", guid="2")).uid == expected


def test_an_entry_without_a_link_of_its_own_gets_its_uid_from_source_and_key() -> None:
    entry = replace(ENTRY, link="https://daily.example/")
    key = identities((entry,))[0].key
    assert article(entry).uid == uuid5(NAMESPACE_URL, f"{SOURCE.url} {key}").urn
    assert article(entry).uid != article(entry, replace(SOURCE, url="https://other.example/")).uid


def test_the_link_loses_its_tracking() -> None:
    assert article(ENTRY).url == "https://daily.example/a"


def test_what_the_feed_gives_is_passed_on() -> None:
    entry = replace(
        ENTRY,
        terms=(Term(label="Sport"),),
        points=(Point(lat=1.0, lon=2.0),),
        breadcrumb=("Morocco",),
        removed=(Removal(rule="r", text="t"),),
        enclosures=(Enclosure(url="https://e.example/a.mp3"), Enclosure(url="javascript:alert(1)")),
    )
    got = article(entry)
    assert (got.terms, got.points, got.breadcrumb, got.removed) == (
        entry.terms,
        entry.points,
        entry.breadcrumb,
        entry.removed,
    )
    assert got.enclosures == entry.enclosures[:1]
    assert (got.guid, got.first_seen) == ("1", SEEN)


@pytest.mark.parametrize(
    ("given_date", "published", "usable"),
    [
        (None, SEEN, False),
        (datetime(1970, 1, 1, tzinfo=UTC), SEEN, False),
        (datetime(1, 1, 1, tzinfo=UTC), SEEN, False),
        (datetime(1990, 1, 1, tzinfo=UTC), datetime(1990, 1, 1, tzinfo=UTC), True),
        (SEEN - timedelta(days=3000), SEEN - timedelta(days=3000), True),
        (SEEN + timedelta(minutes=10), SEEN, True),
        (SEEN + timedelta(days=2), SEEN, False),
        (datetime.max.replace(tzinfo=UTC), SEEN, False),
    ],
)
def test_a_date_is_taken_clamped_or_replaced(
    given_date: datetime | None, published: datetime, usable: bool
) -> None:
    got = article(replace(ENTRY, published=given_date))
    assert (got.published, got.published_given) == (published, usable)


@pytest.mark.parametrize(
    ("given_date", "updated"),
    [
        (None, None),
        (SEEN + timedelta(days=5), SEEN + timedelta(days=5)),
        (datetime(2099, 1, 1, tzinfo=UTC), None),
        (datetime(1970, 1, 1, tzinfo=UTC), None),
    ],
)
def test_an_update_may_come_later_but_not_in_a_far_future(
    given_date: datetime | None, updated: datetime | None
) -> None:
    assert article(replace(ENTRY, updated=given_date)).updated == updated


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"), ("en-us", "en-US"), ("EN_gb", "en-GB"), ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("de-DE-1996", "de-DE"), ("", "fr"), ("english", "fr"), ("utf-8", "fr"), ("und", "fr"), ("x", "fr"),
        ("en\nus", "fr"), ("<b>", "fr"),
    ],
)  # fmt: skip
def test_a_language_is_a_tidy_tag_or_that_of_the_source(tag: str, language: str) -> None:
    assert article(replace(ENTRY, language=tag)).language == language


@pytest.mark.parametrize(
    ("given_name", "names"),
    [
        ("Jane Doe", ("Jane Doe",)),
        ("jane@daily.example (Jane Doe)", ("Jane Doe",)),
        ("Jane Doe <jane@daily.example>", ("Jane Doe",)),
        ("jane@daily.example", ()),
        ("By Jane Doe", ("Jane Doe",)),
        ("Byron Lee", ("Byron Lee",)),
        ("  ", ()),
    ],
)
def test_an_author_is_a_name_without_an_address(given_name: str, names: tuple[str, ...]) -> None:
    assert article(replace(ENTRY, authors=(given_name, given_name))).authors == names


def test_an_entry_without_a_title_is_called_by_its_first_words() -> None:
    words = "The council voted on Monday for a new bridge over the river after a long debate that went on."
    got = article(replace(ENTRY, title="", content=f"<p>{words}</p>"))
    assert got.title.endswith("…")
    assert words.startswith(got.title[:-1])
    assert len(got.title) <= 80


def test_an_entry_without_any_words_is_untitled() -> None:
    got = article(Entry())
    assert (got.title, got.text, got.summary, got.url) == ("(untitled)", "", "", "")


def test_a_summary_ends_with_a_sentence_where_one_ends_in_time() -> None:
    got = article(replace(ENTRY, summary="<p>" + "A" * 180 + ". " + "word " * 60 + "</p>"))
    assert got.summary == "A" * 180 + "."


def test_a_summary_without_sentences_ends_with_a_word() -> None:
    got = article(replace(ENTRY, summary="word, " * 200))
    assert got.summary.endswith("word…")
    assert len(got.summary) <= SUMMARY


def test_the_text_makes_the_summary_where_the_feed_gives_none() -> None:
    assert article(ENTRY).summary == "Words."
    assert article(replace(ENTRY, summary=ENTRY.content)).summary == "Words."


def test_a_summary_alone_is_the_text() -> None:
    got = article(replace(ENTRY, content="", summary="<p>Short.</p>"))
    assert (got.html, got.text, got.summary) == ("<p>Short.</p>", "Short.", "Short.")


IMG = '<img src="https://e.example/a.png?x=1&amp;y=2" width="600">'


@pytest.mark.parametrize(
    ("changes", "image"),
    [
        ({"image": "https://e.example/own.png", "content": IMG}, "https://e.example/own.png"),
        ({"image": "/own.png"}, "https://Daily.example/own.png"),
        ({"image": "javascript:x", "content": IMG}, "https://e.example/a.png?x=1&y=2"),
        (
            {"content": '<img src="https://s.w.org/images/core/emoji/1.png">' + IMG},
            "https://e.example/a.png?x=1&y=2",
        ),
        ({"content": '<img src="https://e.example/i.png" width="16">'}, ""),
        (
            {"enclosures": (Enclosure(url="https://e.example/e.jpg", type="image/jpeg"),)},
            "https://e.example/e.jpg",
        ),
        ({}, ""),
    ],
)
def test_an_image_is_found_where_there_is_one(changes: dict[str, object], image: str) -> None:
    assert article(replace(ENTRY, **changes)).image == image  # type: ignore[arg-type]


def test_the_dateline_leaves_text_html_and_summary_and_is_kept() -> None:
    got = article(replace(ENTRY, content="<p><b>Rabat</b> – The council voted.</p>"))
    assert got.dateline == "Rabat"
    assert (got.text, got.summary) == ("The council voted.", "The council voted.")
    assert got.html == "<p>The council voted.</p>"
    assert got.removed == (Removal(rule="dateline", text="Rabat –"),)


def test_an_author_named_before_the_first_sentence_is_taken_where_the_feed_gives_none() -> None:
    entry = replace(ENTRY, content="<p>By Jane Doe – The council voted.</p>")
    assert article(entry).authors == ("Jane Doe",)
    assert article(replace(entry, authors=("John Roe",))).authors == ("John Roe",)


def test_what_no_database_takes_leaves_the_guid() -> None:
    assert article(replace(ENTRY, guid="a\0b\ud800c\n😀")).guid == "ab?c\n😀"


@given(
    st.builds(
        Entry,
        guid=st.text(),
        link=st.text() | st.just("https://e.example/a"),
        title=st.text(),
        authors=st.lists(st.text(), max_size=2).map(tuple),
        published=st.none() | st.datetimes(timezones=st.just(UTC)),
        updated=st.none() | st.datetimes(timezones=st.just(UTC)),
        language=st.text(),
        summary=st.text(),
        content=st.text(alphabet="<p>/br& a;–-ABé."),
        base=st.text(),
        image=st.text(),
    )
)
def test_no_entry_makes_it_raise(entry: Entry) -> None:
    got = article(clean(entry))
    assert got.title
    assert got.published <= SEEN
    assert len(got.summary) <= SUMMARY


@pytest.mark.parametrize("end", [" – Daily", " | DAILY", "| Daily", " - Daily", " : Daily"])
def test_the_name_of_the_site_goes_from_the_end_of_a_title(end: str) -> None:
    got = article(replace(ENTRY, title=f"Rain falls{end}"))
    assert (got.title, got.removed) == ("Rain falls", (Removal(rule="site name", text=end.strip()),))


@pytest.mark.parametrize(
    "title",
    [
        "Rain falls daily",
        "Rain falls on the Daily",
        "Rain - Daily",
        "Daily",
        "Half-Daily",
        "Rain falls – Weekly",
    ],
)
def test_other_words_stay_in_a_title(title: str) -> None:
    assert article(replace(ENTRY, title=title)).title == title
