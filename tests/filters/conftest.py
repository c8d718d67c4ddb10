from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.schema import Article, Category, Evidence, Identity, Mention, Place

EVIDENCE = (Evidence(kind="feed term", text="x"),)


def mention(place: Place, **given: Any) -> Mention:
    usual: dict[str, Any] = {"role": "body", "text": place.name, "score": 0.9, "evidence": EVIDENCE}
    return Mention(place=place, **(usual | given))


def build(uid: str = "urn:uuid:1", **given: Any) -> Article:
    """An article; `categories` are ids, `places` are places it mentions, `dateline` the first of them."""
    categories = [
        Category(id=id, name=id.title(), score=0.9, evidence=EVIDENCE) for id in given.pop("categories", ())
    ]
    places = given.pop("places", ())
    first = "dateline" if given.pop("opens", False) else "body"
    mentions = [mention(place, role=first if n == 0 else "body") for n, place in enumerate(places)]
    usual: dict[str, Any] = {
        "identity": Identity(key=f"g:{uid}"),
        "title": "",
        "published": datetime(2026, 1, 15, 11, 0, tzinfo=UTC),
        "first_seen": datetime(2026, 1, 15, 11, 5, tzinfo=UTC),
        "categories": tuple(categories),
        "mentions": tuple(mentions),
    }
    return Article(uid=uid, **(usual | given))


@pytest.fixture
def article() -> Callable[..., Article]:
    return build
