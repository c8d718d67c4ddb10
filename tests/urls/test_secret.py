"""Addresses that let whoever knows them in."""

from __future__ import annotations

import pytest

from aggregator.urls import holds_secret, without_secrets


@pytest.mark.parametrize(
    "query",
    ["token=x", "a=1&access_token=x", "api_key=x", "apikey=x", "key=x", "PASSWORD=x", "sig=x", "feedkey=x"],
)
def test_a_parameter_that_signs_in_is_a_secret(query: str) -> None:
    assert holds_secret(f"https://a.example/feed?{query}")


@pytest.mark.parametrize("query", ["", "id=1", "keyword=x", "monkey=1", "author=x", "token=", "design=x"])
def test_other_parameters_are_not(query: str) -> None:
    assert not holds_secret(f"https://a.example/feed?{query}")


def test_a_long_word_behind_the_name_of_a_secret_in_the_path_is_one() -> None:
    assert holds_secret("https://a.example/rss/token/0123456789abcdef")
    assert not holds_secret("https://a.example/key/issues")


@pytest.mark.parametrize(
    "path", ["0123456789abcdef0123456789abcdef/rss", "u/private/f81d4fae-7dec-11d0/feed"]
)
def test_a_path_that_nobody_is_meant_to_guess_is_a_secret(path: str) -> None:
    assert holds_secret(f"https://a.example/{path}")


@pytest.mark.parametrize(
    "path",
    ["feeds/5e7b777ba085cbe7192b0607", "the-2026-elections-and-what-they-will-change/feed", "private/"],
)
def test_a_path_of_words_and_numbers_is_none(path: str) -> None:
    assert not holds_secret(f"https://a.example/{path}")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/feed?id=1", "https://a.example/feed?id=1"),
        ("https://me:pass@a.example/feed", "https://a.example/feed"),
        ("https://a.example/feed?id=1&token=x", "https://a.example/feed…"),
        ("https://a.example/feed?token=x", "https://a.example/feed…"),
        ("https://a.example/rss/token/0123456789abcdef/x", "https://a.example/rss/…"),
    ],
)
def test_rule_27_an_address_is_shown_without_its_secrets(url: str, shown: str) -> None:
    assert without_secrets(url) == shown
