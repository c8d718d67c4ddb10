from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from aggregator.schema import Article, Category, Evidence, Identity, Mention, Place


def build(uid: str = "urn:uuid:1", **given: Any) -> Article:
    """An article; `categories` are ids and `places` are (name, country)."""
    evidence = (Evidence(kind="feed term", text="x"),)
    categories = [
        Category(id=id, name=id.title(), score=0.9, evidence=evidence) for id in given.pop("categories", ())
    ]
    mentions = [
        Mention(
            place=Place(name=name, kind="city", country=country),
            role="body",
            text=name,
            score=0.9,
            evidence=evidence,
        )
        for name, country in given.pop("places", ())
    ]
    usual: dict[str, Any] = {
        "identity": Identity(key=f"g:{uid}"),
        "title": "",
        "published": datetime(2026, 1, 15, 11, 0, tzinfo=UTC),
        "first_seen": datetime(2026, 1, 15, 11, 5, tzinfo=UTC),
    }
    return Article(uid=uid, categories=tuple(categories), mentions=tuple(mentions), **(usual | given))


@pytest.fixture
def article() -> Callable[..., Article]:
    return build
