from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.filters import Box, globe, operand
from web.clusters import around, clusters, placed
from web.timeline import timeline

WORLD = Box(-90.0, -180.0, 90.0, 180.0)
degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
spreads = st.dictionaries(
    degrees, st.lists(st.integers(0, 50), min_size=1, unique=True).map(tuple), max_size=40
)


@given(spreads, st.floats(0, 12))
def test_every_point_is_in_one_cluster_and_its_box(
    points: dict[tuple[float, float], tuple[int, ...]], zoom: float
) -> None:
    made = clusters(placed(points), zoom, WORLD, 1_000)
    assert sum(one.places for one in made) == len(points)
    for point in points:
        boxes = [operand("box", one.box) for one in made]
        assert any(isinstance(box, Box) and globe.holds(box, *point) for box in boxes)


@given(spreads)
def test_at_most_so_many_clusters_are_made_the_largest_first(
    points: dict[tuple[float, float], tuple[int, ...]],
) -> None:
    every = clusters(placed(points), 3, WORLD, 1_000)
    assert clusters(placed(points), 3, WORLD, 3) == every[:3]
    assert [one.articles for one in every] == sorted((one.articles for one in every), reverse=True)


def test_a_cluster_stands_at_its_point_with_the_most_articles() -> None:
    (one,) = clusters(placed({(10.0, 20.0): (1,), (10.1, 20.1): (2, 3), (10.2, 20.0): (3,)}), 1, WORLD, 9)
    assert (one.at, one.newest, one.places, one.articles) == ((10.1, 20.1), 3, 3, 3)
    assert one.box == "10,20,10.2,20.1"


def test_a_box_is_rounded_outwards() -> None:
    assert around([(0.12345678, -0.12345678)]) == "0.123456,-0.123457,0.123457,-0.123456"


def at(*when: int) -> int:
    return int(datetime(*when, tzinfo=UTC).timestamp() * 1000) << 20


@pytest.mark.parametrize(
    ("newest", "oldest", "unit", "bars"),
    [
        (at(2026, 1, 15, 12), at(2026, 1, 15, 12), "hour", 1),
        (at(2026, 1, 15, 12), at(2026, 1, 13, 12), "hour", 49),
        (at(2026, 1, 15, 12), at(2026, 1, 1), "day", 15),
        (at(2026, 1, 15, 12), at(2025, 1, 1), "month", 13),
        (at(2026, 1, 15, 12), at(1999, 12, 31), "year", 28),
    ],
)
def test_the_bars_of_a_timeline_are_of_the_finest_unit_that_fits(
    newest: int, oldest: int, unit: str, bars: int
) -> None:
    made = timeline([newest, oldest])
    assert (made.unit, len(made.bars)) == (unit, bars)
    assert sum(bar.count for bar in made.bars) == 2


def test_a_bar_is_as_high_as_it_has_articles() -> None:
    made = timeline([at(2026, 1, 15, 12, n) for n in (3, 2, 1)] + [at(2026, 1, 15, 10)])
    assert [(bar.count, bar.height) for bar in made.bars] == [(1, 33), (0, 0), (3, 100)]
    assert made.bars[0].since == "2026-01-15T10:00Z"
    assert made.bars[0].until == "2026-01-15T11:00Z"


def test_no_articles_make_no_bars() -> None:
    assert timeline([]).bars == ()
