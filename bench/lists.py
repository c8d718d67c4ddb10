"""How fast pages of 50 articles are made and served, from a database that bench/search.py filled.

    .venv/bin/python bench/lists.py --store sqlite:////tmp/filters-bench/search-1000000.db [--seconds 5]

Lists are first asked for once each, so that nothing of them is kept: everything, pages further back, countries, categories
and words, by the owner of the desk. Then wrk asks for the front page over 16 connections, as the owner (made each time) and
as a visitor of a public desk (kept for a minute). A CPU-second is one of the server's, all threads: what stays the same
when the machine is busy. Needs wrk (Debian: apt-get install wrk).
"""

from __future__ import annotations

import argparse
import gzip
import multiprocessing
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from _articles import word
from waitress.server import create_server

from aggregator.filters import Everything
from aggregator.schema import FetchSettings, Secret, ServiceSettings, Settings, StoreSettings, WebSettings
from aggregator.store import Store
from web.app import create_app
from web.desk import Desk

TICKS = os.sysconf("SC_CLK_TCK")
COUNTRIES = ("US", "GB", "FR", "DE", "MA", "IN", "BR", "CN", "RU", "ES", "KE", "JP", "NG", "AR", "EG", "TR")


def serve(url: str, access: str, ready: Any) -> None:
    """A desk over the database whose newest article is three minutes old."""
    store = Store.open(url)
    (newest,) = store.articles(Everything(), now=datetime.now(UTC), limit=1)
    now = newest.published + timedelta(minutes=3)
    settings = Settings(
        path=Path("config.toml"), service=ServiceSettings(), store=StoreSettings(url=Secret(url)),
        fetch=FetchSettings(), web=WebSettings(access=access), sources=(), views=(), files=(),  # type: ignore
    )  # fmt: skip
    desk = Desk(store=store, settings=lambda: settings, problem=lambda: "", now=lambda: now)
    server = create_server(create_app(desk), host="127.0.0.1", port=0, threads=4)
    ready.put(server.effective_port)
    server.run()


@contextmanager
def desk(url: str, access: str) -> Iterator[tuple[str, int]]:
    """Where it is served, and the number of its process."""
    ready: Any = multiprocessing.Queue()
    process = multiprocessing.Process(target=serve, args=(url, access, ready))
    process.start()
    try:
        yield f"http://127.0.0.1:{ready.get(timeout=120)}", process.pid or 0
    finally:
        process.terminate()
        process.join()


def cpu(pid: int) -> float:
    """Seconds that a process has computed."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def ask(url: str) -> tuple[float, bytes]:
    """Milliseconds until the whole page is there, and the page as it was sent."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    start = time.perf_counter()
    with urllib.request.urlopen(request) as answer:
        body: bytes = answer.read()
    return (time.perf_counter() - start) * 1000, body


def lists(front: str) -> dict[str, list[str]]:
    """Addresses of each kind, all different."""
    dice = random.Random(5)
    page, further = front, []
    for _ in range(30):
        found = re.search(r'rel="next" href="([^"]+)"', gzip.decompress(ask(page)[1]).decode())
        if not found:
            break
        page = front.rstrip("/") + found[1].replace("&amp;", "&")
        further.append(page + "&since=9000d")
    counts = gzip.decompress(ask(f"{front}browse")[1]).decode()
    categories = list(dict.fromkeys(re.findall(r'\?category=([^"&]+)"', counts)))[:30]
    words = [word(dice.randrange(50, 5_000)) for _ in range(20)]
    return {
        "further back": further,
        "a country": [f"{front}?country={one}" for one in COUNTRIES],
        "a category": [f"{front}?category={one}" for one in categories],
        "a country and words": [f"{front}?country={dice.choice(COUNTRIES)}&q={one}" for one in words],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--store", required=True)
    parser.add_argument("--seconds", type=int, default=5)
    arguments = parser.parse_args()
    wrk = shutil.which("wrk") or sys.exit("wrk is missing: install it (Debian: apt-get install wrk).")
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    for access in ("local", "public"):
        with desk(arguments.store, access) as (address, pid):
            front = f"{address}/"
            _, page = ask(front)
            print(f"{access}: front page {len(gzip.decompress(page)):,} bytes, sent as {len(page):,}")
            if access == "local":
                for name, urls in lists(front).items():
                    before = cpu(pid)
                    taken = sorted(ask(url)[0] for url in urls)
                    spent = (cpu(pid) - before) * 1000 / len(urls)
                    worst = taken[int(len(taken) * 0.95)]
                    median = statistics.median(taken)
                    print(
                        f"  {name:20} {len(urls):3} lists: median {median:6.1f} ms, p95 {worst:6.1f}, CPU {spent:6.1f}"
                    )
            before = cpu(pid)
            told = subprocess.run(
                [wrk, "-t1", "-c16", f"-d{arguments.seconds}s", front],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            found = re.search(r"(\d+) requests in", told)
            count = int(found[1]) if found else 0
            spent = cpu(pid) - before
            print(
                f"  front page: {count / arguments.seconds:,.0f} a second, {count / spent:,.0f} a CPU-second"
            )


if __name__ == "__main__":
    main()
