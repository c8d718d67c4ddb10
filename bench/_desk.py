"""A Dateline of its own for bench/faults.py: a folder, the command, and what must be true."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from _origins import CANARY, NameServer, Origins

ALARMS = ("Traceback", "Exception ignored", "Fatal Python", "error of Dateline itself", "Segmentation")
PATIENCE = 150
"""Seconds after which a command counts as hung: it is told to show where, and killed."""


@dataclass(slots=True)
class Run:
    """One command that ended."""

    code: int
    wall: float
    peak: float
    """MB of its largest process, at most."""
    tree: float
    """MB of all its processes: the sum of their high-water marks."""
    out: str
    err: str
    hung: bool = False

    def alarms(self) -> list[str]:
        found = [line for line in self.err.splitlines() if any(alarm in line for alarm in ALARMS)]
        return (["hung"] if self.hung else []) + found[:2]


@dataclass(slots=True)
class Verdict:
    """What was found after a recovery."""

    lost: int = 0
    twice: int = 0
    late: int = 0
    integrity: str = "ok"
    wall: float = 0.0
    peak: float = 0.0
    tree: float = 0.0
    reason: str = ""
    hit: bool = True
    """The fault struck while the command was at work; else the injection counts as none."""
    notes: list[str] = field(default_factory=list)


class Started:
    """A command under way: `process` may be hit; `result()` waits for it and says how it was."""

    def __init__(self, words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.began, self._folder = time.monotonic(), folder
        self._pipes = [os.pipe(), os.pipe()]
        self.process = subprocess.Popen(
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self._pipes[0][1],
            stderr=self._pipes[1][1],
        )
        self.peak = self.tree = 0.0
        self.seen: set[int] = {self.process.pid}
        self._texts = ["", ""]
        for _, end in self._pipes:
            os.close(end)
        self._threads = [threading.Thread(target=self._drain, args=(i,), daemon=True) for i in (0, 1)]
        self._threads.append(threading.Thread(target=self._sample, daemon=True))
        for thread in self._threads:
            thread.start()

    def _drain(self, which: int) -> None:
        with open(self._pipes[which][0], encoding="utf-8", errors="replace") as pipe:
            self._texts[which] = pipe.read()

    def _sample(self) -> None:
        highest: dict[int, float] = {}
        while self.process.returncode is None:
            for pid in tree(self.process.pid):
                self.seen.add(pid)
                highest[pid] = max(highest.get(pid, 0.0), high_water(pid))
            self.peak, self.tree = max(highest.values()), sum(highest.values())
            time.sleep(0.05)

    def result(self, patience: float = PATIENCE) -> Run:
        hung = False
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            hung = True
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGABRT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        wall = time.monotonic() - self.began
        for thread in self._threads:
            thread.join(10)
        if hung:
            (self._folder / f"hung-{self.process.pid}.txt").write_text(self._texts[1])
        return Run(self.process.returncode, wall, self.peak, self.tree, *self._texts, hung)

    def hit(self, which: signal.Signals) -> bool:
        """Sends a signal; False if the command had ended by itself before."""
        if self.process.poll() is not None:
            return False
        self.process.send_signal(which)
        return True

    def orphans(self) -> list[int]:
        """Processes of the tree that are still there two seconds after its end."""
        for _ in range(20):
            left = [pid for pid in self.seen if alive(pid)]
            if not left:
                break
            time.sleep(0.1)
        return left


class Desk:
    """One configuration with good and bad sources, its database, and what was published to it."""

    def __init__(
        self,
        folder: Path,
        origins: Origins,
        cache: Path,
        *,
        number: int,
        good: int = 6,
        bad: Iterable[str] = (),
        limits: str = 'connect_timeout = "2s"\nread_timeout = "2s"\ntotal_timeout = "5s"',
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.origins = folder, origins
        self.keys = [f"d{number}-{k}" for k in range(good)]
        self.bad = list(bad)
        self.floor: Counter[str] = Counter({key: origins.published[key] for key in self.keys})
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(cache),
            "PYTHONFAULTHANDLER": "1",
        }
        self.prefix: list[str] = []
        self.database = folder / "data" / "dateline.db"
        self._configure(number, limits)

    def _configure(self, number: int, limits: str) -> None:
        sources, inside = [], []
        for k, key in enumerate(self.keys):
            host = f"127.10.{number % 250}.{k + 1}"
            sources.append((key, f"http://{host}:{self.origins.port}/good/{key}"))
            inside.append((host, self.origins.port))
        for k, name in enumerate(self.bad):
            hostile = self.origins.hostile[name]
            port = self.origins.tls_port if hostile.scheme == "https" else self.origins.port
            host = hostile.host or f"127.20.{number % 250}.{k + 1}"
            sources.append((name, f"{hostile.scheme}://{host}:{port}/bad/{name}"))
            address = f"127.30.{number % 250}.1" if host == "rebind.test" else host
            inside.append((address, port))
            if host == "rebind.test":
                self._rebind(address)
        self.origins.allowed |= {host for host, _ in inside}
        allowed = ", ".join(f'"{host}:{port}"' for host, port in inside)
        text = f'[fetch]\nallow_inside = [{allowed}]\nhost_delay = "0s"\n{limits}\n'
        text += "".join(f'\n[[source]]\nid = "{id}"\ntitle = "{id}"\nurl = "{url}"\n' for id, url in sources)
        (self.folder / "config.toml").write_text(text)

    def _rebind(self, address: str) -> None:
        """From now on the command runs where names are asked of our own name server."""
        self.origins.names = self.origins.names or NameServer(address)
        (self.folder / "resolv.conf").write_text(f"nameserver {NameServer.ADDRESS}\noptions timeout:1\n")
        mount = f'mount --bind {self.folder}/resolv.conf /etc/resolv.conf && exec "$@"'
        self.prefix = ["unshare", "--mount", "sh", "-c", mount, "sh"]

    # --- acts ----------------------------------------------------------------------------------

    def start(
        self, *words: str, prefix: Sequence[str] = (), environment: Mapping[str, str] | None = None
    ) -> Started:
        command = [*self.prefix, *prefix, sys.executable, "-m", "aggregator", *words]
        # As a user would start it, wherever this checkout is.
        found = {"PYTHONPATH": str(Path(__file__).parents[1])}
        return Started(command, self.folder, self.environment | found | dict(environment or {}))

    def poll(self, **how: object) -> Run:
        return self.start("poll", "--due", **how).result()  # type: ignore[arg-type]

    def publish(self, n: int) -> None:
        for key in self.keys:
            self.origins.published[key] += n

    def due(self) -> None:
        """As if hours had passed."""
        if self.database.exists():
            with closing(sqlite3.connect(self.database, timeout=100)) as connection:
                connection.execute("UPDATE source SET next_poll = NULL")
                connection.commit()

    # --- what must be true ---------------------------------------------------------------------

    def articles(self) -> list[dict[str, object]]:
        run = self.start("articles", "--jsonl").result()
        if run.code or run.alarms():
            raise AssertionError(f"articles: {run.code} {run.err[-2000:]}")
        return [json.loads(line) for line in run.out.splitlines()]

    def query(self, sql: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(sql).fetchall()

    def missing(self, articles: Iterable[Mapping[str, object]]) -> tuple[int, int]:
        """How many of what was published are not there, and how many are there twice."""
        count = Counter(str(article["guid"]) for article in articles)
        wanted = [
            f"{key}:{i}"
            for key in self.keys
            for i in range(self.floor[key] + 1, self.origins.published[key] + 1)
        ]
        return sum(not count[guid] for guid in wanted), sum(n - 1 for n in count.values())

    def judge(self, *runs: Run, verdict: Verdict | None = None) -> Verdict:
        """After a recovery. What is late is asked for once more as if hours had passed: is it lost?"""
        verdict = verdict or Verdict()
        articles = self.articles()
        verdict.late, verdict.twice = self.missing(articles)
        verdict.lost = 0
        if verdict.late:
            self.due()
            runs = (*runs, self.poll())
            verdict.lost, verdict.twice = self.missing(self.articles())
        verdict.integrity = str(self.query("PRAGMA integrity_check")[0][0])
        broken = self.query("PRAGMA foreign_key_check")
        if broken:
            verdict.integrity = f"{len(broken)} rows refer to nothing"
        verdict.wall = max([verdict.wall, *(run.wall for run in runs)])
        verdict.peak = max([verdict.peak, *(run.peak for run in runs)])
        verdict.tree = max([verdict.tree, *(run.tree for run in runs)])
        for run in runs:
            verdict.notes += run.alarms()
        if any(CANARY in str(article["content"]) for article in articles):
            verdict.notes.append("a file of this machine is in an article")
        if self.origins.breaches:
            verdict.notes.append(f"asked inside: {self.origins.breaches[:3]}")
            self.origins.breaches.clear()
        return verdict


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                with suppress(OSError):
                    found += [int(word) for word in (task / "children").read_text().split()]
    return found


def high_water(pid: int) -> float:
    """The most memory a process has held, in MB."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def alive(pid: int) -> bool:
    """True if it still is one of Dateline's processes, and no zombie."""
    with suppress(OSError):
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return words[0] != "Z" and b"aggregator" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.002)
    return False
