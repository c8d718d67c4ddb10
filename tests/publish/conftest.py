from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.publish import Head
from aggregator.schema import Article, Category, Enclosure, Evidence, Identity, Mention, Place, Role, replace

EVIDENCE = (Evidence(kind="feed term", text="x"),)


def mention(
    name: str, lat: float | None, lon: float | None, score: float = 0.5, role: Role = "body"
) -> Mention:
    place = Place(name=name, kind="city", country="MA", geonameid=7, lat=lat, lon=lon)
    return Mention(place=place, role=role, text=name, score=score, evidence=EVIDENCE)


FULL = Article(
    uid="urn:uuid:6f9619ff-8b86-5011-b42d-00c04fc964ff",
    identity=Identity(key="g:1"),
    guid="secret-guid-of-the-publisher",
    url="https://news.example/a?b=1&c=2",
    title='Peace & <b>quiet</b> in "Rabat" ]]> 🕊 سلام',
    authors=("Ann O’Hara", "Bo <bo@example.org>"),
    published=datetime(2026, 1, 14, 8, 30, tzinfo=UTC),
    updated=datetime(2026, 1, 15, 9, 0, tzinfo=UTC),
    first_seen=datetime(2026, 1, 14, 8, 45, tzinfo=UTC),
    language="en-GB",
    dateline="Rabat",
    summary="Talks & more: 1 < 2",
    html='<p>Talks &amp; more ]]&gt; <a href="https://news.example/x?y=1&amp;z=2">here</a></p>',
    text="Talks & more ]]> here",
    enclosures=(
        Enclosure(url="https://news.example/a.mp3?x=1&y=2", type="audio/mpeg", length=1234),
        Enclosure(url="https://news.example/b.bin"),
    ),
    image="https://news.example/a.jpg",
    categories=(
        Category(
            id="world", name="World", scheme="https://news.example/topics", score=0.9, evidence=EVIDENCE
        ),
        Category(id="politics", name="Politics & Power", scheme="section", score=0.6, evidence=EVIDENCE),
    ),
    mentions=(
        mention("Rabat", 34.01325, -6.83255, 0.7),
        mention("Rabat", 34.01325, -6.83255, 0.6),
        mention("Casablanca", 33.58831, -7.61138, 0.8),
        mention("Nowhere", None, None, 0.9),
        mention("Beyond", 91.0, 0.0, 0.95),
        mention("Morocco", 32.0, -6.0, 1.0, "source"),
    ),
    sources=("bbc", "map"),
)


@pytest.fixture
def article() -> Callable[..., Article]:
    """A full article, or one with some fields changed."""
    return lambda **changes: replace(FULL, **changes)


@pytest.fixture
def bare() -> Article:
    """An article that has only what every article has."""
    return Article(
        uid="urn:uuid:00000000-0000-5000-8000-000000000000",
        identity=Identity(key="g:2"),
        title="",
        published=datetime(2026, 1, 14, tzinfo=UTC),
        first_seen=datetime(2026, 1, 14, tzinfo=UTC),
    )


@pytest.fixture
def head() -> Callable[..., Head]:
    def build(**changes: Any) -> Head:
        usual: dict[str, Any] = {
            "title": "World & more",
            "url": "https://desk.example/feeds/world.rss?q=a&lang=en",
            "page_url": "https://desk.example/?q=a&lang=en",
            "description": "Articles of the view “World & more”",
            "updated": datetime(2026, 1, 15, 12, 0, tzinfo=UTC),
            "id": "urn:uuid:11111111-1111-5111-8111-111111111111",
        }
        return Head(**(usual | changes))

    return build
