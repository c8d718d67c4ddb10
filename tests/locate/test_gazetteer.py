"""The gazetteer: what it finds, how it is built, and how it fails."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from aggregator.errors import StoreError
from aggregator.locate import Gazetteer
from aggregator.locate.build import build


def first(gazetteer: Gazetteer, name: str) -> tuple[str, str, str]:
    place = gazetteer.find(name)[0]
    return place.name, place.country, place.kind


@pytest.mark.parametrize("name", ["Rabat", "RABAT", "rabat", " Rabat ", "الرباط", "Рабат", "ラバト"])
def test_a_city_is_found_by_any_of_its_names(gazetteer: Gazetteer, name: str) -> None:
    assert first(gazetteer, name) == ("Rabat", "MA", "city")


def test_a_place_has_its_id_and_coordinates(gazetteer: Gazetteer) -> None:
    rabat = gazetteer.find("Rabat")[0]
    assert rabat.geonameid == 2538475
    assert (rabat.lat, rabat.lon) == (pytest.approx(34.01, abs=0.01), pytest.approx(-6.83, abs=0.01))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Port-au-Prince", "Port au Prince"), ("Sana'a", "Sanaa"), ("São Paulo", "Sao Paulo"), ("Łódź", "lodz")],
)
def test_accents_hyphens_and_apostrophes_do_not_matter(gazetteer: Gazetteer, one: str, other: str) -> None:
    assert gazetteer.find(one)[0] == gazetteer.find(other)[0]


def test_places_of_one_name_come_most_populous_first(gazetteer: Gazetteer) -> None:
    found = [(place.name, place.country) for place in gazetteer.find("London")]
    assert found[:2] == [("London", "GB"), ("London", "CA")]


def test_an_alternate_name_counts_less_than_a_place_of_that_very_name(gazetteer: Gazetteer) -> None:
    assert first(gazetteer, "Victoria")[0] == "Victoria"


def test_a_country_narrows_the_search(gazetteer: Gazetteer) -> None:
    assert [place.country for place in gazetteer.find("Tripoli", country="LB")] == ["LB"]
    assert gazetteer.find("Tripoli", country="JP") == ()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Morocco", "MA"),
        ("USA", "US"),
        ("U.S.", "US"),
        ("UK", "GB"),
        ("Britain", "GB"),
        ("Netherlands", "NL"),
        ("Türkiye", "TR"),
        ("Czech Republic", "CZ"),
        ("Côte d’Ivoire", "CI"),
        ("DR Congo", "CD"),
        ("Republic of the Congo", "CG"),
        ("South Korea", "KR"),
        ("North Korea", "KP"),
        ("Palestine", "PS"),
        ("Kosovo", "XK"),
        ("MA", "MA"),
        ("MAR", "MA"),
    ],
)
def test_countries_are_found_by_their_usual_names_and_codes(
    gazetteer: Gazetteer, name: str, code: str
) -> None:
    found = gazetteer.find(name)
    assert (found[0].kind, found[0].country) == ("country", code)


@pytest.mark.parametrize("word", ["us", "it", "in", "no", "me", "", " ", "?", "x" * 5000, "\x00", "'; --"])
def test_words_that_are_no_names_find_nothing(gazetteer: Gazetteer, word: str) -> None:
    assert gazetteer.find(word) == ()


def test_a_state_of_the_usa_is_found_beside_the_country_of_that_name(gazetteer: Gazetteer) -> None:
    assert {(place.kind, place.country) for place in gazetteer.find("Georgia")} == {
        ("country", "GE"),
        ("admin1", "US"),
    }


def test_a_country_lies_well_inside_itself_not_where_its_capital_is(gazetteer: Gazetteer) -> None:
    morocco, states = gazetteer.country("MA"), gazetteer.country("us")
    assert morocco is not None
    assert (morocco.name, morocco.kind) == ("Morocco", "country")
    assert (morocco.lat, morocco.lon) == (pytest.approx(32, abs=1), pytest.approx(-6, abs=1.5))
    assert states is not None
    assert (states.lat, states.lon) == (pytest.approx(39.8, abs=1), pytest.approx(-98.6, abs=1))


def test_a_division_lies_well_inside_itself(gazetteer: Gazetteer) -> None:
    texas = gazetteer.find("Texas")[0]
    assert (texas.kind, texas.code) == ("admin1", "US.TX")
    assert (texas.lat, texas.lon) == (pytest.approx(31.2, abs=1), pytest.approx(-99, abs=1))


def test_a_city_has_its_division_country_and_regions(gazetteer: Gazetteer) -> None:
    rabat = gazetteer.find("Rabat")[0]
    assert (rabat.code, rabat.admin1) == ("MA.04", "Rabat-Salé-Kénitra")
    assert rabat.regions == ("Africa", "Maghreb", "North Africa")


@pytest.mark.parametrize(
    ("name", "kind", "country"),
    [
        ("Anderson County", "admin2", "US"),
        ("Lancashire", "admin2", "GB"),
        ("County Tipperary", "admin2", "IE"),
        ("Bavaria", "admin1", "DE"),
        ("Bayern", "admin1", "DE"),
        ("Écosse", "admin1", "GB"),
        ("Sahel", "region", ""),
        ("Unión Europea", "region", ""),
        ("الشرق الأوسط", "region", ""),
        ("Mittelmeer", "feature", ""),
        ("Calif.", "admin1", "US"),
        ("Marruecos", "country", "MA"),
        ("Deutschland", "country", "DE"),
        ("Марокко", "country", "MA"),
        ("モロッコ", "country", "MA"),
        ("السعودية", "country", "SA"),
    ],
)
def test_divisions_regions_waters_and_names_in_many_languages_are_found(
    gazetteer: Gazetteer, name: str, kind: str, country: str
) -> None:
    found = gazetteer.find(name)[0]
    assert (found.kind, found.country) == (kind, country)


@pytest.mark.parametrize(
    ("one", "other"), [("St. Louis", "Saint Louis"), ("Fort Worth", "Ft. Worth"), ("الأردن", "الاردن")]
)
def test_abbreviated_and_full_names_are_one(gazetteer: Gazetteer, one: str, other: str) -> None:
    assert gazetteer.find(one)[0] == gazetteer.find(other)[0]


def test_disputed_places_name_who_else_claims_them(gazetteer: Gazetteer) -> None:
    assert gazetteer.find("Laayoune")[0].disputed_by == ("MA",)
    assert gazetteer.find("Crimea")[0].disputed_by == ("RU",)
    assert gazetteer.find("Rabat")[0].disputed_by == ()


def test_the_filter_knows_every_name_and_few_others(gazetteer: Gazetteer) -> None:
    assert all(map(gazetteer.knows, ("rabat", "new york", "المغرب", "~moroccan", "TX", "Calif.")))
    assert sum(gazetteer.knows(f"no place {number}") for number in range(1000)) < 60


def test_a_code_that_is_no_country_gives_none(gazetteer: Gazetteer) -> None:
    assert [gazetteer.country(code) for code in ("ZZ", "", "Rabat", "AN", "MAR")] == [None] * 5


def test_the_credit_names_geonames_and_its_licence(gazetteer: Gazetteer) -> None:
    assert "GeoNames" in gazetteer.credit()
    assert "CC BY 4.0" in gazetteer.credit()


def test_many_threads_may_look_up_at_once(gazetteer_path: Path) -> None:
    names = ["Rabat", "London", "Paris", "Georgia", "Tokyo"] * 200
    with closing(Gazetteer.open(gazetteer_path)) as gazetteer, ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda name: gazetteer.find(name)[0].name, names))
    assert found == names


def test_the_file_is_small(gazetteer_path: Path) -> None:
    assert gazetteer_path.stat().st_size < 40_000_000


def test_the_progress_ends_at_the_whole(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    build(tmp_path / "g.db", lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1] > 250_000


def test_a_build_that_breaks_off_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "g.db"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        build(path, interrupted)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_build_sweeps_away_what_a_killed_one_left_and_nothing_of_one_at_work(tmp_path: Path) -> None:
    left, other = tmp_path / ".g.db.killed", tmp_path / ".h.db.killed"
    left.mkdir()
    (left / "draft.db").touch()
    (tmp_path / ".g.db.older").touch()
    other.touch()
    kept: list[Path] = []

    def look(done: int, total: int) -> None:
        if not kept:
            kept.extend(tmp_path.iterdir())
            with pytest.raises(KeyboardInterrupt):
                build(tmp_path / "g.db", interrupted)
            assert sorted(tmp_path.iterdir()) == sorted(kept)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tmp_path / "g.db", look)
    assert left not in kept
    assert other in kept
    assert len(kept) == 2


def interrupted(done: int, total: int) -> None:
    raise KeyboardInterrupt


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"no\.db"):
        Gazetteer.open(tmp_path / "no.db")


def test_a_file_that_is_no_gazetteer_is_told(tmp_path: Path) -> None:
    path = tmp_path / "g.db"
    path.write_text("This is no database. " * 100, encoding="utf-8")
    with pytest.raises(StoreError, match="no gazetteer"):
        Gazetteer.open(path)


def test_a_file_of_another_version_is_told(tmp_path: Path) -> None:
    path = tmp_path / "g.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE meta (name TEXT, value TEXT)")
        connection.execute("INSERT INTO meta VALUES ('version', '0')")
        connection.commit()
    with pytest.raises(StoreError, match="another version"):
        Gazetteer.open(path)


def test_a_path_with_odd_letters_is_opened(gazetteer_path: Path, tmp_path: Path) -> None:
    odd = tmp_path / "a b#c?d%20é.db"
    odd.write_bytes(gazetteer_path.read_bytes())
    with closing(Gazetteer.open(odd)) as gazetteer:
        assert first(gazetteer, "Rabat") == ("Rabat", "MA", "city")
