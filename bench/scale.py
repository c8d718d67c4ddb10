"""What 10,000 to 100 million sources cost, reckoned from what the benches measured (figures.toml): docs/scale.md.

    python bench/scale.py [--write docs/scale.md] [--plot docs/scale.svg]

A figure that nobody measured is marked as assumed, in its file and on the page.
"""

from __future__ import annotations

import argparse
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

SIZES = (10_000, 1_000_000, 10_000_000, 100_000_000)
DAY = 86_400
ASSUMED = "*assumed*: "


@dataclass(frozen=True, slots=True)
class Needs:
    """What a number of sources needs; rates at the busiest minute unless a name says otherwise."""

    sources: int
    polls: float
    """A second, in the mean."""
    articles: float
    """A day."""
    cores: float
    """With the load they may have."""
    megabits: float
    connections: float
    writes: float
    """Polls stored a second."""
    terabytes: float
    """Of articles, poll log and sources."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many sources something carries, and what to do beyond."""

    what: str
    sources: float
    then: str


class Figures:
    """The figures of figures.toml, by name."""

    def __init__(self, path: Path) -> None:
        self.all = tomllib.loads(path.read_text())

    def __getattr__(self, name: str) -> float:
        return float(self.all[name]["value"])


def cpu(f: Figures) -> float:
    """CPU-seconds a source and day."""
    news, quiet = f.polls * f.news, f.polls * (1 - f.news)
    further = max(0.0, f.articles - news)
    unchanged = f.not_modified * f.cpu_not_modified + (1 - f.not_modified) * f.cpu_same
    return news * f.cpu_news + further * f.cpu_article + quiet * unchanged


def received(f: Figures) -> float:
    """Bytes a source and day, both ways."""
    full = f.news + (1 - f.news) * (1 - f.not_modified)
    return f.polls * (f.handshake + full * f.document / f.packing)


def stored(f: Figures) -> float:
    """Bytes a source, once the log is full and articles go as they come."""
    return (
        f.articles * f.keep * f.article_postgresql
        + f.polls * f.keep_polls * f.poll_postgresql
        + f.source_postgresql
    )


def needs(f: Figures, sources: int) -> Needs:
    polls = sources * f.polls / DAY
    return Needs(
        sources=sources,
        polls=polls,
        articles=sources * f.articles,
        cores=sources * cpu(f) / DAY * f.peak / f.load,
        megabits=sources * received(f) * 8 / 1e6 / DAY * f.peak,
        connections=polls * f.peak * f.seconds,
        writes=polls * f.peak,
        terabytes=sources * stored(f) / 1e12,
    )


def limits(f: Figures) -> list[Limit]:
    """What ends first, in order."""
    one = needs(f, 1)
    return sorted(
        (
            Limit(
                "sources on one host of a publisher",
                DAY / f.host_delay / f.polls,
                "beyond, each is asked less often by itself; `[[host]]` if the publisher allows more, or WebSub, which pushes",
            ),
            Limit("`dateline run`: one process, one core of Python", 1 / one.cores, "`mode = \"distributed\"`, a worker a core"),
            Limit(
                "a disk of 1 TB, with PostgreSQL (twice as many with SQLite)",
                1e12 / stored(f),
                "`[retention]`: articles are nearly all of it, and 30 days take a twelfth of a year's",
            ),
            Limit(
                "polls that one PostgreSQL stores", f.writes_postgresql * f.load / one.writes,
                "its disk first (WAL on a disk of its own, NVMe: one fsync is one batch of 25); then several desks",
            ),
            Limit("a line of 1 Gbit/s", 1000 / one.megabits, "several machines with lines of their own"),
            Limit("8,000 connections open at once", 8000 / one.connections, "more workers; names from a resolver of your own"),
        ),
        key=lambda limit: limit.sources,
    )  # fmt: skip


# --- the page ----------------------------------------------------------------------------------


