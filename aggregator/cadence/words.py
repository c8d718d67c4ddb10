"""Times and rates in words a person would use."""

from __future__ import annotations

from datetime import timedelta


def spoken(time: timedelta) -> str:
    """A time in words a person would use: "45 min", "6 h", "2 h 30 min", "3 days"."""
    minutes = round(time / timedelta(minutes=1))
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 48 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{time / timedelta(days=1):.1f}".removesuffix(".0") + " days"


def pace(rate: float) -> str:
    for days, name in ((1, "a day"), (7, "a week"), (30, "a month")):
        if rate * days >= 0.95:
            count = round(rate * days)
            return f"about {count} new article{'' if count == 1 else 's'} {name}"
    return "hardly any news"
