"""Categories: whence they come, what is no category, and what they are called."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.classify import classify
from aggregator.schema import Article, Category, Evidence, Identity, Source, Term, replace

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def categories(
    *terms: str | Term, breadcrumb: tuple[str, ...] = (), configured: tuple[str, ...] = ()
) -> tuple[Category, ...]:
    article = Article(
        uid="urn:uuid:1",
        identity=Identity(key="g:1"),
        title="T",
        published=NOW,
        first_seen=NOW,
        terms=tuple(Term(label=term) if isinstance(term, str) else term for term in terms),
        breadcrumb=breadcrumb,
    )
    source = Source(id="paper", url="https://news.example/feed", title="Paper", categories=configured)
    return tuple(one for one in classify(article, source).categories if not one.id.startswith("medtop:"))


def ids(*terms: str | Term, **values: Any) -> list[str]:
    return [category.id for category in categories(*terms, **values)]


def test_a_feed_term_becomes_a_category_with_its_label_scheme_and_evidence() -> None:
    (category,) = categories(Term(label=" World  News ", scheme="https://news.example/tags"))
    assert (category.id, category.name) == ("world-news", "World News")
    assert category.scheme == "https://news.example/tags"
    assert category.evidence == (Evidence(kind="feed term", text="World News"),)


def test_the_categories_of_the_source_count_less_than_the_feed() -> None:
    feed, source = categories("Politics", configured=("world",))
    assert (feed.id, source.id) == ("politics", "world")
    assert source.score == 0.6 < feed.score
    assert source.evidence == (Evidence(kind="source", text="paper"),)


@pytest.mark.parametrize("name", ["Home", "Morocco", "Andalucía", "News", "أخبار"])
def test_what_a_breadcrumb_names_is_no_category_of_its_own(name: str) -> None:
    assert ids(breadcrumb=(name,)) == []


def test_evidence_of_several_kinds_is_united_and_adds_up() -> None:
    (category,) = categories("Morocco", configured=("morocco",))
    assert [evidence.kind for evidence in category.evidence] == ["source", "feed term"]
    assert category.name == "Morocco"
    assert 0.95 < category.score < 1


def test_the_same_term_twice_is_one_category_and_no_more_certain() -> None:
    once, twice = categories("Sport"), categories("Sport", "sport")
    assert len(twice) == 1
    assert twice[0].score == once[0].score


@pytest.mark.parametrize(
    ("label", "id"),
    [
        ("Économie & Société", "economie-societe"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("USA", "usa"),
        ("C++", "c"),
        ("AT&T news", "at-t-news"),
        ("r/news", "r-news"),
        ("События", "события"),
        ("Российский", "российский"),
        ("世界", "世界"),
        ("أخبار العالم", "أخبار-العالم"),
        ("हिन्दी", "हिन्दी"),
        ("Ｗｏｒｌｄ", "world"),
    ],
)
def test_ids_are_slugs_that_keep_the_letters_of_every_script(label: str, id: str) -> None:
    assert ids(label + " x") == [f"{id}-x"]


def test_labels_that_fold_alike_are_one_category() -> None:
    assert ids("Économie", "ECONOMIE", "#economie") == ["economie"]


@pytest.mark.parametrize(
    "noise",
    [
        "",
        "   ",
        "2024",
        "12-2024",
        "!!!",
        "https://news.example/tag/x",
        "www.news.example",
        "http://schemas.google.com/blogger/2008/kind#post",
        "tag:news.example,2024:x",
        "Uncategorized",
        "Non classé",
        "Без рубрики",
        "未分类",
        "geo:lat=52.5",
        "5d41402abc4b2a76b9719d911017c592",
        "a label so long that it is a whole sentence rather than a name of anything",
        "\x00\x1f",
    ],
)
def test_noise_is_no_category(noise: str) -> None:
    assert ids(noise) == []


def test_terms_that_hold_a_list_are_taken_apart() -> None:
    assert ids("World > Africa") == ["world", "africa"]
    assert ids("Sport;Football|Cup") == ["sport", "football", "cup"]
    assert ids("美国，北约") == ["美国", "北约"]
    assert ids("Arts, Culture") == ["arts-culture"]


def test_a_long_list_with_commas_is_taken_apart() -> None:
    assert ids(", ".join(f"keyword {letter}" for letter in "abcdefg"))[:2] == ["keyword-a", "keyword-b"]


def test_an_article_has_at_most_twenty_categories_and_the_first_terms_win() -> None:
    assert ids(*(f"term {n}" for n in range(200, 0, -1))) == [f"term-{n}" for n in range(200, 180, -1)]


def test_categories_are_in_order_of_score_and_then_of_id() -> None:
    assert ids(configured=("world", "africa", "news")) == ["africa", "news", "world"]


@given(st.lists(st.text(max_size=90), max_size=30), st.lists(st.text(max_size=30), max_size=4))
def test_no_text_makes_an_id_that_is_empty_or_holds_a_blank(terms: list[str], crumbs: list[str]) -> None:
    for category in categories(*terms, breadcrumb=tuple(crumbs), configured=("World News",)):
        assert category.id
        assert not any(letter.isspace() for letter in category.id)
        assert category.name
        assert 0 < category.score <= 1
        assert category.evidence


def test_a_category_the_source_is_not_about_goes_with_its_parts() -> None:
    article = Article(uid="urn:uuid:1", identity=Identity(key="g:1"), title="T", published=NOW, first_seen=NOW,
                      terms=(Term(label="Football"), Term(label="Economy")))  # fmt: skip
    source = Source(id="paper", url="https://news.example/feed", title="Paper")
    before = {one.name for one in classify(article, source).categories}
    after = {one.name for one in classify(article, replace(source, not_categories=("Sport",))).categories}
    assert "sport" in before
    assert before - after == {one for one in before if one in ("sport", "competition discipline")}
    assert "Economy" in after


def test_a_category_is_left_out_by_its_id_too() -> None:
    article = Article(uid="urn:uuid:1", identity=Identity(key="g:1"), title="T", published=NOW, first_seen=NOW,
                      terms=(Term(label="Budget Talk"),))  # fmt: skip
    source = Source(id="a", url="https://a.example/f", title="A", not_categories=("budget-talk",))
    assert classify(article, source).categories == ()
