"""Distances and areas on the globe."""

from math import asin, cos, radians, sin, sqrt

from hypothesis import given
from hypothesis import strategies as st

from aggregator.filters import Box, Near, globe

LATS, LONS = st.floats(-90, 90), st.floats(-180, 180)


def haversine(a: tuple[float, float], b: tuple[float, float]) -> float:
    up, across = radians(b[0] - a[0]), radians(b[1] - a[1])
    half = sin(up / 2) ** 2 + cos(radians(a[0])) * cos(radians(b[0])) * sin(across / 2) ** 2
    return 2 * globe.EARTH * asin(min(1, sqrt(half)))


def test_casablanca_is_87_km_from_rabat() -> None:
    assert globe.holds(Near(34.01325, -6.83255, 88_000), 33.58831, -7.61138)
    assert not globe.holds(Near(34.01325, -6.83255, 85_000), 33.58831, -7.61138)


def test_a_circle_goes_over_the_date_line_and_over_the_pole() -> None:
    assert globe.holds(Near(-17.0, 179.9, 50_000), -17.0, -179.9)
    assert globe.holds(Near(89.9, 0, 50_000), 89.9, 180)


@given(LATS, LONS, LATS, LONS, st.floats(1, 2e7))
def test_a_circle_holds_what_the_haversine_formula_says(
    lat: float, lon: float, at: float, by: float, metres: float
) -> None:
    away = haversine((lat, lon), (at, by))
    if abs(away - metres) > 0.01 + 1e-6 * metres and metres < 1.99e7:
        assert globe.holds(Near(lat, lon, metres), at, by) == (away <= metres)


@given(LATS, LONS, st.floats(1, 2e7), LATS, LONS)
def test_every_point_of_a_circle_is_in_its_cells(
    lat: float, lon: float, metres: float, at: float, by: float
) -> None:
    area = Near(lat, lon, metres)
    if globe.holds(area, at, by):
        assert globe.cell(at, by) in set(globe.cells(area))


@given(LATS, LATS, LONS, LONS, LATS, LONS)
def test_every_point_of_a_box_is_in_its_cells(
    one: float, other: float, west: float, east: float, at: float, by: float
) -> None:
    box = Box(min(one, other), west, max(one, other), east)
    if globe.holds(box, at, by):
        assert globe.cell(at, by) in set(globe.cells(box))


def test_a_small_circle_lies_in_few_cells() -> None:
    assert len(list(globe.cells(Near(34, -6.8, 100_000)))) <= 9


def test_the_pole_lies_in_its_cells() -> None:
    assert globe.cell(90, 0) in set(globe.cells(Box(90, 0, 90, 0)))
