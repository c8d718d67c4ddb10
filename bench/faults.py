"""Injects every hostile origin of rules 17-20 and every fault of rule 26, many times, and counts what is lost.

    python bench/faults.py [--times 20] [--quick] [--only NAME ...] [--jobs 3] [--work FOLDER]

It drives the real `dateline poll --due` as a process of its own, on good and bad sources on loopback, and
judges by `dateline articles --jsonl` and SQLite's integrity check. What is done is kept in FOLDER, so that it
may be stopped and started again; an injection that missed (the command had ended before) is made again. Needs Linux, root (a small disk is mounted; names are resolved by a server of
ours in a mount namespace of its own) and faketime. `--quick` shortens what only waits.

"Late" are articles that were not there after the recovery by itself, but were once hours had passed. MB is the
most its largest process held; "tree" adds up the high-water marks of the command and its parsers.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from _desk import Desk, Run, Started, Verdict, wait_until
from _origins import HOSTILE, Origins, stamp

BAD = ("limited", "stall", "bomb")
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), Path("libfaketime.so.1"))
ON_TIME = 10.0
"""Seconds after its first request by which a poll must have asked every good source, on a busy machine."""
MISSES = 3
"""So many injections are tried for one that is to hit, at most."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What every injection needs."""

    origins: Origins
    cache: Path
    work: Path
    quick: bool


Fault = Callable[[Bench, Desk, random.Random], Verdict]


# --- faults ------------------------------------------------------------------------------------


