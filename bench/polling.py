"""CPU-seconds of polling: Dateline beside lemon24/reader and newsboat, over the same sources in the same run.

    python bench/polling.py [--sources N] [--repeat N] [--reader-python PYTHON] [--plot docs/polling.svg]

nginx (a process of its own, not counted) serves sources made of real feeds, see origin.py. Each program in
turn polls all of them: for the first time (`first`), when nothing has changed (`304`), when every origin
sends the same bytes under new validators (`same`), and when each has one new item at its top (`new`).
`start` is the same command when nothing is due; it is contained in all others.

Dateline is run as `dateline poll --due`, once with all its steps on and once (`spare`) without categories, places and
stories, which no other program has, and with an address of 127/8 for each source; its database is made beforehand,
as reader's is. To make everything due again, `next_poll` is cleared in it between the cases. reader is run by its API,
`update_feeds(scheduled=False, workers=10)`, newsboat as `newsboat -x reload`. The environment for reader:

    python -m venv venv-reader && venv-reader/bin/pip install reader==3.26 feedparser==6.0.14 sgmllib3k

A figure is user and system time of a program and its children by the kernel's account; of several rounds
(`--repeat`) the median counts. Memory is the highest resident size of any one process of a program.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from statistics import median

from origin import Farm, Origin

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "feeds"
CASES = ("start", "first", "304", "same", "new")
TARGETS = {
    "reader": {"first": 6.0, "304": 3.0, "same": 20.0, "new": 9.0},
    "newsboat": {"first": 1.5, "304": 10.0, "same": 10.0, "new": 4.0},
}
CONFIG = """[store]
url = "sqlite:///{database}"
[fetch]
host_delay = "0s"
allow_inside = [{inside}]
"""
SPARE = """
import functools
import aggregator.cli.poll as poll
from aggregator.cli import main
from aggregator.poll.telling import Teller
poll.Pipeline = functools.partial(poll.Pipeline, steps=())
Teller.tell = lambda self: 0
main(["poll", "--due"])
"""
READER = """
import sys, reader
what, path, urls = sys.argv[1:]
desk = reader.make_reader(path)
if what == "add":
    for url in open(urls).read().split():
        desk.add_feed(url)
elif what == "poll":
    desk.update_feeds(scheduled=False, workers=10)
