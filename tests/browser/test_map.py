"""The map as a person uses it: looked at, zoomed, narrowed, with the pointer, the keyboard, and without a script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Look = Callable[..., Page]


def count(page: Page) -> int:
    """How many articles the marks that are shown count."""
    return sum(int(text) for text in page.locator(".cluster").all_inner_texts())


def drawn(page: Page) -> Page:
    """The page once its countries and marks are there."""
    expect(page.locator("#map-status")).to_contain_text("shown")
    expect(page.locator(".land").first).to_be_attached()
    return page


def test_the_list_leads_to_its_map_and_back(look: Look) -> None:
    page = look("/?country=MA")
    page.get_by_role("link", name="Map", exact=True).click()
    assert page.url.endswith("/map?country=MA")
    expect(drawn(page).locator(".cluster").first).to_be_visible()
    page.get_by_role("link", name="List", exact=True).click()
    assert page.url.endswith("/?country=MA")


def test_countries_are_shaded_by_their_articles(look: Look) -> None:
    page = drawn(look("/map"))
    fills = {
        step: page.locator(f".land.step-{step}").first.evaluate("path => getComputedStyle(path).fill")
        for step in (0, 1, 2, 4)
    }
    assert len(set(fills.values())) == 4
    expect(page.locator("path.land.step-4")).to_have_count(1)


def test_zooming_takes_marks_apart(look: Look) -> None:
    page = drawn(look("/map?country=MA", width=1000))
    page.get_by_role("button", name="Whole world").click()
    expect(page.locator(".cluster")).to_have_count(1)
    page.locator(".cluster").click()
    page.get_by_role("button", name="Zoom in here").click()
    expect(page.locator(".cluster")).to_have_count(4)


def test_a_mark_tells_its_newest_articles_and_leads_to_all(look: Look) -> None:
    page = drawn(look("/map?country=GB"))
    page.get_by_role("button", name=re.compile("Bristol")).click()
    popup = page.get_by_role("dialog")
    expect(popup.get_by_role("link", name="Council votes to keep Bristol’s last ferry")).to_be_visible()
    popup.get_by_role("link", name="Read them all").click()
    expect(page.locator(".entry")).to_have_count(1)


def test_an_area_is_drawn_with_the_pointer(look: Look) -> None:
    page = drawn(look("/map"))
    page.get_by_role("button", name="Draw an area").click()
    kenya = page.get_by_role("button", name=re.compile("^Kenya")).bounding_box()
    assert kenya is not None
    page.mouse.move(kenya["x"] - 25, kenya["y"] - 25)
    page.mouse.down()
    page.mouse.move(kenya["x"] + 60, kenya["y"] + 60, steps=4)
    page.mouse.up()
    page.wait_for_url("**/map?box=*")
    expect(page.get_by_role("link", name=re.compile("^Remove filter Box"))).to_be_visible()
    expect(page.get_by_role("row", name="Kenya 2").first).to_be_visible()
    assert count(drawn(page)) >= 2
    page.get_by_role("link", name="List", exact=True).click()
    expect(page.locator(".entry")).to_have_count(2)


def test_escape_puts_the_pencil_away(look: Look) -> None:
    page = drawn(look("/map"))
    pencil = page.get_by_role("button", name="Draw an area")
    pencil.click()
    expect(pencil).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(pencil).to_have_attribute("aria-pressed", "false")


def test_what_the_map_shows_becomes_the_filter_by_keyboard(look: Look) -> None:
    page = drawn(look("/map"))
    marks = page.locator(".cluster").count()
    page.get_by_role("button", name=re.compile("nearby")).first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Zoom in here").press("Enter")
    expect(page.locator("#map")).to_be_focused()
    expect(page.locator(".cluster")).not_to_have_count(marks)
    page.get_by_role("button", name="Filter to what the map shows").press("Enter")
    page.wait_for_url("**/map?box=*")
    expect(page.locator(".map-line").get_by_role("link", name="4 articles")).to_be_visible()


def test_marks_are_reached_by_tab_and_say_what_they_are(look: Look) -> None:
    page = drawn(look("/map"))
    page.locator("#map").focus()
    names = []
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.cluster')"):
            names.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
    assert len(names) == page.locator(".cluster").count()
    assert all(re.search(r": \d+ articles?$", name) for name in names)


def test_escape_closes_what_a_mark_tells_and_the_mark_has_the_focus_again(look: Look) -> None:
    page = drawn(look("/map?country=GB"))
    mark = page.get_by_role("button", name=re.compile("Bristol"))
    mark.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(mark).to_be_focused()


def test_arrows_go_from_bar_to_bar_and_enter_narrows_to_its_time(look: Look) -> None:
    page = drawn(look("/map"))
    bars = page.locator(".bars a")
    bars.last.focus()
    page.keyboard.press("ArrowLeft")
    expect(bars.nth(bars.count() - 2)).to_be_focused()
    page.keyboard.press("Home")
    expect(bars.first).to_be_focused()
    expect(page.locator(".bars a[tabindex='0']")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/map?since=*")
    expect(page.get_by_role("link", name=re.compile("^Remove filter Until"))).to_be_visible()


def test_the_map_is_complete_without_a_script(look: Look) -> None:
    page = look("/map", width=360, java_script_enabled=False)
    expect(page.locator("#map")).to_be_hidden()
    expect(page.locator("#map-tools")).to_be_hidden()
    page.get_by_role("row", name="Kenya 2").first.get_by_role("link").click()
    assert page.url.endswith("/map?country=KE")
    page.get_by_role("row", name="Nairobi").get_by_role("link").click()
    expect(page.locator(".entry")).to_have_count(1)


def test_with_reduced_motion_nothing_moves_by_itself(look: Look) -> None:
    page = drawn(look("/map", reduced_motion="reduce"))
    expect(page.locator(".leaflet-zoom-anim, .leaflet-fade-anim")).to_have_count(0)


def test_a_map_that_cannot_be_loaded_says_so(look: Look, address: str) -> None:
    page = look("/about")
    page.route("**/clusters*", lambda route: route.fulfill(status=200, body="no json"))
    page.goto(f"{address}/map")
    expect(page.locator("#map-status")).to_have_text(
        "The map could not be loaded; the tables below say the same."
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_map_stays_on_a_phone(look: Look, scheme: str) -> None:
    page = drawn(look("/map", width=360, height=740, color_scheme=scheme))
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.get_by_role("button", name=re.compile("Kenya")).click()
    expect(page.get_by_role("dialog")).to_be_in_viewport(ratio=0.99)
