"""How the admin's corrections change what the gazetteer says."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from aggregator.locate import Gazetteer
from aggregator.schema import Filing, Place


def found(path: Path, name: str, *filings: Filing) -> list[Place]:
    with closing(Gazetteer.open(path, filings)) as gazetteer:
        return list(gazetteer.find(name))


def test_a_place_is_filed_in_another_country_by_all_its_names(gazetteer_path: Path) -> None:
    filing = Filing(name="Laayoune", country="MA")
    for name in ("Laayoune", "العيون", "El Aaiún"):
        place = found(gazetteer_path, name, filing)[0]
        assert (place.country, place.disputed_by) == ("MA", ())


def test_a_country_takes_its_places_with_it(gazetteer_path: Path) -> None:
    assert found(gazetteer_path, "Dakhla", Filing(name="Western Sahara", country="MA"))[0].country == "MA"


def test_a_place_is_renamed(gazetteer_path: Path) -> None:
    assert found(gazetteer_path, "Kiev", Filing(name="Kyiv", rename="Kyjiw"))[0].name == "Kyjiw"


def test_a_place_is_moved(gazetteer_path: Path) -> None:
    place = found(gazetteer_path, "Rabat", Filing(name="Rabat", lat=1.0, lon=2.0))[0]
    assert (place.lat, place.lon, place.country) == (1.0, 2.0, "MA")


def test_a_place_is_added(gazetteer_path: Path) -> None:
    filing = Filing(name="Technopolis Xyz", country="MA", lat=33.98, lon=-6.72)
    (place,) = found(gazetteer_path, "Technopolis Xyz", filing)
    assert (place.name, place.kind, place.country, place.lat) == ("Technopolis Xyz", "city", "MA", 33.98)


def test_a_name_is_blocked(gazetteer_path: Path) -> None:
    assert found(gazetteer_path, "Reading", Filing(name="Reading", block=True)) == []
    assert found(gazetteer_path, "US", Filing(name="US", block=True)) == []


def test_a_filing_of_nothing_known_changes_nothing(gazetteer_path: Path) -> None:
    assert found(gazetteer_path, "Xyzzy Town", Filing(name="Xyzzy Town", country="MA")) == []
