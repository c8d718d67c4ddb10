"""The polling rules that the cadence keeps, one number at a time, for a source with the default settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from aggregator.cadence import HORIZON, first_polls, is_due, remember
from aggregator.schema import FetchSettings, Memory, Outcome, Source, replace

START = datetime(2026, 1, 15, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOURCE = Source(id="s", url="https://news.example/feed", title="S")
FIXED = replace(SOURCE, interval=HOUR)
DEFAULTS = FetchSettings()
FRESH = Memory(source_id="s", url=SOURCE.url)
KNOWN = replace(FRESH, last_poll=START - HOUR, last_ok=START - HOUR, news=8.0, span=2.0, polls=30)


def outcome(kind: Any = "unchanged", at: datetime = START, **values: Any) -> Outcome:
    return Outcome(kind=kind, at=at, message="As it went.", **values)


def after(
    *outcomes: Outcome, memory: Memory = KNOWN, source: Source = SOURCE, jitter: float = 0.0, **settings: Any
) -> Memory:
    """The memory after these polls, one after the other."""
    for one in outcomes:
        memory = remember(memory, source, one, replace(DEFAULTS, **settings), budget=1.0, jitter=jitter)
    return memory


def wait(memory: Memory) -> timedelta:
    """From the last poll to the next."""
    assert memory.next_poll is not None
    assert memory.last_poll is not None
    return memory.next_poll - memory.last_poll


def polled(
    answer: Callable[[datetime], Outcome],
    days: float,
    *,
    memory: Memory = KNOWN,
    source: Source = SOURCE,
    jitter: float = 0.0,
) -> list[Memory]:
    """The memory after each poll, when a source is asked whenever it is due."""
    now, end, memories = START, START + timedelta(days=days), []
    while now < end:
        memory = remember(memory, source, answer(now), DEFAULTS, budget=1.0, jitter=jitter)
        memories.append(memory)
        assert memory.next_poll is not None
        now = memory.next_poll
    return memories


# --- 6: freshness ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["news", "unchanged", "not_modified"])
def test_rule_06_max_age_lengthens_the_wait_after_any_answer(kind: str) -> None:
    memory = after(outcome(kind, fresh_for=6 * HOUR), source=FIXED)
    assert wait(memory) >= 6 * HOUR
    assert memory.reason == "Publisher allows one request every 6 h (max-age)."


def test_rule_06_max_age_counts_on_a_429_too() -> None:
    memory = after(outcome("failed", status=429, fresh_for=6 * HOUR), source=FIXED)
    assert wait(memory) >= 6 * HOUR
    assert memory.reason == "Publisher allows one request every 6 h (max-age)."


def test_rule_06_max_age_is_never_jittered_downwards() -> None:
    for jitter in (-1.0, -0.3, 0.0, 1.0):
        waited = wait(after(outcome(fresh_for=6 * HOUR), source=FIXED, jitter=jitter))
        assert 6 * HOUR <= waited <= 6.6 * HOUR


@pytest.mark.parametrize("fresh_for", [None, timedelta(), timedelta(seconds=-5), timedelta(seconds=1)])
def test_rule_06_a_short_or_missing_max_age_never_beats_a_fixed_interval(fresh_for: timedelta | None) -> None:
    assert wait(after(outcome(fresh_for=fresh_for), source=FIXED)) == HOUR


def test_rule_06_a_304_without_max_age_keeps_the_one_given_before() -> None:
    memory = after(
        outcome("news", fresh_for=6 * HOUR), outcome("not_modified", START + 7 * HOUR), source=FIXED
    )
    assert memory.fresh_for == 6 * HOUR


def test_rule_06_a_200_without_max_age_drops_the_one_given_before() -> None:
    memory = after(outcome("news", fresh_for=6 * HOUR), outcome("unchanged", START + 7 * HOUR), source=FIXED)
    assert memory.fresh_for is None
    assert wait(memory) == HOUR


# --- 7: Retry-After ----------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
def test_rule_07_retry_after_is_honoured(status: int) -> None:
    memory = after(outcome("failed", status=status, retry_after=9 * HOUR), jitter=-1.0)
    assert wait(memory) >= 9 * HOUR
    assert memory.reason == "Publisher asks to wait 9 h (Retry-After)."


def test_rule_07_a_short_retry_after_does_not_shorten_the_back_off() -> None:
    failing = replace(KNOWN, failures=5)
    short = after(outcome("failed", status=503, retry_after=timedelta(seconds=1)), memory=failing)
    assert wait(short) == wait(after(outcome("failed", status=503), memory=failing))


@pytest.mark.parametrize("retry_after", [timedelta(seconds=-5), timedelta(), timedelta(seconds=1e9)])
def test_rule_07_garbage_in_retry_after_is_harmless(retry_after: timedelta) -> None:
    memory = after(outcome("failed", status=429, retry_after=retry_after), jitter=1.0)
    assert 5 * MINUTE <= wait(memory) <= 7 * DAY


def test_rule_07_retry_after_is_forgotten_at_the_next_answer() -> None:
    memory = after(
        outcome("failed", status=429, retry_after=9 * HOUR), outcome(at=START + 9 * HOUR), source=FIXED
    )
    assert wait(memory) == HOUR


# --- 8: what the feed says ---------------------------------------------------------------------


@pytest.mark.parametrize(("name", "word"), [("ttl", "ttl"), ("update_period", "sy:updatePeriod")])
def test_rule_08_ttl_and_update_period_lengthen_the_wait(name: str, word: str) -> None:
    memory = after(outcome("news", **{name: 3 * HOUR}), source=FIXED, jitter=-1.0)
    assert wait(memory) >= 3 * HOUR
    assert memory.reason == f"Publisher allows one request every 3 h ({word})."


def test_rule_08_the_longest_demand_wins() -> None:
    memory = after(outcome("news", ttl=3 * HOUR, update_period=DAY, fresh_for=6 * HOUR), source=FIXED)
    assert DAY <= wait(memory) <= 1.1 * DAY


def test_rule_08_what_the_feed_said_holds_through_answers_without_a_body() -> None:
    memory = after(outcome("news", ttl=3 * HOUR), outcome("not_modified"), outcome("unchanged"), source=FIXED)
    assert wait(memory) >= 3 * HOUR


def test_rule_08_a_feed_that_no_longer_says_it_is_free_again() -> None:
    memory = after(outcome("news", ttl=3 * HOUR), outcome("unchanged", entries=20), source=FIXED)
    assert wait(memory) == HOUR


@pytest.mark.parametrize("jitter", [-1.0, 0.0, 1.0])
def test_rule_08_skipped_hours_are_not_polled(jitter: float) -> None:
    memory = after(outcome("news", skip_hours=frozenset({12, 13, 14})), source=FIXED, jitter=jitter)
    assert memory.next_poll is not None
    assert memory.next_poll.hour == 15
    assert memory.reason == "Publisher excludes the hours before (skipHours)."


def test_rule_08_skipped_days_are_not_polled() -> None:
    thursday_to_saturday = frozenset({3, 4, 5})
    memory = after(outcome("news", skip_days=thursday_to_saturday), source=FIXED)
    assert memory.next_poll is not None
    assert memory.next_poll.weekday() == 6
    assert memory.next_poll.hour == 0


def test_rule_08_skipped_hours_hold_for_retries_too() -> None:
    failing = replace(KNOWN, skip_hours=frozenset({13}))
    assert after(outcome("failed"), memory=failing).next_poll == START + 2 * HOUR + 3 * MINUTE


def test_rule_08_a_source_found_late_at_a_skipped_hour_waits_for_the_next() -> None:
    memory = replace(KNOWN, next_poll=START - MINUTE, skip_hours=frozenset({12}))
    assert not is_due(memory, START)
    assert is_due(memory, START + HOUR)


def test_rule_08_a_source_that_skips_every_hour_is_due_in_its_time() -> None:
    memory = replace(KNOWN, next_poll=START - MINUTE, skip_hours=frozenset(range(24)))
    assert is_due(memory, START)


def test_rule_08_a_day_and_hours_that_exclude_everything_mean_once_a_week() -> None:
    memory = after(outcome("news", skip_hours=frozenset(range(24))), source=FIXED)
    assert wait(memory) == 7 * DAY


# --- 9: caps and clocks ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ttl", "update_period", "fresh_for", "retry_after"])
def test_rule_09_no_demand_pushes_the_next_poll_past_a_week(name: str) -> None:
    for days in (7, 3650):
        memory = after(outcome("news", **{name: timedelta(days=days)}), jitter=-1.0)
        assert wait(memory) == 7 * DAY
        assert wait(after(outcome("news", **{name: timedelta(days=days)}), jitter=1.0)) <= 7 * DAY


def test_rule_09_demands_that_are_cut_short_do_not_all_end_at_once() -> None:
    waits = {
        wait(after(outcome("news", ttl=timedelta(days=30)), jitter=jitter / 10)) for jitter in range(-10, 11)
    }
    assert len(waits) == 21
    assert min(waits) >= 6 * DAY


def test_rule_09_no_row_of_failures_pushes_the_next_poll_past_31_days() -> None:
    memory = after(outcome("failed"), memory=replace(KNOWN, failures=5000), jitter=1.0)
    assert wait(memory) == 31 * DAY


def test_rule_09_a_next_poll_farther_ahead_than_any_cap_is_due() -> None:
    assert is_due(replace(KNOWN, next_poll=START + HORIZON + MINUTE), START)


def test_rule_09_a_last_poll_in_the_future_is_due() -> None:
    memory = after(outcome(at=START + 10 * 365 * DAY))
    assert is_due(memory, START)
    assert not is_due(after(outcome(), memory=memory), START)


def test_rule_09_a_clock_corrected_by_seconds_makes_nothing_due() -> None:
    assert not is_due(after(outcome()), START - timedelta(seconds=2))


def test_rule_09_a_source_never_asked_or_whose_time_has_come_is_due() -> None:
    assert is_due(FRESH, START)
    assert is_due(replace(KNOWN, next_poll=START), START)
    assert not is_due(replace(KNOWN, next_poll=START + MINUTE), START)


@pytest.mark.parametrize("years", [10, -10])
def test_rule_09_a_clock_that_was_years_off_for_a_poll_does_not_spoil_the_estimate(years: int) -> None:
    known = replace(KNOWN, news=160.0, span=4.0)
    before = wait(after(outcome(), memory=known))
    jumped = after(outcome(at=START + years * 365 * DAY), outcome(at=START + HOUR), memory=known)
    assert wait(jumped) == pytest.approx(before, rel=0.05)


def test_rule_09_a_clock_that_jumped_back_does_not_spoil_the_estimate() -> None:
    memory = after(outcome("news", START + 3650 * DAY, new=3), outcome("news", START, new=1))
    assert memory.span > 0
    assert memory.news > 0
    assert 5 * MINUTE <= wait(memory) <= 27 * HOUR


# --- 10: failures ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [None, 403, 404, 429, 500, 503])
@pytest.mark.parametrize("jitter", [-1.0, 1.0])
def test_rule_10_failures_cost_at_most_36_requests_in_72_hours(status: int | None, jitter: float) -> None:
    memories = polled(lambda at: outcome("failed", at, status=status), 3, jitter=jitter)
    assert 8 <= len(memories) <= 25


@pytest.mark.parametrize("jitter", [-1.0, 0.0, 1.0])
def test_rule_10_waits_grow_with_every_failure(jitter: float) -> None:
    waits = [wait(memory) for memory in polled(lambda at: outcome("failed", at), 30, jitter=jitter)]
    assert waits == sorted(waits)


def test_rule_10_a_single_hiccup_is_retried_in_an_hour_at_most_and_never_sooner_than_usual() -> None:
    memory = after(outcome("failed", status=502))
    assert wait(memory) == HOUR
    assert memory.reason == "Failed: asked again in 60 min."
    often = replace(FIXED, interval=15 * MINUTE)
    assert wait(after(outcome("failed", status=502), source=often)) == 15 * MINUTE


@pytest.mark.parametrize("name", ["ttl", "update_period", "fresh_for"])
def test_rule_10_what_the_publisher_demanded_holds_after_a_failure_too(name: str) -> None:
    demanding = replace(KNOWN, **{name: 6 * HOUR})  # type: ignore[arg-type]
    assert wait(after(outcome("failed", status=500), memory=demanding, jitter=-1.0)) == 6 * HOUR


def test_rule_02_a_304_that_says_it_is_stale_ends_the_freshness() -> None:
    fresh = replace(KNOWN, fresh_for=6 * HOUR)
    assert wait(after(outcome("not_modified"), memory=fresh, jitter=-1.0)) == 6 * HOUR
    assert wait(after(outcome("not_modified", fresh_for=timedelta()), memory=fresh, source=FIXED)) == HOUR


def test_rule_10_a_refusal_is_not_asked_again_sooner_than_usual() -> None:
    assert wait(after(outcome("failed", status=403), source=FIXED)) == HOUR


def test_rule_10_no_source_is_ever_given_up() -> None:
    memories = polled(lambda at: outcome("failed", at), 3650)
    assert max(map(wait, memories)) <= 31 * DAY
    assert memories[-1].reason.startswith(f"Failed {len(memories)} times in a row: asked again in ")


def test_rule_10_the_first_success_ends_the_back_off() -> None:
    memory = after(outcome("news", new=1), memory=replace(KNOWN, failures=40), source=FIXED)
    assert memory.failures == 0
    assert wait(memory) == HOUR


def test_rule_10_failures_keep_what_was_learnt() -> None:
    memory = after(outcome("failed"))
    assert (memory.news, memory.span, memory.last_ok) == (KNOWN.news, KNOWN.span, KNOWN.last_ok)
    assert (memory.last_poll, memory.last_kind, memory.last_message) == (START, "failed", "As it went.")


# --- 11: gone ----------------------------------------------------------------------------------


def gone(at: datetime) -> Outcome:
    return outcome("gone", at, status=410)


@pytest.mark.parametrize("jitter", [-1.0, 0.0, 1.0])
def test_rule_11_a_410_is_confirmed_by_three_requests_over_days_and_then_sleeps(jitter: float) -> None:
    memories = polled(gone, 40, jitter=jitter)
    assert len(memories) <= 4
    third = memories[2]
    assert third.gone_count == 3
    assert third.last_poll is not None
    assert third.last_poll - START >= 2 * DAY
    assert wait(third) >= 27 * DAY
    assert third.reason == "Gone (410): it sleeps and is asked about once a month."


def test_rule_11_410s_within_hours_confirm_nothing() -> None:
    memory = after(*(gone(START + n * MINUTE) for n in range(5)))
    assert memory.gone_count == 1
    assert wait(memory) == DAY


def test_rule_11_another_failure_does_not_wake_a_source_that_is_gone() -> None:
    memory = after(outcome("failed"), memory=replace(KNOWN, gone_count=3, failures=3, last_kind="gone"))
    assert wait(memory) == 31 * DAY


def test_rule_11_a_success_brings_a_gone_source_back() -> None:
    memory = after(outcome("news"), memory=replace(KNOWN, gone_count=3, failures=3), source=FIXED)
    assert (memory.gone_count, memory.failures, wait(memory)) == (0, 0, HOUR)


# --- 12: moved ---------------------------------------------------------------------------------

NEW = "https://new.example/feed"


def test_rule_12_a_new_address_is_used_once_three_polls_agree() -> None:
    polls = [outcome(kind, permanent_url=NEW) for kind in ("news", "unchanged", "not_modified")]
    twice = after(*polls[:2])
    assert (twice.url, twice.moved_to, twice.moved_count) == (SOURCE.url, NEW, 2)
    assert after(*polls).url == NEW


def test_rule_12_another_address_starts_the_count_again() -> None:
    polls = [outcome(permanent_url=url) for url in (NEW, NEW, "https://other.example/", NEW, NEW)]
    assert after(*polls).url == SOURCE.url


def test_rule_12_an_answer_without_a_permanent_redirect_ends_the_count() -> None:
    memory = after(outcome(permanent_url=NEW), outcome(permanent_url=NEW), outcome())
    assert (memory.moved_to, memory.moved_count) == ("", 0)


def test_rule_12_a_failed_poll_neither_counts_nor_resets() -> None:
    memory = after(outcome(permanent_url=NEW), outcome("failed", permanent_url=NEW))
    assert (memory.moved_to, memory.moved_count) == (NEW, 1)


# --- 13: the rhythm of the source --------------------------------------------------------------


def published(per_day: float, **values: Any) -> Callable[[datetime], Outcome]:
    """Answers of a source with so many articles a day, evenly spaced."""
    seen = 0

    def answer(at: datetime) -> Outcome:
        nonlocal seen
        total = int((at - START) / DAY * per_day)
        new, seen = total - seen, total
        return outcome("news" if new else "unchanged", at, new=new, **values)

    return answer


def settled(per_day: float, *, days: float = 40, memory: Memory = FRESH, **values: Any) -> Memory:
    return polled(published(per_day, **values), days, memory=memory)[-1]


def test_rule_13_a_new_source_is_asked_at_the_default_interval() -> None:
    memory = after(outcome("news", new=50, entries=50), memory=FRESH)
    assert wait(memory) == HOUR
    assert memory.reason == "Asked every 60 min until its rhythm is known."


def test_rule_13_the_archive_of_a_new_source_is_no_news() -> None:
    one, many = (after(outcome("news", new=new), memory=FRESH) for new in (1, 2000))
    assert (one.news, one.span) == (many.news, many.span)


def test_rule_13_the_rate_is_the_square_root_of_the_rate_of_news() -> None:
    ratio = wait(settled(1)) / wait(settled(16))
    assert ratio == pytest.approx(4, rel=0.2)


def test_rule_13_the_reason_tells_the_rhythm() -> None:
    assert settled(4).reason.endswith(": about 4 new articles a day.")
    assert settled(0).reason == "Asked every 24 h: hardly any news."


@pytest.mark.parametrize("per_day", [48, 200, 5000])
def test_rule_13_by_default_no_rate_of_news_leads_to_more_than_hourly_polls(per_day: int) -> None:
    assert wait(settled(per_day, days=10)) == pytest.approx(HOUR, rel=0.03)
    assert wait(settled(per_day, days=10)) >= HOUR


def test_rule_13_a_source_without_news_is_asked_once_a_day() -> None:
    assert wait(settled(0)) == DAY


def test_rule_13_a_publisher_that_invites_is_asked_sooner_if_there_is_news() -> None:
    for invitation in ("fresh_for", "ttl", "update_period"):
        busy = settled(300, days=10, entries=300, **{invitation: 15 * MINUTE})
        assert 15 * MINUTE <= wait(busy) < 40 * MINUTE
    assert wait(settled(1, fresh_for=15 * MINUTE)) > 4 * HOUR


def test_rule_13_no_invitation_leads_to_polls_less_than_five_minutes_apart() -> None:
    memories = polled(published(50_000, fresh_for=timedelta(seconds=10)), 3, memory=FRESH, jitter=-1.0)
    assert min(map(wait, memories)) == 5 * MINUTE


def test_rule_13_the_admin_may_allow_shorter_intervals() -> None:
    memory = replace(KNOWN, news=4000.0, span=8.0)
    assert wait(after(outcome(), memory=memory, min_interval=10 * MINUTE)) < 30 * MINUTE


def test_rule_13_a_fixed_interval_is_kept_whatever_the_rhythm() -> None:
    fixed = replace(SOURCE, interval=20 * MINUTE)
    memory = after(outcome(), memory=replace(KNOWN, news=0.0, span=8.0), source=fixed)
    assert wait(memory) == 20 * MINUTE
    assert memory.reason == "Asked every 20 min, as the configuration says."


def test_rule_13_a_fixed_interval_is_not_stretched_by_the_budget() -> None:
    assert wait(remember(KNOWN, FIXED, outcome(), DEFAULTS, budget=9.0, jitter=0.0)) == HOUR


def test_rule_13_the_budget_stretches_the_adaptive_interval() -> None:
    plain, stretched = (
        remember(KNOWN, SOURCE, outcome(), DEFAULTS, budget=budget, jitter=0.0) for budget in (1.0, 2.0)
    )
    assert wait(stretched) / wait(plain) == pytest.approx(2)


def test_rule_13_a_source_whose_window_slid_is_asked_sooner() -> None:
    plain = after(outcome("news", new=10))
    slid = after(outcome("news", new=10, window_slid=True))
    assert HOUR <= wait(slid) < 0.7 * wait(plain)
    assert slid.reason.startswith("Every entry was new")


def test_rule_13_a_source_that_wakes_up_is_soon_asked_often() -> None:
    asleep = settled(0)
    assert asleep.last_poll is not None
    start = asleep.last_poll
    waits = []
    memory, now, seen = asleep, start, 0
    while now < start + 4 * DAY:
        total = int((now - start) / DAY * 24)
        memory = remember(
            memory, SOURCE, outcome("news", now, new=total - seen), DEFAULTS, budget=1.0, jitter=0.0
        )
        seen = total
        waits.append(wait(memory))
        now += wait(memory)
    assert waits[-1] < 3 * HOUR


def test_rule_13_the_interval_is_jittered_both_ways() -> None:
    early, late = (wait(after(outcome(), source=FIXED, jitter=jitter)) for jitter in (-1.0, 1.0))
    assert (early, late) == (54 * MINUTE, 66 * MINUTE)


# --- 16: spread --------------------------------------------------------------------------------


def test_rule_16_a_thousand_new_sources_are_asked_at_once() -> None:
    assert first_polls(1000, START, HOUR) == (START,) * 1000
    assert first_polls(0, START, HOUR) == ()


def test_rule_16_the_rest_is_spread_evenly_over_the_interval() -> None:
    times = first_polls(10_000, START, HOUR)
    assert len(times) == 10_000
    assert times[999] == START
    assert times[-1] == START + HOUR
    gaps = {later - sooner for sooner, later in pairwise(times[999:])}
    assert max(gaps) - min(gaps) <= timedelta(microseconds=2)


def test_rule_16_a_long_sleep_leads_to_one_catch_up_poll() -> None:
    woken = START + 10 * HOUR
    memory = after(outcome(), source=FIXED)
    assert is_due(memory, woken)
    caught_up = after(outcome(at=woken), memory=memory, source=FIXED)
    assert not is_due(caught_up, woken)
    assert wait(caught_up) == HOUR


# --- counters ----------------------------------------------------------------------------------


def test_the_counters_tell_what_happened() -> None:
    memory = after(
        outcome("news", new=2), outcome("not_modified", START + HOUR), outcome("unchanged", START + 2 * HOUR)
    )
    assert memory.polls == KNOWN.polls + 3
    assert memory.not_modified == 1
    assert memory.last_new == START
    assert memory.last_ok == memory.last_poll == START + 2 * HOUR
    assert memory.last_kind == "unchanged"


def test_what_the_caller_sets_is_left_alone() -> None:
    held = replace(KNOWN, etag='W/"x"', last_modified="then", body_hash="h", last_full=START, title="T")
    memory = after(outcome("news"), outcome("failed"), memory=held)
    assert (memory.etag, memory.last_modified, memory.body_hash) == ('W/"x"', "then", "h")
    assert (memory.last_full, memory.title) == (START, "T")


def test_rule_06_max_age_holds_beside_a_410() -> None:
    assert wait(after(outcome("gone", fresh_for=3 * DAY), jitter=-1.0)) == 3 * DAY