"""


@dataclass(slots=True, kw_only=True)
class Figure:
    """What one command took, and what is stored after it."""

    cpu: float
    wall: float
    peak: float
    """MB."""
    articles: int = 0
    lost: int = 0
    """Sources of which nothing is stored."""


class Program:
    """A feed reader in a folder of its own. `ROWS` counts what it stored, by source."""

    name: str
    ROWS: str
    root = ROOT
    """The checkout to run, if it is Dateline."""

    def __init__(self, folder: Path, origins: Sequence[Origin]) -> None:
        self.folder, self.origins = folder, origins
        folder.mkdir()
        (folder / "urls").write_text("".join(f"{origin.url}\n" for origin in origins))
        self.database = folder / f"{self.name}.db"
        self.prepare()

    def prepare(self) -> None:
        """Whatever is set up once."""

    def due(self) -> None:
        """Makes all sources due."""

    def idle(self) -> list[str]:
        """The command when nothing is due."""
        return self.command()

    def command(self) -> list[str]:
        raise NotImplementedError

    def run(self, words: Sequence[str]) -> Figure:
        with (self.folder / "log").open("ab") as log:
            began = time.monotonic()
            environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LANG": "C.UTF-8"}
            environment |= {"PYTHONPATH": str(self.root), "XDG_CACHE_HOME": str(self.folder.parents[1])}
            process = subprocess.Popen(
                words, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{self.name} failed ({process.returncode}); see {log.name}")
        wall = time.monotonic() - began
        return Figure(cpu=used.ru_utime + used.ru_stime, wall=wall, peak=used.ru_maxrss / 1024)

    def poll(self) -> Figure:
        self.due()
        figure = self.run(self.command())
        with closing(sqlite3.connect(self.database)) as connection:
            rows = [row[0] for row in connection.execute(self.ROWS)]
        figure.articles, figure.lost = sum(rows), len(self.origins) - sum(row > 0 for row in rows)
        return figure


class Dateline(Program):
    name = "Dateline"
    ROWS = "SELECT count(*) FROM entry GROUP BY source_n"

    def prepare(self) -> None:
        inside = ", ".join(f'"{origin.address}"' for origin in self.origins)
        text = CONFIG.format(database=self.database, inside=inside)
        for n, origin in enumerate(self.origins):
            text += f'\n[[source]]\nid = "s{n}"\nurl = "{origin.url}"\ntitle = "Source {n}"\n'
        (self.folder / "config.toml").write_text(text)
        self.run(self.idle())  # builds the gazetteer, once per machine
        self.run([sys.executable, "-m", "aggregator", "db", "upgrade"])

    def due(self) -> None:
        if self.database.exists():
            with closing(sqlite3.connect(self.database)) as connection:
                connection.execute("UPDATE source SET next_poll = NULL")
                connection.commit()

    def idle(self) -> list[str]:
        # Nothing is stored yet: a configuration whose sources all sleep is what comes nearest.
        path = self.folder / "idle.toml"
        text = (
            (self.folder / "config.toml").read_text().replace('\ntitle = "', '\nenabled = false\ntitle = "')
        )
        path.write_text(text.replace(str(self.database), str(self.folder / "idle.db")))
        return [sys.executable, "-m", "aggregator", "--config", str(path), "poll", "--due"]

    def command(self) -> list[str]:
        return [sys.executable, "-m", "aggregator", "poll", "--due"]


class Spare(Dateline):
    """Dateline with fetching, parsing, cleaning, normalising and storing on; without categories, places, stories."""

    name = "spare"

    def command(self) -> list[str]:
        return [sys.executable, "-c", SPARE]


class Other(Dateline):
    """Another checkout of Dateline, to see in one run what a change is worth."""

    name = "other"


class Reader(Program):
    name = "reader"
    ROWS = "SELECT count(*) FROM entries GROUP BY feed"
    python = ""

    def prepare(self) -> None:
        self.run(self._words("add"))

    def _words(self, what: str) -> list[str]:
        return [self.python, "-c", READER, what, str(self.database), "urls"]

    def idle(self) -> list[str]:
        return self._words("idle")

    def command(self) -> list[str]:
        return self._words("poll")


class Newsboat(Program):
    name = "newsboat"
    ROWS = "SELECT count(*) FROM rss_item GROUP BY feedurl"

    def prepare(self) -> None:
        (self.folder / "config").write_text("")

    def idle(self) -> list[str]:
        return [*self.command()[:-1], "print-unread"]

    def command(self) -> list[str]:
        return ["newsboat", "-q", "-u", "urls", "-C", "config", "-c", str(self.database), "-x", "reload"]


# --- the run -----------------------------------------------------------------------------------

Figures = dict[tuple[str, str], list[Figure]]


def rounds(farm: Farm, kinds: Sequence[type[Program]], repeat: int) -> Iterator[tuple[str, str, Figure]]:
    """(program, case, figure), the programs in turn within each case."""
    for n in range(repeat):
        folder = farm.folder / f"round{n}"
        folder.mkdir()
        programs = [kind(folder / kind.name, farm.origins) for kind in kinds]
        farm.write(held=True)
        for case in CASES:
            if case == "same":
                farm.touch()
            elif case == "new":
                farm.write(held=False)
            for program in programs:
                found = program.run(program.idle()) if case == "start" else program.poll()
                yield program.name, case, found
        for program in programs:
            shutil.rmtree(program.folder)


def cpu(figures: Figures, name: str, case: str, sources: int) -> float:
    """CPU-seconds per 1,000 sources; of `start`, which does not depend on them, as they are."""
    return median(figure.cpu for figure in figures[name, case]) / (1 if case == "start" else sources / 1000)


def show(figures: Figures, kinds: Sequence[type[Program]], farm: Farm) -> None:
    sources, items = len(farm.origins), sum(origin.items for origin in farm.origins)
    for title, text in (
        ("CPU-seconds per 1,000 sources (start: CPU-seconds)", "cpu"),
        ("wall seconds", "wall"),
        ("peak MB of one process", "peak"),
    ):
        print(f"\n| {title} | " + " | ".join(CASES) + " |\n|---" + "|---:" * len(CASES) + "|")
        for kind in kinds:
            values = [
                cpu(figures, kind.name, case, sources)
                if text == "cpu"
                else median(getattr(figure, text) for figure in figures[kind.name, case])
                for case in CASES
            ]
            digits = 0 if text == "peak" else 2
            print(f"| {kind.name} | " + " | ".join(f"{value:.{digits}f}" for value in values) + " |")
        if text == "cpu":
            _show_ratios(figures, kinds, sources)
    print("\n| stored | after first | after new | sources lost |\n|---|---:|---:|---:|")
    for kind in kinds:
        first, last = figures[kind.name, "first"][-1], figures[kind.name, "new"][-1]
        print(f"| {kind.name} | {first.articles:,} | {last.articles:,} | {last.lost} |")
    print(f"| (served) | {items - sources:,} | {items:,} | |")


def _show_ratios(figures: Figures, kinds: Sequence[type[Program]], sources: int) -> None:
    """Ratios as measured, and of what lies beyond `start`: a service starts once, not at each poll."""
    pairs = [
        (kind, ours)
        for kind in kinds
        if TARGETS.get(kind.name)
        for ours in (Spare, Dateline)
        if ours in kinds
    ]
    for kind, ours in pairs:
        whole, beyond = [""], [""]
        for case, target in TARGETS[kind.name].items():
            theirs, own = (cpu(figures, name, case, sources) for name in (kind.name, ours.name))
            whole.append(f"{theirs / own:.1f} ({'≥' if theirs / own >= target else 'not'} {target:g})")
            theirs -= cpu(figures, kind.name, "start", sources) / (sources / 1000)
            own -= cpu(figures, ours.name, "start", sources) / (sources / 1000)
            beyond.append(f"{theirs / max(own, 0.01):.1f}")
        print(f"| {kind.name} / {ours.name} (target) | " + " | ".join(whole) + " |")
        print("| the same without start | " + " | ".join(beyond) + " |")


def svg(figures: Figures, kinds: Sequence[type[Program]], farm: Farm) -> str:
    """Bars of CPU-seconds per 1,000 sources, for each case and program."""
    sources, colours = len(farm.origins), ("#1b4d8f", "#6f9fd8", "#b5763a", "#8a8a8a", "#3b7d5c")
    names = {"first": "first poll", "304": "all 304", "same": "200, same bytes", "new": "one new item each"}
    most = max(cpu(figures, kind.name, case, sources) for kind in kinds for case in names)
    parts, y = [], 46
    for n, kind in enumerate(kinds):
        parts.append(f'<rect x="{150 + 110 * n}" y="12" width="12" height="12" fill="{colours[n]}"/>')
        parts.append(f'<text x="{168 + 110 * n}" y="22">{escape(kind.name)}</text>')
    for case, name in names.items():
        parts.append(f'<text x="140" y="{y + 9 * len(kinds) + 4}" text-anchor="end">{name}</text>')
        for n, kind in enumerate(kinds):
            value = cpu(figures, kind.name, case, sources)
            width = max(1.0, 460 * value / most)
            parts.append(f'<rect x="150" y="{y}" width="{width:.1f}" height="14" fill="{colours[n]}"/>')
            parts.append(f'<text x="{156 + width:.1f}" y="{y + 11}">{value:.1f}</text>')
            y += 18
        y += 14
    parts.append(f'<text x="150" y="{y + 6}">CPU-seconds per 1,000 sources; less is better</text>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 {y + 20}" font-family="sans-serif"'
    ground = '<rect width="100%" height="100%" fill="#ffffff"/>'
    return "\n".join([f'{head} font-size="12" role="img">', ground, *parts, "</svg>\n"])


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "unknown")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sources", type=int, default=600)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--feeds", type=Path, default=SHARED if SHARED.is_dir() else ROOT / "demo" / "feeds")
    parser.add_argument("--items", type=int, default=2, help="use the feeds with so many items at least")
    parser.add_argument("--reader-python", default="", help="the Python that has lemon24/reader")
    parser.add_argument("--other", type=Path, help="another checkout of Dateline to run beside this one")
    parser.add_argument("--only", default="", help="Dateline, reader or newsboat")
    parser.add_argument("--plot", type=Path)
    wanted = parser.parse_args()
    if wanted.sources > 1000:
        parser.error("a first start asks a thousand sources at once and the others later: take 1000 at most")
    return wanted


def main() -> None:
    wanted = arguments()
    Reader.python = wanted.reader_python
    kinds: list[type[Program]] = [Dateline, Spare]
    Other.root = wanted.other
    kinds += [Other] if wanted.other else []
    kinds += [Reader] if wanted.reader_python else []
    kinds += [Newsboat] if shutil.which("newsboat") else []
    kinds = [kind for kind in kinds if wanted.only in ("", kind.name)]
    figures: Figures = {}
    with tempfile.TemporaryDirectory(prefix="dateline-bench-") as folder:
        farm = Farm(Path(folder), wanted.feeds, wanted.sources, port=free_port(), least=wanted.items)
        farm.write(held=True)
        machine = f"{processor()}, {os.cpu_count()} CPUs, Python {platform.python_version()}"
        print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine}")
        items = sum(origin.items for origin in farm.origins) / wanted.sources
        size = farm.bytes / wanted.sources / 1000
        print(f"{wanted.sources} sources from {farm.shapes} feeds, {size:.0f} kB, {items:.0f} items each")
        with farm.served():
            for name, case, figure in rounds(farm, kinds, wanted.repeat):
                figures.setdefault((name, case), []).append(figure)
                print(f"  {name} {case}: {figure.cpu:.2f} s", file=sys.stderr)
        show(figures, kinds, farm)
        if wanted.plot:
            wanted.plot.write_text(svg(figures, kinds, farm))


if __name__ == "__main__":
    main()
