"""Every page against WCAG 2.2 AA, as axe-core checks it: light, dark, from right to left, and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

Axe = Callable[[Page], list[str]]

PAGES = (
    "/",
    "/?q=trains&category=climate&country=MA&since=7d",
    "/?q=country%3A",
    "/?country=KE&category=sport",
    "/view/maghreb",
    "/view/nothing",
    "/browse?country=MA",
    "/source/harbour-times",
    "/place/MA",
    "/category/climate",
    "/map",
    "/view/maghreb/map",
    "/look",
    "/preferences",
    "/save?country=MA",
    "/article/12",
    "/article/11",
    "/article/3",
    "/article/99999",
    "/story/ab12",
    "/sources",
    "/sources?q=nobody",
    "/status",
    "/admin/source/littoral",
    "/admin/figures",
    "/admin/try?url=https://a.example/f",
    "/admin/plan",
    "/article/12/correct",
    "/view/~home",
    "/view/~home/save",
    "/me",
    "/about",
    "/offline",
)
UNFOLD = "document.querySelectorAll('details').forEach(part => { part.open = true; })"
FOLD_MENUS = "document.querySelectorAll('details.menu').forEach(part => { part.open = false; })"
"""On a phone they lie over what is below: that cannot be pressed while one is open, and need not."""
WIDE = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth > clientWidth ? [`${scrollWidth} px in a window of ${clientWidth}`] : [];
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, service_workers="block", reduced_motion="reduce"
    )  # colours that fade from light to dark would be looked at on the way
    context.route("https://**/*", lambda route: route.abort())
    yield context.new_page()
    context.close()


def look_at(page: Page, axe: Axe, url: str) -> list[str]:
    """All that is wrong with a page, and in which light; nothing if nothing is."""
    wrong: dict[str, list[str]] = {}
    for language, schemes in (("en", ("light", "dark")), ("ar", ("light",))):
        page.set_extra_http_headers({"Accept-Language": language})
        page.goto(url)
        page.evaluate(UNFOLD)
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme)
            wrong[f"{language} {scheme}"] = axe(page)
        page.set_viewport_size({"width": 360, "height": 740})
        wrong[f"{language} sideways"] = page.evaluate(WIDE)
        if language == "en":
            page.evaluate(FOLD_MENUS)
            wrong["on a phone"] = axe(page)
        page.set_viewport_size({"width": 1280, "height": 900})
    return [f"{shown}: {found}" for shown, all_found in wrong.items() for found in all_found]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_accessible(page: Page, axe: Axe, told_desk: str, path: str) -> None:
    assert look_at(page, axe, f"{told_desk}{path}") == []


def answered(page: Page, axe: Axe) -> list[str]:
    """All that is wrong with the answer to a form, which cannot be opened again."""
    page.evaluate(UNFOLD)
    wrong = axe(page)
    page.emulate_media(color_scheme="dark")
    wrong += axe(page)
    page.set_viewport_size({"width": 360, "height": 740})
    return wrong + page.evaluate(WIDE) + axe(page)


def test_what_an_admin_asked_for_is_accessible(page: Page, axe: Axe, told_desk: str) -> None:
    page.goto(f"{told_desk}/admin/try")
    page.get_by_label("Address").fill("a.example")
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.get_by_text("It is known already.")).to_be_visible()
    assert answered(page, axe) == []
    page.goto(f"{told_desk}/admin/plan")
    page.locator("textarea").fill("[web]")
    page.get_by_role("button", name="Plan").click()
    expect(page.get_by_text("- view courts")).to_be_visible()
    assert answered(page, axe) == []
    page.goto(f"{told_desk}/article/12/correct")
    page.locator("form").filter(has=page.locator("[name=fault]")).first.get_by_role("button").click()
    expect(page.get_by_text("It changes 3 of 12 articles")).to_be_visible()
    assert answered(page, axe) == []


@pytest.mark.parametrize("layout", ["cards", "compact"])
def test_every_layout_is_accessible(page: Page, axe: Axe, told_desk: str, layout: str) -> None:
    page.context.add_cookies([{"name": "dateline-look", "value": f"layout={layout}", "url": told_desk}])
    assert look_at(page, axe, f"{told_desk}/") == []


def test_pages_for_who_signs_in_are_accessible(page: Page, axe: Axe, open_desk: str) -> None:
    assert look_at(page, axe, f"{open_desk}/sign-in") == []
    assert look_at(page, axe, f"{open_desk}/sign-in/oidc/back") == []
    page.set_extra_http_headers({"Accept-Language": "en"})
    page.goto(f"{open_desk}/sign-in")
    expect(page.get_by_role("link", name="Sign in with OpenID Connect")).to_be_visible()
    page.get_by_label("Name").fill("grace")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    assert axe(page) == []
    page.get_by_label("Password").fill("a long enough password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="grace")).to_be_visible()
    assert look_at(page, axe, f"{open_desk}/me") == []


def test_who_asks_for_less_motion_gets_none(page: Page, told_desk: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    for path in ("/", "/article/12", "/map"):
        page.goto(f"{told_desk}{path}")
        assert page.evaluate("""[...document.querySelectorAll("*")].map(part => getComputedStyle(part))
            .filter(style => [style.transitionDuration, style.animationDuration]
            .some(time => Math.max(...time.split(",").map(parseFloat)) > .001)).length""") == 0  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/article/12", "/story/ab12", "/look", "/me"])
def test_wherever_the_focus_goes_it_is_seen(page: Page, told_desk: str, path: str) -> None:
    page.goto(f"{told_desk}{path}")
    unseen = []
    for _ in range(25):
        page.keyboard.press("Tab")
        unseen += page.evaluate("""() => {
          const part = document.activeElement, style = getComputedStyle(part);
          const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
          return part === document.body || seen ? [] : [part.outerHTML.slice(0, 120)];
        }""")
    assert unseen == []
