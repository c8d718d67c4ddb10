"""What backups, copies, checks and retention cost an article, on SQLite and PostgreSQL.

    python bench/moving.py [--articles N] [--folder DIRECTORY] [--postgresql URL]

The articles are made up (`_articles.py`). Retention takes a third of them out of the copy on PostgreSQL, by the store's own steps
(`months.py`: against dropping partitions). With --postgresql the server must run on this machine, and let
databases be made.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from _articles import arrival, world
from prepared import fill, server_cpu
from search import postgresql
from sqlalchemy.engine import make_url

from aggregator.filters import parse
from aggregator.locate.build import build
from aggregator.store import Store, libpq
from aggregator.store.backups import back_up, closing_engine
from aggregator.store.checking import problems
from aggregator.store.copying import copy
from aggregator.store.engines import connect


def untold(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def timed(what: str, count: int, work: Callable[[], object]) -> None:
    """Says what one article takes: elapsed, and CPU of our own."""
    begin, cpu = time.perf_counter(), time.process_time()
    work()
    took, busy = time.perf_counter() - begin, time.process_time() - cpu
    print(f"| {what} | {1000 * took / count:.2f} | {1000 * busy / count:.2f} |", flush=True)


def expire(store: Store, count: int) -> None:
    gone = 0
    while gone < count:
        gone += store.expire(arrival(10**9))


def retention(url: str, count: int) -> None:
    store = Store.open(url)
    store.expired = (parse(""),)
    with closing(store), psycopg.connect(libpq(url), autocommit=True) as server:
        before, begin = server.execute("SELECT pg_current_wal_lsn()").fetchone(), server_cpu(store)
        timed("retention on PostgreSQL", count, lambda: expire(store, count))
        wal = server.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), %s)", before).fetchone()
        print(
            f"\nServer: {1000 * (server_cpu(store) - begin) / count:.2f} ms of CPU and {wal[0] / count:,.0f} bytes of WAL an article."
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=6_000)
    parser.add_argument("--folder", type=Path, default=Path("data/bench"))
    parser.add_argument("--postgresql", help="URL of an empty database; default: one of the wheel")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    gazetteer = wanted.folder / "gazetteer.db"
    if not gazetteer.exists():
        build(gazetteer, lambda done, total: None)
    count = wanted.articles
    with (
        tempfile.TemporaryDirectory(dir=wanted.folder) as folder,
        postgresql(wanted.postgresql, wanted.folder / "prepared") as url,
    ):
        other = make_url(url).set(database="dateline_moving").render_as_string(hide_password=False)
        with psycopg.connect(libpq(url), autocommit=True) as server:
            server.execute("DROP DATABASE IF EXISTS dateline_moving WITH (FORCE)")
            server.execute("CREATE DATABASE dateline_moving TEMPLATE template0 ENCODING 'UTF8'")
        with closing(Store.open(url)) as store:
            fill(store, world(gazetteer, lambda what: None), count)
        print(
            f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} CPUs, Python {platform.python_version()}, {count:,} articles\n"
        )
        print("| | ms an article | of these our CPU |\n|---|---:|---:|")
        move(url, other, Path(folder), count)
        retention(other, count // 3)


def move(url: str, other: str, folder: Path, count: int) -> None:
    now, kept = datetime.now(UTC), folder / "kept.db"
    with closing_engine(connect(url)) as source, closing_engine(connect(other)) as target:
        timed("backup of PostgreSQL", count, lambda: back_up(source, kept, now, untold))
        with closing_engine(connect(f"sqlite:///{kept}")) as file:
            timed(
                "backup of SQLite",
                count,
                lambda: back_up(file, folder / "again.db", now + timedelta(1), untold),
            )
            timed("copy, SQLite to PostgreSQL", count, lambda: copy(file, target, untold))
            timed("check of SQLite", count, lambda: problems(file, untold))
        timed("check of PostgreSQL", count, lambda: problems(target, untold))


if __name__ == "__main__":
    main()
