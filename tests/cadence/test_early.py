"""When a source may be asked before its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.cadence import refused_early, remember
from aggregator.schema import FetchSettings, Memory, Outcome, Source

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
SOURCE = Source(id="a", url="https://a.example/f", title="A")


def after(outcome: Outcome) -> Memory:
    memory = Memory(source_id="a", url=SOURCE.url)
    return remember(memory, SOURCE, outcome, FetchSettings(), budget=1.0, jitter=0.0)


def test_a_source_never_asked_may_be_asked() -> None:
    assert refused_early(Memory(source_id="a", url=SOURCE.url), NOON) == ""


def test_nobody_is_asked_twice_in_five_minutes() -> None:
    memory = after(Outcome(kind="news", at=NOON, message="", new=1))
    assert "12:05:00 UTC" in refused_early(memory, NOON + timedelta(minutes=4))
    assert refused_early(memory, NOON + timedelta(minutes=5)) == ""


def test_a_publisher_who_asks_to_wait_is_heard() -> None:
    wait = timedelta(hours=2)
    memory = after(Outcome(kind="failed", at=NOON, message="", status=429, retry_after=wait))
    assert "Retry-After" in refused_early(memory, NOON + timedelta(hours=1))
    assert refused_early(memory, NOON + timedelta(hours=4)) == ""
