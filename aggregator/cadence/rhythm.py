"""Our own interval for a source, from its rate of news, the configuration and the budget of polls."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import timedelta

from aggregator.cadence.words import pace, spoken
from aggregator.schema import FetchSettings, Memory, Source

_LATE = timedelta(minutes=1)
"""Sources that wait longer than this are more than can be polled."""
_LONGEST_STRETCH = 24.0
LEAST = timedelta(minutes=5)
"""Nobody is asked more often, whatever configuration and publisher say."""
DEMAND_CAP = timedelta(days=7)
"""The most a publisher's demand can delay a poll."""

_DAY = timedelta(days=1)


def own_interval(
    memory: Memory, source: Source, settings: FetchSettings, budget: float
) -> tuple[timedelta, str]:
    """The interval we would like, and the reason as a sentence.

    One fixed in the configuration stands as it is, but for LEAST; else it adapts, stretched by `budget`.
    """
    if source.interval is not None:
        interval = max(LEAST, source.interval)
        return interval, f"Asked every {spoken(interval)}, as the configuration says."
    own = min(_rhythm(memory, settings) * budget, _ceiling(settings, budget))
    interval = max(shortest(memory, settings), own)
    if memory.span < 1:
        return interval, f"Asked every {spoken(interval)} until its rhythm is known."
    return interval, f"Asked every {spoken(interval)}: {pace(memory.news / memory.span)}."


def shortest(memory: Memory, settings: FetchSettings) -> timedelta:
    """The shortest adaptive interval: the admin's, or a shorter one the publisher invites to."""
    invited = min((demand for demand, _ in demands(memory)), default=DEMAND_CAP)
    return max(LEAST, min(settings.min_interval, invited))


def demands(memory: Memory) -> list[tuple[timedelta, str]]:
    """The intervals the publisher demands, and where it says so."""
    named = (
        (memory.fresh_for, "max-age"),
        (memory.ttl, "ttl"),
        (memory.update_period, "sy:updatePeriod"),
    )
    return [(time, name) for time, name in named if time and time > timedelta()]


def budget_factor(memories: Iterable[Memory], settings: FetchSettings) -> float:
    """What adaptive intervals must be stretched by (1 or more) to expect `settings.polls_per_day` polls.

    Sources that fail count with the polls their back-off allows. Intervals fixed in the configuration are
    not known here and count as adaptive ones.
    """
    if settings.polls_per_day is None:
        return 1.0
    rhythms, others = [], 0.0
    for memory in memories:
        if memory.failures and memory.next_poll and memory.last_poll:
            others += _DAY / max(LEAST, memory.next_poll - memory.last_poll)
        else:
            longest = max((demand for demand, _ in demands(memory)), default=LEAST)
            floor = max(min(longest, DEMAND_CAP), shortest(memory, settings))
            rhythms.append((_rhythm(memory, settings) / _DAY, floor / _DAY))

    def polls(factor: float) -> float:
        ceiling = _ceiling(settings, factor) / _DAY
        return others + sum(1 / max(floor, min(own * factor, ceiling)) for own, floor in rhythms)

    low, high = 1.0, DEMAND_CAP / LEAST
    if polls(low) <= settings.polls_per_day:
        return low
    while high / low > 1.001:
        middle = math.sqrt(low * high)
        low, high = (middle, high) if polls(middle) > settings.polls_per_day else (low, middle)
    return high


def _rhythm(memory: Memory, settings: FetchSettings) -> timedelta:
    """The interval as the rate of news alone would have it, from LEAST to `max_interval`."""
    default, longest = settings.interval.total_seconds(), settings.max_interval.total_seconds()
    gap = memory.span / max(memory.news, 1e-9) * _DAY.total_seconds()
    seconds = math.sqrt(2 * default * gap) if memory.span else default
    return max(LEAST, timedelta(seconds=min(seconds, longest)))


def stretched(before: float, lag: timedelta) -> float:
    """By what to stretch intervals from now on, measured once a minute: `lag` is how long the oldest due source waits.

    It grows by a quarter while they wait too long, and goes back more slowly when they do not.
    """
    return min(_LONGEST_STRETCH, before * 1.25) if lag > _LATE else max(1.0, before / 1.1)


def _ceiling(settings: FetchSettings, budget: float) -> timedelta:
    """The longest adaptive interval; beyond `max_interval` only if the budget cannot be kept otherwise."""
    return max(settings.max_interval, LEAST * budget)
