"""When to ask a source again, and why. Pure: the time is the outcome's, chance is the caller's `jitter`.

The next poll is the latest of what we would like and what the publisher demands (freshness, Retry-After,
ttl, sy:updatePeriod, skipHours, skipDays), capped, and jittered: our own interval both ways, a demand only
upwards, so that nobody is asked before the time they gave.

Our own interval is the geometric mean of twice the default interval (2 hours) and the mean gap between two
new articles of the source: one with 48 articles a day is asked every hour, with one a day every 7 hours, with
one in twelve days every 24 hours. The poll rate is thus proportional to the square root of the rate of news,
which gives the least mean delay for a given number of polls (Lagrange: minimise the sum of rate × interval
while the sum of 1 / interval is fixed); the factor is chosen so that 60 minutes and 24 hours, the default
bounds, are seldom in the way. `bench/cadence.py` measures it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.cadence.learn import GONE_ANSWERS, HORIZON, after_failure, after_success
from aggregator.cadence.rhythm import (
    DEMAND_CAP,
    LEAST,
    budget_factor,
    demands,
    own_interval,
    shortest,
    stretched,
)
from aggregator.cadence.words import spoken
from aggregator.schema import FetchSettings, Memory, Outcome, Source, replace

__all__ = ["HORIZON", "budget_factor", "first_polls", "is_due", "refused_early", "remember", "stretched"]

_FAILURE_CAP = timedelta(days=31)
"""The longest wait after failures; sources that are gone sleep as long."""
_SWAY = 0.1
_CLOCK_STEP = timedelta(minutes=10)
"""Clocks corrected by less have not jumped."""
_AT_ONCE = 1000

_OFFLINE_RETRY = timedelta(minutes=5)
_FIRST_RETRY = timedelta(minutes=10)
_STEEP_RETRIES = timedelta(hours=6)
"""Waits double up to this one, then grow by a twentieth."""
_LONGER = 1.05

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Wait:
    """A wait from now on, and why, as a sentence."""

    time: timedelta
    reason: str


def remember(
    memory: Memory,
    source: Source,
    outcome: Outcome,
    settings: FetchSettings,
    *,
    budget: float,
    jitter: float,
) -> Memory:
    """The memory after a poll: counters, rate of news, back-off, gone and moved counts, next poll and reason.

    `jitter` is a random number from -1 to 1; `budget` (1 or more, see `budget_factor`) stretches the adaptive
    interval. The configured `source.interval` replaces the adaptive interval and is not stretched, but the
    publisher's demands still hold. A poll while we were offline changes nothing but the next one. Validators,
    body hash and `last_full` are left to the caller.
    """
    if outcome.kind == "offline":
        soon = outcome.at + _OFFLINE_RETRY * (1 + _SWAY * (jitter + 1) / 2)
        at, reason = _outside_skipped(
            soon, "Nobody could be reached: Dateline seems to be offline.", memory, jitter
        )
        return replace(memory, next_poll=at, reason=reason)
    if outcome.kind in ("failed", "gone"):
        after, cap = after_failure(memory, outcome), _FAILURE_CAP
        own = _retry(after, source, outcome, settings, budget)
    else:
        after, cap = after_success(memory, outcome, settings), DEMAND_CAP
        own = _regular(after, source, outcome, settings, budget)
    published = [wait for time, name in demands(after) for wait in _demand(time, name, jitter)]
    if outcome.kind in ("failed", "gone"):
        published += _demand(outcome.fresh_for, "max-age", jitter)
    swayed = _Wait(own.time * (1 + _SWAY * jitter), own.reason)
    asked = _asked_to_wait(memory, outcome)
    wait = max([swayed, *published, *_retry_after(asked, jitter)], key=lambda wait: wait.time)
    until = outcome.at + min(asked, _upwards(asked, jitter)) if asked else None
    at, reason = _outside_skipped(outcome.at + max(LEAST, min(wait.time, cap)), wait.reason, after, jitter)
    return replace(after, next_poll=min(at, outcome.at + cap), reason=reason, asked_not_before=until)


def is_due(memory: Memory, now: datetime) -> bool:
    """True if the source is to be asked: its time has come, or its times show that the clock jumped.

    One that was due in time but is found late, at an hour its publisher excludes, waits for the next.
    """
    if memory.next_poll is None or memory.next_poll > now + HORIZON:
        return True
    if memory.last_poll is not None and memory.last_poll > now + _CLOCK_STEP:
        return True
    if memory.next_poll > now:
        return False
    return not _is_skipped(now, memory) or now - memory.next_poll > DEMAND_CAP or _skips_everything(memory)


def first_polls(n: int, now: datetime, interval: timedelta) -> tuple[datetime, ...]:
    """When `n` new sources are first asked: a thousand at once, the rest spread evenly over `interval`."""
    late = max(0, n - _AT_ONCE)
    return (now,) * (n - late) + tuple(now + interval * (i / late) for i in range(1, late + 1))


def _regular(
    memory: Memory, source: Source, outcome: Outcome, settings: FetchSettings, budget: float
) -> _Wait:
    """The wait after an answer, as we would like it."""
    interval, reason = own_interval(memory, source, settings, budget)
    if not outcome.window_slid or source.interval is not None:
        return _Wait(interval, reason)
    sooner = max(interval / 2, shortest(memory, settings))
    return _Wait(sooner, f"Every entry was new, some may have been missed: asked again in {spoken(sooner)}.")


def _retry(memory: Memory, source: Source, outcome: Outcome, settings: FetchSettings, budget: float) -> _Wait:
    """The wait after a failure: longer each time."""
    if memory.gone_count >= GONE_ANSWERS:
        return _Wait(_FAILURE_CAP, "Gone (410): it sleeps and is asked about once a month.")
    if outcome.kind == "gone":
        wait = _DAY * max(1, memory.gone_count)
        return _Wait(wait, f"Gone (410): asked again in {spoken(wait)} to make sure.")
    # Never sooner than usual; but a source that is seldom asked is not left alone for a day at the first failure.
    usual = own_interval(memory, source, settings, budget)[0]
    wait = max(_back_off(memory.failures), min(usual, settings.interval))
    if outcome.status is not None and 400 <= outcome.status < 500:
        # The origin is up and refuses.
        wait = max(wait, usual)
    times = "Failed" if memory.failures == 1 else f"Failed {memory.failures} times in a row"
    return _Wait(wait, f"{times}: asked again in {spoken(wait)}.")


def _back_off(failures: int) -> timedelta:
    steep = int(math.log2(_STEEP_RETRIES / _FIRST_RETRY)) + 1
    if failures <= steep:
        return _FIRST_RETRY * 2.0 ** (failures - 1)
    return min(_FAILURE_CAP, _STEEP_RETRIES * _LONGER ** min(failures - steep - 1, 100))


def _demand(time: timedelta | None, name: str, jitter: float) -> list[_Wait]:
    if not time or time <= timedelta():
        return []
    said = spoken(min(time, DEMAND_CAP))
    return [_Wait(_upwards(time, jitter), f"Publisher allows one request every {said} ({name}).")]


def _asked_to_wait(memory: Memory, outcome: Outcome) -> timedelta:
    """How long the publisher asks to be left alone, still; what a hub pushes meanwhile does not end it."""
    if outcome.retry_after and outcome.retry_after > timedelta():
        return outcome.retry_after
    jumped = memory.last_poll is not None and memory.last_poll > outcome.at
    if jumped or memory.asked_not_before is None:
        return timedelta()
    return max(timedelta(), memory.asked_not_before - outcome.at)


def _retry_after(time: timedelta, jitter: float) -> list[_Wait]:
    if time <= timedelta():
        return []
    said = spoken(min(time, DEMAND_CAP))
    return [_Wait(_upwards(time, jitter), f"Publisher asks to wait {said} (Retry-After).")]


def _upwards(time: timedelta, jitter: float) -> timedelta:
    """A demand, a little longer; what the cap cuts short is a little shorter, so that not all come back at once."""
    if time > DEMAND_CAP:
        return DEMAND_CAP * (1 - _SWAY * (jitter + 1) / 2)
    return min(time * (1 + _SWAY * (jitter + 1) / 2), DEMAND_CAP)


def _is_skipped(at: datetime, memory: Memory) -> bool:
    return at.hour in memory.skip_hours or at.weekday() in memory.skip_days


def _skips_everything(memory: Memory) -> bool:
    return len(memory.skip_hours) == 24 or len(memory.skip_days) == 7


def _outside_skipped(at: datetime, reason: str, memory: Memory, jitter: float) -> tuple[datetime, str]:
    """`at`, or the first hour after it that the publisher does not exclude (all excluded: a week later)."""
    first = at
    while _is_skipped(at, memory):
        at = at.replace(minute=0, second=0, microsecond=0) + _HOUR
        if at - first > DEMAND_CAP:
            break
    if at == first:
        return at, reason
    name = "skipDays" if first.weekday() in memory.skip_days else "skipHours"
    return at + _upwards(_HOUR, jitter) - _HOUR, f"Publisher excludes the hours before ({name})."


def refused_early(memory: Memory, now: datetime) -> str:
    """Why a source must not be asked before its time, even if a person wants it; empty if it may be."""
    asked = memory.last_poll if memory.last_poll and timedelta() <= now - memory.last_poll < LEAST else None
    until = memory.asked_not_before
    if until is not None and now < until <= now + DEMAND_CAP and not (asked and until < asked + LEAST):
        return f"Its publisher asks to be left alone until {until:%d %B, %H:%M} UTC (Retry-After)."
    if asked:
        again = f"{asked + LEAST:%H:%M:%S}"
        return f"Nobody is asked more often than every {spoken(LEAST)}: it can be asked again at {again} UTC."
    return ""
