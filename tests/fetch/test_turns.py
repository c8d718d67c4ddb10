"""Turns among several machines."""

from __future__ import annotations

import time
from datetime import timedelta

from aggregator.errors import StoreError
from aggregator.fetch.pace import Pace
from aggregator.schema import FetchSettings


def test_the_turns_of_other_machines_are_waited_for() -> None:
    ahead = [timedelta(milliseconds=20), timedelta(0)]
    asked: list[tuple[str, timedelta]] = []

    def others(host: str, delay: timedelta) -> timedelta:
        asked.append((host, delay))
        return ahead.pop(0)

    pace = Pace(FetchSettings(host_delay=timedelta(seconds=1)), others)
    began = time.monotonic()
    with pace.turn("a.example"):
        assert time.monotonic() - began >= 0.02
    assert [host for host, _ in asked] == ["a.example", "a.example"]
    pace.close()


def test_while_the_other_machines_cannot_be_asked_our_own_pace_holds() -> None:
    def others(host: str, delay: timedelta) -> timedelta:
        raise StoreError("The database is away.")

    pace = Pace(FetchSettings(host_delay=timedelta(seconds=1)), others)
    with pace.turn("a.example"):
        pass
    pace.close()
