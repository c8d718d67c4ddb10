"""What a first page costs: bytes on the wire, files, time until what matters is seen, and nothing that jumps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

PAGE = 50_000
"""Bytes on the wire for all but pictures."""
SCRIPT = 30_000
"""Bytes of script as the browser runs it."""
PAINT = 1_000
"""Milliseconds until the largest thing of a page is seen."""
VISITS = 6
"""A budget is the page's own: of visits on a machine that is busy with something else the best tells it."""
VITALS = """() => {
  window.vitals = { lcp: 0, cls: 0 };
  new PerformanceObserver(list => list.getEntries().forEach(seen => { vitals.lcp = seen.startTime; }))
    .observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver(list => list.getEntries().forEach(jump => { vitals.cls += jump.value; }))
    .observe({ type: "layout-shift", buffered: true });
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, service_workers="block")
    context.route("https://**/*", lambda route: route.abort())
    context.add_init_script(f"({VITALS})()")
    yield context.new_page()
    context.close()


def opened(page: Page, url: str) -> list[dict[str, Any]]:
    """Every request of a page: its address, its kind, bytes on the wire, bytes of what came."""
    asked: dict[str, dict[str, Any]] = {}
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.on(
        "Network.requestWillBeSent",
        lambda seen: asked.setdefault(
            seen["requestId"], {"url": seen["request"]["url"], "kind": seen["type"], "wire": 0, "size": 0}
        ),
    )

    def add(number: str, key: str, count: int) -> None:
        if number in asked:
            asked[number][key] += count

    tools.on("Network.dataReceived", lambda seen: add(seen["requestId"], "size", seen["dataLength"]))
    tools.on(
        "Network.loadingFinished", lambda seen: add(seen["requestId"], "wire", int(seen["encodedDataLength"]))
    )
    page.goto(url, wait_until="networkidle")
    return list(asked.values())


@pytest.mark.parametrize("path", ["/", "/article/12"])
def test_a_page_keeps_its_budget(page: Page, address: str, path: str) -> None:
    asked = opened(page, f"{address}{path}")
    own = [one for one in asked if one["url"].startswith(address)]
    assert {one["kind"] for one in asked if one not in own} <= {"Image"}
    assert sum(one["wire"] for one in own) <= PAGE
    assert sum(one["size"] for one in own if one["kind"] == "Script") <= SCRIPT
    assert sum(one["kind"] == "Stylesheet" for one in own) <= (1 if path == "/" else 2)
    assert all(one["wire"] > 0 for one in own if one["kind"] in ("Document", "Stylesheet", "Script"))


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/", "/article/12", "/map"])
def test_nothing_jumps_and_what_matters_is_soon_there(
    page: Page, address: str, path: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}{path}", wait_until="networkidle")  # a first visit, as to a warm server
    visits = []
    for _ in range(VISITS):
        page.goto(f"{address}{path}", wait_until="networkidle")
        vitals = page.evaluate("vitals")
        visits.append((vitals["cls"], vitals["lcp"]))
        if vitals["cls"] == 0 and 0 < vitals["lcp"] <= PAINT:
            break
    else:
        pytest.fail(f"No visit keeps the budget: {visits}")
