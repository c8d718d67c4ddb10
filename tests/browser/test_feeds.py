"""A feed in a browser: readable, by a style sheet of the desk alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

Look = Callable[..., Page]
SHOWN = """() => [...document.querySelectorAll("*")]
  .filter(one => one.checkVisibility() && one.textContent.trim())
  .map(one => one.localName)"""
DIRECTION = """title => getComputedStyle(title).unicodeBidi"""


@pytest.mark.parametrize(("extension", "entry"), [("atom", "entry"), ("rss", "item")])
def test_a_feed_shows_titles_and_summaries_and_hides_what_is_for_programs(
    look: Look, extension: str, entry: str
) -> None:
    page = look(f"/feeds/latest.{extension}")
    shown = set(page.evaluate(SHOWN))
    assert {"title", entry} <= shown
    assert not {"id", "guid", "content", "encoded", "category", "generator", "point", "updated"} & shown
    assert page.evaluate("() => getComputedStyle(document.documentElement).maxWidth") == "704px"
    assert page.locator(f"{entry} > title").first.evaluate(DIRECTION) == "plaintext"
