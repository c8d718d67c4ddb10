"""What an origin says about when to ask again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import pytest

from aggregator.errors import GoneError, StatusError
from aggregator.schema import Download

Fetch = Callable[..., Download]
Serve = Callable[..., Any]
DATE = ("Date", "Thu, 15 Jan 2026 12:00:00 GMT")


def answer(status: str, *headers: tuple[str, str]) -> Callable[..., Any]:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response(status, list(headers))
        return [b"body"]

    return app


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([("Cache-Control", "max-age=3600")], 3600),
        ([("Cache-Control", 'public, Max-Age="3600" , must-revalidate')], 3600),
        ([("Cache-Control", "public"), ("Cache-Control", "max-age=60")], 60),
        ([("Cache-Control", "max-age=60, max-age=600")], 60),
        ([("Cache-Control", "max-age=60"), ("Expires", "Thu, 15 Jan 2026 14:00:00 GMT"), DATE], 60),
        ([("Expires", "Thu, 15 Jan 2026 14:00:00 GMT"), DATE], 7200),
        ([("Expires", "Thu, 15 Jan 2026 14:00:00 GMT")], 7200),
        ([("Expires", "Thu, 15 Jan 2015 14:00:00 GMT"), ("Date", "Thu, 15 Jan 2015 13:00:00 GMT")], 3600),
        ([("Cache-Control", "max-age=" + "9" * 5000)], 3650 * 86400),
    ],
)
def test_rule_06_freshness_is_max_age_or_else_expires_minus_date(
    headers: list[tuple[str, str]], seconds: int, loopback: Serve, fetch: Fetch
) -> None:
    assert fetch(loopback(answer("200 OK", *headers))).fresh_for == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("Cache-Control", "max-age=-5")],
        [("Cache-Control", "max-age=soon")],
        [("Cache-Control", "max-age")],
    ],
)
def test_rule_06_garbage_says_nothing_of_freshness(
    headers: list[tuple[str, str]], loopback: Serve, fetch: Fetch
) -> None:
    assert fetch(loopback(answer("200 OK", *headers))).fresh_for is None


@pytest.mark.parametrize(
    "headers",
    [
        [("Cache-Control", "no-store")],
        [("Cache-Control", "no-cache")],
        [("Cache-Control", "max-age=0")],
        [("Cache-Control", "max-age=0"), ("Expires", "Thu, 15 Jan 2026 14:00:00 GMT"), DATE],
        [("Expires", "0"), DATE],
        [("Expires", "-1"), DATE],
        [("Expires", "Thu, 15 Jan 2026 11:00:00 GMT"), DATE],
        [("Expires", "Thu, 99 Foo 99999 11:00:00 GMT"), DATE],
    ],
)
def test_rule_06_what_is_stale_at_once_stays_fresh_for_no_time(
    headers: list[tuple[str, str]], loopback: Serve, fetch: Fetch
) -> None:
    assert fetch(loopback(answer("200 OK", *headers))).fresh_for == timedelta()


def test_rule_06_max_age_counts_beside_no_cache(loopback: Serve, fetch: Fetch) -> None:
    server = loopback(answer("200 OK", ("Cache-Control", "no-cache, max-age=21600")))
    assert fetch(server).fresh_for == timedelta(hours=6)


def test_rule_06_max_age_is_read_on_429(loopback: Serve, fetch: Fetch) -> None:
    server = loopback(answer("429 Too Many Requests", ("Cache-Control", "max-age=900")))
    with pytest.raises(StatusError) as caught:
        fetch(server)
    assert (caught.value.status, caught.value.fresh_for) == (429, timedelta(minutes=15))


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("Thu, 15 Jan 2026 12:30:00 GMT", 1800),
        ("1000000000", None),
        ("2678400", 2678400),
        ("Thu, 15 Jan 2099 12:30:00 GMT", None),
        ("0", None),
        ("-5", None),
        ("1e9", None),
        ("soon", None),
        ("\xb2", None),
        ("Thu, 15 Jan 2026 11:30:00 GMT", None),
    ],
)
def test_rule_07_retry_after_is_read_in_seconds_and_as_a_date(
    status: str, value: str, seconds: int | None, loopback: Serve, fetch: Fetch
) -> None:
    with pytest.raises(StatusError) as caught:
        fetch(loopback(answer(status, ("Retry-After", value), DATE)))
    assert caught.value.retry_after == (timedelta(seconds=seconds) if seconds else None)


@pytest.mark.parametrize("clock", ["15 Jan 2026 17:00:00", "15 Jan 2026 09:00:00", "03 Mar 2031 01:00:00"])
def test_rule_07_a_date_is_read_by_the_clock_of_the_origin_where_that_goes_wrong(
    clock: str, loopback: Serve, fetch: Fetch
) -> None:
    at = parsedate_to_datetime(f"Thu, {clock} GMT")
    until = ("Retry-After", format_datetime(at + timedelta(minutes=20), usegmt=True))
    with pytest.raises(StatusError) as caught:
        fetch(loopback(answer("503 Busy", until, ("Date", format_datetime(at, usegmt=True)))))
    assert caught.value.retry_after == timedelta(minutes=20)


def test_rule_07_retry_after_means_nothing_on_other_errors(loopback: Serve, fetch: Fetch) -> None:
    with pytest.raises(StatusError) as caught:
        fetch(loopback(answer("404 Not Found", ("Retry-After", "120"))))
    assert caught.value.retry_after is None


def test_rule_07_retry_after_is_heeded_even_if_the_body_breaks_off(raw: Serve, fetch: Fetch) -> None:
    server = raw(b"HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nContent-Length: 1000\r\n\r\nnot all")
    with pytest.raises(StatusError) as caught:
        fetch(server)
    assert (caught.value.status, caught.value.retry_after) == (503, timedelta(minutes=1))


def test_rule_11_a_410_is_a_gone_error(loopback: Serve, fetch: Fetch) -> None:
    with pytest.raises(GoneError, match=r"410 Gone.*for good") as caught:
        fetch(loopback(answer("410 Gone")))
    assert caught.value.status == 410


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("401 Unauthorized", "check username, password"),
        ("403 Forbidden", "refuses"),
        ("404 Not Found", "check the source's address"),
        ("500 Internal Server Error", "500 Internal Server Error"),
        ("999 Request denied", "answered 999"),
        ("204 No Content", "no feed"),
        ("206 Partial Content", "no feed"),
        ("300 Multiple Choices", "300 Multiple Choices"),
    ],
)
def test_every_other_status_is_an_error_that_says_so(
    status: str, words: str, loopback: Serve, fetch: Fetch
) -> None:
    server = loopback(answer(status))
    with pytest.raises(StatusError, match=words) as caught:
        fetch(server)
    assert caught.value.status == int(status[:3])
    assert server.address in str(caught.value)
    assert str(caught.value).endswith(".")
