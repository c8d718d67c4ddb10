"""Dateline for hours under load: is its memory flat, does it keep up, and would its log trouble an admin?

    python bench/soak.py [--minutes 120] [--sources 5000] [--work FOLDER] [--plot docs/soak.svg]

`dateline run` polls sources on loopback that publish, fail and recover (`_changing.py`), while readers ask for pages and
feeds. Every ten seconds `/metrics`, the memory of all its processes and what readers waited for are written down in
FOLDER. It may be stopped with Ctrl-C: the same command goes on with the minutes that are left; `--report` tells what is
there. Memory counts from a fifth of the time on, when caches are full.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, median
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from _changing import url

ROOT = Path(__file__).parents[1]
EVERY = 10.0
"""Seconds between two samples."""
READERS = 3
PATIENCE = 300
"""Seconds after which a start counts as hung; the first one makes the gazetteer."""
PAUSE = 1.0
"""Seconds a reader thinks between two pages, on average."""
PAGES = (
    "/", "/?country=FR", "/?country=MA", "/?category=sport", "/?q=rain", "/?q=court+strike", "/sources", "/status", "/map",
    "/feeds/latest.atom", "/feeds/latest.json", "/feeds/search.rss?q=rain", "/feeds/search.atom?country=MA", "/article/",
)  # fmt: skip
CONFIG = """[service]
log_format = "json"
[web]
port = {port}
[fetch]
contact = "soak@dateline.invalid"
interval = "5m"
min_interval = "5m"
max_interval = "30m"
allow_inside = [{inside}]
"""


def main() -> None:
    wanted = arguments()
    wanted.work.mkdir(parents=True, exist_ok=True)
    if not wanted.report:
        soak(wanted.work, wanted.sources, wanted.minutes * 60)
    samples = taken(wanted.work)
    if len(samples) < 3:
        sys.exit("There is too little to report yet.")
    report(samples, wanted.work)
    if wanted.plot:
        wanted.plot.write_text(svg(samples))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--sources", type=int, default=5000)
    parser.add_argument("--work", type=Path, default=ROOT / "data" / "soak")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg")
    parser.add_argument("--report", action="store_true", help="tell what is there, and end")
    return parser.parse_args()


def taken(work: Path) -> list[dict[str, Any]]:
    """The samples there are; a line cut short by a kill is none."""
    found = []
    with suppress(FileNotFoundError):
        for line in (work / "samples.jsonl").read_text().splitlines():
            with suppress(ValueError):
                found.append(json.loads(line))
    return found


# --- the soak ----------------------------------------------------------------------------------


def soak(work: Path, sources: int, seconds: float) -> None:
    """Takes samples until there are enough of them, over all its runs."""
    plan = planned(work, sources)
    done = taken(work)
    before = done[-1]["at"] if done else 0.0
    if before >= seconds:
        return
    origin = subprocess.Popen(
        [
            sys.executable,
            str(Path(__file__).with_name("_changing.py")),
            str(plan["origin"]),
            str(plan["began"]),
        ]
    )
    with (work / "dateline.log").open("ab") as log:
        desk = subprocess.Popen(
            [sys.executable, "-m", "aggregator", "--config", str(work / "config.toml"), "run"],
            cwd=ROOT,
            stderr=log,
        )
    readers = Readers(plan["port"])
    try:
        wait_until_ready(desk, plan["port"])
        readers.start()
        sample(work, desk, plan["port"], readers, before, seconds, run=done[-1]["run"] + 1 if done else 0)
    except KeyboardInterrupt:
        print("Stopped; the same command goes on.", file=sys.stderr)
    finally:
        readers.stop()
        asked = time.monotonic()
        desk.send_signal(signal.SIGTERM)
        desk.wait()
        print(f"Dateline took {time.monotonic() - asked:.1f} s to stop, exit code {desk.returncode}.")
        origin.terminate()
        origin.wait()


def planned(work: Path, sources: int) -> dict[str, Any]:
    """Ports and beginning of the soak in this folder, made at its first run with the configuration."""
    path = work / "plan.json"
    if path.exists():
        plan: dict[str, Any] = json.loads(path.read_text())
        if plan["sources"] != sources:
            sys.exit(f"{work} holds a soak of {plan['sources']} sources; name another --work.")
        return plan
    plan = {"sources": sources, "origin": free_port(), "port": free_port(), "began": time.time()}
    urls = [url(k, plan["origin"]) for k in range(sources)]
    inside = ", ".join(f'"{one.split("/")[2]}"' for one in urls)
    tables = "".join(f'[[source]]\nid = "source-{k}"\nurl = "{one}"\n' for k, one in enumerate(urls))
    (work / "config.toml").write_text(CONFIG.format(port=plan["port"], inside=inside) + tables)
    path.write_text(json.dumps(plan))
    return plan


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def wait_until_ready(desk: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while desk.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            if ask(port, "/readyz")[0] == 200:
                return
        time.sleep(0.5)
    sys.exit("Dateline ended or is not ready; its log says why.")


def ask(port: int, path: str, **headers: str) -> tuple[int, bytes, str]:
    """Status, body and ETag."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(
            "GET", path, headers=headers | {"Accept-Encoding": "gzip"} if path != "/metrics" else {}
        )
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers.get("ETag", "")
    finally:
        connection.close()


