"""Points, distances and areas on the globe, by sums and products alone once a point is placed.

A point is a vector of length 1 from the centre of the earth. Distances are compared as chords: then memory and every
database come to the same answer to the last bit, which sines and cosines of their own would not.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import asin, ceil, cos, degrees, floor, radians, sin

from aggregator.filters.tree import Box, Near

EARTH = 6_371_008.8
"""Mean radius in metres (IUGG)."""
CELL = 2
"""Degrees that a cell of the grid spans in latitude and in longitude."""
_COLUMNS = 360 // CELL
_ROWS = 180 // CELL
Vector = tuple[float, float, float]


def vector(lat: float, lon: float) -> Vector:
    """Where a point is, seen from the centre of the earth."""
    up, round_ = radians(lat), radians(lon)
    return cos(up) * cos(round_), cos(up) * sin(round_), sin(up)


def reach(metres: float) -> float:
    """The square of the chord that belongs to a distance along the ground (haversine)."""
    return 4 * sin(metres / EARTH / 2) ** 2


def holds(area: Near | Box, lat: float, lon: float) -> bool:
    """Whether a point is in an area, edges included."""
    if isinstance(area, Box):
        inside = area.south <= lat <= area.north
        if area.west <= area.east:
            return inside and area.west <= lon <= area.east
        return inside and (lon >= area.west or lon <= area.east)
    x, y, z = vector(lat, lon)
    a, b, c = vector(area.lat, area.lon)
    return (x - a) * (x - a) + (y - b) * (y - b) + (z - c) * (z - c) <= reach(area.metres)


def cell(lat: float, lon: float) -> int:
    """The number of the cell a point lies in."""
    row = min(floor((lat + 90) / CELL), _ROWS - 1)
    return row * _COLUMNS + floor((lon + 180) / CELL) % _COLUMNS


def cells(area: Near | Box) -> Iterator[int]:
    """Every cell that may hold a point of the area."""
    box = around(area) if isinstance(area, Near) else area
    first = min(max(floor((box.south + 90) / CELL), 0), _ROWS - 1)
    last = min(floor((box.north + 90) / CELL), _ROWS - 1)
    west = floor((box.west + 180) / CELL)
    width = box.east - box.west if box.west <= box.east else box.east - box.west + 360
    columns = min(ceil(width / CELL) + 1, _COLUMNS)
    for row in range(first, last + 1):
        for column in range(west, west + columns):
            yield row * _COLUMNS + column % _COLUMNS


def around(near: Near) -> Box:
    """A box that holds the circle, a little larger."""
    angle = near.metres / EARTH * 1.000001 + 1e-9
    south, north = near.lat - degrees(angle), near.lat + degrees(angle)
    if south <= -90 or north >= 90:
        return Box(max(south, -90.0), -180.0, min(north, 90.0), 180.0)
    wide = degrees(asin(min(1.0, sin(angle) / cos(radians(near.lat)))))
    if wide >= 179:
        return Box(south, -180.0, north, 180.0)
    west, east = near.lon - wide, near.lon + wide
    return Box(south, west + 360 if west < -180 else west, north, east - 360 if east > 180 else east)
