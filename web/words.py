"""How a page says a time, a country, a language or a number, in the language of its reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape, unescape
from math import inf
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from flask_babel import gettext as _
from markupsafe import Markup

from aggregator.filters import Text, spans
from aggregator.schema import Article, Mention, Place
from web.desk import this_desk
from web.language import locale

Named = TypeVar("Named")
Unit = Literal["second", "minute", "hour", "day"]

_TOPIC = "medtop:"
"""What the ids of the IPTC's topics begin with."""
_TAG = re.compile(r"""(<(?:[^>"']|"[^"]*"|'[^']*')*>)""")
_DAY = timedelta(days=1)
_FAR = 60 * _DAY
"""Beyond which nobody counts days: the date says more."""
_UNITS: tuple[tuple[Unit, timedelta, timedelta], ...] = (
    ("second", timedelta(seconds=1), timedelta(minutes=1)),
    ("minute", timedelta(minutes=1), timedelta(hours=1)),
    ("hour", timedelta(hours=1), 2 * _DAY),
    ("day", _DAY, timedelta.max),
)
"""Units of a length of time, each with its own length and that from which on the next one is used."""
_LOOKED_THROUGH = 20_000
"""Characters of a text in which a passage is looked for."""


def country_name(code: str) -> str:
    """The name of an ISO 3166-1 alpha-2 code; the code itself if it has none."""
    return str(locale().territories.get(code, code))


def category_name(id: str, name: str) -> str:
    """What the reader's language calls a category; `name`, as articles have it, if it does not say."""
    spoken = locale().language
    return name if spoken == "en" else _capital(this_desk().topic_name(id, spoken)) or name


def place_name(place: Place) -> str:
    """What a place is called: a country in the reader's language, all others as the gazetteer has them."""
    return country_name(place.country) if place.kind == "country" and place.country else place.name


def place_words(place: Place) -> str:
    """A place and the country it lies in: `Nairobi, Kenya`."""
    outside = country_name(place.country) if place.country and place.kind != "country" else ""
    return f"{place_name(place)}{_(', ')}{outside}" if outside else place_name(place)


def language_name(tag: str) -> str:
    """The name of the language of a BCP 47 tag: `pt-BR` gives "Portuguese (Brazil)"."""
    base, *rest = tag.split("-")
    name = _capital(str(locale().languages.get(base.lower(), base)))
    region = next((part for part in rest if len(part) == 2), "")
    return f"{name} ({country_name(region.upper())})" if region else name


def date_words(at: date) -> str:
    """`Thursday, 15 January 2026`."""
    return _date(at.date() if isinstance(at, datetime) else at, "full", locale())


def time_words(at: datetime) -> str:
    """`15 January 2026, 12:00 UTC`."""
    return _time(at.replace(second=0, microsecond=0), locale())


@lru_cache(maxsize=4096)
def _time(at: datetime, spoken: Locale) -> str:
    return str(_("%(date)s, %(time)s UTC", date=_date(at.date(), "long", spoken), time=f"{at:%H:%M}"))


def month_words(at: date) -> str:
    """`January 2026`."""
    return _capital(format_skeleton("yMMMM", at, locale=locale()))


def day_words(day: date, now: datetime) -> str:
    """A day as a heading: Today, Yesterday, or the date (UTC)."""
    days = (now.date() - day).days
    return str({0: _("Today"), 1: _("Yesterday")}.get(days) or _capital(date_words(day)))


def distance(at: datetime, now: datetime) -> str:
    """How long ago, or how long until, a time is; its date if that is long."""
    away = abs(now - at)
    if away > _FAR:
        return date_words(at)
    if away < timedelta(minutes=1):
        return str(_("just now") if at <= now else _("in a moment"))
    return _span(*_in_units(away), 1 if at > now else -1, locale())


def stamp(at: datetime) -> str:
    """`2026-01-15T12:00:00Z`, for programs."""
    return f"{at.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def clock_words(at: datetime, now: datetime) -> str:
    """The time of an article under the heading of its day: how long ago, or the hour if that is long."""
    return distance(at, now) if timedelta() <= now - at < _DAY else f"{at:%H:%M}"


def span_words(span: timedelta) -> str:
    """A length of time in its largest unit: `3 hr`."""
    return _span(*_in_units(span), 0, locale())


def number_words(number: float, digits: int = 0) -> str:
    """A number, rounded to so many digits after the point: `12,345`."""
    return _number(number, digits, locale())


def percent_words(share: float) -> str:
    """A share of 1 in full percents: `42%`."""
    return str(format_percent(share, locale=locale()))


