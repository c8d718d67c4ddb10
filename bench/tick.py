"""What the clock and the reading of words cost: the tick over many sources, our readers beside feedparser.

    python bench/tick.py [--sources N] [--feeds DIRECTORY]

The tick is what the service does every `tick` (5 s): ask the database which sources are due and hand them
to the poller. The sources are spread over an hour as in service, so that at 100,000 each tick finds 139;
those get their next time an hour later, outside the measurement, as polling would do it.

Words: every feed of a directory of real ones is parsed, its entries cleaned (sanitised) and normalised, as
polling does it in one process; feedparser as it comes parses and sanitises. The best of three rounds counts.
"""

from __future__ import annotations

import argparse
import io
import os
import platform
import resource
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import sqlalchemy as sa

from aggregator import cadence
from aggregator.clean import clean
from aggregator.errors import ParseError
from aggregator.identity import identities
from aggregator.normalise import normalise
from aggregator.parse import parse
from aggregator.schema import Download, Source
from aggregator.store import Store
from aggregator.store.tables import source as sources_table

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "feeds"
SOURCE = Source(id="bench", url="https://example.org/feed", title="Bench")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TICK = timedelta(seconds=5)
TICKS = 60
ROUNDS = 3


def tick(store: Store, at: datetime) -> int:
    """One tick as the service makes it, up to the poller's door."""
    due = store.due(at, horizon=cadence.HORIZON)
    return sum(1 for memory in due if cadence.is_due(memory, at))


def later(store: Store, at: datetime, hour: timedelta) -> None:
    with store.engine.begin() as connection:
        due = sources_table.c.next_poll <= at
        connection.execute(sa.update(sources_table).where(due).values(next_poll=at + hour, last_poll=at))


def measure_tick(count: int) -> None:
    hour = timedelta(hours=1)
    feeds = [
        Source(id=f"s{n}", url=f"https://host{n}.example.org/feed", title=f"Source {n}") for n in range(count)
    ]
    cpu, found, most = 0.0, 0, 0.0
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Store.open(f"sqlite:///{folder}/tick.db")) as store,
    ):
        store.configure(feeds, lambda n: [NOW + hour * (i / n) for i in range(n)])
        for n in range(1, TICKS + 1):
            at = NOW + TICK * n
            begin = time.process_time()
            found += tick(store, at)
            took = time.process_time() - begin
            cpu, most = cpu + took, max(most, took)
            later(store, at, hour)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    share = cpu / TICKS / TICK.total_seconds()
    print(f"{count:,} sources, {found / TICKS:.0f} due at a tick: {1000 * cpu / TICKS:.1f} ms of CPU each")
    print(f"(the dearest {1000 * most:.1f} ms), {share:.2%} of a core; peak {peak:.0f} MB with the sources")


def understand(download: Download) -> int:
    try:
        feed = parse(download, SOURCE)
    except ParseError:
        return 0
    for identity, entry in zip(identities(feed.entries), feed.entries, strict=True):
        normalise(clean(entry), identity, SOURCE, first_seen=NOW, is_place=bool)
    return len(feed.entries)


def by_feedparser(download: Download) -> int:
    headers = {"content-type": "application/xml"}
    return len(feedparser.parse(io.BytesIO(download.body), response_headers=headers).entries)


def best(read: Callable[[Download], int], found: list[Download]) -> tuple[float, int]:
    """CPU-seconds of the best round, and the entries."""
    rounds = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        entries = sum(map(read, found))
        rounds.append(time.process_time() - begin)
    return min(rounds), entries


def measure_words(directory: Path) -> None:
    paths = sorted(path for path in directory.iterdir() if path.suffix not in (".jsonl", ".md"))
    found = [
        Download(
            url=SOURCE.url,
            final_url=SOURCE.url,
            status=200,
            body=path.read_bytes(),
            content_type="application/xml",
            fetched_at=NOW,
        )
        for path in paths
    ]
    size = sum(len(download.body) for download in found) / 1e6
    print(f"\n{len(found)} feeds, {size:.1f} MB\n")
    print("| | CPU s | MB/s | entries | ms per entry |\n|---|---:|---:|---:|---:|")
    taken = []
    for name, read in (
        ("feedparser as it comes", by_feedparser),
        ("parse, identify, clean, normalise", understand),
    ):
        took, entries = best(read, found)
        taken.append(took)
        print(f"| {name} | {took:.2f} | {size / took:.1f} | {entries:,} | {1000 * took / entries:.2f} |")
    print(f"| ratio | {taken[0] / taken[1]:.1f} | | | |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sources", type=int, default=100_000)
    parser.add_argument("--feeds", type=Path, default=SHARED if SHARED.is_dir() else ROOT / "demo" / "feeds")
    wanted = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} CPUs, Python {platform.python_version()}")
    measure_tick(wanted.sources)
    measure_words(wanted.feeds)


if __name__ == "__main__":
    main()
