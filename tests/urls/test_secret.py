"""Addresses that let whoever knows them in."""

from __future__ import annotations

import pytest

from aggregator.urls import holds_secret


@pytest.mark.parametrize(
    "query",
    ["token=x", "a=1&access_token=x", "api_key=x", "apikey=x", "key=x", "PASSWORD=x", "sig=x", "feedkey=x"],
)
def test_a_parameter_that_signs_in_is_a_secret(query: str) -> None:
    assert holds_secret(f"https://a.example/feed?{query}")


@pytest.mark.parametrize("query", ["", "id=1", "keyword=x", "monkey=1", "author=x", "token=", "design=x"])
def test_other_parameters_are_not(query: str) -> None:
    assert not holds_secret(f"https://a.example/feed?{query}")
