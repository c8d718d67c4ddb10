"""What tables partitioned by month would give and take on PostgreSQL, against the tables as they are.

    python bench/months.py [--articles N] [--months 24] [--folder DIRECTORY] [--postgresql URL]

N made-up articles (`_articles.py`) are saved, and their rows copied into as many months. Beside this database stand two
twins: in one `article_key` alone is partitioned, in the other all that has a position in its key, `article` too, with the
uniqueness of `id`, `uid` and `position` in a table of their own, which a trigger keeps. Measured are lists, saving, and
taking the oldest month out: by the store's own steps, and by dropping its partitions and cleaning the other tables.
With --postgresql the server must run on this machine, and let databases be made.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from _articles import BATCH, FIRST, arrival, settle, world
from prepared import fill, server_cpu
from search import postgresql
from sqlalchemy.engine import make_url

from aggregator.filters import Filter, Until, parse
from aggregator.locate.build import build
from aggregator.store import Store, libpq
from aggregator.store.columns import to_ms

STEP = timedelta(days=30)
"""Between a row and its copy in the next month."""
KEYS = {
    "article": "id, position",
    "article_key": "key_n, position",
    "article_facet": "position, key_n",
    "article_point": "position, lat, lon",
    "article_words": "position",
    "article_source": "source_n, position",
    "mark": "key_n, position, rule_n",
}
INDEXES = {
    "article_key": ("(position)",),
    "article": ("(position)", "(uid)", "(first_seen)"),
    "article_point": ("(cell, position)",),
    "article_words": ("USING gin (words)",),
    "article_source": ("(article_id)",),
    "mark": ("(position)",),
}
TWINS = {"as it is": (), "keys by month": ("article_key",), "all by month": tuple(KEYS)}
NAMES = """
ALTER TABLE entry DROP CONSTRAINT entry_article_id_fkey;
ALTER TABLE revision DROP CONSTRAINT revision_article_id_fkey;
ALTER TABLE article_story DROP CONSTRAINT article_story_article_id_fkey;
CREATE TABLE article_name (id INTEGER PRIMARY KEY, position BIGINT NOT NULL UNIQUE, uid TEXT NOT NULL UNIQUE);
INSERT INTO article_name SELECT id, position, uid FROM article;
ALTER TABLE entry ADD FOREIGN KEY (article_id) REFERENCES article_name (id);
CREATE FUNCTION name_article() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN INSERT INTO article_name VALUES (NEW.id, NEW.position, NEW.uid); RETURN NULL; END';
CREATE TRIGGER article_named AFTER INSERT ON article FOR EACH ROW EXECUTE FUNCTION name_article();
"""
CLEANED = (
    "DELETE FROM alias WHERE entry_n IN (SELECT e.n FROM entry e JOIN {} a ON a.id = e.article_id)",
    "DELETE FROM entry WHERE article_id IN (SELECT id FROM {})",
    "DELETE FROM revision WHERE article_id IN (SELECT id FROM {})",
    "DELETE FROM article_story WHERE article_id IN (SELECT id FROM {})",
    "DELETE FROM fingerprint WHERE article_id IN (SELECT id FROM {})",
    "DELETE FROM article_name WHERE id IN (SELECT id FROM {})",
)
ROUNDS, TIMES, SAVES = 3, 10, 5


# --- databases -----------------------------------------------------------------------------------


def multiply(server: psycopg.Connection[Any], count: int, months: int) -> None:
    """Copies all rows of articles into the months that follow."""
    ms, place = STEP // timedelta(milliseconds=1), f"+ k * {(STEP // timedelta(milliseconds=1)) << 20}"
    (entries,) = server.execute("SELECT MAX(n) FROM entry").fetchone() or (0,)
    later, number, entry = f"+ k * {ms}", f"+ k * {count}", f"+ k * {entries}"
    moved = {
        "article": {"id": number, "position": place, "uid": "|| '-' || k", "published": later, "first_seen": later},
        "entry": {"n": entry, "article_id": number, "key": "|| '-' || k", "first_seen": later},
        "alias": {"alias": "|| '-' || k", "entry_n": entry},
        "article_source": {"position": place, "article_id": number, "entry_n": entry},
    } | {name: {"position": place} for name in ("article_key", "article_facet", "article_point", "article_words")}  # fmt: skip
    query = (
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
    )
    server.execute("SET session_replication_role = replica")
    for table, change in moved.items():
        names = [row[0] for row in server.execute(query, (table,))]
        values = ", ".join(f't."{name}" {change.get(name, "")}' for name in names)
        server.execute(
            f"INSERT INTO {table} SELECT {values} FROM generate_series(1, {months - 1}) k, {table} t ORDER BY k"
        )
    server.execute(f"UPDATE meta SET value = value * {months} WHERE key IN ('article', 'entry')")


def month_of(n: int) -> int:
    """The first position of the month of that number."""
    year, month = divmod(FIRST.month - 1 + n, 12)
    return to_ms(datetime(FIRST.year + year, month + 1, 1, tzinfo=UTC)) << 20


def partition(server: psycopg.Connection[Any], table: str, months: int) -> None:
    if table == "article":
        server.execute("ALTER TABLE article_source DROP CONSTRAINT article_source_article_id_fkey")
        for statement in NAMES.strip().split(";\n")[:5]:
            server.execute(statement)
    server.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    server.execute(f"CREATE TABLE {table} (LIKE old_{table}) PARTITION BY RANGE (position)")
    for n in range(-1, months + 2):
        server.execute(
            f"CREATE TABLE {table}_{n + 1} PARTITION OF {table} FOR VALUES FROM ({month_of(n)}) TO ({month_of(n + 1)})"
        )
    server.execute(f"CREATE TABLE {table}_other PARTITION OF {table} DEFAULT")
    server.execute(f"INSERT INTO {table} SELECT * FROM old_{table}")
    server.execute(f"DROP TABLE old_{table} CASCADE")
    server.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({KEYS[table]})")
    for index in INDEXES.get(table, ()):
        server.execute(f"CREATE INDEX ON {table} {index}")
    if table == "article":
        for statement in NAMES.strip().split(";\n")[5:]:
            server.execute(statement)


def twins(url: str, count: int, months: int, stack: ExitStack) -> dict[str, Store]:
    """The databases, opened; the one at `url` holds the articles of one month."""
    stores = {}
    with psycopg.connect(libpq(url), autocommit=True) as server:
        multiply(server, count, months)
    for n, (name, tables) in enumerate(TWINS.items()):
        own = make_url(url).set(database=f"dateline_months_{n}")
        text = own.render_as_string(hide_password=False)
        admin = make_url(url).set(database="template1").render_as_string(hide_password=False)
        with psycopg.connect(libpq(admin), autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {own.database} WITH (FORCE)")
            server.execute(f'CREATE DATABASE {own.database} TEMPLATE "{make_url(url).database}"')
        with psycopg.connect(libpq(text), autocommit=True) as server:
            for table in tables:
                partition(server, table, months)
            server.execute("VACUUM ANALYZE")
        stores[name] = stack.enter_context(closing(Store.open(text)))
        stores[name].engine.dispose()  # so that one connection alone does all that is measured
    return stores


# --- what is measured ----------------------------------------------------------------------------


def alternately(stores: dict[str, Store], times: int) -> Iterator[tuple[str, Store, int]]:
    """Every database in turn, in another order each time."""
    for n in range(times):
        names = list(stores)
        random.Random(n).shuffle(names)
        for name in names:
            yield name, stores[name], n


def questions(made_of: Any, now: datetime) -> dict[str, Callable[[Store, int], object]]:
    countries = sorted(made_of.at_home, key=lambda code: -len(made_of.at_home[code]))[:TIMES]
    topics = [category.id for category in made_of.categories][:TIMES]
    towns = [f"near:{place.lat:.4f},{place.lon:.4f},100km" for place in made_of.places[:TIMES]]
    deep = to_ms(FIRST + timedelta(days=90)) << 20

    def lists(trees: list[Filter], **begin: int) -> Callable[[Store, int], object]:
        return lambda store, n: store.articles(trees[n % len(trees)], now=now, limit=50, **begin)

    return {
        "newest": lists([parse("")]),
        "newest, deep page": lists([parse("")], before=deep),
        "one source": lists([parse(f"source:source-{n}") for n in range(TIMES)]),
        "category": lists([parse(f"category:{topic}") for topic in topics]),
        "country": lists([parse(f"place:{code}") for code in countries]),
        "country, deep page": lists([parse(f"place:{code}") for code in countries], before=deep),
        "category and country": lists(
            [parse(f"category:{topic} place:{code}") for topic, code in zip(topics, countries, strict=False)]
        ),
        "within 100 km": lists([parse(town) for town in towns]),
        "one article": lambda store, n: store.article(1 + 97 * n),
    }


def ask(stores: dict[str, Store], made_of: Any, now: datetime) -> None:
    print("\n| server's CPU, ms |" + "".join(f" {name}, p50 | p95 |" for name in stores))
    print("|---|" + "---:|---:|" * len(stores))
    for kind, question in questions(made_of, now).items():
        found: dict[str, list[float]] = {name: [] for name in stores}
        for name, store, n in alternately(stores, ROUNDS * TIMES):
            begin = server_cpu(store)
            question(store, n % TIMES)
            if n >= TIMES:  # the first round warms
                found[name].append(1000 * (server_cpu(store) - begin))
        cells = (
            f" {statistics.median(some):.1f} | {sorted(some)[int(len(some) * 0.95)]:.1f} |"
            for some in found.values()
        )
        print(f"| {kind} |{''.join(cells)}", flush=True)


def prune(stores: dict[str, Store]) -> None:
    """The statements of a list, of all months and bounded to the newest, as a remedy would have to bound them."""
    with next(iter(stores.values())).engine.connect() as connection:
        query = "SELECT id, position FROM article ORDER BY position DESC LIMIT 50"
        ids, places = zip(*connection.exec_driver_sql(query).all(), strict=True)
        most = "SELECT key_n FROM article_key GROUP BY key_n ORDER BY COUNT(*) DESC LIMIT 1"
        key = connection.exec_driver_sql(most).scalar_one()
    numbers = ", ".join(map(str, ids))
    asked = {
        "the newest 50": "SELECT position FROM article WHERE position >= {} ORDER BY position DESC LIMIT 50",
        "the newest 50 of a key": f"SELECT position FROM article_key WHERE key_n = {key} "
        "AND position >= {} ORDER BY position DESC LIMIT 50",
        "the sources of 50": f"SELECT source_n FROM article_source WHERE article_id IN ({numbers}) AND position >= {{}}",
    }
    print("\n| server's CPU, ms, p50 |" + "".join(f" {name} | bounded |" for name in stores))
    print("|---|" + "---:|---:|" * len(stores))
    for what, statement in asked.items():
        found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in stores}
        for name, store, _ in alternately(stores, ROUNDS * TIMES):
            for some, low in zip(found[name], (month_of(0), min(places)), strict=True):
                begin = server_cpu(store)
                with store.engine.connect() as connection:
                    connection.exec_driver_sql(statement.format(low)).all()
                some.append(1000 * (server_cpu(store) - begin))
        cells = (
            f" {statistics.median(one):.2f} | {statistics.median(other):.2f} |"
            for one, other in found.values()
        )
        print(f"| {what} |{''.join(cells)}", flush=True)


def save(stores: dict[str, Store], made_of: Any, first: int) -> None:
    found: dict[str, list[float]] = {name: [] for name in stores}
    for name, store, n in alternately(stores, SAVES):
        batch, begin = made_of.batch(first + n), server_cpu(store)
        store.save(batch, settle, now=arrival((first + n) * BATCH))
        found[name].append(1000 * (server_cpu(store) - begin) / BATCH)
    cells = ", ".join(f"{name} {statistics.median(some):.2f}" for name, some in found.items())
    print(f"\nSaving an article, ms of the server's CPU: {cells}.", flush=True)


def steps(store: Store, until: Filter) -> None:
    store.expired = (until,)
    while store.expire(arrival(10**8)):
        pass


def drop(store: Store, _until: Filter) -> None:
    """The oldest month, as nothing in it is kept."""
    with store.engine.begin() as connection:
        for statement in CLEANED:
            connection.exec_driver_sql(statement.format("article_1"))
        for table in KEYS:
            connection.exec_driver_sql(f"DROP TABLE {table}_1")


def retain(name: str, store: Store, way: Callable[[Store, Filter], None]) -> None:
    count, until = store.count(), Until(datetime(2024, 2, 1, tzinfo=UTC), None)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        wal = connection.exec_driver_sql("SELECT pg_current_wal_lsn()").scalar_one()
    wall, own, begin = time.perf_counter(), time.process_time(), server_cpu(store)
    way(store, until)
    wall, own, busy = time.perf_counter() - wall, time.process_time() - own, server_cpu(store) - begin
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        written = connection.exec_driver_sql(f"SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '{wal}')").scalar_one()  # fmt: skip
        connection.exec_driver_sql("VACUUM")
    swept, gone = server_cpu(store) - begin - busy, count - store.count()
    print(
        f"| {name} | {gone:,} | {1000 * busy / gone:.2f} | {1000 * own / gone:.2f} | {written / gone / 1000:.1f} "
        f"| {1000 * wall / gone:.2f} | {1000 * swept / gone:.2f} |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=4_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--folder", type=Path, default=Path("data/bench"))
    parser.add_argument("--postgresql", help="URL of an empty database; default: one of the wheel")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    gazetteer = wanted.folder / "gazetteer.db"
    if not gazetteer.exists():
        build(gazetteer, lambda done, total: None)
    count, months = wanted.articles // BATCH * BATCH, wanted.months
    made_of = world(gazetteer, lambda what: None)
    with ExitStack() as stack:
        url = stack.enter_context(postgresql(wanted.postgresql, wanted.folder / "months"))
        with closing(Store.open(url)) as store:
            fill(store, made_of, count)
        stores = twins(url, count, months, stack)
        print(
            f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} CPUs, Python {platform.python_version()}, "
            f"{count * months:,} articles in {months} months"
        )
        ask(stores, made_of, FIRST + months * STEP)
        prune(stores)
        save(stores, made_of, count // BATCH)
        print("\n| a month goes | articles | server's CPU, ms an article | our CPU | WAL, kB | elapsed, ms | CPU of VACUUM |")  # fmt: skip
        print("|---|---:|---:|---:|---:|---:|---:|")
        retain("by steps", stores["as it is"], steps)
        retain("by dropping", stores["all by month"], drop)


if __name__ == "__main__":
    main()
