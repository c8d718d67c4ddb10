"""What an article can be found by."""

from collections.abc import Callable
from datetime import UTC, datetime

from aggregator.filters import keys, place_keys, points
from aggregator.schema import Article, Category, Place, replace

Build = Callable[..., Article]
SALE = Place(
    name="Salé",
    kind="city",
    geonameid=2537763,
    country="MA",
    code="MA.04",
    admin1="Rabat-Salé-Kénitra",
    regions=("Africa", "Maghreb"),
    lat=34.05,
    lon=-6.8,
)


def test_a_town_has_the_keys_of_all_it_lies_in() -> None:
    assert place_keys(SALE) == ("2537763", "MA.04", "MA", "region:africa", "region:maghreb")


def test_a_division_and_a_country_are_their_codes() -> None:
    division = Place(name="Texas", kind="admin1", geonameid=4736286, country="US", code="US.TX")
    country = Place(
        name="Morocco", kind="country", geonameid=2542007, country="MA", code="MA", regions=("Africa",)
    )
    assert place_keys(division) == ("US.TX", "US")
    assert place_keys(country) == ("MA", "region:africa")


def test_a_part_of_the_world_and_a_place_without_a_number_go_by_their_names() -> None:
    assert place_keys(Place(name="Sahel", kind="region")) == ("region:sahel",)
    assert place_keys(Place(name="Rue de Rivoli", kind="street", country="FR")) == (
        "name:rue de rivoli",
        "FR",
    )


def test_an_article_has_keys_of_every_kind_it_answers_to(article: Build) -> None:
    told = article(
        places=(SALE,),
        opens=True,
        focus=SALE,
        language="pt-BR",
        text="x",
        edited=datetime(2026, 1, 1, tzinfo=UTC),
    )
    told = replace(
        told,
        categories=(Category(id="dams", name="Dams", score=1, evidence=(), broader=("medtop:06000000",)),),
    )
    found = {(key.kind, key.value) for key in keys(told)}
    assert {kind for kind, _ in found} == {"category", "place", "about", "dateline", "lang", "has", "is"}
    assert {("category", "dams"), ("category", "medtop:06000000"), ("lang", "pt"), ("lang", "pt-BR")} <= found
    assert {("has", "category"), ("has", "place"), ("has", "text"), ("is", "edited")} <= found
    assert ("has", "image") not in found


def test_the_name_of_a_category_is_kept_for_people(article: Build) -> None:
    (key,) = (key for key in keys(article(categories=("world",))) if key.kind == "category")
    assert key.name == "World"


def test_points_are_those_of_places_that_have_some(article: Build) -> None:
    assert points(article(places=(SALE, SALE, Place(name="Sahel", kind="region")))) == {(34.05, -6.8)}
