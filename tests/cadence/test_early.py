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


def refused(retry_after: timedelta, at: datetime = NOON) -> Outcome:
    return Outcome(kind="failed", at=at, message="", status=429, retry_after=retry_after)


def test_a_publisher_who_asks_to_wait_is_heard() -> None:
    memory = after(refused(timedelta(hours=2)))
    assert "until 15 January, 14:00 UTC" in refused_early(memory, NOON + timedelta(hours=1))
    assert refused_early(memory, NOON + timedelta(hours=2)) == ""


def test_of_both_waits_the_longer_one_is_told() -> None:
    hours, minutes = after(refused(timedelta(hours=2))), after(refused(timedelta(minutes=3)))
    assert "14:00 UTC (Retry-After)" in refused_early(hours, NOON + timedelta(minutes=1))
    assert "12:05:00 UTC" in refused_early(minutes, NOON + timedelta(minutes=1))


def test_a_publisher_is_heard_also_where_our_own_wait_is_longer() -> None:
    memory = Memory(source_id="a", url=SOURCE.url, failures=30)
    memory = remember(memory, SOURCE, refused(timedelta(hours=2)), FetchSettings(), budget=1.0, jitter=0.0)
    assert memory.next_poll is not None
    assert memory.next_poll > NOON + timedelta(hours=6)
    assert "14:00 UTC" in refused_early(memory, NOON + timedelta(hours=1))
    assert refused_early(memory, NOON + timedelta(hours=3)) == ""


def test_what_a_hub_pushes_meanwhile_does_not_end_the_wait() -> None:
    pushed = Outcome(kind="news", at=NOON + timedelta(minutes=30), message="", status=226, new=1)
    memory = remember(
        after(refused(timedelta(hours=9))), SOURCE, pushed, FetchSettings(), budget=1.0, jitter=-1.0
    )
    assert memory.next_poll is not None
    assert memory.next_poll >= NOON + timedelta(hours=9)
    assert "21:00 UTC" in refused_early(memory, NOON + timedelta(hours=1))


def test_a_wait_asked_for_under_another_clock_is_over() -> None:
    memory = after(refused(timedelta(hours=9)))
    early = NOON - timedelta(days=400)
    assert refused_early(memory, early) == ""
    again = remember(
        memory, SOURCE, Outcome(kind="news", at=early, message=""), FetchSettings(), budget=1.0, jitter=0.0
    )
    assert again.asked_not_before is None


def test_a_wait_beyond_the_cap_ends_with_it() -> None:
    memory = after(refused(timedelta(days=20)))
    assert memory.asked_not_before == memory.next_poll
    assert "Retry-After" in refused_early(memory, NOON + timedelta(days=6))
    assert refused_early(memory, NOON + timedelta(days=7)) == ""
