"""What a source usually writes about, and what that changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.locate import Gazetteer, learn, locate
from aggregator.locate.habit import NAMES
from aggregator.schema import Article, Habits, Identity, Mention, Place, Source

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
SOURCE = Source(id="paper", url="https://news.example/", title="Paper")
TENNESSEE = (
    "A man was arrested in Henry County, Tenn., on Monday, near Buchanan and Puryear.",
    "The school board of Henry County met in Cottage Grove, west of Nashville, Tenn.",
    "They will vote in Puryear and Cottage Grove; Tennessee pays.",
)


def article(text: str) -> Article:
    return Article(
        uid="u",
        identity=Identity(key="g:1"),
        title="",
        published=NOW,
        first_seen=NOW,
        text=text,
        language="en",
    )


@pytest.fixture
def local(gazetteer: Gazetteer) -> Habits:
    """The habits of a paper in Paris, Tennessee."""
    habits = Habits()
    for text in TENNESSEE:
        habits = learn(habits, locate(article(text), SOURCE, gazetteer, habits), NOW)
    return habits


def paris(gazetteer: Gazetteer, text: str, habits: Habits) -> str:
    mentions = locate(article(text), SOURCE, gazetteer, habits).mentions
    return next(one.place.code for one in mentions if one.text == "Paris")


def test_a_name_means_the_place_where_the_sources_other_places_lie(
    gazetteer: Gazetteer, local: Habits
) -> None:
    text = "The city council of Paris met on Monday."
    assert paris(gazetteer, text, Habits()) == "FR.11"
    assert paris(gazetteer, text, local) == "US.TN"


def test_what_is_said_outright_overrides_habit(gazetteer: Gazetteer, local: Habits) -> None:
    assert paris(gazetteer, "The minister flew to Paris, France, on Monday.", local) == "FR.11"


def mentioning(*names: str, score: float = 0.9) -> Article:
    place = Place(name="P", kind="city")
    mentions = tuple(Mention(place=place, role="body", text=name, score=score, evidence=()) for name in names)
    return Article(
        uid="u", identity=Identity(key="g:1"), title="", published=NOW, first_seen=NOW, mentions=mentions
    )


def test_a_name_counts_once_an_article() -> None:
    assert learn(Habits(), mentioning("Rabat", "Rabat"), NOW).places.names == (("rabat", 1.0),)


def test_what_is_unsure_is_not_learned() -> None:
    assert learn(Habits(), mentioning("Rabat", score=0.5), NOW) == Habits()


def test_what_was_learned_fades() -> None:
    habits = learn(Habits(), mentioning("Rabat"), NOW)
    later = learn(habits, mentioning("Oran"), NOW + timedelta(days=120)).places
    assert later.names == (("oran", 1.0), ("rabat", 0.5))
    assert later.articles == 1.5


def test_habits_are_bounded() -> None:
    habits = Habits()
    for number in range(5):
        habits = learn(habits, mentioning(*(f"Town {number} {n}" for n in range(100))), NOW)
    assert len(habits.places.names) == NAMES
