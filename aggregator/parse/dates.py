"""Dates as feeds write them, to UTC: RFC 822/2822, ISO 8601, and the odd ones.

Missing zones are UTC; zone names beyond RFC 822 mean what most publishers mean (CST and IST are those of
the United States and India). A day and month that could be swapped are not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import struct_time

from feedparser.datetimes.greek import _parse_date_greek
from feedparser.datetimes.hungarian import _parse_date_hungarian
from feedparser.datetimes.korean import _parse_date_nate, _parse_date_onblog

_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: n for n, name in enumerate(_MONTH_NAMES, 1)}
_ZONES = {
    "nzdt": 780, "nzst": 720, "aedt": 660, "acdt": 630, "aest": 600, "acst": 570, "jst": 540, "kst": 540,
    "awst": 480, "hkt": 480, "sgt": 480, "pht": 480, "myt": 480, "ict": 420, "wib": 420, "npt": 345,
    "ist": 330, "pkt": 300, "gst": 240, "msd": 240, "irst": 210, "msk": 180, "eest": 180, "eat": 180,
    "trt": 180, "eet": 120, "cest": 120, "mest": 120, "sast": 120, "cat": 120, "cet": 60, "met": 60,
    "west": 60, "bst": 60, "wat": 60, "ndt": -150, "nst": -210, "adt": -180, "art": -180, "brt": -180,
    "ast": -240, "edt": -240, "et": -300, "est": -300, "cdt": -300, "cst": -360, "ct": -360, "mdt": -360,
    "mst": -420, "mt": -420, "pdt": -420, "pst": -480, "pt": -480, "akdt": -480, "akst": -540, "hst": -600,
}  # fmt: skip
"""Minutes east of Greenwich."""

_TIME = (
    r"(?:(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,:]\d+)?)?"
    r"(?:\s*(?P<half>[ap]\.?m\.?)(?![a-z]))?)"
)
_ZONE = (
    r"(?P<zone>[a-z]{0,5}\s?[+-]\s?\d{1,2}:?(?:\d\d)?|[a-z]{1,5}(?:/[a-z_]{1,20})?)?"
    r"(?:\s*\([^()]{0,60}\))?"
)
_CLOCK = rf"(?:[\s,t_]+(?:at\s+)?{_TIME})?\s*{_ZONE}\s*$"
_WEEKDAY = r"\s*(?:[^\W\d]{2,12}(?:\.?,\s*|\.\s*|\s+))?"
_RFC822 = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})[\s.-]+(?P<month>[a-z]{{3,9}})\.?,?[\s-]+(?P<year>\d{{2,4}})(?!\d|:){_CLOCK}",
    re.IGNORECASE,
)
_ISO8601 = re.compile(
    rf"\s*(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}}))?(?!\d){_CLOCK}", re.IGNORECASE
)
_COMPACT = re.compile(
    r"\s*(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
    r"(?:t?(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?)?\s*(?P<zone>z|[+-]\d\d:?(?:\d\d)?)?\s*$",
    re.IGNORECASE,
)
_AMERICAN = re.compile(
    rf"{_WEEKDAY}(?P<month>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?!\d|:){_CLOCK}",
    re.IGNORECASE,
)
_ASCTIME = re.compile(
    rf"{_WEEKDAY}(?P<month>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}}),?\s+{_TIME}\s+(?:(?P<zone>[a-z]{{1,5}}|[+-]\d{{4}})\s+)?"
    r"(?P<year>\d{4})\s*$",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?P<mark>[/.-])(?P<month>\d{{1,2}})[/.-](?P<year>\d{{4}})(?!\d){_CLOCK}",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\s*((?:19|20)\d\d)\s*$")
_EPOCH = re.compile(r"\s*(\d{10})(\d{3})?\s*$")
_PERFORCE = re.compile(r"^\w{3}, (?=\d{4}/)")

_FOREIGN: tuple[Callable[[str], struct_time | None], ...] = (
    _parse_date_greek,
    _parse_date_hungarian,
    _parse_date_nate,
    _parse_date_onblog,
)


def parse_date(text: str) -> datetime | None:
    """The instant a feed's date names, in UTC and whole seconds; None for junk and impossible dates."""
    if not text or len(text) > 100:
        return None
    text = _PERFORCE.sub("", text)
    for pattern in (_RFC822, _ISO8601, _COMPACT, _AMERICAN, _ASCTIME, _DAY_FIRST):
        match = pattern.match(text)
        if match is not None:
            return _instant(match.groupdict())
    year = _YEAR.match(text)
    if year is not None:
        return datetime(int(year[1]), 1, 1, tzinfo=UTC)
    epoch = _EPOCH.match(text)
    if epoch is not None:
        return datetime.fromtimestamp(int(epoch[1]), UTC)
    return _foreign(text)


def _instant(parts: dict[str, str | None]) -> datetime | None:
    day, month = int(parts["day"] or 1), _month(parts["month"] or "")
    if parts.get("mark") == "/" and day != month:
        if day <= 12 and month <= 12:
            return None
        if month > 12:
            day, month = month, day
    offset = _offset((parts.get("zone") or "").lower())
    hour, late = _hour(int(parts["hour"] or 0), (parts.get("half") or "").lower(), parts)
    year, minute, second = (
        _year(parts["year"] or ""),
        int(parts["minute"] or 0),
        int(parts.get("second") or 0),
    )
    if second == 60:  # a leap second
        second = 59
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        return local + timedelta(days=late) - offset
    except (ValueError, OverflowError):
        return None


def _hour(hour: int, half: str, parts: dict[str, str | None]) -> tuple[int, int]:
    """The hour of the day and the days to add: ISO 8601 writes midnight at the end of a day as 24:00."""
    if hour == 24 and int(parts["minute"] or 0) == 0:
        return 0, 1
    if half.startswith("p") and hour < 12:
        return hour + 12, 0
    if half.startswith("a") and hour == 12:
        return 0, 0
    return hour, 0


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS.get(text[:3].lower(), 0)


def _year(text: str) -> int:
    """RFC 2822 4.3: two digits below 50 are of this century, other years of two or three digits are not."""
    year = int(text)
    if len(text) == 4:
        return year
    return year + (2000 if len(text) == 2 and year < 50 else 1900)


@lru_cache(maxsize=256)
def _offset(zone: str) -> timedelta:
    """What to take off a local time to get UTC; unknown names and impossible offsets count as UTC."""
    name, sign, digits = re.match(r"([a-z/_]*)\s?([+-]?)\s?([\d:]*)$", zone).groups()  # type: ignore[union-attr]
    if not sign:
        return timedelta(minutes=_ZONES.get(name, 0))
    hours, _, minutes = digits.partition(":")
    if not minutes and len(hours) > 2:
        hours, minutes = hours[:-2], hours[-2:]
    if int(hours) > 15 or int(minutes or 0) > 59:
        return timedelta()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return -offset if sign == "-" else offset


def _foreign(text: str) -> datetime | None:
    """Greek, Hungarian and Korean dates, by feedparser."""
    for read in _FOREIGN:
        try:
            found = read(text)
            if found is not None:
                return datetime(*found[:6], tzinfo=UTC)
        except (KeyError, ValueError, OverflowError, AttributeError):
            continue
    return None
