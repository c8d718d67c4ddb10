"""The memory for feeds that were made is bounded, and gives up what was asked for longest ago."""

from datetime import UTC, datetime
from typing import Any

import pytest

from web import kept
from web.kept import Kept, Shelf


def made(size: int) -> Kept:
    at = datetime(2026, 1, 15, tzinfo=UTC)
    unused: Any = None
    return Kept(
        state="1",
        settings=unused,
        good_until=at,
        body=b"x" * size,
        tag="t",
        changed=at,
        content_type="text/plain",
        location="/",
        links="",
        lasts=False,
    )


def test_what_was_asked_for_longest_ago_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "ROOM", 30_000)
    shelf = Shelf()
    for key in "abc":
        shelf.put(key, made(5_000))
    shelf.get("a")
    shelf.put("d", made(9_000))
    assert [key for key in "abcd" if shelf.get(key)] == ["a", "c", "d"]


def test_a_feed_made_again_takes_its_place_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "ROOM", 30_000)
    shelf = Shelf()
    for _ in range(10):
        shelf.put("a", made(9_000))
    shelf.put("b", made(9_000))
    assert shelf.get("a")


def test_a_feed_larger_than_the_largest_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "LARGEST", 1_000)
    shelf = Shelf()
    shelf.put("a", made(1_001))
    assert shelf.get("a") is None
