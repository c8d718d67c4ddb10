"""What prepared statements are worth on PostgreSQL: CPU of the server and of our own for what a desk asks all day.

    python bench/prepared.py [--articles N] [--folder DIRECTORY] [--postgresql URL]

psycopg prepares a statement on a connection once it was sent `prepare_threshold` times there (5 by default), and keeps the
newest 100; a connection keeps what it prepared while it waits in the pool. Compared are never, 5, and at once: the
three take turns, round by round, each over a connection of its own, whose server process is asked for its CPU time.
With --postgresql the server must run on this machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from _articles import BATCH, FIRST, arrival, settle, world
from search import bar, postgresql

from aggregator.filters import parse
from aggregator.locate.build import build
from aggregator.store import Store

THRESHOLDS: dict[str, int | None] = {"never": None, "after 5": 5, "at once": 0}
ROUNDS = 7
TIMES = 16


def opened(url: str, threshold: int | None) -> Store:
    """A store whose connections prepare as told."""
    store = Store.open(url)

    @sa.event.listens_for(store.engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.prepare_threshold = threshold

    store.engine.dispose()  # what was opened before it was told
    return store


def server_cpu(store: Store) -> float:
    """Seconds of CPU that the server process of the store's one connection has used (Linux: schedstat, ns)."""
    with store.engine.connect() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def questions(made_of: Any, now: datetime) -> dict[str, Callable[[Store, int], object]]:
    """What is asked all day."""
    countries = sorted(made_of.at_home, key=lambda code: -len(made_of.at_home[code]))[:40]
    topics = [category.id for category in made_of.categories]
    ids = [source.id for source in made_of.sources]
    trees = [parse(f"place:{code}") for code in countries]
    both = [
        parse(f"category:{topic} place:{code}") for topic, code in zip(topics * 9, countries, strict=False)
    ]
    return {
        "newest 50": lambda store, n: store.articles(parse(""), now=now, limit=50),
        "a country": lambda store, n: store.articles(trees[n % len(trees)], now=now, limit=50),
        "a category of a country": lambda store, n: store.articles(both[n % len(both)], now=now, limit=50),
        "memory of a source": lambda store, n: store.memory(ids[n % len(ids)]),
        "who is due": lambda store, n: store.due(FIRST - timedelta(days=1), horizon=timedelta(days=99)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--folder", type=Path, default=Path("data/bench"))
    parser.add_argument("--postgresql", help="URL of an empty database; default: one of the wheel")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    gazetteer = wanted.folder / "gazetteer.db"
    if not gazetteer.exists():
        build(gazetteer, lambda done, total: None)
    made_of = world(gazetteer, lambda what: None)
    now = arrival(wanted.articles)
    with ExitStack() as stack:
        url = stack.enter_context(postgresql(wanted.postgresql, wanted.folder / "prepared"))
        stores = {name: stack.enter_context(closing(opened(url, n))) for name, n in THRESHOLDS.items()}
        fill(stores["never"], made_of, wanted.articles)
        print(
            f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} CPUs, Python {platform.python_version()}, "
            f"{wanted.articles:,} articles; microseconds of CPU for one question, server + ours, median of {ROUNDS} rounds"
        )
        found = measure(stores, questions(made_of, now))
    print("| |" + "".join(f" {name} |" for name in THRESHOLDS) + "\n|---|" + "---:|" * len(THRESHOLDS))
    for kind, took in found.items():
        cells = (f" {statistics.median(a):,.0f} + {statistics.median(b):,.0f} |" for a, b in took.values())
        print(f"| {kind} |" + "".join(cells))


def measure(
    stores: dict[str, Store], asked: dict[str, Callable[[Store, int], object]]
) -> dict[str, dict[str, tuple[list[float], list[float]]]]:
    """Microseconds of CPU, of the server and ours, by question and threshold."""
    found: dict[str, dict[str, tuple[list[float], list[float]]]] = {}
    with bar("Asking", len(asked) * ROUNDS) as show:
        for kind, ask in asked.items():
            found[kind] = {name: ([], []) for name in stores}
            for turn in range(ROUNDS + 1):
                order = list(stores)
                random.Random(turn).shuffle(order)
                for name in order:
                    server, mine = server_cpu(stores[name]), time.process_time()
                    for n in range(TIMES):
                        ask(stores[name], n)
                    if turn:  # the first warms
                        found[kind][name][0].append(1e6 * (server_cpu(stores[name]) - server) / TIMES)
                        found[kind][name][1].append(1e6 * (time.process_time() - mine) / TIMES)
                show(len(found) * ROUNDS - ROUNDS + turn)
    return found


def fill(store: Store, made_of: Any, count: int) -> None:
    if store.count() == 0:
        store.configure(made_of.sources, lambda n: [FIRST] * n)
    with bar("Saving articles", count, store.count()) as show:
        for number in range(store.count() // BATCH, count // BATCH):
            store.save(made_of.batch(number), settle, now=arrival(number * BATCH))
            show((number + 1) * BATCH)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