def size_words(length: int) -> str:
    """Bytes as kB or MB (decimal)."""
    if length >= 1_000_000:
        return format_unit(length / 1e6, "digital-megabyte", "short", format="#,##0.0", locale=locale())
    return format_unit(max(1, round(length / 1e3)), "digital-kilobyte", "short", locale=locale())


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _in_units(span: timedelta) -> tuple[int, Unit]:
    """A length of time in whole units of the largest kind that says enough."""
    unit, length = next((unit, length) for unit, length, end in _UNITS if span < end)
    return span // length, unit


@lru_cache(maxsize=4096)
def _span(count: int, unit: Unit, direction: int, locale: Locale) -> str:
    """So many units; ahead (1), ago (-1), or just as long (0)."""
    span = (direction or 1) * count * next(length for name, length, _ in _UNITS if name == unit)
    return format_timedelta(
        span, granularity=unit, threshold=inf, add_direction=direction != 0, format="short", locale=locale
    )


@lru_cache(maxsize=1024)
def _date(at: date, length: Literal["full", "long"], locale: Locale) -> str:
    return format_date(at, length, locale=locale)


@lru_cache(maxsize=4096)
def _number(number: float, digits: int, locale: Locale) -> str:
    return format_decimal(number, format="#,##0" + ("." + "0" * digits if digits else ""), locale=locale)


def short(text: str, length: int = 80) -> str:
    """The text, or its beginning if it is longer than that."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def host_name(url: str) -> str:
    """The host of an address as a reader knows it, without `www.`; empty if it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:  # such as an unclosed IPv6 address
        return ""


def is_web_address(url: str) -> bool:
    """True if a link may lead there: http or https, nothing that a browser would run."""
    return url.lower().startswith(("http://", "https://"))


def places_of(article: Article) -> tuple[Mention, ...]:
    """The strongest mention of each place of an article: first the place it is mostly about, then the surest."""
    best: dict[tuple[str, str], Mention] = {}
    for mention in article.mentions:
        key = (mention.place.name, mention.place.country)
        if key not in best or mention.score > best[key].score:
            best[key] = mention
    return tuple(sorted(best.values(), key=lambda mention: (mention.place != article.focus, -mention.score)))


def told_apart(found: Iterable[Named], id_and_name: Callable[[Named], tuple[str, str]]) -> tuple[Named, ...]:
    """Categories without the publisher's terms that go by the name of a topic beside them."""
    named = [(one, *id_and_name(one)) for one in found]
    topics = {name.casefold() for _, id, name in named if id.startswith(_TOPIC)}
    return tuple(one for one, id, name in named if id.startswith(_TOPIC) or name.casefold() not in topics)


def marked(text: str, wanted: Sequence[Text]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether a filter looked for it."""
    pieces: list[tuple[str, bool]] = []
    last = 0
    for start, end in spans(text, wanted):
        pieces += [(text[last:start], False), (text[start:end], True)]
        last = end
    return [(piece, found) for piece, found in [*pieces, (text[last:], False)] if piece]


def marked_html(html: str, wanted: Sequence[Text]) -> Markup:
    """Sanitised HTML, with what a filter looked for marked in its texts; its tags stay as they are."""
    if not wanted:
        return Markup(html)  # noqa: S704 (it is sanitised when it is stored)
    pieces = (
        piece if at % 2 else "".join(_shown(*one) for one in marked(unescape(piece), wanted))
        for at, piece in enumerate(_TAG.split(html))
    )
    return Markup("".join(pieces))  # noqa: S704


def _shown(text: str, found: bool) -> str:
    shown = escape(text, quote=False)
    return f"<mark>{shown}</mark>" if found else shown


def excerpt(article: Article, wanted: Sequence[Text], length: int = 320) -> str:
    """The summary; if a filter found its words only further on in the text, the passage they stand in."""
    summary = short(article.summary, length)
    if not wanted or spans(summary, wanted):
        return summary
    found = spans(article.text[:_LOOKED_THROUGH], wanted)
    if not found:
        return summary
    start = max(0, article.text.rfind(" ", 0, max(0, found[0][0] - length // 3)))
    return ("… " if start else "") + short(" ".join(article.text[start : start + 2 * length].split()), length)


def browser_words(agent: str) -> str:
    """Which browser that is, as far as what it calls itself shows: `Firefox on Linux`."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), _("A browser"))
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return str(_("%(browser)s on %(system)s", browser=browser, system=system) if system else browser)


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
"""What browsers call themselves; Chrome calls itself Safari too, and Edge both."""
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Windows", "Windows"),
    ("Linux", "Linux"),
)
