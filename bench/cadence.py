"""How long an article waits to be seen, at the same number of polls, under four rules of polling.

    python bench/cadence.py [--seeds N] [--plot FILE.svg]
    python bench/cadence.py --replay sqlite:///dateline.db

The fleet is 400 sources over 21 days whose rates of news are log-normal (σ = 1.8): steady (Poisson), with
days, nights and bursts, shifting to another rate, and dead. The delay of an article runs from its
publication to the first poll after it. Our rule is the real `cadence.remember`, learning from what its own
polls see; the number of polls it makes is then given to the others, whose one constant is fitted to it.

- uniform: every source at the same interval
- proportional: interval = constant × mean gap between articles, which it is told rather than learns
- miniflux: as Miniflux' entry-frequency scheduler: a constant × (week / articles of the last week)
"""

from __future__ import annotations

import argparse
import bisect
import dataclasses
import heapq
import math
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import fmean

from aggregator.cadence import budget_factor, first_polls, remember
from aggregator.schema import FetchSettings, Memory, Outcome, Source
from aggregator.store import Store

START = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
WEEK = 7.0
KINDS = ("steady", "bursty", "shifting", "dead")
COLOURS = {"uniform": "#888", "proportional": "#c80", "miniflux": "#c33", "ours": "#06c"}


@dataclass(frozen=True, slots=True)
class Origin:
    """A simulated source: when it publishes (days since the start) and its rate over time."""

    kind: str
    news: tuple[float, ...]
    rates: tuple[tuple[float, float], ...]
    """From which day on, how many articles a day."""

    def rate(self, at: float) -> float:
        return next(rate for since, rate in reversed(self.rates) if since <= at)


@dataclass(frozen=True, slots=True)
class Result:
    rule: str
    polls: int
    delays: dict[str, list[float]]
    """Hours, of every article, by kind of source."""

    def all(self) -> list[float]:
        return [delay for delays in self.delays.values() for delay in delays]


# --- the fleet ---------------------------------------------------------------------------------


def fleet(
    chance: random.Random, *, sources: int, days: float, median: float, sigma: float = 1.8
) -> list[Origin]:
    """Origins in random order: of ten, four are steady, three bursty, two shift their rate, one is dead."""
    kinds = ["steady"] * 4 + ["bursty"] * 3 + ["shifting"] * 2 + ["dead"]
    return [
        _origin(chance, kinds[i % 10], median * chance.lognormvariate(0, sigma), days) for i in range(sources)
    ]


def _origin(chance: random.Random, kind: str, rate: float, days: float) -> Origin:
    if kind == "dead":
        return Origin(kind, (), ((0.0, 0.0),))
    if kind == "steady":
        return Origin(kind, tuple(_poisson(chance, rate, 0, days)), ((0.0, rate),))
    if kind == "shifting":
        turn = chance.uniform(0.25, 0.75) * days
        later = rate * math.exp(chance.choice((-1, 1)) * math.log(chance.uniform(4, 12)))
        news = [*_poisson(chance, rate, 0, turn), *_poisson(chance, later, turn, days)]
        return Origin(kind, tuple(news), ((0.0, rate), (turn, later)))
    noon, burst = chance.random(), 1 + chance.expovariate(0.5)
    news = []
    for at in _poisson(chance, 2 * rate / burst, 0, days):
        if chance.random() < (1 + math.cos(2 * math.pi * (at - noon))) / 2:
            while at < days:
                news.append(at)
                if chance.random() < 1 / burst:
                    break
                at += chance.expovariate(96)
    return Origin(kind, tuple(sorted(news)), ((0.0, rate),))


def _poisson(chance: random.Random, rate: float, start: float, end: float) -> Iterable[float]:
    at = start + chance.expovariate(rate)
    while at < end:
        yield at
        at += chance.expovariate(rate)


# --- the rules ---------------------------------------------------------------------------------


def ours(origins: Sequence[Origin], chance: random.Random, settings: FetchSettings, days: float) -> Result:
    """Polls with the real cadence; the budget, if there is one, is shared out anew every six hours."""
    sources = [Source(id=str(n), url=f"https://{n}.example/", title=str(n)) for n in range(len(origins))]
    memories = [Memory(source_id=source.id, url=source.url) for source in sources]
    polls: list[list[float]] = [[] for _ in origins]
    starts = first_polls(len(origins), START, settings.interval)
    agenda = [((at - START) / DAY + chance.random() / 1440, n) for n, at in enumerate(starts)]
    heapq.heapify(agenda)
    budget, shared_out = 1.0, 0.0
    while agenda:
        at, n = heapq.heappop(agenda)
        if at >= shared_out:
            budget, shared_out = budget_factor(memories, settings), at + 0.25
        new = _seen(origins[n], polls[n][-1], at) if polls[n] else 0
        polls[n].append(at)
        outcome = Outcome(kind="news" if new else "unchanged", at=START + at * DAY, message="", new=new)
        jitter = chance.uniform(-1, 1)
        memories[n] = remember(memories[n], sources[n], outcome, settings, budget=budget, jitter=jitter)
        following = memories[n].next_poll
        if at < days and following is not None:
            heapq.heappush(agenda, ((following - START) / DAY, n))
    return _result("ours", origins, polls, days)


