"""One article from two sources, and one its publisher edited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.cluster import join, revise
from aggregator.schema import Article, Category, Evidence, Identity, Mention, Place, replace

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
RABAT = Place(name="Rabat", kind="city", geonameid=2538475, country="MA", lat=34.0, lon=-6.8)
PARIS = Place(name="Paris", kind="city", geonameid=2988507, country="FR", lat=48.9, lon=2.4)


def category(id: str, score: float, *evidence: str) -> Category:
    return Category(
        id=id, name=id, score=score, evidence=tuple(Evidence(kind="source", text=text) for text in evidence)
    )


def mention(place: Place, score: float = 0.5) -> Mention:
    return Mention(
        place=place,
        role="feed",
        text=place.name,
        score=score,
        evidence=(Evidence(kind="x", text=f"{score}"),),
    )


ARTICLE = Article(
    uid="urn:uuid:1",
    identity=Identity(key="g:1"),
    title="One",
    published=NOW,
    first_seen=NOW,
    categories=(category("court", 0.6, "alpha"),),
    mentions=(mention(RABAT),),
    sources=("alpha",),
    id=7,
    position=99,
)


def test_a_joined_article_keeps_the_words_of_the_first() -> None:
    assert join(ARTICLE, replace(ARTICLE, title="Other")).title == "One"


def test_a_joined_article_has_the_categories_of_both_with_all_evidence() -> None:
    other = replace(ARTICLE, categories=(category("court", 0.8, "beta"), category("police", 0.7, "beta")))
    assert join(ARTICLE, other).categories == (
        category("court", 0.8, "alpha", "beta"),
        category("police", 0.7, "beta"),
    )


def test_a_joined_article_has_the_places_of_both_once() -> None:
    other = replace(ARTICLE, mentions=(mention(RABAT, 0.9), mention(PARIS)))
    joined = join(ARTICLE, other)
    assert [(one.place.name, one.score) for one in joined.mentions] == [("Rabat", 0.9), ("Paris", 0.5)]


def test_joining_twice_is_joining_once() -> None:
    other = replace(ARTICLE, categories=(category("police", 0.7, "beta"),), mentions=(mention(PARIS),))
    once = join(ARTICLE, other)
    assert join(once, other) == once


def test_an_edit_keeps_identity_time_and_place_in_the_list() -> None:
    edit = replace(
        ARTICLE, uid="urn:uuid:2", title="Edited", published=NOW + timedelta(days=1), id=None, position=None
    )
    revised = revise(ARTICLE, edit)
    assert revised == replace(ARTICLE, title="Edited")


def test_an_edit_takes_away_the_categories_the_publisher_took_away() -> None:
    assert revise(ARTICLE, replace(ARTICLE, categories=())).categories == ()


def test_an_edit_keeps_what_another_source_said() -> None:
    shared = replace(ARTICLE, sources=("alpha", "beta"))
    assert revise(shared, replace(ARTICLE, categories=())).categories == ARTICLE.categories
