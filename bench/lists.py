"""How fast pages of 50 articles are made and served, from a database that bench/search.py filled.

    .venv/bin/python bench/lists.py --store sqlite:///search-1000000.db [--seconds 5]

The owner of the desk asks for lists that are made anew: the front page under another look each time, and once each pages
further back, countries, categories and words. Then wrk asks for the front page as it is kept, over 16 connections with gzip, by
one browser: whole, and with the tag of the page it has (304); for the owner and for a visitor of a public desk. A CPU-second is
one of the server's, all threads: what stays nearly the same when the machine is busy. Needs wrk (Debian: apt-get install wrk).
"""

from __future__ import annotations

import argparse
import gzip
import logging
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
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from _articles import word

from aggregator.cli.server import create_server
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
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # says how many wait
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


def ask(url: str, look: str = "") -> tuple[float, bytes]:
    """Milliseconds until the whole page is there, and the page as it was sent. A look that none is changes nothing."""
    headers = {"Accept-Encoding": "gzip", "Cookie": f"dateline-look={look}"}
    request = urllib.request.Request(url, headers=headers)
    start = time.perf_counter()
    with urllib.request.urlopen(request) as answer:
        body: bytes = answer.read()
    return (time.perf_counter() - start) * 1000, body


def anew(pid: int, name: str, asked: list[tuple[str, str]]) -> None:
    """Asks for each address with its look, once, one after the other."""
    before = cpu(pid)
    taken = sorted(ask(*one)[0] for one in asked)
    spent = (cpu(pid) - before) / len(asked)
    worst, median = taken[int(len(taken) * 0.95)], statistics.median(taken)
    print(
        f"  {name:20} {len(asked):3} made anew: median {median:6.1f} ms, p95 {worst:6.1f}; "
        f"CPU {spent * 1000:5.1f} ms, {1 / spent:5.0f} a CPU-second"
    )


def kept(pid: int, front: str, seconds: int) -> None:
    """Asks for the front page as one browser does that has it, for so long."""
    with urllib.request.urlopen(front) as answer:
        cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]  # strangers of a public desk get none
    browser = {"Accept-Encoding": "gzip"} | ({"Cookie": cookie} if cookie else {})
    with urllib.request.urlopen(urllib.request.Request(front, headers=browser)) as answer:
        tag = answer.headers["ETag"]
    for name, more in (("kept", {}), ("kept, 304", {"If-None-Match": tag})):
        said = [part for pair in (browser | more).items() for part in ("-H", ": ".join(pair))]
        before = cpu(pid)
        told = subprocess.run(
            ["wrk", "-t1", "-c16", f"-d{seconds}s", *said, front],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        found = re.search(r"(\d+) requests in", told)
        count, spent = int(found[1]) if found else 0, cpu(pid) - before
        print(f"  front page, {name:9}: {count / seconds:,.0f} a second, {count / spent:,.0f} a CPU-second")


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
    shutil.which("wrk") or sys.exit("wrk is missing: install it (Debian: apt-get install wrk).")
    with closing(Store.open(arguments.store)) as store:
        print(f"{store.count():,} articles, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    for access in ("local", "public"):
        with desk(arguments.store, access) as (address, pid):
            front = f"{address}/"
            _, page = ask(front)
            print(f"{access}: front page {len(gzip.decompress(page)):,} bytes, sent as {len(page):,}")
            if access == "local":
                anew(pid, "front page", [(front, f"of{n}") for n in range(60)])
                for name, urls in lists(front).items():
                    anew(pid, name, [(url, "") for url in urls])
            kept(pid, front, arguments.seconds)


if __name__ == "__main__":
    main()
