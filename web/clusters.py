"""Points of a map drawn together: what would lie on one another becomes one mark.

The grid's cells are squares of the map as it is drawn (Web Mercator), so they are the same however far it is moved,
and no two of them share a point: the box around a cluster's points finds exactly its articles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import asinh, floor, pi, radians, tan

from aggregator.filters import Box
from aggregator.store import Point

CELL = 72
"""Pixels that a cell is wide and high."""
TILE = 256
"""Pixels that the world is wide at zoom 0, as in every map of the web."""
HIGHEST = 85.05
"""Degrees of latitude where a map of the web ends, north and south."""
_MICRO = 1e-6


@dataclass(frozen=True, slots=True)
class Placed:
    """A point with its articles, and where it is drawn: from 0, west and north, to 1."""

    x: float
    y: float
    point: Point
    articles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """What one mark of the map stands for."""

    at: Point
    """The point with the most articles: there the mark is drawn."""
    newest: int
    """Position of the newest article there."""
    places: int
    """How many points it holds."""
    articles: int
    box: str
    """South, west, north and east of its points, as filters write it."""


def placed(points: Mapping[Point, tuple[int, ...]]) -> tuple[Placed, ...]:
    return tuple(Placed(*_drawn(point), point, articles) for point, articles in points.items())


def clusters(points: Iterable[Placed], zoom: float, area: Box, most: int) -> tuple[Cluster, ...]:
    """The clusters in the cells that an area touches, the largest first, so many at most."""
    cells = TILE * 2**zoom / CELL
    west, north = (floor(part * cells) for part in _drawn((area.north, area.west)))
    east, south = (floor(part * cells) for part in _drawn((area.south, area.east)))
    found: dict[tuple[int, int], list[Placed]] = {}
    for one in points:
        column, row = floor(one.x * cells), floor(one.y * cells)
        if west <= column <= east and north <= row <= south:
            found.setdefault((column, row), []).append(one)
    made = sorted(map(_cluster, found.values()), key=lambda one: (-one.articles, one.at))
    return tuple(made[:most])


def around(points: Iterable[Point]) -> str:
    """The smallest box that holds the points, as filters write it."""
    lats, lons = zip(*points, strict=True)
    return ",".join((_down(min(lats)), _down(min(lons)), _up(max(lats)), _up(max(lons))))


def _cluster(parts: list[Placed]) -> Cluster:
    first = max(parts, key=lambda one: (len(one.articles), one.point))
    return Cluster(
        at=first.point,
        newest=max(first.articles),
        places=len(parts),
        articles=len(set().union(*(one.articles for one in parts))),
        box=around(one.point for one in parts),
    )


def _drawn(point: Point) -> tuple[float, float]:
    lat = max(-HIGHEST, min(point[0], HIGHEST))
    return (point[1] + 180) / 360, (1 - asinh(tan(radians(lat))) / pi) / 2


def _down(degrees: float) -> str:
    near = round(degrees, 6)
    return _written(near - _MICRO if near > degrees else near)


def _up(degrees: float) -> str:
    near = round(degrees, 6)
    return _written(near + _MICRO if near < degrees else near)


def _written(degrees: float) -> str:
    short = f"{degrees:.6f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short