def fixed_rule(
    rule: str, origins: Sequence[Origin], seed: int, wait: Callable[[Origin, float], float], days: float
) -> Result:
    """Polls each source after `wait(origin, time)` days, jittered, from a random phase on."""
    chance = random.Random(seed)
    polls = []
    for origin in origins:
        at = chance.random() * min(1.0, wait(origin, 0.0))
        mine = [at]
        while at < days:
            at += wait(origin, at) * chance.uniform(0.9, 1.1)
            mine.append(at)
        polls.append(mine)
    return _result(rule, origins, polls, days)


def uniform(constant: float) -> Callable[[Origin, float], float]:
    return lambda origin, at: constant


def proportional(constant: float) -> Callable[[Origin, float], float]:
    return lambda origin, at: min(1.0, max(5 / 1440, constant / max(origin.rate(at), 1e-9)))


def miniflux(constant: float) -> Callable[[Origin, float], float]:
    def wait(origin: Origin, at: float) -> float:
        count = _seen(origin, at - WEEK, at)
        return min(1.0, max(5 / 1440, constant * WEEK / count)) if count else 1.0

    return wait


def at_equal_polls(
    rule: str,
    origins: Sequence[Origin],
    polls: int,
    make: Callable[[float], Callable[[Origin, float], float]],
    seed: int,
    days: float,
) -> Result:
    """The rule, its constant fitted so that it makes that many polls within 0.5 %, or as near as it gets."""
    low, high = 1e-4, 1e3
    for _ in range(40):
        constant = math.sqrt(low * high)
        result = fixed_rule(rule, origins, seed, make(constant), days)
        if abs(result.polls - polls) <= 0.005 * polls:
            break
        low, high = (constant, high) if result.polls > polls else (low, constant)
    return result


def _seen(origin: Origin, after: float, until: float) -> int:
    return bisect.bisect_right(origin.news, until) - bisect.bisect_right(origin.news, after)


def _result(rule: str, origins: Sequence[Origin], polls: Sequence[Sequence[float]], days: float) -> Result:
    delays: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for origin, mine in zip(origins, polls, strict=True):
        for at in origin.news:
            if at > mine[0]:
                delays[origin.kind].append(24 * (mine[bisect.bisect_left(mine, at)] - at))
    return Result(rule, sum(sum(at < days for at in mine) for mine in polls), delays)


# --- comparing ---------------------------------------------------------------------------------


def compare(
    seed: int,
    *,
    sources: int = 400,
    days: float = 21.0,
    median: float = 1.0,
    polls_per_day: int | None = None,
) -> list[Result]:
    """Our rule, and the others at its number of polls, on one fleet."""
    chance = random.Random(seed)
    origins = fleet(chance, sources=sources, days=days, median=median)
    mine = ours(origins, chance, FetchSettings(polls_per_day=polls_per_day), days)
    rules = {"uniform": uniform, "proportional": proportional, "miniflux": miniflux}
    return [
        *(at_equal_polls(name, origins, mine.polls, make, seed, days) for name, make in rules.items()),
        mine,
    ]


def merged(runs: Sequence[Sequence[Result]]) -> list[Result]:
    """The results of several seeds as one."""
    return [
        Result(
            same[0].rule,
            sum(result.polls for result in same),
            {kind: [delay for result in same for delay in result.delays[kind]] for kind in KINDS},
        )
        for same in zip(*runs, strict=True)
    ]


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def table(results: Sequence[Result]) -> str:
    base = results[0].all()
    lines = ["rule             polls   mean h  ratio     p95 h  ratio   mean h: steady   bursty shifting"]
    for result in results:
        delays = result.all()
        mean, p95 = fmean(delays), percentile(delays, 0.95)
        kinds = " ".join(f"{fmean(result.delays[kind] or [0.0]):8.2f}" for kind in KINDS[:3])
        lines.append(
            f"{result.rule:12} {result.polls:9,} {mean:8.2f} {mean / fmean(base):6.2f}"
            f" {p95:9.2f} {p95 / percentile(base, 0.95):6.2f}          {kinds}"
        )
    return "\n".join(lines)


