"""How fast the map answers: its page, and its marks as a reader zooms and moves.

    python bench/map.py [--articles N] [--folder DIRECTORY]

The articles are those of `bench/search.py`, and the folder may be the same. Every filter is asked cold (its articles
are counted anew) and then warm, at zooms and places drawn evenly, through the app without a network.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from _articles import arrival, world
from flask.testing import FlaskClient
from search import fill

from aggregator.locate.build import build
from aggregator.schema import FetchSettings, Secret, ServiceSettings, Settings, StoreSettings, WebSettings
from aggregator.store import Store
from web.app import create_app
from web.desk import Desk

FILTERS = ("", "country=FR", "category=medtop:15000000", "since=7d", "box=35,-10,60,30")
ASKED = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path("data/bench"))
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    gazetteer = wanted.folder / "gazetteer.db"
    if not gazetteer.exists():
        build(gazetteer, lambda done, total: None)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} CPUs, Python {platform.python_version()}")
    with closing(Store.open(f"sqlite:///{wanted.folder / f'search-{wanted.articles}.db'}")) as store:
        fill(store, world(gazetteer, lambda what: None), wanted.articles)
        measure(client(store, arrival(wanted.articles), wanted.folder))


def client(store: Store, now: datetime, folder: Path) -> FlaskClient:
    settings = Settings(
        path=folder / "config.toml",
        service=ServiceSettings(),
        store=StoreSettings(url=Secret("sqlite://")),
        fetch=FetchSettings(),
        web=WebSettings(),
        sources=(),
        views=(),
        files=(),
    )
    desk = Desk(store=store, settings=lambda: settings, problem=lambda: "", now=lambda: now)
    return create_app(desk).test_client()


def measure(asked: FlaskClient) -> None:
    dice = random.Random(7)
    print(
        f"{'filter':26}{'page cold':>10}{'page warm':>10}{'marks p50':>10}{'p95':>8}{'bytes':>9}   (ms of CPU)"
    )
    for query in FILTERS:
        cold = took(asked, f"/map?{query}")[0]
        warm = statistics.median(took(asked, f"/map?{query}")[0] for _ in range(5))
        marks = [took(asked, f"/map/clusters?{query}&{part(dice)}") for _ in range(ASKED)]
        times = sorted(time for time, _ in marks)
        p95 = times[int(0.95 * len(times))]
        print(
            f"{query or 'all news':26}{cold:10.0f}{warm:10.0f}{statistics.median(times):10.1f}{p95:8.1f}"
            f"{max(size for _, size in marks):9,}"
        )


def part(dice: random.Random) -> str:
    """A zoom and the part of the world that a window of 1,100 × 560 pixels shows there."""
    zoom = dice.randrange(8, 36) / 4
    high, wide = (160 * 560 / 256 / 2**zoom, 360 * 1100 / 256 / 2**zoom)
    south, west = dice.uniform(-50, 60), dice.uniform(-170, 150)
    return (
        f"zoom={zoom}&within={south:.3f},{west:.3f},{min(south + high, 90):.3f},{min(west + wide, 180):.3f}"
    )


def took(asked: FlaskClient, path: str) -> tuple[float, int]:
    begin = time.process_time()
    answer = asked.get(path)
    assert answer.status_code == 200, answer.text
    return (time.process_time() - begin) * 1000, len(answer.data)


if __name__ == "__main__":
    main()
