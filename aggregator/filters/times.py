"""Days, times and durations in a filter."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from aggregator.errors import FilterError
from aggregator.filters.tree import Filter, Since, Until, all_of

LONGEST = timedelta(days=36_500)
"""The longest duration a filter may go back."""

_PERIOD = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.A)
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.A)
_SHORT = re.compile(r"(\d{1,7})([wdhm])", re.A)
_ISO = re.compile(r"P(?:(\d{1,5})W|(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,8})M)?)?)", re.A)
_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


def since(written: str, shown: str) -> Filter:
    """From the beginning of a day, month or year on, from a time on, or as long ago at most."""
    ago = _duration(written, shown)
    return Since(_start(written, shown) if ago is None else None, ago)


def until(written: str, shown: str) -> Filter:
    """Up to the end of a day, month or year, up to a time, or as long ago at least."""
    ago = _duration(written, shown)
    return Until(_end(written, shown) if ago is None else None, ago)


def date(written: str, shown: str) -> Filter:
    """A day, month or year, or from one to another: `2026-11`, `2026-11-01..2026-11-07`, `2026-11-01..`."""
    first, dots, last = written.partition("..")
    if not dots:
        last = first
    parts: list[Filter] = []
    if first:
        parts.append(Since(_start(first, shown), None))
    if last:
        parts.append(Until(_end(last, shown), None))
    found = all_of(parts)
    if not parts or (len(parts) == 2 and _start(first, shown) >= _end(last, shown)):
        raise FilterError(f"{shown} is no span of days; write one such as 2026-11-01..2026-11-07.")
    return found


def _start(written: str, shown: str) -> datetime:
    found = _PERIOD.fullmatch(written)
    return _period(found, shown)[0] if found else _instant(written, shown)


def _end(written: str, shown: str) -> datetime:
    """The end of a day, for who writes a day means the whole of it."""
    found = _PERIOD.fullmatch(written)
    return _period(found, shown)[1] if found else _instant(written, shown)


def _period(found: re.Match[str], shown: str) -> tuple[datetime, datetime]:
    """Beginning and end of a day, month or year, UTC."""
    year, month, day = (int(part or 0) for part in found.groups())
    try:
        start = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day:
            return start, start + timedelta(days=1)
        if month:
            return start, (start + timedelta(days=31)).replace(day=1)
        return start, (start + timedelta(days=366)).replace(day=1)
    except OverflowError as error:
        raise FilterError(f"{shown} is too far in the future.") from error
    except ValueError as error:
        raise FilterError(f"{shown} is no day of the calendar.") from error


def _instant(written: str, shown: str) -> datetime:
    if not _DATETIME.fullmatch(written):
        raise FilterError(
            f"{shown} is no time; write a day such as 2026-01-15, a time such as 2026-01-15T12:00Z,"
            " or a duration such as 7d or 12h."
        )
    try:
        at = datetime.fromisoformat(written)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise FilterError(f"{shown} is no possible time.") from error


def _duration(written: str, shown: str) -> timedelta | None:
    """The length of `7d`, `12h`, `P7D` or `PT12H` (ISO 8601 without months and years); None if not one."""
    if found := _SHORT.fullmatch(written):
        length = int(found[1]) * _UNITS[found[2]]
    elif (found := _ISO.fullmatch(written)) and any(found.groups()):
        weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes)
    else:
        return None
    if not timedelta() < length <= LONGEST:
        raise FilterError(f"{shown} must be longer than nothing and at most {LONGEST.days} days.")
    return length
