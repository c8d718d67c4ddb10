"""How each source is doing, in words an admin can act on. Pure: facts in, rows out."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from aggregator.schema import HALF_LIFE, Memory, Source
from aggregator.urls import without_secrets
from aggregator.written import line

Health = Literal["failing", "gone", "silent", "waiting", "ok", "off"]
HEALTH_WORDS: dict[Health, str] = {
    "failing": "The last polls failed. They go on by themselves, less often.",
    "gone": "The publisher says the source is gone for good.",
    "silent": "Answers as it should, but brings far less than usual.",
    "waiting": "Not asked yet.",
    "ok": "Works.",
    "off": "Turned off in the configuration.",
}
"""Each health with its meaning, the one that most needs a person first."""

DAYS = 28
"""Days of the small chart, today included."""
_WEEK = 7
_DAY = timedelta(days=1)
_SILENT_AFTER = timedelta(days=2)
_WORTH_SAYING = 3
"""Times the usual gap from which on a silence is mentioned."""
_MISSED = 8
"""Articles due in a silence that needs a person; none of 8 comes by chance 3 times in 10,000."""
_STEADY = HALF_LIFE / _DAY / math.log(2)
"""The decayed time, in days, of a source watched for long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An edit of the configuration the publisher's answers suggest, for the admin to make."""

    why: str
    where: str
    """`file:line` of the source's table."""
    old: str
    """A line of TOML, or empty if only one is added."""
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One source on the status page."""

    source: Source
    memory: Memory
    health: Health
    daily: tuple[int, ...]
    """New articles on each of the last DAYS days (UTC), today last."""
    usual: float | None
    """Articles a day it usually brings; None until it was watched for a day."""
    silence: str
    """How long it has been silent against its usual, as a sentence; empty unless that is remarkable."""
    change: Change | None

    @property
    def lately(self) -> float:
        """Articles a day over the last seven whole days."""
        return sum(self.daily[-_WEEK - 1 : -1]) / _WEEK

    @property
    def unchanged_share(self) -> float | None:
        """Share of polls answered "not modified" (304), 0 to 1; None before the first poll."""
        return self.memory.not_modified / self.memory.polls if self.memory.polls else None


def rows(
    sources: Iterable[Source],
    memories: Iterable[Memory],
    daily: Mapping[str, Mapping[date, int]],
    now: datetime,
) -> list[Row]:
    """A row for each configured source, those that need a person first, then by title."""
    known = {memory.source_id: memory for memory in memories}
    days = [now.date() - timedelta(days=ago) for ago in reversed(range(DAYS))]
    made = []
    for source in sources:
        memory = known.get(source.id) or Memory(source_id=source.id, url=source.url)
        counts = daily.get(source.id, {})
        health = health_of(source, memory, now)
        made.append(
            Row(
                source=source,
                memory=memory,
                health=health,
                daily=tuple(counts.get(day, 0) for day in days),
                usual=usual_rate(memory),
                silence=silence(memory, now),
                change=proposed_change(source, memory),
            )
        )
    order = list(HEALTH_WORDS)
    return sorted(made, key=lambda row: (order.index(row.health), row.source.title.casefold(), row.source.id))


def with_days(row: Row, daily: Mapping[str, Mapping[date, int]], now: datetime) -> Row:
    """The row with its articles a day."""
    counts = daily.get(row.source.id, {})
    days = (now.date() - timedelta(days=ago) for ago in reversed(range(DAYS)))
    return replace(row, daily=tuple(counts.get(day, 0) for day in days))


def tally(made: Iterable[Row]) -> dict[Health, int]:
    """How many sources are in each health, in the order of HEALTH_WORDS; only those there are."""
    counts = Counter(row.health for row in made)
    return {health: counts[health] for health in HEALTH_WORDS if counts[health]}


def health_of(source: Source, memory: Memory, now: datetime) -> Health:
    """The health of a source, from what the last polls left in its memory."""
    if not source.enabled:
        return "off"
    if memory.is_apart:
        return "failing"
    if memory.last_poll is None:
        return "waiting"
    if memory.last_kind == "gone":
        return "gone"
    if memory.failures or memory.last_kind == "failed":
        return "failing"
    return "silent" if _usual_gaps(memory, now) >= _MISSED else "ok"


def usual_rate(memory: Memory) -> float | None:
    """Articles a day until its latest news, estimated by polling; None until it was watched for a day.

    The estimate decays as long as nothing comes. A silence is to be held against what was usual before it,
    so the decay since the latest news is taken out again.
    """
    if memory.span < 1:
        return None
    quiet = memory.last_ok - memory.last_new if memory.last_ok and memory.last_new else timedelta()
    kept = 0.5 ** (quiet / HALF_LIFE)
    watched = (memory.span - (1 - kept) * _STEADY) / kept if kept > 1e-9 else _STEADY
    return memory.news / kept / watched if watched >= 1 else memory.news / memory.span


def silence(memory: Memory, now: datetime) -> str:
    """A sentence if the source has been silent remarkably longer than usual; else empty."""
    times = _usual_gaps(memory, now)
    if memory.last_new is None or times < _WORTH_SAYING:
        return ""
    return f"Silent {times:.0f} times longer than usual: nothing new for {(now - memory.last_new).days} days."


def _usual_gaps(memory: Memory, now: datetime) -> float:
    """How often the usual gap between two articles fits into the present one; 0 while that is short."""
    if memory.last_new is None or now - memory.last_new < _SILENT_AFTER:
        return 0.0
    return (usual_rate(memory) or 0.0) * ((now - memory.last_new) / _DAY)


def proposed_change(source: Source, memory: Memory) -> Change | None:
    """The edit that would bring the configuration up to date with a moved or gone source; none for one turned off."""
    if not source.enabled:
        return None
    if memory.last_kind == "gone":
        times = {0: "once", 1: "once", 2: "twice"}.get(memory.gone_count, f"{memory.gone_count} times")
        why = f"The publisher said {times} that this source is gone for good (410)."
        return Change(why=why, where=source.origin, old="", new="enabled = false")
    moved = memory.moved_to or (memory.url if memory.url != source.url else "")
    if not moved or moved == source.url:
        return None
    used = memory.url == moved
    why = (
        "The publisher moved this source for good; the new address is already used."
        if used
        else f"The publisher says that this source has moved for good; {_polls(memory.moved_count)} said so."
    )
    return Change(why=why, where=source.origin, old=_url(source.url), new=_url(moved))


def _polls(count: int) -> str:
    return "one poll" if count <= 1 else f"{count} polls"


def _url(url: str) -> str:
    return line("url", without_secrets(url))
