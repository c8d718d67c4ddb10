"""What is said to an origin in request headers, and what its response headers say about polling."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from aggregator import __version__
from aggregator.schema import Memory, Source

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_LONGEST = timedelta(days=3650)
"""No demand of a publisher is taken for longer; the cadence has caps of its own."""
_LONGEST_RETRY = timedelta(days=31)
_STALE = timedelta()
_DIRECTIVE = re.compile(r"([a-z-]+)(?:\s*=\s*\"?([^\",;]*)\"?)?", re.I)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def request_headers(
    source: Source, memory: Memory, *, contact: str, conditional: bool, trusted: bool
) -> list[tuple[bytes, bytes]]:
    """The headers of one request; the source's own headers and credentials only if the host is `trusted`."""
    headers = {
        "user-agent": ("User-Agent", _agent(contact)),
        "accept": ("Accept", ACCEPT),
        "accept-encoding": ("Accept-Encoding", "gzip"),
        "a-im": ("A-IM", "feed"),
    }
    if trusted:
        if source.username or source.password:
            password = source.password.reveal() if source.password else ""
            token = b64encode(f"{source.username}:{password}".encode()).decode("ascii")
            headers["authorization"] = ("Authorization", f"Basic {token}")
        for name, value in source.headers:
            headers[name.lower()] = (name, value.reveal())
    sent = [(name.encode("latin-1"), _octets(value)) for name, value in headers.values()]
    if conditional and memory.etag:
        sent.append((b"If-None-Match", memory.etag.encode("latin-1")))
    if conditional and memory.last_modified:
        sent.append((b"If-Modified-Since", memory.last_modified.encode("latin-1")))
    return sent


def user_agent(contact: str) -> tuple[bytes, bytes]:
    return b"User-Agent", _octets(_agent(contact))


def _agent(contact: str) -> str:
    return f"Dateline/{__version__} (+{contact})"


def _octets(value: str) -> bytes:
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode("utf-8")


def first(headers: httpx.Headers, name: str) -> str:
    """The first value of a header, as latin-1; empty if there is none."""
    wanted = name.encode("latin-1")
    return next((value.decode("latin-1") for key, value in headers.raw if key.lower() == wanted), "")


def validator(headers: httpx.Headers, name: str) -> str:
    """An opaque validator, byte for byte; empty if absent or unfit to be sent back in a header."""
    value = first(headers, name)
    return "" if _CONTROL.search(value) else value


def freshness(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """How long the answer stays fresh: max-age, else Expires minus Date (RFC 9111, 4.2.1).

    Zero if it says that it is stale at once, None if it says nothing. The Age of a cached answer is not
    subtracted: max-age says how often the publisher wants to be asked, so it counts even beside `no-cache`.
    """
    directives = dict[str, str]()
    for value in headers.get_list("cache-control"):
        for name, argument in _DIRECTIVE.findall(value):
            directives.setdefault(name.lower(), argument.strip())
    if "max-age" in directives:
        return _seconds(directives["max-age"])
    if not {"no-store", "no-cache"}.isdisjoint(directives):
        return _STALE
    expires = _date(first(headers, "expires"))
    if expires is None:
        return _STALE if first(headers, "expires") else None
    return min(max(expires - (_date(first(headers, "date")) or now), _STALE), _LONGEST)


def retry_after(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """How long the origin asks to be left alone, in seconds or until a date (RFC 9110, 10.2.3).

    A date is read by our clock or by the origin's own, whichever gives the shorter wait: one of them may go wrong.
    None if it says nothing sensible: more than a month is no wait that anybody means.
    """
    value = first(headers, "retry-after")
    wait = _seconds(value)
    until = _date(value) if wait is None else None
    if until is not None:
        clocks = (now, _date(first(headers, "date")))
        wait = min((until - at for at in clocks if at is not None and at < until), default=None)
    return wait if wait is not None and _STALE < wait <= _LONGEST_RETRY else None


def _seconds(text: str) -> timedelta | None:
    if not text.isascii() or not text.isdigit():
        return None
    digits = text.lstrip("0")
    return min(timedelta(seconds=int(digits or "0")), _LONGEST) if len(digits) < 10 else _LONGEST


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
