"""What the database grows by, for each source, poll and article, and how many polls it takes in a second.

    python bench/storage.py [--articles 10000] [--polls 5000] [--postgresql URL]

SQLite, and PostgreSQL from the development wheel unless an URL of an empty database is given. The articles are those of
bench/search.py; the polls bring nothing new, which is what most polls do, and are saved 25 at a time as the service does.
Sizes are differences of what the database says of itself, indexes included.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from pathlib import Path

import sqlalchemy as sa
from _articles import BATCH, FIRST, SOURCES, World, arrival, settle, world
from search import postgresql

from aggregator.locate.build import build
from aggregator.schema import Memory, Outcome, Polled
from aggregator.store import Store

AT_ONCE = 25


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--polls", type=int, default=5_000)
    parser.add_argument("--postgresql", help="URL of an empty database; default: one of the wheel")
    wanted = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} CPUs, Python {platform.python_version()}")
    print(f"{wanted.articles:,} articles, {wanted.polls:,} polls without news")
    print("| | bytes a source | bytes an article | bytes a poll | polls/s | CPU ms a poll, of Dateline |")
    print("|---|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder:
        gazetteer = Path(folder) / "gazetteer.db"
        build(gazetteer, lambda done, total: None)
        made_of = world(gazetteer, lambda what: None)
        measure("SQLite", f"sqlite:///{folder}/storage.db", made_of, wanted)
        with postgresql(wanted.postgresql, Path(folder) / "postgresql") as url:
            measure("PostgreSQL", url, made_of, wanted)


def measure(name: str, url: str, made_of: World, wanted: argparse.Namespace) -> None:
    with closing(Store.open(url)) as store:
        sizes = [size(store)]
        store.configure(made_of.sources, lambda n: [FIRST] * n)
        sizes.append(size(store))
        for number in range(wanted.articles // BATCH):
            store.save(made_of.batch(number), settle, now=arrival(number * BATCH))
        sizes.append(size(store))
        wall, cpu = time.perf_counter(), time.process_time()
        for batch in polls(made_of, wanted.polls):
            store.save(batch, settle, now=batch[0].outcome.at)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        sizes.append(size(store))
    source, article, poll = (after - before for before, after in pairwise(sizes))
    print(
        f"| {name} | {source / SOURCES:,.0f} | {article / wanted.articles:,.0f} | {poll / wanted.polls:,.0f} "
        f"| {wanted.polls / wall:,.0f} | {1000 * cpu / wanted.polls:.2f} |"
    )


def polls(made_of: World, count: int) -> Iterator[list[Polled]]:
    """Polls of one source after the other that bring nothing, in batches."""
    at = arrival(1_000_000)
    made = (poll(made_of, n, at + timedelta(seconds=n)) for n in range(count))
    while batch := list(islice(made, AT_ONCE)):
        yield batch


def poll(made_of: World, n: int, at: datetime) -> Polled:
    source = made_of.sources[n % len(made_of.sources)]
    outcome = Outcome(kind="not_modified", at=at, message="Not modified.", status=304, elapsed=0.2)
    memory = Memory(
        source_id=source.id, url=source.url, etag=f'"{n}"', next_poll=at + timedelta(hours=1), last_poll=at,
        reason="A few articles a day: asked every hour.", last_kind="not_modified", last_message="Not modified.",
    )  # fmt: skip
    return Polled(source=source, outcome=outcome, memory=memory)


def size(store: Store) -> int:
    """Bytes of the database once what was written has settled."""
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM"))
    return store.load().bytes


if __name__ == "__main__":
    main()
