"""How long articles are kept: the longest rule that speaks of one counts."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.filters import matches
from aggregator.retention import expired
from aggregator.schema import Article, Category, Identity, KeepRule, RetentionSettings

NOW = datetime(2026, 1, 15, tzinfo=UTC)
WIRE = KeepRule(kind="source", values=("wire",), keep=timedelta(days=30))
SPORT = KeepRule(kind="category", values=("sport", "medtop:15000000"), keep=timedelta(days=10))


def article(days: int, *, sources: tuple[str, ...] = ("other",), category: str = "world") -> Article:
    return Article(
        uid="urn:uuid:1",
        identity=Identity(key="g:1"),
        title="",
        published=NOW - timedelta(days=days, minutes=1),
        first_seen=NOW,
        sources=sources,
        categories=(Category(id=category, name=category, score=1, evidence=()),),
    )


@pytest.mark.parametrize(
    ("days", "sources", "category", "goes"),
    [
        (99, ("other",), "world", False),
        (100, ("other",), "world", True),
        (29, ("wire",), "world", False),
        (30, ("wire",), "world", True),
        (30, ("other", "wire"), "world", True),
        (9, ("other",), "sport", False),
        (10, ("other",), "medtop:15000000", True),
        (10, ("wire",), "sport", False),
        (30, ("wire",), "sport", True),
    ],
)
def test_the_longest_rule_of_an_article_counts(
    days: int, sources: tuple[str, ...], category: str, goes: bool
) -> None:
    trees = expired(RetentionSettings(keep=timedelta(days=100), rules=(WIRE, SPORT)))
    told = article(days, sources=sources, category=category)
    assert any(matches(tree, told, now=NOW) for tree in trees) is goes


def test_without_keep_only_what_a_rule_speaks_of_goes() -> None:
    trees = expired(RetentionSettings(rules=(SPORT,)))
    assert not any(matches(tree, article(9_000), now=NOW) for tree in trees)
    assert any(matches(tree, article(11, category="sport"), now=NOW) for tree in trees)


def test_nothing_goes_where_nothing_is_said() -> None:
    assert expired(RetentionSettings()) == ()
