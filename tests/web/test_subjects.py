from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient

from aggregator.filters import Kind
from aggregator.schema import Settings
from aggregator.store import Store
from web.tree import category_tree, place_tree


def headlines(page: str) -> int:
    return page.count('<article class="entry')


def test_a_source_has_a_page_with_its_website_figures_and_articles(client: FlaskClient) -> None:
    page = client.get("/source/harbour-times").text
    assert "<bdi>Harbour Times</bdi></h1>" in page
    assert 'href="https://harbourtimes.example/"' in page
    assert re.search(r'aria-label="Articles a day, last 28 days: (0, )+2"', page)
    assert headlines(page) == headlines(client.get("/?source=harbour-times").text)
    assert 'href="/feeds/search.rss?source=harbour-times"' in page


def test_a_source_that_left_the_configuration_still_has_its_page(
    client: FlaskClient, client_of: Callable[..., FlaskClient], settings: Callable[..., Settings]
) -> None:
    from aggregator.schema import replace

    left = replace(settings(), sources=())
    assert "No longer asked for news" in client_of(left).get("/source/harbour-times").text


def test_the_page_of_a_subject_is_narrowed_as_any_list(client: FlaskClient) -> None:
    page = client.get("/source/harbour-times?category=business").text
    assert headlines(page) == 1
    assert 'href="/source/harbour-times"' in page
    assert 'href="/feeds/search.rss?source=harbour-times&amp;category=business"' in page


def test_another_value_of_the_subject_leads_to_the_whole_list(client: FlaskClient) -> None:
    assert 'href="/?source=atlas-wire"' in client.get("/source/harbour-times").text


@pytest.mark.parametrize("path", ["/source/nobody", "/category/unheard-of", "/place/Nowhere at all", "/place/%00",
                                  "/source/nobody/browse", "/view/none/browse", "/place/ZZ"])  # fmt: skip
def test_what_there_never_was_has_no_page(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_page_says_what_a_category_and_a_place_are_part_of(
    store: Store, newsroom: ModuleType, desk_of: Callable[..., Any], now: datetime
) -> None:
    newsroom.fill(store, now)
    tree = {"name:rabat": ("MA",), "name:tangier": ("MA",), "science": ("climate",)}

    def above(kind: Kind, key: str) -> tuple[str, ...]:
        return tree.get(key, ())

    client = desk_of(above=above).client()
    assert re.search(r'In</span> <a class="chip" href="/place/MA"><bdi>Morocco</bdi>',
                     client.get("/place/Rabat").text)  # fmt: skip
    assert re.search(r'Here</span>.*href="/place/Rabat"><bdi>Rabat</bdi> <span class="count">2',
                     client.get("/place/MA").text)  # fmt: skip
    assert 'href="/category/climate"' in client.get("/category/science").text
    browse = client.get("/browse").text
    assert re.search(r"<summary>2 in <bdi>Morocco</bdi></summary>", browse)


def test_browsing_offers_more_and_less_of_everything(client: FlaskClient) -> None:
    page = client.get("/browse?category=climate&q=nitrogen").text
    assert 'href="/?q=nitrogen&amp;category=climate&amp;category=' in page
    assert 'href="/?q=nitrogen+-source%3Aopen-science&amp;category=climate"' in page


def test_excluding_from_alternatives_puts_them_in_brackets(client: FlaskClient) -> None:
    assert "q=%28dam+OR+ferry%29+-source%3A" in client.get("/browse?q=dam OR ferry").text


def test_a_town_stands_under_its_division_or_else_its_country() -> None:
    above = {"1": ("MA.04", "MA", "region:africa"), "2": ("MA", "region:africa"), "MA": ("region:africa",)}
    counts = (("region:africa", "Africa", 9), ("MA", "MA", 5), ("MA.04", "Rabat-Salé", 3), ("1", "Rabat", 2),
              ("2", "Tangier", 1))  # fmt: skip
    (africa,) = place_tree(counts, lambda id: above.get(id, ()))
    (morocco,) = africa.parts
    assert [part.name for part in morocco.parts] == ["Rabat-Salé", "Tangier"]
    assert [part.name for part in morocco.parts[0].parts] == ["Rabat"]
    assert (morocco.field, morocco.id, morocco.parts[1].field, morocco.parts[1].id) == (
        "country", "MA", "place", "2")  # fmt: skip


def test_a_country_stands_under_its_continent_and_points_without_a_name_nowhere() -> None:
    counts = (("region:european union", "European Union", 9), ("region:europe", "Europe", 9), ("FR", "FR", 9),
              ("region:western europe", "Western Europe", 9), ("name:64.1 21.9", "64.1300, -21.9000", 1))  # fmt: skip
    above = {"FR": ("region:western europe", "region:european union", "region:europe")}
    europe, *others = place_tree(counts, lambda id: above.get(id, ()))
    assert (europe.name, [part.name for part in europe.parts]) == ("Europe", ["France"])
    assert [other.name for other in others] == ["European Union", "Western Europe"]


def test_a_category_whose_parent_is_not_counted_stands_alone() -> None:
    (only,) = category_tree((("a", "A", 1),), lambda id: ("b",))
    assert only.parts == []
