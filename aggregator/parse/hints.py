"""What a feed says about itself and about polling it; garbage is harmless."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from html import unescape

from aggregator.parse.document import Document
from aggregator.parse.draft import language_tag
from aggregator.schema import Entry, Feed
from aggregator.urls import resolve

_TAG = re.compile(r"<[^<>]{0,500}>")
_NUMBER = re.compile(r"\d{1,2}(?!\d)")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_LONGEST_TTL = timedelta(days=365)


def feed_of(props: Mapping[str, str], entries: Iterable[Entry], document: Document) -> Feed:
    """The feed, from texts by the names of their elements.

    `ttl` in minutes and `skiphours` (GMT) after RSS 2.0, `sy_updateperiod` after the syndication module.
    """
    kept = tuple(entries)
    return Feed(
        entries=kept,
        title=_plain(props.get("title", "")),
        link=resolve(document.base, props.get("link", "")),
        language=language_tag(props.get("language", "")),
        ttl=_ttl(props.get("ttl", "")),
        skip_hours=_hours(props.get("skiphours", "")),
        skip_days=_days(props.get("skipdays", "")),
        update_period=_period(props.get("sy_updateperiod", ""), props.get("sy_updatefrequency", "")),
        repaired=_repaired(document, len(kept)),
        truncated=document.truncated,
    )


def _plain(html: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def _repaired(document: Document, count: int) -> str:
    if not document.notes:
        return ""
    saved = "1 entry was" if count == 1 else f"{count} entries were"
    cut = "; it was cut off, so its incomplete last entry was left out" if document.truncated else ""
    return f"The document is broken, {saved} read from it: {'; '.join(document.notes)}{cut}."


def _ttl(text: str) -> timedelta | None:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        return None
    ttl = timedelta(minutes=int(text))
    return min(ttl, _LONGEST_TTL) if ttl else None


def _hours(text: str) -> frozenset[int]:
    hours = frozenset(int(number) % 24 for number in _NUMBER.findall(text) if int(number) <= 24)
    return hours if len(hours) < 24 else frozenset()


def _days(text: str) -> frozenset[int]:
    days = frozenset(_DAYS.index(word[:3]) for word in text.lower().split() if word[:3] in _DAYS)
    return days if len(days) < 7 else frozenset()


def _period(period: str, frequency: str) -> timedelta | None:
    times = frequency.strip()
    length = _PERIODS.get(period.strip().lower() or "daily" if times else period.strip().lower())
    if length is None:
        return None
    count = int(times) if times.isascii() and times.isdigit() and len(times) < 5 else 1
    return length / max(count, 1)
