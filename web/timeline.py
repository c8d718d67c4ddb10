"""How many articles each hour, day, month or year brought, as bars that narrow a list to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from web.words import date_words, month_words, time_words

Unit = Literal["hour", "day", "month", "year"]
MOST_BARS = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEPS: dict[Unit, timedelta] = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "month": timedelta(days=31),
    "year": timedelta(days=366),
}
_HOURS_UP_TO = timedelta(hours=72)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The articles of one span of time."""

    label: str
    since: str
    until: str
    """First and last of it, as filters write them."""
    count: int
    height: int
    """Hundredths of the highest bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    unit: Unit
    bars: tuple[Bar, ...]
    """One after the other, the oldest first; spans without articles too."""


def timeline(positions: Sequence[int]) -> Timeline:
    """The articles at these positions (newest first) in the finest unit that needs few enough bars."""
    if not positions:
        return Timeline(unit="day", bars=())
    first, last = _instant(positions[-1]), _instant(positions[0])
    unit = _unit(first, last)
    starts = _starts(_begin(first, unit), last, unit)
    counts = Counter(_begin(_instant(position), unit) for position in positions)
    highest = max(counts.values())
    return Timeline(
        unit=unit,
        bars=tuple(_bar(start, unit, counts[start], highest) for start in starts),
    )


def _unit(first: datetime, last: datetime) -> Unit:
    if last - first <= _HOURS_UP_TO:
        return "hour"
    fitting: Iterable[Unit] = (
        unit for unit in ("day", "month") if (last - first) / _STEPS[unit] < MOST_BARS - 1
    )
    return next(iter(fitting), "year")


def _begin(at: datetime, unit: Unit) -> datetime:
    """The beginning of the hour, day, month or year a time lies in (UTC)."""
    at = at.replace(minute=0, second=0, microsecond=0)
    match unit:
        case "hour":
            return at
        case "day":
            return at.replace(hour=0)
        case "month":
            return at.replace(hour=0, day=1)
        case "year":
            return at.replace(hour=0, day=1, month=1)


def _starts(at: datetime, last: datetime, unit: Unit) -> list[datetime]:
    starts = []
    while at <= last:
        starts.append(at)
        at = _begin(at + _STEPS[unit], unit)
    return starts[-MOST_BARS:]


def _bar(at: datetime, unit: Unit, count: int, highest: int) -> Bar:
    since = until = {"hour": f"{at:%Y-%m-%dT%H:%MZ}", "day": f"{at:%Y-%m-%d}", "month": f"{at:%Y-%m}"}.get(
        unit, f"{at:%Y}"
    )
    if unit == "hour":
        until = f"{at + _STEPS[unit]:%Y-%m-%dT%H:%MZ}"
    words = {"hour": time_words, "day": date_words, "month": month_words}
    return Bar(
        label=words[unit](at) if unit in words else f"{at:%Y}",
        since=since,
        until=until,
        count=count,
        height=max(round(100 * count / highest), 2) if count else 0,
    )


def _instant(position: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=position >> 20)
