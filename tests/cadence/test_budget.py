"""The budget of polls a day, shared by all sources."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.cadence import budget_factor, remember, stretched
from aggregator.schema import FetchSettings, Memory, Outcome, Source, replace

START = datetime(2026, 1, 15, 12, tzinfo=UTC)
SOURCE = Source(id="s", url="https://news.example/feed", title="S")
HOURLY = Memory(source_id="s", url=SOURCE.url, news=480.0, span=8.0, last_ok=START, last_poll=START)
"""A source with 60 articles a day, asked every 60 minutes at most."""


def test_without_a_budget_nothing_is_stretched() -> None:
    assert budget_factor([HOURLY] * 5000, FetchSettings()) == 1.0


def test_a_budget_that_is_not_reached_stretches_nothing() -> None:
    assert budget_factor([HOURLY] * 10, FetchSettings(polls_per_day=240)) == 1.0


def test_a_budget_of_half_the_polls_doubles_the_intervals() -> None:
    settings = FetchSettings(polls_per_day=120)
    factor = budget_factor([HOURLY] * 10, settings)
    outcome = Outcome(kind="not_modified", at=START, message="")
    memory = remember(HOURLY, SOURCE, outcome, settings, budget=factor, jitter=0.0)
    assert memory.next_poll is not None
    assert (memory.next_poll - START) / timedelta(hours=1) == pytest.approx(2, rel=0.01)


def test_a_budget_below_one_poll_per_source_and_day_outweighs_the_longest_interval() -> None:
    settings = FetchSettings(polls_per_day=5)
    factor = budget_factor([HOURLY] * 10, settings)
    outcome = Outcome(kind="not_modified", at=START, message="")
    memory = remember(HOURLY, SOURCE, outcome, settings, budget=factor, jitter=0.0)
    assert memory.next_poll is not None
    assert (memory.next_poll - START) / timedelta(days=1) == pytest.approx(2, rel=0.01)


def test_sources_that_fail_take_only_what_their_back_off_allows() -> None:
    asleep = replace(HOURLY, failures=9, next_poll=START + timedelta(days=31))
    assert budget_factor([asleep] * 100, FetchSettings(polls_per_day=10)) == 1.0


def test_what_publishers_demand_is_no_part_of_what_can_be_stretched() -> None:
    slow = replace(HOURLY, ttl=timedelta(days=1))
    assert budget_factor([slow] * 10, FetchSettings(polls_per_day=10)) == 1.0


def test_intervals_stretch_while_sources_wait_too_long_and_go_back_when_they_do_not() -> None:
    long, short = timedelta(minutes=2), timedelta(seconds=20)
    assert stretched(1.0, short) == 1.0
    assert stretched(1.0, long) == 1.25
    assert 1.0 < stretched(1.25, short) < 1.25
    assert stretched(1.05, short) == 1.0
    assert stretched(24.0, long) == 24.0
