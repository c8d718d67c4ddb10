"""What a poll teaches of a source: its rate of news, what it demands, whether it failed, moved or is gone."""

from __future__ import annotations

import math
from datetime import timedelta

from aggregator.schema import HALF_LIFE, FetchSettings, Memory, Outcome, replace

HORIZON = timedelta(days=32)
"""A next poll farther ahead was stored under another clock: no cap allows it."""
GONE_ANSWERS = 3
"""So many 410s, days apart, and the source sleeps."""
_GONE_SPACING = timedelta(hours=12)
"""A 410 sooner after the last one says nothing new."""
_MOVED_ANSWERS = 3

_DAY = timedelta(days=1)


def after_success(memory: Memory, outcome: Outcome, settings: FetchSettings) -> Memory:
    """The memory after an answer (200, 226 or 304), but for when to ask next."""
    after = _observe(memory, outcome, settings)
    if outcome.kind == "news" or outcome.entries:
        after = replace(
            after,
            ttl=outcome.ttl,
            skip_hours=outcome.skip_hours,
            skip_days=outcome.skip_days,
            update_period=outcome.update_period,
        )
    if outcome.kind != "not_modified" or outcome.fresh_for is not None:
        # A 304 leaves headers it does not repeat as they were (RFC 9111, 3.2).
        after = replace(after, fresh_for=outcome.fresh_for)
    return replace(
        _moved(after, outcome.permanent_url),
        polls=memory.polls + 1,
        not_modified=memory.not_modified + (outcome.kind == "not_modified"),
        last_poll=outcome.at,
        last_ok=outcome.at,
        last_new=outcome.at if outcome.new else memory.last_new,
        last_kind=outcome.kind,
        last_message=outcome.message,
        failures=0,
        gone_count=0,
    )


def _observe(memory: Memory, outcome: Outcome, settings: FetchSettings) -> Memory:
    """Counts news and time, older ones decayed. What the first answer holds is an archive, not news."""
    if memory.last_ok is None:
        if memory.span:
            return memory
        # As if it had given one article in half a default interval: so little is soon outweighed.
        return replace(memory, news=1.0, span=settings.interval / 2 / _DAY)
    elapsed = max(timedelta(), outcome.at - memory.last_ok)
    if elapsed > HORIZON:
        return memory  # Nobody looked, or the clock jumped: of such a time one answer tells nothing.
    kept = 0.5 ** (elapsed / HALF_LIFE)
    seen = (1 - kept) * (HALF_LIFE / _DAY) / math.log(2)
    return replace(memory, news=memory.news * kept + outcome.new, span=memory.span * kept + seen)


def _moved(memory: Memory, to: str) -> Memory:
    if not to or to == memory.url:
        return replace(memory, moved_to="", moved_count=0)
    count = memory.moved_count + 1 if to == memory.moved_to else 1
    url = to if count >= _MOVED_ANSWERS else memory.url
    return replace(memory, url=url, moved_to=to, moved_count=count)


def after_failure(memory: Memory, outcome: Outcome) -> Memory:
    """The memory after a failure or a 410, but for when to ask next. Nothing learnt before is lost."""
    gone = memory.gone_count
    if outcome.kind == "gone" and not (
        memory.last_kind == "gone"
        and memory.last_poll is not None
        and timedelta() <= outcome.at - memory.last_poll < _GONE_SPACING
    ):
        gone += 1
    return replace(
        memory,
        polls=memory.polls + 1,
        last_poll=outcome.at,
        last_kind=outcome.kind,
        last_message=outcome.message,
        failures=memory.failures + 1,
        gone_count=gone,
    )
