"""Reading as a person does it: with keys and clicks, and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

Own = tuple[Callable[..., Page], Callable[[], None]]


@pytest.fixture
def page(own: Own) -> Page:
    return own[0]("/")


def first(page: Page) -> Locator:
    return page.locator("article[data-article]").first


def button(page: Page, name: str) -> Locator:
    return first(page).get_by_role("button", name=name, exact=True)


def test_keys_go_through_the_list_and_mark_what_is_in_focus(page: Page) -> None:
    titles = page.locator("article h3 a")
    page.keyboard.press("j")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("n")
    expect(titles.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(titles.nth(0)).to_be_focused()
    for key, name in (("m", "Read"), ("s", "Star"), ("b", "Save")):
        expect(button(page, name)).to_have_attribute("aria-pressed", "false")
        page.keyboard.press(key)
        expect(button(page, name)).to_have_attribute("aria-pressed", "true")


def test_what_was_done_is_told_and_undone_in_place(page: Page) -> None:
    button(page, "Star").click()
    told = page.locator(".done")
    expect(told).to_contain_text("Starred.")
    expect(page.locator('.shelves [data-shelf="starred"] .count')).to_have_text("1")
    page.keyboard.press("z")
    expect(told).to_contain_text("No longer starred.")
    expect(button(page, "Star")).to_have_attribute("aria-pressed", "false")


def test_the_counts_of_an_article_s_page_follow_its_buttons(own: Own) -> None:
    page = own[0]("/article/12")
    unread = page.locator('.views .count[data-view=""] span').first
    button, before = page.locator("button.read"), int(unread.inner_text())
    pressed = button.get_attribute("aria-pressed") == "true"
    button.click()
    expect(unread).to_have_text(str(before + 1 if pressed else before - 1))
    button.click()
    expect(unread).to_have_text(str(before))


def test_all_is_marked_as_read_and_taken_back(page: Page) -> None:
    before = page.locator('.shelves [data-shelf="unread"] .count').inner_text()
    page.keyboard.press("Shift+A")
    expect(page.locator(".done")).to_contain_text("Everything marked as read.")
    expect(page.locator('.shelves [data-shelf="unread"] .count')).to_have_text("")
    expect(page.locator("article[data-read]")).to_have_count(8)
    page.locator(".done").get_by_role("button", name="Undo").click()
    expect(page.locator("article[data-read]")).to_have_count(0)
    expect(page.locator('.shelves [data-shelf="unread"] .count')).to_have_text(before)


def test_what_stands_above_is_marked(page: Page) -> None:
    page.locator("article[data-article]").nth(2).get_by_role("button", name="Read above").click()
    expect(page.locator("article[data-read]")).to_have_count(3)
    page.reload()
    expect(page.locator("article[data-read]")).to_have_count(3)


def test_an_article_is_opened_read_and_come_back_from(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("j")
    title = page.locator("article h3 a").nth(1)
    name = title.inner_text()
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.wait_for_load_state()  # the heading stands before the script has run that knows the keys
    page.keyboard.press("s")
    expect(page.locator(".reading button.star")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("u")
    expect(title).to_be_focused()
    expect(page.locator("article[data-article]").nth(1).locator("button.star")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.locator("article[data-read]")).to_have_count(1)


def test_from_an_article_the_keys_go_on_to_the_next_of_the_list(page: Page) -> None:
    second = page.locator("article h3 a").nth(1).inner_text()
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(re.compile("/article/"))
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1)).to_have_text(second)


def test_a_tag_is_given_in_a_dialog(page: Page) -> None:
    page.keyboard.press("j")
    page.keyboard.press("t")
    page.get_by_role("dialog").get_by_role("textbox").fill("night trains")
    page.keyboard.press("Enter")
    expect(first(page).locator(".own-tags")).to_contain_text("night-trains")
    first(page).get_by_role("link", name="night-trains").click()
    expect(page.locator("article[data-article]")).to_have_count(1)


def test_keys_mean_nothing_in_fields_and_with_modifiers(page: Page) -> None:
    page.keyboard.press("/")
    search = page.locator("input[type=search]")
    expect(search).to_be_focused()
    page.keyboard.type("jsm?")
    expect(search).to_have_value("jsm?")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Alt+s")
    expect(button(page, "Star")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#keys")).not_to_be_visible()


def test_the_keys_are_listed_and_turned_off(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.get_by_role("link", name="Turn keys off").click()
    page.get_by_label("Single keys").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator(".name a").click()
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_have_count(0)
    expect(page.locator("article h3 a").first).not_to_be_focused()


def test_two_keys_go_to_a_shelf(page: Page) -> None:
    button(page, "Save").click()
    expect(page.locator(".done")).to_contain_text("Saved for later.")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/?is=saved")
    expect(page.locator("article[data-article]")).to_have_count(1)
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page.locator("article[data-article]")).to_have_count(8)


def test_arrivals_are_announced_and_not_shoved_in(own: Own) -> None:
    open_page, arrive = own
    page = open_page("/")
    arrive()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    link = page.get_by_role("link", name="2 new articles")
    expect(link).to_be_visible()
    expect(page.get_by_text("Late 0")).to_have_count(0)
    link.click()
    expect(page.get_by_text("Late 0")).to_be_visible()


def test_all_of_it_works_without_javascript(own: Own) -> None:
    page = own[0]("/", java_script_enabled=False)
    button(page, "Star").click()
    expect(page.locator(".done")).to_contain_text("Starred.")
    expect(button(page, "Star")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Undo").click()
    expect(button(page, "Star")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.locator(".done")).to_contain_text("Everything marked as read.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("article[data-read]")).to_have_count(0)
    first(page).get_by_role("link", name="Tag").click()
    page.get_by_label("Add a tag").fill("slow")
    page.get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_role("button", name="Take away the tag slow")).to_be_visible()
