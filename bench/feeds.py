"""How many times a second a feed of 50 articles is served, by `dateline run` to wrk over loopback.

    .venv/bin/python bench/feeds.py [--seconds 10] [--connections 16]

A fresh SQLite database gets 5,000 made-up articles of 3 kB. Each case is asked first once, so that what is kept
in memory is there. Requests per CPU-second are those of the server alone (user and system time, all threads):
that is what stays the same when the machine is busy with other work. Needs wrk (Debian: apt-get install wrk).
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from aggregator.poll.telling import Teller
from aggregator.schema import (
    Article,
    Category,
    Draft,
    Entry,
    Finding,
    Identity,
    Memory,
    Mention,
    Outcome,
    Place,
    Polled,
    Source,
)
from aggregator.store import Store

ARTICLES = 5_000
FEED = "/feeds/latest.atom?limit=50"
CASES = (
    ("Atom, 304", FEED, True),
    ("Atom, 200", FEED, False),
    ("Atom of summaries, 200", f"{FEED}&content=summary", False),
    ("RSS, 200", "/feeds/latest.rss?limit=50", False),
    ("JSON Feed, 200", "/feeds/latest.json?limit=50", False),
)
TICKS = os.sysconf("SC_CLK_TCK")


def article(number: int, rng: random.Random, words: list[str], now: datetime) -> Article:
    text = "\n\n".join(" ".join(rng.choices(words, k=70)) for _ in range(6))
    place = Place(
        name=rng.choice(words),
        kind="city",
        country="MA",
        lat=rng.uniform(-60, 60),
        lon=rng.uniform(-180, 180),
    )
    return Article(
        uid=UUID(int=rng.getrandbits(128), version=4).urn,
        identity=Identity(key=f"g:{number}"),
        url=f"https://news.example/{number}",
        title=" ".join(rng.choices(words, k=9)),
        authors=("Ann Example",),
        published=now - timedelta(minutes=number),
        first_seen=now - timedelta(minutes=number),
        language="en",
        summary=text[:280],
        html="".join(f"<p>{part}</p>" for part in text.split("\n\n")),
        text=text,
        image=f"https://news.example/{number}.jpg",
        categories=tuple(
            Category(id=word, name=word, score=0.8, evidence=()) for word in rng.sample(words, 3)
        ),
        mentions=(Mention(place=place, role="body", text=place.name, score=0.8, evidence=()),),
    )


def fill(path: Path) -> None:
    rng, now = random.Random(1), datetime.now(UTC) - timedelta(hours=1)
    words = ["".join(rng.choices("aeioulnrstmdp", k=rng.randint(3, 9))) for _ in range(3_000)]
    source = Source(id="made-up", url="https://news.example/rss", title="Made up")
    store = Store.open(f"sqlite:///{path}")
    store.configure([source], lambda count: [now] * count)
    made = [article(number, rng, words, now) for number in range(ARTICLES)]
    found = [
        Finding(entry=Entry(), raw_hash="", identity=one.identity, known=None, article=one, other_uid=one.uid)
        for one in made
    ]
    polled = Polled(
        source=source,
        outcome=Outcome(kind="news", at=now, message="Made up."),
        memory=Memory(source_id=source.id, url=source.url),
        findings=tuple(found),
    )
    drafts = [Draft(article=one.article, findings=((source.id, one),)) for one in found]
    store.save([polled], lambda batch, stored: drafts, now=now)
    Teller(store, lambda: now).tell()  # or the service would tell their stories while it is measured
    store.close()


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def measure(
    wrk: str, pid: int, url: str, conditional: bool, arguments: argparse.Namespace
) -> tuple[float, float, int]:
    """Requests per second, per CPU-second of the server, and bytes of an answer."""
    with urllib.request.urlopen(url) as answer:
        size, tag = len(answer.read()), answer.headers["ETag"]
    command = [wrk, "-t1", f"-c{arguments.connections}", f"-d{arguments.seconds}s", url]
    command += ["-H", f"If-None-Match: {tag}"] if conditional else []
    before = cpu_seconds(pid)
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = cpu_seconds(pid) - before
    requests = int(re.findall(r"(\d+) requests in", said)[0])
    seconds = float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])
    if "Non-2xx" in said and not conditional:
        raise SystemExit(said)
    return seconds, requests / used, size


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--connections", type=int, default=16)
    arguments = parser.parse_args()
    wrk = shutil.which("wrk") or sys.exit("wrk is missing: install it (Debian: apt-get install wrk).")
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        fill(Path(folder) / "dateline.db")
        config = Path(folder) / "config.toml"
        config.write_text(f'[store]\nurl = "sqlite:///dateline.db"\n[web]\nport = {port}\n')
        command = [str(Path(sys.executable).with_name("dateline")), "--config", str(config), "run"]
        service = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}/healthz")
            print("| feed of 50 articles | kB | requests/s | requests/CPU-second |\n|---|---:|---:|---:|")
            for name, address, conditional in CASES:
                found = measure(wrk, service.pid, f"http://127.0.0.1:{port}{address}", conditional, arguments)
                print(f"| {name} | {found[2] / 1e3:.0f} | {found[0]:,.0f} | {found[1]:,.0f} |", flush=True)
        finally:
            service.send_signal(signal.SIGTERM)
            service.wait()


def wait_for(url: str) -> None:
    for _ in range(200):
        try:
            with urllib.request.urlopen(url):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer.")


main()
