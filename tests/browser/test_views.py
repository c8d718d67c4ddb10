"""A reader saves a list as a view of their own, without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

Own = tuple[Callable[..., Page], Callable[[], None]]


def test_a_list_becomes_a_view_of_ones_own_and_goes_again(own: Own) -> None:
    page = own[0]("/?country=MA", java_script_enabled=False)
    page.get_by_role("link", name="Save as a view").click()
    page.get_by_label("Name of your view").fill("Home")
    page.get_by_role("button", name="Save", exact=True).click()
    assert page.url.endswith("/view/~home")
    mine = page.get_by_role("group", name="My views").get_by_role("link", name="Home")
    expect(mine).to_have_attribute("aria-current", "page")
    page.goto(re.sub(r"/view/.*", "/me", page.url))
    page.locator("#views summary").click()
    page.get_by_label("Name of your view").fill("Maghreb news")
    page.get_by_role("button", name="Rename Home").click()
    expect(
        page.get_by_role("group", name="My views").get_by_role("link", name="Maghreb news")
    ).to_be_visible()
    page.locator("#views summary").click()
    page.get_by_role("button", name=re.compile("^Remove Maghreb news")).click()
    expect(page.get_by_role("group", name="My views")).to_have_count(0)


def test_the_head_of_a_list_is_gone_through_as_it_is_seen(own: Own) -> None:
    page = own[0]("/")
    links = page.locator(".top :is(a, input, button)")
    places = [(round(box["x"]), round(box["y"])) for one in links.all() if (box := one.bounding_box())]
    assert [x for x, _ in places] == sorted(x for x, _ in places)


def test_why_an_article_is_there_is_one_step_away(own: Own) -> None:
    page = own[0]("/?country=MA", java_script_enabled=False)
    page.get_by_role("link", name="Why?").first.click()
    assert page.url.endswith("#why")
    expect(page.locator("#why")).to_be_visible()
