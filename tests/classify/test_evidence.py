"""The evidence for Media Topics and the admin's categories, and what happens where it disagrees."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.classify import NO_RULES, Rules, classify, prepared
from aggregator.schema import SECTION, Article, Category, CategoryRule, Identity, Source, Term, replace

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
PLAIN = Article(
    uid="urn:uuid:1",
    identity=Identity(key="g:1"),
    title="Notes",
    published=NOW,
    first_seen=NOW,
    language="en",
)
SOURCE = Source(id="paper", url="https://news.example/feed", title="Paper")
MATCH = replace(
    PLAIN,
    title="Late goal sends Rovers to the cup final",
    text="The striker scored in stoppage time; the goalkeeper saved a penalty before half-time.",
)
SPORT, POLITICS, WEATHER, ENVIRONMENT = (
    "medtop:15000000",
    "medtop:11000000",
    "medtop:17000000",
    "medtop:06000000",
)


def found(article: Article, rules: Rules = NO_RULES, source: Source = SOURCE) -> dict[str, Category]:
    return {category.id: category for category in classify(article, source, rules).categories}


@pytest.mark.parametrize(
    ("kind", "article"),
    [
        ("feed term", replace(PLAIN, terms=(Term(label="Sport"),))),
        ("section", replace(PLAIN, terms=(Term(label="Sport", scheme=SECTION),))),
        ("address", replace(PLAIN, url="https://news.example/sport/2026/01/notes")),
        ("address", replace(PLAIN, url="https://sport.news.example/notes")),
        ("address", replace(PLAIN, url="https://news.example/news/sport-12345678")),
        ("breadcrumb", replace(PLAIN, breadcrumb=("Home", "Sport"))),
        ("words", MATCH),
    ],
)
def test_each_kind_of_evidence_tells_the_topic(kind: str, article: Article) -> None:
    assert [evidence.kind for evidence in found(article)[SPORT].evidence] == [kind]


def test_the_source_tells_the_topic_where_nothing_else_does() -> None:
    category = found(PLAIN, source=replace(SOURCE, categories=("Sport",)))[SPORT]
    assert (category.score, category.evidence[0].kind) == (0.6, "source")


def test_what_the_publisher_says_weighs_in_the_order_of_its_worth() -> None:
    articles = (
        replace(PLAIN, terms=(Term(label="Sport"),)),
        replace(PLAIN, terms=(Term(label="Sport", scheme=SECTION),)),
        replace(PLAIN, url="https://news.example/sport/notes"),
        replace(PLAIN, breadcrumb=("Sport",)),
    )
    scores = [found(article)[SPORT].score for article in articles]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_a_topic_of_the_second_level_brings_its_top() -> None:
    categories = found(replace(PLAIN, terms=(Term(label="Tennis"),)))
    assert categories["medtop:20000822"].broader == (SPORT,)
    assert categories[SPORT].broader == ()


def test_the_publishers_own_term_is_kept_beside_the_topic() -> None:
    categories = found(replace(PLAIN, terms=(Term(label="Tennis"),)))
    assert (categories["tennis"].name, categories["tennis"].scheme) == ("Tennis", "")


def test_a_topic_of_the_second_level_touched_on_beside_a_weightier_one_is_left_out() -> None:
    arrest = "Detectives arrested a man after a police raid."
    trial = "The court heard the appeal. The judge and the jury convicted him."
    judiciary, police = "medtop:20000106", "medtop:20000129"
    assert police in found(replace(PLAIN, text=arrest))
    both = found(replace(PLAIN, title="Judge hands down sentence in trial", text=f"{trial} {arrest}"))
    assert judiciary in both
    assert police not in both


def test_a_text_that_says_too_little_has_no_topic() -> None:
    assert found(replace(PLAIN, title="A train of thought", text="Some notes on this and that.")) == {}


def test_a_text_in_a_language_without_vocabulary_has_no_topic() -> None:
    assert found(replace(MATCH, language="fi")) == {}


def test_the_words_found_are_the_evidence() -> None:
    (evidence,) = found(MATCH)[SPORT].evidence
    assert "cup final" in evidence.text


def test_a_doubtful_text_does_not_gainsay_the_publisher() -> None:
    article = replace(
        PLAIN, title="Minister walks out", text="She left early.", terms=(Term(label="Weather"),)
    )
    assert POLITICS not in found(article)
    assert WEATHER in found(article)


@pytest.mark.parametrize(
    "url", ["", "nonsense", "https://[", "https://news.example", "https://h.example/%ff/%zz/x"]
)
def test_an_address_without_sections_tells_nothing(url: str) -> None:
    assert found(replace(PLAIN, url=url)) == {}


# --- the admin's own -----------------------------------------------------------------------------

DAMS = CategoryRule(id="dams", parent=ENVIRONMENT, words=("dam", "reservoir*"), not_words=("beaver dam",))


@pytest.mark.parametrize("text", ["A dam was built.", "Two reservoirs are full.", "DAM!"])
def test_a_rule_holds_if_one_of_its_words_stands_in_the_text(text: str) -> None:
    assert found(replace(PLAIN, text=text), prepared((DAMS,)))["dams"].evidence[0].kind == "rule"


@pytest.mark.parametrize("text", ["Much damage.", "The beaver dam is a dam.", ""])
def test_a_rule_does_not_hold_for_other_words_or_against_its_not_words(text: str) -> None:
    assert "dams" not in found(replace(PLAIN, text=text), prepared((DAMS,)))


def test_a_rules_category_brings_all_it_is_part_of() -> None:
    big = CategoryRule(id="big-dams", parent="dams", words=("Aswan",))
    categories = found(replace(PLAIN, text="Aswan, again."), prepared((DAMS, big)))
    assert categories["big-dams"].broader == ("dams", ENVIRONMENT)
    assert {"dams", ENVIRONMENT} <= categories.keys()


@pytest.mark.parametrize(
    ("languages", "holds"), [(("pt",), True), (("pt-BR",), True), (("pt-PT", "en"), False)]
)
def test_a_rule_may_be_for_some_languages_only(languages: tuple[str, ...], holds: bool) -> None:
    rule = replace(DAMS, languages=languages)
    assert ("dams" in found(replace(PLAIN, text="dam", language="pt-BR"), prepared((rule,)))) is holds


def test_rules_do_not_hide_each_others_words() -> None:
    rules = prepared(
        (CategoryRule(id="one", words=("phosph*",)), CategoryRule(id="two", words=("phosphate",)))
    )
    assert {"one", "two"} <= found(replace(PLAIN, text="Phosphate."), rules).keys()


def test_a_rule_whose_words_cannot_be_looked_up_never_holds() -> None:
    assert found(replace(PLAIN, text="* !"), prepared((CategoryRule(id="stars", words=("*", "!")),))) == {}


def test_arabic_words_are_found_with_what_is_written_as_one_with_them() -> None:
    rule = prepared((CategoryRule(id="dams", words=("سد",)),))
    article = replace(PLAIN, text="زار الوزير السد وبالسد قرية", language="ar")
    assert "dams" in found(article, rule)