def kill_anywhere(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    under_way = desk.start("poll", "--due")
    return _kill(desk, under_way, dice.uniform(0.0, 1.3) * max(1.0, _usual(desk)))


def kill_while_writing(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    wal = Path(f"{desk.database}-wal")
    before = _size(wal)
    under_way = desk.start("poll", "--due")
    wait_until(lambda: _size(wal) not in (before, 0) or under_way.process.poll() is not None, 60)
    return _kill(desk, under_way, dice.choice((0, 0.002, 0.01, 0.03, 0.1)))


def kill_first_start(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    """New database, new gazetteer."""
    _forget(desk)
    cache = desk.folder / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    desk.environment["XDG_CACHE_HOME"] = str(cache)
    verdict = _kill(desk, desk.start("poll", "--due"), dice.uniform(0.5, 12.0))
    left = [path.name for path in cache.glob("dateline/.*")]
    if left:
        verdict.notes.append(f"left behind in the cache: {len(left)} file(s), {left[0]}")
    return verdict


def kill_new_database(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    _forget(desk)
    under_way = desk.start("poll", "--due")
    wait_until(desk.database.exists, 60)
    return _kill(desk, under_way, dice.uniform(0, 0.8))


def _kill(desk: Desk, under_way: Started, after: float) -> Verdict:
    time.sleep(after)
    verdict = Verdict(hit=under_way.hit(signal.SIGKILL), reason="killed")
    under_way.result()
    orphans = under_way.orphans()
    if orphans:
        verdict.notes.append(f"{len(orphans)} processes outlive it")
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
    again = _expect(desk.poll(), verdict)
    return desk.judge(again, verdict=verdict)


def interrupt(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    under_way = desk.start("poll", "--due")
    time.sleep(dice.uniform(0.0, 1.3) * max(1.0, _usual(desk)))
    hit = under_way.hit(which := dice.choice((signal.SIGINT, signal.SIGTERM)))
    ended = under_way.result()
    verdict = Verdict(hit=hit, reason=f"{which.name}: exit {ended.code}")
    again = _expect(desk.poll(), verdict)
    return desk.judge(ended, again, verdict=verdict)


def three_at_once(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    return _three(desk, dice)


def three_new_database(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    _forget(desk)
    return _three(desk, dice)


def _three(desk: Desk, dice: random.Random) -> Verdict:
    since = time.monotonic()
    verdict = Verdict()
    under_way = []
    for _ in range(3):
        under_way.append(desk.start("poll", "--due"))
        time.sleep(dice.choice((0, 0, 0.05, 0.3)))
    runs = [_expect(one.result(), verdict) for one in under_way]
    asked = [key for at, key in list(desk.origins.requests) if at >= since and key in desk.keys]
    often = len(asked) - len(set(asked))
    if often:
        verdict.notes.append(f"good sources asked {often} times too often")
    verdict.reason = next(
        (run.out.splitlines()[0] for run in runs if "Another" in run.out), "they took turns"
    )
    return desk.judge(*runs, verdict=verdict)


def locked(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    return _locked(desk, dice, 2.0 if bench.quick else 60.0)


def locked_too_long(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    """Longer than Dateline waits: it must say so and lose nothing."""
    return _locked(desk, dice, 2.0 if bench.quick else 100.0)


def _locked(desk: Desk, dice: random.Random, seconds: float) -> Verdict:
    holding, verdict, since = threading.Event(), Verdict(), 0.0

    def hold(after: float) -> None:
        time.sleep(after)
        with closing(sqlite3.connect(desk.database, timeout=100, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            nonlocal since
            since = time.monotonic()
            holding.set()
            time.sleep(seconds)
            connection.execute("ROLLBACK")

    first = dice.random() < 0.5
    holder = threading.Thread(target=hold, args=(0 if first else dice.uniform(0, 1.5) * _usual(desk),))
    holder.start()
    if first:
        holding.wait()
    run = desk.poll()
    ended = time.monotonic()
    holder.join()
    verdict.hit = since < ended
    if run.code:
        verdict.reason = _last(run.err)
        run = desk.poll()
    verdict.reason = verdict.reason or _worded(run, "could not be stored") or "it waited"
    return desk.judge(_expect(run, verdict), verdict=verdict)


def full_disk(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    """The database lives on a small disk that is filled up to a random number of bytes."""
    ballast = desk.database.parent / "ballast"
    free = shutil.disk_usage(desk.database.parent).free
    with open(ballast, "wb") as file:
        file.write(bytes(max(0, free - dice.choice((0, 4096, 20_000, 60_000, 120_000, 200_000, 300_000)))))
    verdict = Verdict()
    try:
        run = desk.poll()
    finally:
        ballast.unlink()
    return _after_full(desk, run, verdict)


def small_files(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    """No file may grow beyond what the log of a poll needs."""
    most = dice.choice((33_000, 40_000, 50_000, 60_000))
    return _after_full(desk, desk.poll(prefix=["prlimit", f"--fsize={most}"]), Verdict())


def _after_full(desk: Desk, run: Run, verdict: Verdict) -> Verdict:
    verdict.reason = (
        _worded(run, "full") or _worded(run, "[Nn]o space") or (run.code and _last(run.err)) or ""
    )
    verdict.hit = bool(verdict.reason)
    if run.code not in (0, 1):
        verdict.notes.append(f"exit {run.code}: {_last(run.err)}")
    again = _expect(desk.poll(), verdict)
    return desk.judge(run, again, verdict=verdict)


def deaf_log(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    """What Dateline prints goes to a full disk, or to a program that has gone."""
    how = dice.choice(('exec "$@" 2>/dev/full', 'exec "$@" >/dev/full', '"$@" 2>&1 | head -c 1'))
    run = desk.start("poll", "--due", prefix=["sh", "-c", how, "sh"]).result(45)
    verdict = Verdict(reason=how)
    return desk.judge(run, _expect(desk.poll(), verdict), verdict=verdict)


def clock_forward(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    return _clock(desk, "+10y")


def clock_back(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    return _clock(desk, "-10y")


def _clock(desk: Desk, jump: str) -> Verdict:
    """There, and back to now; new articles before each of the two."""
    verdict = Verdict(reason=f"{jump} and back")
    away = _expect(desk.poll(prefix=["faketime", "-f", jump]), verdict)
    late, _ = desk.missing(desk.articles())
    if late:
        verdict.notes.append(f"{late} articles late at {jump}")
    desk.publish(3)
    back = _expect(desk.poll(), verdict)
    return desk.judge(away, back, verdict=verdict)


def clock_meanwhile(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    """The clock jumps while the poll is under way, and once more before the next."""
    clock = desk.folder / "clock"
    clock.write_text("+0")
    environment = {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
    }
    verdict = Verdict(reason=(jump := dice.choice(("+10y", "-10y"))))
    under_way = desk.start("poll", "--due", environment=environment)
    time.sleep(dice.uniform(0.2, 1.2) * max(1.0, _usual(desk)))
    verdict.hit = under_way.process.poll() is None
    clock.write_text(jump)
    away = _expect(under_way.result(), verdict)
    desk.publish(3)
    return desk.judge(away, _expect(desk.poll(), verdict), verdict=verdict)


def stopped(bench: Bench, desk: Desk, dice: random.Random) -> Verdict:
    under_way = desk.start("poll", "--due")
    time.sleep(dice.uniform(0.0, 1.1) * max(1.0, _usual(desk)))
    verdict = Verdict(hit=under_way.hit(signal.SIGSTOP))
    time.sleep(2 if bench.quick else dice.choice((3, 8, 20)))
    under_way.hit(signal.SIGCONT)
    run = _expect(under_way.result(), verdict)
    failed = [line for line in run.err.splitlines() if line.partition(":")[0] in desk.keys]
    verdict.reason = failed[0].partition(": ")[2] if failed else "went on"
    return desk.judge(run, _expect(desk.poll(), verdict), verdict=verdict)


FAULTS: dict[str, tuple[Fault, int]] = {
    "kill -9 at any moment": (kill_anywhere, 0),
    "kill -9 while writing": (kill_while_writing, 0),
    "kill -9, new database": (kill_new_database, 0),
    "three pollers at once": (three_at_once, 0),
    "three, new database": (three_new_database, 0),
    "database locked 60 s": (locked, 10),
    "database locked 100 s": (locked_too_long, 10),
    "full disk": (full_disk, 0),
    "files may not grow": (small_files, 0),
    "log on a full disk": (deaf_log, 0),
    "clock +10 years": (clock_forward, 0),
    "clock -10 years": (clock_back, 0),
    "clock jumps meanwhile": (clock_meanwhile, 0),
    "SIGSTOP": (stopped, 6),
    "SIGINT or SIGTERM": (interrupt, 0),
    "kill -9, first start": (kill_first_start, 0),
}
"""Each with the number of desks it may use at once; 0: as many as `--jobs` says."""


# --- what the faults share ---------------------------------------------------------------------


def _usual(desk: Desk) -> float:
    """Seconds a poll of this desk took, undisturbed."""
    return float((desk.folder / "usual").read_text())


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _forget(desk: Desk) -> None:
    shutil.rmtree(desk.database.parent, ignore_errors=True)


def _expect(run: Run, verdict: Verdict) -> Run:
    if run.code:
        verdict.notes.append(f"exit {run.code}: {_last(run.err)}")
    return run


def _last(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]


def _worded(run: Run, pattern: str) -> str:
    return next((line for line in run.err.splitlines() if re.search(pattern, line)), "")


def inject(bench: Bench, name: str, desk: Desk, seed: int) -> Verdict:
    """One injection, with news published before it."""
    fault, dice = FAULTS[name][0], random.Random(seed)
    desk.due()
    desk.publish(dice.randint(3, 12))
    return fault(bench, desk, dice)


def faulty_desk(bench: Bench, name: str, number: int) -> Desk:
    folder = bench.work / f"desk{number}"
    shutil.rmtree(folder, ignore_errors=True)
    desk = Desk(folder, bench.origins, bench.cache, number=number, bad=BAD)
    if name == "full disk":
        (folder / "data").mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "dateline", folder / "data"], check=True)
    desk.publish(3)
    (folder / "usual").write_text(str(desk.poll().wall))
    return desk


def take_away(desk: Desk) -> None:
    if os.path.ismount(desk.database.parent):
        subprocess.run(["umount", "--lazy", desk.database.parent], check=True)


# --- hostile origins ---------------------------------------------------------------------------


def hostile(bench: Bench, desk: Desk, seed: int) -> dict[str, Verdict]:
    """All of them at once, beside good sources; or the one the desk has."""
    origins = bench.origins
    desk.due()
    desk.publish(3)
    since = time.monotonic()
    before = (
        dict(desk.query("SELECT source_n, count(*) FROM poll GROUP BY 1")) if desk.database.exists() else {}
    )
    run = desk.poll()
    requests = [(at, key) for at, key in list(origins.requests) if at >= since]
    first = min((at for at, _ in requests), default=since)
    asked = {key: at - first for at, key in requests if key in desk.keys}
    common = Verdict()
    _expect(run, common)
    if len(asked) < len(desk.keys) or max(asked.values()) > ON_TIME:
        common.notes.append(f"good sources asked after {max(asked.values(), default=0):.1f} s")
    desk.judge(run, verdict=common)
    titles = {str(article["title"]) for article in desk.articles()}
    rows = desk.query(
        "SELECT s.source_id, s.n, s.last_kind, s.last_message, count(*), "
        "(SELECT elapsed FROM poll q WHERE q.source_n = s.n ORDER BY q.rowid DESC LIMIT 1) "
        "FROM source s JOIN poll p ON p.source_n = s.n GROUP BY s.n"
    )
    found: dict[str, Verdict] = {"all hostile at once": common}
    for name, n, kind, message, count, elapsed in rows:
        if name not in origins.hostile or name not in desk.bad:
            continue
        one = Verdict(reason=str(message), wall=float(elapsed or 0), integrity=common.integrity)
        if len(desk.bad) == 1:
            one.wall, one.peak, one.tree, one.notes = run.wall, run.peak, run.tree, list(common.notes)
        due = origins.hostile[str(name)].due
        if count != before.get(n, 0) + 1:
            one.notes.append(f"{count - before.get(n, 0)} polls instead of one")  # type: ignore[operator]
        if due == "fails" and kind != "failed":
            one.notes.append(f"should fail, but: {kind}")
        if due == "reads":
            title = f"Café of {name} {origins.serial}"
            one.lost = int(title not in titles)
            if one.lost:
                one.notes.append(f"not read: {title}")
        found[str(name)] = one
    missing = set(desk.bad) - set(found)
    common.notes += [f"not polled: {sorted(missing)}"] if missing else []
    return found


# --- the whole ---------------------------------------------------------------------------------


UNJUDGED = "unjudged"
"""Instead of an integrity: what the injection did could not be found out, so it counts as none."""


def judged(verdict: Verdict) -> bool:
    """Whether the fault struck and it was found out what it did."""
    broken = any(note.startswith(("the bench gave up", "exit 1: ImportError")) for note in verdict.notes)
    return verdict.hit and verdict.integrity != UNJUDGED and not broken


class Ledger:
    """What was done, kept in a file so that it need not be done again."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self.done: dict[str, list[Verdict]] = {}
        if path.exists():
            for line in path.read_text().splitlines():
                row = json.loads(line)
                self.done.setdefault(row.pop("fault"), []).append(Verdict(**row))

    def add(self, name: str, verdict: Verdict) -> None:
        with self._lock:
            self.done.setdefault(name, []).append(verdict)
            with open(self._path, "a") as file:
                file.write(json.dumps({"fault": name} | asdict(verdict)) + "\n")

    def times(self, name: str) -> int:
        return sum(judged(verdict) for verdict in self.done.get(name, []))

    def table(self) -> str:
        lines = [
            f"{platform.node()}, {platform.platform()}, {os.cpu_count()} cores, "
            f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {stamp()}",
            "",
            f"{'fault':<24}{'times':>6}{'lost':>6}{'twice':>6}{'late':>6}  {'integrity':<10}"
            f"{'worst s':>8}{'MB':>6}{'tree':>6}  reason shown",
            *(_row(name, found) for name, all in self.done.items() if (found := [*filter(judged, all)])),
        ]
        notes = Counter(
            (name, note) for name, verdicts in self.done.items() for one in verdicts for note in one.notes
        )
        left_out = sum(not judged(one) for verdicts in self.done.values() for one in verdicts)
        lines += ["", f"{left_out} injections missed and count as none; {notes.total()} remarks"]
        lines += [f"  {times} x {name}: {note}" for (name, note), times in sorted(notes.items())]
        return "\n".join(lines)


def _row(name: str, verdicts: list[Verdict]) -> str:
    integrity = next((one.integrity for one in verdicts if one.integrity != "ok"), "ok")
    reasons = sorted({one.reason for one in verdicts if one.reason}, key=len)
    shown = reasons[-1] if reasons else ""
    if len(reasons) > 1:
        shown += f" (and {len(reasons) - 1} more)"
    lost, twice, late = (sum(getattr(one, part) for one in verdicts) for part in ("lost", "twice", "late"))
    wall, peak, tree = (max(getattr(one, part) for one in verdicts) for part in ("wall", "peak", "tree"))
    memory = f"{peak:>6.0f}{tree:>6.0f}" if peak else " " * 12
    counts = f"{len(verdicts):>6}{lost:>6}{twice:>6}{late:>6}"
    return f"{name:<24}{counts}  {integrity:<10}{wall:>8.1f}{memory}  {shown}"


def progress(text: str) -> None:
    print(
        f"\r\033[K{text}" if sys.stderr.isatty() else text,
        end="" if sys.stderr.isatty() else "\n",
        file=sys.stderr,
    )


def soak_origins(bench: Bench, ledger: Ledger, times: int) -> None:
    every = [one.name for one in HOSTILE]
    for number, names in enumerate([[name] for name in every] + [every], start=1):
        wanted = 1 if len(names) == 1 else times + 1
        if ledger.times("all hostile at once") >= times or (wanted == 1 and names[0] in ledger.done):
            continue
        desk = Desk(bench.work / f"hostile{number}", bench.origins, bench.cache, number=200, bad=names)
        while ledger.times(names[0] if wanted == 1 else "all hostile at once") < (
            1 if wanted == 1 else times
        ):
            bench.origins.serial += 1
            for name, verdict in hostile(bench, desk, bench.origins.serial).items():
                if wanted > 1 or name != "all hostile at once":
                    ledger.add(name, verdict)
            progress(
                f"{stamp()} hostile origins: {names[0] if wanted == 1 else ledger.times('all hostile at once')}"
            )


def soak_fault(bench: Bench, ledger: Ledger, name: str, times: int, jobs: int, number: int) -> None:
    left = times - ledger.times(name)
    if left <= 0:
        return
    width = min(left, FAULTS[name][1] or jobs)
    seeds = iter(range(MISSES * left))
    lock = threading.Lock()

    def work(desk_number: int) -> None:
        desk = faulty_desk(bench, name, desk_number)
        try:
            while True:
                with lock:
                    seed = next(seeds, None)
                if seed is None or ledger.times(name) >= times:
                    return
                try:
                    verdict = inject(bench, name, desk, 1000 * number + len(ledger.done.get(name, ())) + seed)
                except Exception as error:  # noqa: BLE001 (the soak goes on; the table says so)
                    verdict = Verdict(
                        integrity=UNJUDGED,
                        notes=[f"the bench gave up: {type(error).__name__} {str(error)[-300:]}"],
                    )
                ledger.add(name, verdict)
                progress(f"{stamp()} {name}: {ledger.times(name)} of {times} {verdict.notes or ''}")
        finally:
            take_away(desk)

    with ThreadPoolExecutor(width) as desks:
        for one in as_completed([desks.submit(work, number * 10 + i) for i in range(width)]):
            one.result()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="shorten what only waits")
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument("--only", nargs="*", help="names of faults, or: hostile")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "dateline-faults")
    wanted = parser.parse_args()
    wanted.work.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(wanted.work / "ledger.jsonl")
    bench = Bench(Origins(), wanted.work / "cache", wanted.work, wanted.quick)
    try:
        if not wanted.only or "hostile" in wanted.only:
            soak_origins(bench, ledger, wanted.times)
        for number, name in enumerate(FAULTS):
            if not wanted.only or name in wanted.only:
                soak_fault(bench, ledger, name, wanted.times, wanted.jobs, number)
    finally:
        bench.origins.close()
        print(ledger.table())


if __name__ == "__main__":
    main()