class Readers:
    """Ask for pages and feeds, each at its own pace; `take` hands out what was seen since the last time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._waits: list[float] = []
        self._faults: Counter[str] = Counter()
        self._threads = [threading.Thread(target=self._read, args=(n,)) for n in range(READERS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            if thread.ident:
                thread.join()

    def take(self) -> tuple[list[float], dict[str, int]]:
        with self._lock:
            waits, faults = self._waits, dict(self._faults)
            self._waits, self._faults = [], Counter()
        return waits, faults

    def _read(self, n: int) -> None:
        dice, tags = random.Random(f"reader {n} {time.time()}"), dict[str, str]()
        while not self._over.wait(dice.expovariate(1 / PAUSE)):
            path = dice.choice(PAGES)
            path += str(dice.randrange(1, 5000)) if path == "/article/" else ""
            headers = {"If-None-Match": tags[path]} if path in tags else {}
            began = time.monotonic()
            try:
                status, _, tag = ask(self._port, path, **headers)
            except OSError as error:
                status, tag = 0, type(error).__name__
            with self._lock:
                self._waits.append(time.monotonic() - began)
                if status == 0 or status >= 500:
                    self._faults[f"{path.partition('?')[0]} {status or tag}"] += 1
            if status == 200 and path.startswith("/feeds/"):
                tags[path] = tag


def sample(
    work: Path,
    desk: subprocess.Popen[bytes],
    port: int,
    readers: Readers,
    before: float,
    seconds: float,
    run: int,
) -> None:
    """Writes a line every EVERY seconds until `seconds` are reached, those of earlier runs (`before`) counted."""
    began = time.monotonic()
    with (work / "samples.jsonl").open("a") as out:
        while (at := before + time.monotonic() - began) < seconds:
            time.sleep(min(EVERY, seconds - at + 0.01))
            if desk.poll() is not None:
                sys.exit(f"Dateline ended by itself with exit code {desk.returncode}; its log says why.")
            line = {"at": round(before + time.monotonic() - began, 1), "run": run} | measured(desk.pid, port)
            waits, faults = readers.take()
            line |= {"waits": [round(wait, 4) for wait in waits], "faults": faults}
            out.write(json.dumps(line) + "\n")
            out.flush()
            print(told(line), file=sys.stderr)


def measured(pid: int, port: int) -> dict[str, Any]:
    """What `/metrics` tells, and the memory in MB of the service and of it with its parsers."""
    said: dict[str, float] = {}
    for line in ask(port, "/metrics")[1].decode().splitlines():
        if not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            said[name] = float(value)
    polls = {
        re.findall('"(.*)"', name)[0]: int(value)
        for name, value in said.items()
        if name.startswith("dateline_polls_total")
    }
    return {
        "polls": polls,
        "lag": said["dateline_lag_seconds"],
        "due": int(said["dateline_sources_due"]),
        "flight": int(said["dateline_polls_in_flight"]),
        "lost": int(said["dateline_polls_lost_total"]),
        "articles": int(said["dateline_articles"]),
        "database": said["dateline_database_bytes"] / 1e6,
        "cpu": said["process_cpu_seconds_total"],
        "files": int(said["process_open_fds"]),
        "own": memory(pid),
        "all": memory(pid) + sum(memory(child) for child in children(pid)),
    }


def memory(pid: int) -> float:
    """Resident MB, pages shared with others counted by their share."""
    with suppress(OSError):
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        return int(re.findall(r"^Pss: +(\d+)", rollup, re.M)[0]) / 1000
    return 0.0


def children(pid: int) -> list[int]:
    with suppress(OSError):
        return [
            int(word)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for word in (task / "children").read_text().split()
        ]
    return []


def told(line: dict[str, Any]) -> str:
    return (
        f"{line['at'] / 60:6.1f} min  {line['own']:4.0f} MB ({line['all']:4.0f})  lag {line['lag']:5.0f} s  "
        f"{sum(line['polls'].values()):7,} polls  {line['articles']:7,} articles  faults {sum(line['faults'].values())}"
    )


# --- the report --------------------------------------------------------------------------------


def report(samples: Sequence[dict[str, Any]], work: Path) -> None:
    machine = f"{processor()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
    runs = [[one for one in samples if one["run"] == n] for n in sorted({one["run"] for one in samples})]
    ends = [run[-1] for run in runs]
    polls: Counter[str] = Counter()
    for end in ends:
        polls.update(end["polls"])
    settled = [one for one in samples if one["at"] >= samples[-1]["at"] / 5]
    waits = sorted(wait for one in settled for wait in one["waits"])
    minutes = samples[-1]["at"] / 60
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine}; {minutes:.0f} minutes in {len(runs)} runs")
    print(f"Polls: {polls.total():,} ({polls.total() / samples[-1]['at']:.1f} a second): " + ", ".join(
        f"{number:,} {kind}" for kind, number in polls.most_common() if number))  # fmt: skip
    print(f"Not stored: {sum(end['lost'] for end in ends)}. Articles: {samples[-1]['articles']:,}, "
          f"database {samples[-1]['database']:.0f} MB. CPU: {sum(end['cpu'] for end in ends) / samples[-1]['at']:.2f} cores.")  # fmt: skip
    own = [one["own"] for one in settled]
    print(f"Memory of the service, MB: {min(own):.0f} to {max(own):.0f}, median {median(own):.0f}; "
          f"{slope(settled, 'own'):+.1f} an hour; with its parsers at most {max(one['all'] for one in settled):.0f}.")  # fmt: skip
    lags = sorted(one["lag"] for one in settled)
    print(f"Lag, s: median {median(lags):.0f}, 95 % {at(lags, 0.95):.0f}, at most {lags[-1]:.0f}.")
    if waits:
        print(f"Answers: {len(waits):,}; ms: median {1000 * median(waits):.0f}, 95 % {1000 * at(waits, 0.95):.0f}, "
              f"at most {1000 * waits[-1]:.0f}.")  # fmt: skip
    faults: Counter[str] = Counter()
    for one in samples:
        faults.update(one["faults"])
    print(f"Answers that failed: {faults.total()} {dict(faults) or ''}")
    log_lines(work / "dateline.log")


def log_lines(path: Path) -> None:
    """Every kind of warning and error once, with how often it came; tracebacks apart."""
    kinds: Counter[tuple[str, str]] = Counter()
    broken = 0
    for line in path.read_text().splitlines():
        try:
            said = json.loads(line)
        except ValueError:
            broken += 1
            continue
        broken += "error" in said
        if said["level"] in ("warning", "error"):
            words = re.sub(r"127[\d.:]+|source-\d+", "…", said["message"])
            kinds[said["level"], re.sub(r"\d+(\.\d+)?", "#", words)] += 1
    print(f"Tracebacks and lines that are no JSON: {broken}. Warnings and errors:")
    for (level, words), number in kinds.most_common():
        print(f"  {number:6} {level:7} {words}")


def slope(samples: Sequence[dict[str, Any]], name: str) -> float:
    """What the line of least squares gains in an hour."""
    hours, values = [one["at"] / 3600 for one in samples], [one[name] for one in samples]
    middle, mean = fmean(hours), fmean(values)
    spread = sum((hour - middle) ** 2 for hour in hours)
    return (
        sum((h - middle) * (v - mean) for h, v in zip(hours, values, strict=True)) / spread if spread else 0.0
    )


def at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")


def svg(samples: Sequence[dict[str, Any]]) -> str:
    """Memory, lag, polls a second and the slow answers, one below the other over the same time."""
    rates, before = [], {"at": 0.0, "run": -1, "polls": {}}
    for one in samples:
        fresh = one["run"] != before["run"]
        since = 0 if fresh else sum(before["polls"].values())
        rates.append((sum(one["polls"].values()) - since) / max(one["at"] - before["at"], 1))
        before = one
    slow = [1000 * at(sorted(one["waits"]), 0.95) if one["waits"] else 0.0 for one in samples]
    panels = (
        ("memory of the service, MB", [one["own"] for one in samples], "#1b4d8f"),
        ("lag, seconds", [one["lag"] for one in samples], "#b5763a"),
        ("polls a second", rates, "#3b7d5c"),
        ("95 % of answers within, ms", slow, "#8a4a7d"),
    )
    times, parts = [one["at"] / 60 for one in samples], []
    for n, (name, values, colour) in enumerate(panels):
        top, most = 30 + 110 * n, max(*values, 1e-9) * 1.05
        line = " ".join(
            f"{60 + 600 * t / times[-1]:.1f},{top + 80 * (1 - v / most):.1f}"
            for t, v in zip(times, values, strict=True)
        )
        parts += [
            f'<text x="60" y="{top - 6}">{name}</text><path d="M60 {top}V{top + 80}H660" fill="none" stroke="#999"/>',
            f'<text x="54" y="{top + 10}" text-anchor="end">{most / 1.05:,.0f}</text>',
            f'<text x="54" y="{top + 80}" text-anchor="end">0</text>',
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>',
        ]
    parts.append(f'<text x="660" y="470" text-anchor="end">{times[-1]:.0f} minutes</text>')
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 480" font-family="sans-serif" font-size="12" role="img">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#ffffff"/>', *parts, "</svg>\n"])


if __name__ == "__main__":
    main()
