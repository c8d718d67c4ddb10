"""Dates as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.dates import parse_date


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("Thu, 15 Jan 2026 10:00:00 GMT", "2026-01-15T10:00:00"),
        ("Thu, 15 Jan 2026 10:00:00 +0100", "2026-01-15T09:00:00"),
        ("15 January 2026 10:00 -05:00", "2026-01-15T15:00:00"),
        ("thu,15 jan 2026 10:00:00 z", "2026-01-15T10:00:00"),
        ("Thursday, 15-Jan-26 10:00:00 UTC", "2026-01-15T10:00:00"),
        ("Thu, 15 Jan 26 10:00:00 EST", "2026-01-15T15:00:00"),
        ("Fri, 15 Jan 99 10:00:00 GMT", "1999-01-15T10:00:00"),
        ("15 Jan 2026", "2026-01-15T00:00:00"),
        ("Thu, 15 Jan 2026 EST", "2026-01-15T05:00:00"),
        ("Thu, 15 Jan 2026 10:00:00 CEST", "2026-01-15T08:00:00"),
        ("Thu, 15 Jan 2026 10:00:00 GMT+2", "2026-01-15T08:00:00"),
        ("Thu, 15 Jan 2026 10:00:00 GMT+0200 (CEST)", "2026-01-15T08:00:00"),
        ("Thu, 15 Jan 2026 10:00:00 UTC-03:30", "2026-01-15T13:30:00"),
        ("Thu, 15 Jan 2026 10:00:00 XYZ", "2026-01-15T10:00:00"),
        ("Thu, 15 Jan 2026 10:00:00 +3000", "2026-01-15T10:00:00"),
        ("Thu, 15 Jan 2026 24:00:00 GMT", "2026-01-16T00:00:00"),
        ("Sat, 31 Dec 2016 23:59:60 GMT", "2016-12-31T23:59:59"),
        ("Thu Jan 15 2026 10:00:00 GMT+0100 (Central European Time)", "2026-01-15T09:00:00"),
        ("Thu Jan 15 10:00:00 2026", "2026-01-15T10:00:00"),
        ("Thu Jan 15 10:00:00 EST 2026", "2026-01-15T15:00:00"),
        ("January 15, 2026 4:30 PM", "2026-01-15T16:30:00"),
        ("Thursday, January 15th, 2026 12:05 am", "2026-01-15T00:05:00"),
        ("2026-01-15T10:00:00Z", "2026-01-15T10:00:00"),
        ("2026-01-15T10:00:00.123456+01:00", "2026-01-15T09:00:00"),
        ("2026-01-15 10:00", "2026-01-15T10:00:00"),
        ("2026-01-15T10:00:00 EST", "2026-01-15T15:00:00"),
        ("2026-1-5", "2026-01-05T00:00:00"),
        ("2026-01", "2026-01-01T00:00:00"),
        ("2026", "2026-01-01T00:00:00"),
        ("2026/01/15 10:00:00", "2026-01-15T10:00:00"),
        ("20260115T100000Z", "2026-01-15T10:00:00"),
        ("20260115", "2026-01-15T00:00:00"),
        ("15.01.2026 10:00", "2026-01-15T10:00:00"),
        ("25/01/2026", "2026-01-25T00:00:00"),
        ("01/25/2026", "2026-01-25T00:00:00"),
        ("Thu, 2026/01/15 10:00:00 EST", "2026-01-15T15:00:00"),
        ("1768471200", "2026-01-15T10:00:00"),
        ("1768471200000", "2026-01-15T10:00:00"),
        ("1901-02-03T00:00:00Z", "1901-02-03T00:00:00"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00"),
        ("9999-01-01T00:00:00Z", "9999-01-01T00:00:00"),
        ("Πεμ, 15 Ιαν 2026 10:00:00 EST", "2026-01-15T15:00:00"),
        ("2026-január-15T9:15-05:00", "2026-01-15T14:15:00"),
        ("2026년 01월 15일 10:00:00", "2026-01-15T01:00:00"),
    ],
)
def test_a_date_is_read_as_the_instant_meant(written: str, instant: str) -> None:
    assert parse_date(written) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "yesterday",
        "GMT",
        "0000-00-00 00:00:00",
        "31 Feb 2026",
        "32 Jan 2026",
        "2026-13-01",
        "15 Foo 2026",
        "Thu, 15 Jan 2026 25:00:00 GMT",
        "05/06/2026",
        "0001-01-01T00:00:00+05:00",
        "9999-12-31T23:59:59-05:00",
        "2026-01-15T10:61:00Z",
        "12",
        "9" * 90,
        "x" * 1000,
    ],
)
def test_junk_is_no_date(written: str) -> None:
    assert parse_date(written) is None


@given(st.text(max_size=120) | st.from_regex(r"[0-9a-zA-Z:+/., -]{0,60}", fullmatch=True))
def test_no_text_raises_and_every_date_is_in_utc(text: str) -> None:
    found = parse_date(text)
    assert found is None or found.utcoffset() == UTC.utcoffset(None)
