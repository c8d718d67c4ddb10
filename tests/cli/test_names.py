"""What filters may name, with the real gazetteer and the real topics."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator import settings
from aggregator.cli.names import names
from aggregator.errors import FilterError
from aggregator.filters import Keys, parse, place_keys
from aggregator.locate import Gazetteer
from aggregator.schema import CategoryRule, Filing, Settings, Source, replace

ROOT = Path(__file__).parents[2]


@pytest.fixture
def wanted() -> Settings:
    source = Source(
        id="map", url="https://map.example/feed", title="MAP", categories=("Actualités du Maroc",)
    )
    return replace(
        settings.load(ROOT / "config.toml"),
        sources=(source,),
        categories=(CategoryRule(id="dams", words=("dam",)),),
        places=(Filing(name="Technopolis", country="MA", lat=33.98, lon=-6.72),),
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("category:sport", "medtop:15000000"),
        ("category:deporte", "medtop:15000000"),
        ('category:"politics and government"', "medtop:11000000"),
        ("category:medtop:15000000", "medtop:15000000"),
        ("category:dams", "dams"),
        ("category:actualites-du-maroc", "actualites-du-maroc"),
        ("place:Salé", "2537763"),
        ("place:سلا", "2537763"),
        ("place:2537763", "2537763"),
        ("place:2542007", "MA"),
        ("place:Marokko", "MA"),
        ("place:Sahel", "region:sahel"),
        ("place:Texas", "US.TX"),
        ("place:Technopolis", "name:technopolis"),
    ],
)
def test_a_name_stands_for_its_key(gazetteer: Gazetteer, wanted: Settings, text: str, key: str) -> None:
    tree = parse(text, names(gazetteer)(wanted))
    assert isinstance(tree, Keys)
    assert key in tree.values


@pytest.mark.parametrize(
    ("text", "close"),
    [
        ("place:Rabbat", "Rabat"),
        ("place:Casablnca", "Casablanca"),
        ("category:sprot", "sport"),
        ("category:damms", "dams"),
    ],
)
def test_a_misspelt_name_is_refused_with_the_nearest(
    gazetteer: Gazetteer, wanted: Settings, text: str, close: str
) -> None:
    with pytest.raises(FilterError, match=rf"did you mean {close}\?"):
        parse(text, names(gazetteer)(wanted))


def test_what_lies_in_a_place_is_found_by_it(gazetteer: Gazetteer, wanted: Settings) -> None:
    known = names(gazetteer)(wanted)
    (sale,) = (place for place in gazetteer.find("Salé") if place.geonameid == 2537763)
    (bamako,) = gazetteer.find("Bamako")[:1]
    for text, place in (("place:MA", sale), ("place:Maghreb", sale), ("place:Sahel", bamako)):
        tree = parse(text, known)
        assert isinstance(tree, Keys)
        assert set(place_keys(place)) & set(tree.values)


@pytest.mark.parametrize("name", ["config.toml", "demo/config.toml"])
def test_the_filters_we_ship_name_what_there_is(gazetteer: Gazetteer, name: str) -> None:
    assert settings.load(ROOT / name, names(gazetteer)).views
