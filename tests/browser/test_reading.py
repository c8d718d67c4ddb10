from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Look = Callable[..., Page]

PAGES = (
    "/",
    "/?category=climate&country=MA&since=7d",
    "/view/maghreb",
    "/view/nothing",
    "/map",
    "/view/maghreb/map",
    "/browse?country=MA",
    "/source/harbour-times",
    "/place/MA",
    "/look",
    "/save?country=MA",
    "/article/12",
    "/article/11",
    "/sources",
    "/status",
    "/about",
)
CONTRAST = """() => {
  const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const backdrop = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const weak = [];
  for (const element of document.querySelectorAll("body *")) {
    const words = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!words || !element.checkVisibility() || element.matches("option")) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(backdrop(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) weak.push(`${ratio.toFixed(2)}: ${element.outerHTML.slice(0, 90)}`);
  }
  return weak;
}"""
"""Every visible text whose contrast is below 4.5 (WCAG 2 AA)."""


def overflow(page: Page) -> int:
    """Pixels that the page is wider than the window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


def test_the_list_leads_to_the_article(look: Look) -> None:
    page = look("/")
    page.get_by_role("link", name="A telescope the size of a shoebox").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "A telescope the size of a shoebox maps dust between nearby stars"
    )
    page.get_by_text("Why these categories and places").click()
    expect(page.locator(".why").first).to_contain_text("feed term: Science")


def test_a_chip_filters_and_its_cross_takes_the_filter_away(look: Look) -> None:
    page = look("/")
    page.locator(".entry .chip", has_text="Kenya").first.click()
    assert page.url.endswith("/?country=KE")
    expect(page.locator(".entry")).to_have_count(2)
    page.get_by_role("link", name="Remove filter Country: Kenya").click()
    assert page.url.endswith("/")
    expect(page.locator(".entry")).to_have_count(8)


def test_a_facet_beside_the_list_narrows_it(look: Look) -> None:
    page = look("/")
    page.locator(".panel").get_by_role("link", name="Health 1").click()
    expect(page.locator(".entry")).to_have_count(1)
    assert page.url.endswith("/?category=health")


def test_search_keeps_the_other_conditions(look: Look) -> None:
    page = look("/?category=climate&country=MA")
    page.get_by_role("combobox", name="Search the news").fill("reservoirs")
    page.get_by_role("button", name="Search").click()
    assert page.url.endswith("/?q=reservoirs&category=climate&country=MA")
    expect(page.locator(".entry")).to_have_count(1)


def test_several_values_are_taken_in_or_left_out(look: Look) -> None:
    page = look("/browse")
    page.get_by_role("link", name="Also Sport").click()
    page.get_by_role("link", name="All categories, places and sources").click()
    page.get_by_role("link", name="Without Le Courrier du Littoral").click()
    expect(page.locator(".entry")).to_have_count(0)
    expect(page.locator(".active")).to_contain_text("-source:littoral")


def test_search_offers_what_a_word_may_name(look: Look) -> None:
    page = look("/")
    search = page.get_by_role("combobox", name="Search the news")
    search.press_sequentially("dam -casa")
    expect(page.get_by_role("option", name="Casablanca")).to_be_visible()
    search.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Casablanca")
    search.press("Enter")
    expect(search).to_have_value("dam -place:Casablanca ")
    expect(page.get_by_role("listbox")).to_be_hidden()
    search.press("Enter")
    expect(page.locator(".entry")).to_have_count(1)


def test_search_offers_what_the_last_words_may_name_together(look: Look) -> None:
    search = look("/").get_by_role("combobox", name="Search the news")
    search.press_sequentially("ferry united k")
    expect(search.page.get_by_role("option", name="United Kingdom")).to_be_visible()
    search.press("ArrowDown")
    search.press("Enter")
    expect(search).to_have_value('ferry place:"United Kingdom" ')


def test_the_counts_of_a_long_list_come_after_it(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.counting.FEW", 3)
    page = look("/?since=30d")
    expect(page.locator("#facets").get_by_role("link", name="Sport 1")).to_be_visible()
    expect(page.locator("#facets").get_by_role("link", name="Without Sport")).to_be_visible()


def test_a_feed_is_copied(look: Look) -> None:
    page = look("/save?country=MA", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith("/feeds/search.rss?country=MA")


def test_a_layout_is_chosen_and_kept(look: Look) -> None:
    page = look("/?country=MA", java_script_enabled=False)
    page.get_by_role("button", name="Compact").click()
    assert page.url.endswith("/?country=MA")
    expect(page.get_by_role("button", name="Compact")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".summary").first).to_be_hidden()


def test_text_and_colours_follow_the_display_page(look: Look) -> None:
    page = look("/article/12", java_script_enabled=False)
    page.get_by_role("link", name="Display").click()
    page.get_by_label("Larger").check()
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Keep").click()
    assert page.url.endswith("/article/12")
    assert page.locator("html").get_attribute("class") == (
        "layout-full theme-dark size-larger measure-normal font-serif"
    )


def test_older_and_newer_turn_the_pages(look: Look) -> None:
    page = look("/")
    page.get_by_role("link", name="Older").click()
    expect(page.locator(".entry")).to_have_count(4)
    page.get_by_role("link", name="Newer").click()
    expect(page.locator(".entry")).to_have_count(8)


def test_everything_works_without_javascript(look: Look) -> None:
    page = look("/", width=360, java_script_enabled=False)
    page.get_by_text("Browse and filter").click()
    page.locator(".panel").get_by_role("link", name="Health 1").click()
    expect(page.locator(".entry")).to_have_count(1)


def test_on_wide_screens_the_panel_stands_open(look: Look) -> None:
    page = look("/", width=1280)
    expect(page.get_by_role("heading", name="Categories")).to_be_visible()
    expect(page.get_by_text("Browse and filter")).to_be_hidden()


def test_on_phones_the_panel_is_folded(look: Look) -> None:
    page = look("/", width=360)
    expect(page.get_by_role("heading", name="Categories")).to_be_hidden()
    page.get_by_text("Browse and filter").click()
    expect(page.get_by_role("heading", name="Categories")).to_be_visible()
    assert overflow(page) == 0


@pytest.mark.parametrize("language", ["en", "ar"])
def test_on_a_phone_the_first_headline_is_in_the_upper_half(look: Look, language: str) -> None:
    page = look("/", width=360, height=740, locale=language)
    headline = page.locator(".entry h3").first.bounding_box()
    assert headline
    assert headline["y"] <= 370


def test_on_a_phone_the_menus_open_without_a_script(look: Look) -> None:
    page = look("/", width=360, height=740, java_script_enabled=False)
    for inside, menu in (("Sources", ".masthead summary"), ("Oldest first", ".tools summary")):
        link = page.get_by_role("link", name=inside, exact=True)
        expect(link).to_be_hidden()
        page.locator(menu).click()
        expect(link).to_be_visible()
        page.locator(menu).click()


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_on_a_phone(look: Look, path: str) -> None:
    page = look(path, width=360, height=740)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    assert overflow(page) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_every_text_has_contrast_enough(look: Look, path: str, scheme: str) -> None:
    page = look(path, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    assert page.evaluate(CONTRAST) == []


def test_dark_mode_is_dark(look: Look) -> None:
    page = look("/", color_scheme="dark")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert all(int(part) < 40 for part in background.removeprefix("rgb(").removesuffix(")").split(","))


def test_the_first_key_offers_the_content(look: Look) -> None:
    page = look("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_focus_is_seen(look: Look) -> None:
    page = look("/")
    page.get_by_role("link", name="Sources", exact=True).focus()
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("path", PAGES)
def test_every_field_and_picture_says_what_it_is(look: Look, path: str) -> None:
    page = look(path)
    unnamed = page.evaluate("""[...document.querySelectorAll('input:not([type=hidden]), select')]
        .filter(field => !field.labels.length).length + document.querySelectorAll('img:not([alt])').length""")
    assert unnamed == 0
    assert page.locator("main").count() == 1
    assert page.locator("h1").count() == 1


def test_arabic_runs_from_right_to_left(look: Look) -> None:
    page = look("/article/11")
    assert page.evaluate("getComputedStyle(document.querySelector('.body p')).direction") == "rtl"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == "rtl"


def test_pictures_are_asked_for_without_saying_from_where(look: Look) -> None:
    page = look("/about")
    asked = []
    page.on("request", lambda request: asked.append(request))
    page.goto(page.url.replace("/about", "/article/12"), wait_until="load")
    pictures = [request for request in asked if "pictures.example" in request.url]
    assert len(pictures) == 1
    assert "referer" not in pictures[0].all_headers()


def test_a_picture_that_cannot_be_had_leaves_its_place_empty(look: Look) -> None:
    page = look("/about")
    page.context.route(
        "https://pictures.example/**", lambda route: route.fulfill(content_type="image/png", body="none")
    )
    page.goto(page.url.replace("/about", "/article/12"), wait_until="load")
    expect(page.locator(".hero img")).to_be_hidden()
    assert page.locator(".hero").bounding_box() is not None
    page.goto(page.url.replace("/article/12", "/"), wait_until="load")
    page.locator(".picture img").first.scroll_into_view_if_needed()
    expect(page.locator(".picture img").first).to_be_hidden()


def test_the_status_page_shows_trouble_first(look: Look) -> None:
    page = look("/status")
    expect(page.get_by_role("alert")).to_contain_text("5 parsecs")
    expect(page.locator("tbody tr").first).to_contain_text("El Faro del Sur")
    expect(page.locator(".diff").last).to_contain_text("https://stadtpost.example/neu/feed.xml")


SHIFTS = """() => new Promise(done => {
  const seen = new PerformanceObserver(() => {});
  seen.observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => {
    done(seen.takeRecords().reduce((sum, one) => sum + one.value, 0));
  }));
})"""
"""How much of the page moved while it was loaded."""


@pytest.mark.parametrize("layout", ["full", "cards", "compact"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_while_a_page_is_loaded(look: Look, layout: str, width: int) -> None:
    page = look("/about", width=width)
    front = page.url.removesuffix("about")
    page.context.add_cookies([{"name": "dateline-look", "value": f"layout={layout}", "url": front}])
    for path in ("", "article/12"):
        page.goto(front + path, wait_until="load")
        assert page.evaluate(SHIFTS) == 0


def test_printed_a_page_is_the_text_alone(look: Look) -> None:
    page = look("/article/12")
    page.emulate_media(media="print")
    expect(page.locator(".body")).to_be_visible()
    expect(page.get_by_role("navigation", name="Views")).to_be_hidden()
    expect(page.locator(".notes")).to_be_hidden()
