"""The desk on a device without a network: what was opened is read, the rest is explained, nothing of others stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

Desk = Callable[..., str]
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  }
  return found.filter(path => !path.startsWith("/static/") && path !== "/offline").sort();
}"""
"""The pages that the worker keeps."""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.route("https://**/*", lambda route: route.abort())
    yield context.new_page()
    context.close()


def ready(page: Page, url: str) -> None:
    """Opens a page, and waits for the worker that will answer for the next one."""
    page.goto(url)
    page.evaluate("""async () => {
      await navigator.serviceWorker.ready;
      if (!navigator.serviceWorker.controller) {
        await new Promise(done => { navigator.serviceWorker.oncontrollerchange = done; });
      }
    }""")


def waits(page: Page, paths: list[str]) -> None:
    """Until the worker keeps these pages and no others."""
    page.wait_for_function(
        f"async paths => JSON.stringify(await ({KEPT})()) === JSON.stringify(paths)", arg=paths
    )


def test_what_was_opened_is_read_without_a_network(page: Page, address: str) -> None:
    ready(page, f"{address}/")
    page.goto(f"{address}/article/12?q=storm")
    waits(page, ["/", "/article/12"])
    page.context.set_offline(True)
    page.goto(f"{address}/")
    expect(page.locator(".entry")).to_have_count(8)
    expect(page.get_by_text("There is no network.")).to_be_visible()
    page.goto(f"{address}/article/12")
    expect(page.locator("h1")).to_contain_text("Night trains between Tangier and Casablanca")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 250, 246)"


def test_what_was_not_opened_is_explained_with_what_can_be_read(page: Page, address: str) -> None:
    ready(page, f"{address}/article/11")
    waits(page, ["/article/11"])
    page.context.set_offline(True)
    for path in ("/article/12", "/status", "/?country=MA"):
        page.goto(f"{address}{path}")
        expect(page.get_by_role("heading", level=1)).to_have_text("There is no network")
    page.locator("#kept a").click()
    assert page.url == f"{address}/article/11"
    page.goto(f"{address}/article/12")
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("h1")).to_contain_text("Night trains")


def test_only_pages_for_reading_are_kept(page: Page, address: str) -> None:
    ready(page, f"{address}/about")
    for path in (
        "/status",
        "/me",
        "/look",
        "/save?country=MA",
        "/article/99999",
        "/feeds/latest.json",
        "/story/1",
    ):
        page.goto(f"{address}{path}")
    page.goto(f"{address}/sources")
    waits(page, ["/about", "/sources"])


def test_at_most_sixty_pages_are_kept(page: Page, address: str) -> None:
    ready(page, f"{address}/about")
    waits(page, ["/about"])
    page.evaluate("""async () => {
      const own = await caches.open((await caches.keys()).find(name => name.startsWith("pages of ")));
      for (let n = 1; n < 60; n++) await own.put(`/about?${n}`, new Response("as if opened"));
    }""")
    page.goto(f"{address}/sources")
    waits(page, sorted(["/sources", *["/about"] * 59]))


def sign_in(page: Page, desk: str, name: str) -> None:
    page.goto(f"{desk}/sign-in")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill("a long enough password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name=name)).to_be_visible()


def test_signing_out_empties_what_was_kept(page: Page, open_desk: str) -> None:
    sign_in(page, open_desk, "ada")
    ready(page, f"{open_desk}/article/12")
    page.goto(f"{open_desk}/")
    waits(page, ["/", "/article/12"])
    page.goto(f"{open_desk}/me")
    page.get_by_role("button", name="Sign out").first.click()
    expect(page.get_by_label("Password")).to_be_visible()
    waits(page, [])


def test_another_reader_finds_nothing_of_the_first(page: Page, open_desk: str) -> None:
    sign_in(page, open_desk, "ada")
    ready(page, f"{open_desk}/article/12")
    waits(page, ["/article/12"])
    page.context.clear_cookies()  # no signing out: the session ended by itself
    sign_in(page, open_desk, "grace")
    page.goto(f"{open_desk}/about")
    page.wait_for_function(f"async () => !(await ({KEPT})()).includes('/article/12')")
    page.context.set_offline(True)
    page.goto(f"{open_desk}/article/12")
    expect(page.locator("h1")).to_have_text("There is no network")


def test_the_desk_can_be_installed(page: Page, address: str) -> None:
    ready(page, f"{address}/")
    tools = page.context.new_cdp_session(page)
    assert tools.send("Page.getAppManifest")["errors"] == []
    missing = {
        found["errorId"] for found in tools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    }
    assert missing <= {"in-incognito"}  # as every page of a test is
