"""Keeps a picture of every main page under tests/artefacts, at three widths, light, dark and from right to left."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
PAGES = {
    "list": "/",
    "article": "/article/12",
    "arabic": "/article/11",
    "story": "/story/ab12",
    "source": "/source/harbour-times",
    "map": "/map",
    "look": "/look",
    "status": "/status",
    "me": "/me",
    "offline": "/offline",
}
SHOWN = {"light": ("en", "light"), "dark": ("en", "dark"), "rtl": ("ar", "light")}


@pytest.mark.parametrize("shown", SHOWN)
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_pages_fit_and_are_kept_as_pictures(browser: Browser, told_desk: str, width: int, shown: str) -> None:
    language, scheme = SHOWN[shown]
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        locale=language,
        service_workers="block",
    )
    context.route("https://**/*", lambda route: route.abort())
    page = context.new_page()
    wide = []
    for name, path in PAGES.items():
        page.goto(f"{told_desk}{path}", wait_until="load")
        page.screenshot(path=ARTEFACTS / f"{name}-{width}-{shown}.png")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(name)
    context.close()
    assert wide == []
