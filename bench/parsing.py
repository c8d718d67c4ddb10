"""How fast feeds are read: feedparser as it comes, the thorough reader, the fast one, and both together.

    python bench/parsing.py [DIRECTORY]

Reads every file of a directory of real feeds (the shared collection beside the checkout, by default) and
prints megabytes per CPU-second, the best of three rounds, so that other load on the machine counts less.
"""

from __future__ import annotations

import io
import os
import platform
import sys
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import feedparser

from aggregator.errors import ParseError
from aggregator.parse import fast, open_document, parse, thorough
from aggregator.schema import Download, Source

SHARED = Path(__file__).parents[1].parent / "shared" / "feeds"
SOURCE = Source(id="bench", url="https://example.org/feed", title="Bench")
ROUNDS = 3


def downloads(directory: Path) -> list[Download]:
    files = sorted(path for path in directory.iterdir() if path.suffix not in (".jsonl", ".md"))
    return [
        Download(
            url=SOURCE.url,
            final_url=SOURCE.url,
            status=200,
            body=path.read_bytes(),
            content_type="application/xml",
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for path in files
    ]


def by_feedparser(download: Download) -> object:
    return feedparser.parse(io.BytesIO(download.body), response_headers={"content-type": "application/xml"})


def by_parse(download: Download) -> object:
    return parse(download, SOURCE)


def seconds(read: Callable[[Download], object], found: list[Download]) -> float:
    """CPU-seconds of the best round."""
    rounds = []
    for _ in range(ROUNDS):
        begin = time.process_time()
        for download in found:
            try:
                read(download)
            except ParseError:
                continue
        rounds.append(time.process_time() - begin)
    return min(rounds)


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )


def main() -> None:
    directory = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    if not directory.is_dir():
        sys.exit(f"There is no directory {directory}; give the directory of a collection of feeds.")
    warnings.simplefilter("ignore")
    found = downloads(directory)
    size = sum(len(download.body) for download in found) / 1e6
    answered = [download for download in found if fast(open_document(download)) is not None]
    fast_size = sum(len(download.body) for download in answered) / 1e6
    machine = f"{processor()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine}")
    print(f"{len(found)} feeds, {size:.1f} MB; the fast reader answers {len(answered)}, {fast_size:.1f} MB\n")
    print(f"{'reader':<32}{'feeds':>6}{'CPU s':>9}{'MB/s':>8}")
    for name, read, chosen, megabytes in (
        ("feedparser as it comes", by_feedparser, found, size),
        ("thorough", thorough, found, size),
        ("fast, where it answers", fast, answered, fast_size),
        ("parse (fast, else thorough)", by_parse, found, size),
    ):
        took = seconds(read, chosen)
        print(f"{name:<32}{len(chosen):>6}{took:>9.2f}{megabytes / took:>8.1f}")


if __name__ == "__main__":
    main()