def page(f: Figures) -> str:
    all_needs = [needs(f, sources) for sources in SIZES]
    rows = "\n".join(
        f"| {n.sources:,} | {nice(n.polls)} | {nice(n.articles)} | {nice(n.cores)} | {nice(n.megabits)} "
        f"| {nice(n.connections)} | {nice(n.writes)} | {size(n.terabytes)} |"
        for n in all_needs
    )
    ends = "\n".join(f"| {one.what} | {nice(one.sources)} | {one.then} |" for one in limits(f))
    known = "\n".join(
        f"| {one['value']:,} | {one['unit']} | {one.get('from') or ASSUMED + one['because']} |"
        for one in f.all.values()
    )
    small, large, huge, all_of_it = all_needs
    return f"""# Capacity on paper

What ten thousand to a hundred million sources need, reckoned by `bench/scale.py` from what the benches measured. It is
arithmetic, not a trial: what was assumed is marked below, and the trials that exist are named. Change a figure in
`bench/figures.toml`, and run it again.

| sources | polls/s, mean | articles a day | cores | Mbit/s | connections | polls stored/s | storage, a year kept |
|---:|---:|---:|---:|---:|---:|---:|---:|
{rows}

*Cores* to *polls stored/s* are what the busiest minute needs, with so many cores that each is busy {f.load:.0%} of that minute. A source takes
{1000 * cpu(f):.0f} ms of CPU, {received(f) / 1000:.0f} kB of the line and {f.articles * f.article_postgresql / 1000:.0f} kB of new articles a day.

![What is needed at each size, and where one of a kind ends](scale.svg)

## What ends first

| what | carries about, sources | then |
|---|---:|---|
{ends}

## At each step

- **10,000: one process on any machine.** {small.cores:.2g} cores at the busiest minute. A list made anew takes {1000 * f.page:.0f} ms of CPU; a source takes {1000 * cpu(f):.0f} ms in a day. What ends first is the disk, with
  {size(small.terabytes)} for a year on PostgreSQL and half of it on SQLite: set `[retention]` to what is read.
- **1 million: one PostgreSQL, {math.ceil(large.cores)} workers.** One process no longer keeps up at the busiest minute; lag shows it
  (`dateline_lag_seconds`). PostgreSQL wants a machine of its own: the figure above is of one that shared two cores with Dateline. Storage is {size(large.terabytes)} for a year: keep 30 days, or give the database such disks. Lists
  change {large.articles / DAY:.0f} times a second, so pages are never the same twice: a core of `web`
  processes, not the cache, carries {1 / f.page:.0f} readers who turn a page in the same second.
- **10 million: the database, then manners.** {nice(huge.writes)} polls a second are to be stored at the busiest minute, beside
  {nice(f.writes_postgresql)} measured with everything on two shared cores: a machine of its own for PostgreSQL, with 32 cores and NVMe, is
  assumed to do it and was not tried. Platforms that host blogs now have hundreds of thousands of sources on one host, which may
  be asked {nice(DAY / f.host_delay)} times a day: only WebSub or an agreement with them helps.
- **100 million: several desks.** {nice(all_of_it.cores)} cores and {nice(all_of_it.megabits)} Mbit/s are no trouble for a hall of machines, but
  {nice(all_of_it.writes)} polls a second and {size(all_of_it.terabytes)} are beyond one database. Split the list of sources by host into ten
  to twenty desks, so that manners need no talk between them. Dateline has no page over several desks: readers need a search engine
  over their feeds. Nobody has tried this.

## The figures

| value | what | from |
|---:|---|---|
{known}

```sh
.venv/bin/python bench/scale.py --write docs/scale.md --plot docs/scale.svg
```
"""


def nice(value: float) -> str:
    """Two figures that mean something."""
    if value >= 1e6:
        return f"{float(f'{value:.2g}') / 1e6:,.10g} million"
    return f"{float(f'{value:.2g}'):,.10g}"


def size(terabytes: float) -> str:
    return f"{nice(terabytes)} TB" if terabytes >= 1 else f"{nice(1000 * terabytes)} GB"


def svg(f: Figures) -> str:
    """Needs over sources, both in powers of ten; a ring where one of its kind ends."""
    kinds = (
        ("cores", lambda n: n.cores, 1.0, "#1b4d8f", "one process"),
        ("TB, a year kept", lambda n: n.terabytes, 1.0, "#b5763a", "a disk of 1 TB"),
        (
            "polls stored/s",
            lambda n: n.writes,
            f.writes_postgresql * f.load,
            "#3b7d5c",
            "one PostgreSQL, as measured",
        ),
        ("Mbit/s", lambda n: n.megabits, 1000.0, "#8a4a7d", "1 Gbit/s"),
    )

    def across(sources: float) -> float:
        return 60 + 580 * (math.log10(sources) - 3) / 5

    def up(value: float) -> float:
        return 330 - 290 * (math.log10(max(value, 1e-3)) + 3) / 9

    parts = []
    for power in range(3, 9):
        x = across(10**power)
        parts.append(
            f'<path d="M{x:.0f} 40V330" stroke="#ddd"/><text x="{x:.0f}" y="348" text-anchor="middle">10{raised(power)}</text>'
        )
    for power in range(-3, 7):
        y = up(10**power)
        parts.append(
            f'<path d="M60 {y:.0f}H640" stroke="#eee"/><text x="54" y="{y + 4:.0f}" text-anchor="end">10{raised(power)}</text>'
        )
    one = needs(f, 1)
    for row, (name, need, most, colour, word) in enumerate(kinds):
        first, last = need(needs(f, 1000)), need(needs(f, 10**8))
        parts.append(
            f'<path d="M{across(1e3):.1f} {up(first):.1f}L{across(1e8):.1f} {up(last):.1f}" stroke="{colour}" stroke-width="2"/>'
        )
        end = most / need(one)
        parts.append(
            f'<circle cx="{across(end):.1f}" cy="{up(most):.1f}" r="5" fill="#fff" stroke="{colour}" stroke-width="2"/>'
        )
        parts.append(f'<text x="70" y="{56 + 16 * row}" fill="{colour}">{name}; ring: {word}</text>')
    parts.append('<text x="640" y="366" text-anchor="end">sources</text>')
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 376" font-family="sans-serif" font-size="12" role="img">'
    return "\n".join([head, '<rect width="100%" height="100%" fill="#ffffff"/>', *parts, "</svg>\n"])


def raised(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", type=Path, metavar="FILE.md")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg")
    wanted = parser.parse_args()
    figures = Figures(Path(__file__).with_name("figures.toml"))
    if wanted.write:
        wanted.write.write_text(page(figures), encoding="utf-8")
    else:
        print(page(figures))
    if wanted.plot:
        wanted.plot.write_text(svg(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
