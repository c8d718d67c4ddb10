from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Look = Callable[..., Page]

PAGES = ("/", "/?category=climate&country=MA&since=7d", "/browse", "/look", "/article/12", "/article/11", "/map", "/me",
         "/sources", "/status", "/save?country=MA", "/about")  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_no_page_in_arabic_scrolls_sideways(look: Look, path: str) -> None:
    page = look(path, width=360, height=740, locale="ar")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(width) <= 0


def test_in_arabic_the_page_runs_from_right_to_left(look: Look) -> None:
    page = look("/", width=1280, locale="ar")
    name, nav = page.locator(".name").bounding_box(), page.locator(".desk-nav").bounding_box()
    panel, list_ = page.locator(".panel").bounding_box(), page.locator(".articles").bounding_box()
    assert name
    assert nav
    assert panel
    assert list_
    assert name["x"] > nav["x"]
    assert list_["x"] > panel["x"]
    assert page.evaluate("getComputedStyle(document.querySelector('.arrow')).transform") == (
        "matrix(-1, 0, 0, 1, 0, 0)"
    )


def test_each_article_keeps_its_own_direction(look: Look) -> None:
    arabic = look("/article/12", locale="ar")
    assert arabic.evaluate("getComputedStyle(document.querySelector('.body p')).direction") == "ltr"
    assert arabic.evaluate("getComputedStyle(document.querySelector('.notes')).direction") == "rtl"
    english = look("/article/11", locale="en")
    assert english.evaluate("getComputedStyle(document.querySelector('.body p')).direction") == "rtl"
    assert english.evaluate("getComputedStyle(document.querySelector('.notes')).direction") == "ltr"


def test_a_reader_chooses_a_language_and_keeps_it(look: Look) -> None:
    page = look("/look?back=/about", java_script_enabled=False)
    page.get_by_label("Français").check()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("À propos de ce desk")
    page.get_by_role("link", name="Toutes les nouvelles").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text("Aujourd’hui")


def test_scripts_speak_the_language_of_the_page(look: Look) -> None:
    page = look("/", locale="es")
    page.get_by_role("button", name="Destacar").first.click()
    expect(page.locator(".done")).to_contain_text("Destacado.")
    page.get_by_role("button", name="Deshacer").click()
    expect(page.locator(".done")).to_contain_text("Ya no está destacado.")