def plot(results: Sequence[Result]) -> str:
    """An SVG of the share of articles (up) seen within a delay (across, logarithmic)."""
    width, height, left, top = 640, 400, 50, 20

    def across(hours: float) -> float:
        return left + (width - left - 20) * math.log(max(hours, 1 / 60) * 60) / math.log(48 * 60)

    def up(share: float) -> float:
        return top + (height - top - 40) * (1 - share)

    marks = [(1 / 60, "1 min"), (1 / 6, "10 min"), (1, "1 h"), (4, "4 h"), (12, "12 h"), (48, "48 h")]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif"'
        ' font-size="12">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for hours, label in marks:
        x = across(hours)
        parts.append(f'<path d="M{x:.0f} {up(1):.0f}V{up(0):.0f}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.0f}" y="{height - 20}" text-anchor="middle">{label}</text>')
    for share in (0, 0.5, 0.95, 1):
        parts.append(f'<path d="M{left} {up(share):.0f}H{width - 20}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 6}" y="{up(share) + 4:.0f}" text-anchor="end">{share:.0%}</text>')
    for line, result in enumerate(results):
        delays, colour = sorted(result.all()), COLOURS.get(result.rule, "#000")
        points = " ".join(
            f"{across(delays[min(len(delays) - 1, i * len(delays) // 200)]):.1f},{up(i / 200):.1f}"
            for i in range(201)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        words = f"{result.rule}: mean {fmean(delays):.2f} h"
        parts.append(f'<text x="{left + 10}" y="{top + 16 * (line + 1)}" fill="{colour}">{words}</text>')
    return "\n".join([*parts, "</svg>", ""])


# --- replaying ---------------------------------------------------------------------------------


def replay(log: Iterable[tuple[str, datetime, str, int]], seed: int = 1) -> list[Result]:
    """What the rules would have made of a real poll log.

    When an article was published between two polls is not logged: each is put at a random moment between.
    The first poll of a source shows its archive and is left out; so are sources with fewer than three polls.
    """
    chance = random.Random(seed)
    rows: dict[str, list[tuple[datetime, int]]] = {}
    for source_id, at, kind, new in log:
        if kind in ("news", "unchanged", "not_modified"):
            rows.setdefault(source_id, []).append((at, new))
    kept = [sorted(mine) for mine in rows.values() if len(mine) >= 3]
    if not kept:
        return []
    first = min(mine[0][0] for mine in kept)
    days = (max(mine[-1][0] for mine in kept) - first) / DAY
    origins, actual = [], []
    for mine in kept:
        times = [(at - first) / DAY for at, _ in mine]
        news = [
            chance.uniform(before, after)
            for (before, after), (_, new) in zip(pairwise(times), mine[1:], strict=True)
            for _ in range(new)
        ]
        origins.append(Origin("steady", tuple(sorted(news)), ((0.0, len(news) / max(days, 1e-9)),)))
        actual.append([*times, max(days, times[-1]) + 1e-6])
    ran = _result("as it was", origins, actual, days)
    now = ours(origins, chance, FetchSettings(), days)
    rules = {"uniform": uniform, "proportional": proportional, "miniflux": miniflux}
    others = [at_equal_polls(name, origins, now.polls, make, seed, days) for name, make in rules.items()]
    return [*others, now, dataclasses.replace(ran, rule="as it was")]


def main() -> None:
    parser = argparse.ArgumentParser(description="Compares rules of polling at equal polls.")
    parser.add_argument("--seeds", type=int, default=3, help="fleets per scenario (default 3)")
    parser.add_argument(
        "--plot", type=Path, metavar="FILE.svg", help="write the delays of the first scenario"
    )
    parser.add_argument(
        "--replay", metavar="DATABASE", help="replay the poll log of a database (SQLAlchemy URL)"
    )
    arguments = parser.parse_args()
    began = time.process_time()
    if arguments.replay:
        store = Store.open(arguments.replay)
        results = replay(store.poll_log(datetime(1970, 1, 1, tzinfo=UTC)))
        store.close()
        print(table(results) if results else "The poll log is too short: no source was polled three times.")
        shown = results
    else:
        shown = []
        for median, polls_per_day in ((1.0, None), (1.0, 1200), (4.0, None), (0.25, None)):
            runs = [
                compare(seed, median=median, polls_per_day=polls_per_day)
                for seed in range(1, arguments.seeds + 1)
            ]
            results = merged(runs)
            budget = f"budget {polls_per_day:,} polls a day" if polls_per_day else "no budget"
            print(f"\nMedian source: {median:g} articles a day; {budget}; 400 sources, 21 days, {len(runs)}×")
            print(table(results))
            shown = shown or results
    if arguments.plot and shown:
        arguments.plot.write_text(plot(shown), encoding="utf-8")
    print(f"\n{time.process_time() - began:.0f} CPU-seconds")


if __name__ == "__main__":
    main()
