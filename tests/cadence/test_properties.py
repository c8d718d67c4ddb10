"""What holds whatever publishers answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.cadence import HORIZON, budget_factor, is_due, remember
from aggregator.schema import FetchSettings, Memory, Outcome, Source, replace

START = datetime(2026, 1, 15, 12, tzinfo=UTC)
SOURCE = Source(id="s", url="https://news.example/feed", title="S")

times = st.none() | st.timedeltas(min_value=timedelta(days=-1), max_value=timedelta(days=40_000))
outcomes = st.builds(
    Outcome,
    kind=st.sampled_from(["news", "unchanged", "not_modified", "failed", "gone"]),
    at=st.datetimes(datetime(1980, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    message=st.just("As it went."),
    status=st.sampled_from([None, 200, 304, 403, 404, 410, 429, 500]),
    entries=st.integers(0, 5000),
    new=st.integers(0, 5000),
    window_slid=st.booleans(),
    fresh_for=times,
    retry_after=times,
    ttl=times,
    update_period=times,
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
    permanent_url=st.sampled_from(["", "https://a.example/", "https://b.example/"]),
)
jitters = st.floats(-1, 1)
settings = st.builds(
    FetchSettings,
    interval=st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=2)),
    min_interval=st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(hours=12)),
    max_interval=st.timedeltas(min_value=timedelta(hours=12), max_value=timedelta(days=60)),
)
sources = st.builds(
    replace,
    st.just(SOURCE),
    interval=st.none() | st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=60)),
)


@given(st.lists(st.tuples(outcomes, jitters), min_size=1, max_size=12), sources, settings, st.floats(1, 500))
def test_the_next_poll_is_always_ahead_but_never_too_near_or_too_far(
    polls: list[tuple[Outcome, float]], source: Source, settings: FetchSettings, budget: float
) -> None:
    memory = Memory(source_id="s", url=source.url)
    for outcome, jitter in polls:
        memory = remember(memory, source, outcome, settings, budget=budget, jitter=jitter)
        assert memory.next_poll is not None
        ahead = memory.next_poll - outcome.at
        cap = timedelta(days=31 if outcome.kind in ("failed", "gone") else 7)
        assert timedelta(minutes=5) <= ahead <= cap <= HORIZON
        assert not is_due(memory, outcome.at)
        assert memory.reason.endswith(".")
        assert memory.news >= 0
        assert memory.span >= 0


@given(outcomes, jitters)
def test_nobody_is_asked_before_the_time_they_gave(outcome: Outcome, jitter: float) -> None:
    memory = Memory(source_id="s", url=SOURCE.url, last_ok=START, last_poll=START, news=9.0, span=1.0)
    after = remember(memory, SOURCE, outcome, FetchSettings(), budget=1.0, jitter=jitter)
    assert after.next_poll is not None
    given_times = [outcome.retry_after, outcome.fresh_for]
    if outcome.kind == "news":
        given_times += [outcome.ttl, outcome.update_period]
    for time in given_times:
        cut_short = time is not None and time > timedelta(days=7)
        assert after.next_poll - outcome.at >= (timedelta(days=6) if cut_short else time or timedelta())


@given(
    st.lists(st.tuples(st.floats(0, 500), st.floats(0.01, 8)), min_size=1, max_size=60), st.integers(1, 3000)
)
def test_with_a_budget_the_expected_polls_are_never_more_than_it_allows(
    rates: list[tuple[float, float]], polls_per_day: int
) -> None:
    settings = FetchSettings(polls_per_day=polls_per_day)
    memories = [
        Memory(source_id=str(n), url=SOURCE.url, news=news, span=span, last_ok=START)
        for n, (news, span) in enumerate(rates)
    ]
    factor = budget_factor(memories, settings)
    outcome = Outcome(kind="not_modified", at=START, message="")
    waits = []
    for memory in memories:
        after = remember(memory, SOURCE, outcome, settings, budget=factor, jitter=0.0)
        assert after.next_poll is not None
        waits.append(after.next_poll - START)
    expected = sum(timedelta(days=1) / wait for wait in waits)
    assert factor >= 1
    assert expected <= polls_per_day * 1.01 or set(waits) == {timedelta(days=7)}
