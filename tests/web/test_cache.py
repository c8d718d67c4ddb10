"""What was made is kept up to a bound, and what was asked for longest ago is given up first."""

from __future__ import annotations

from web.cache import Cache


def made() -> Cache[str, bytes]:
    return Cache(100, lambda key, value: len(key) + len(value))


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    cache = made()
    for key in "abcde":
        cache.put(key, b"x" * 19)
    cache.get("a")
    cache.put("f", b"x" * 19)
    assert [key for key in "abcdef" if cache.get(key)] == ["a", "c", "d", "e", "f"]


def test_what_is_made_again_takes_its_place_once() -> None:
    cache = made()
    for _ in range(10):
        cache.put("a", b"x" * 24)
    for key in "bcd":
        cache.put(key, b"x" * 24)
    assert all(cache.get(key) for key in "abcd")


def test_what_takes_more_than_a_quarter_is_not_kept_and_nor_is_what_it_replaces() -> None:
    cache = made()
    cache.put("a", b"x" * 24)
    cache.put("a", b"x" * 25)
    assert cache.get("a") is None
