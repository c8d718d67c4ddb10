"""What is killed in the middle, as a process of its own, leaves nothing half: both databases, kill -9."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from aggregator.store import SCHEMA, Store
from aggregator.store.backups import back_up, closing_engine, verify
from aggregator.store.checking import problems
from aggregator.store.dialect import is_sqlite, revision
from aggregator.store.engines import connect
from aggregator.store.layout import layouts, snapshot

ROWS = 60_000
PATIENCE = 120
"""Seconds until a process that does not come to its middle is a failure."""


class Desk:
    """A configuration, and commands that are processes of their own."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        (folder / "config.toml").write_text(f'[store]\nurl = "{url}"\nbackups = 0\n', encoding="utf-8")

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "aggregator", *words],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> str:
        process = self.start(*words)
        said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, said
        return said

    def kill_when(self, in_the_middle: Callable[[], bool], *words: str) -> bool:
        """Kills the command as soon as that is so; False if it ended before."""
        process = self.start(*words)
        until = time.monotonic() + PATIENCE
        while not in_the_middle() and process.poll() is None:
            assert time.monotonic() < until, "it never came to its middle"
        process.kill()
        said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode in (-9, 0), said
        return process.returncode == -9


def untold(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def digests(engine: sa.Engine) -> dict[str, list[tuple[int, str]]]:
    with snapshot(engine) as connection:
        return {table.name: list(table.digest(connection))[-1:] for table in layouts(connection)}


def writes(engine: sa.Engine) -> Callable[[], bool]:
    """Says whether another process is in the middle of a transaction that writes."""
    if is_sqlite(engine):
        other = sa.create_engine(engine.url, connect_args={"timeout": 0})

        def busy() -> bool:
            with other.connect() as connection:
                try:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                except sa.exc.OperationalError:
                    return True
                connection.exec_driver_sql("ROLLBACK")
                return False

        return busy
    query = sa.text(
        "SELECT COUNT(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
    )

    def active() -> bool:
        with engine.connect() as connection:
            return connection.execute(query).scalar_one() > 0

    return active


def rows_of(engine: sa.Engine, table: str) -> int:
    """The rows that others have committed; 0 while there is no such table."""
    with engine.connect() as connection:
        try:
            return int(connection.exec_driver_sql(f'SELECT COUNT(*) FROM "{table}"').scalar_one())
        except (sa.exc.OperationalError, sa.exc.ProgrammingError):
            return 0


def lengthen(store: Store, into: str, what: str) -> None:
    """Adds a row for each of many numbers, `i`."""
    numbers = (
        "WITH RECURSIVE many (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM many WHERE i < :rows)"
        if is_sqlite(store.engine)
        else "WITH many (i) AS (SELECT generate_series(1, :rows))"
    )
    with store.engine.execution_options(writes=True).begin() as connection:
        statement = f"INSERT INTO {into} {numbers} SELECT {what} FROM many"
        connection.execute(sa.text(statement), {"rows": ROWS})


@pytest.fixture
def long(stocked: Store) -> Store:
    """A store in which some things take a while."""
    lengthen(stocked, "poll", "1, i, 'quiet', 304, 0, 0, 0, i, 0.25")
    lengthen(stocked, "key (kind, value, name, folded)", "'term', 'word ' || i, 'Wörd ' || i, 'word ' || i")
    return stocked


@pytest.fixture
def engine(store_url: str) -> Iterator[sa.Engine]:
    engine = connect(store_url)
    yield engine
    engine.dispose()


@pytest.fixture
def other(other_url: str) -> Iterator[sa.Engine]:
    engine = connect(other_url)
    yield engine
    engine.dispose()


def test_of_processes_that_start_at_once_one_backs_up_and_migrates(
    stocked: Store, second_url: str, earlier: Any, tmp_path: Path
) -> None:
    earlier(stocked, second_url, "0015")
    desk = Desk(tmp_path, second_url)
    (tmp_path / "config.toml").write_text(f'[store]\nurl = "{second_url}"\nbackup_folder = "kept"\n', "utf-8")
    together = [desk.start("tokens", "list") for _ in range(3)]
    for process in together:
        said, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, said
    assert len(list((tmp_path / "kept").iterdir())) == 1
    with closing_engine(connect(second_url)) as engine:
        assert problems(engine, untold) == ()


def test_a_copy_killed_in_the_middle_goes_on(
    long: Store, store_url: str, other: sa.Engine, other_url: str, tmp_path: Path
) -> None:
    desk = Desk(tmp_path, store_url)
    long.engine.dispose()  # whose connections are those of a desk that runs
    assert desk.kill_when(lambda: rows_of(other, "poll") > 0, "db", "copy", other_url)
    there = rows_of(other, "poll")
    assert 0 < there < ROWS
    assert str(revision(other)).startswith("copy ")
    assert "Copied 30 articles" in desk.run("db", "copy", other_url)
    assert digests(other) == digests(long.engine)
    assert problems(other, untold) == ()


def test_a_backup_killed_in_the_middle_leaves_no_file_that_is_taken_for_one(
    long: Store, store_url: str, tmp_path: Path
) -> None:
    desk, path = Desk(tmp_path, store_url), tmp_path / "kept.db"
    part = tmp_path / ".kept.db.part"
    assert desk.kill_when(lambda: part.exists() and part.stat().st_size > 0, "backup", str(path))
    assert not path.exists()
    assert "The backup is in" in desk.run("backup", str(path))
    verify(path, untold)
    assert not part.exists()


def test_a_restore_killed_in_the_middle_leaves_what_was_there(
    long: Store, store_url: str, engine: sa.Engine, tmp_path: Path, now: datetime
) -> None:
    desk, path = Desk(tmp_path, store_url), tmp_path / "kept.db"
    back_up(long.engine, path, now, untold)
    kept = digests(long.engine)
    long.add_reader("late", role="reader", password="hash", now=now)
    before = digests(long.engine)
    long.close()
    killed = desk.kill_when(writes(engine), "restore", str(path), "--force")
    assert digests(engine) == (before if killed else kept)
    assert problems(engine, untold) == ()
    desk.run("restore", str(path), "--force")
    assert digests(engine) == kept


def test_a_migration_killed_in_the_middle_has_changed_nothing(
    long: Store, second_url: str, earlier: Any, tmp_path: Path
) -> None:
    """From the revision before keys were folded, which is a change of each of them."""
    same = earlier(long, second_url, "0014")
    desk = Desk(tmp_path, second_url)
    with closing_engine(connect(second_url)) as engine:
        before = digests(engine)
        assert desk.kill_when(writes(engine), "db", "upgrade")
        assert revision(engine) == "0014"
        assert digests(engine) == before
        assert f"from schema 0014 to {SCHEMA}" in desk.run("db", "upgrade")
        assert problems(engine, untold) == ()
        after = digests(engine)
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
