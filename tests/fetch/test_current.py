"""What an edited `[fetch]` changes of a program that runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from aggregator.cli.pictures import pictures
from aggregator.errors import GuardError
from aggregator.fetch import Current
from aggregator.schema import FetchSettings

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc"


def test_a_fetcher_is_kept_until_its_settings_change() -> None:
    wanted = FetchSettings()
    current = Current(lambda: wanted)
    first = current()
    assert current() is first
    wanted = FetchSettings(max_bytes=1)
    assert current() is not first
    assert current() is current()


def test_pictures_are_asked_for_under_the_settings_of_now(raw: Callable[..., Any]) -> None:
    server = raw(OK)
    wanted = FetchSettings()
    get = pictures(lambda: wanted)
    with pytest.raises(GuardError):
        get(f"{server.url}/a.png")
    wanted = FetchSettings(allow_inside=(server.address,))
    assert get(f"{server.url}/a.png") == b"abc"


def test_who_waits_is_not_kept_longer_than_a_poll_would_be() -> None:
    patient, hasty = FetchSettings(), FetchSettings(total_timeout=timedelta(seconds=2))
    assert patient.hurried(5).total_timeout == timedelta(seconds=10)
    assert hasty.hurried(5).total_timeout == timedelta(seconds=2)
    assert hasty.hurried(5).max_bytes == 5
