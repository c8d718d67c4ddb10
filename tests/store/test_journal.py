"""The write-ahead log of SQLite stays short while somebody reads at every moment."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from aggregator.store import Store, journal
from aggregator.store.dialect import writing

SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) SELECT max(i) FROM n, ballast"
READERS = 3
BLOB = "x" * 200_000


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(journal, "LONGEST", 2**20)
    with closing(Store.open(f"sqlite:///{tmp_path / 'dateline.db'}")) as opened:
        with writing(opened.engine) as connection:
            connection.exec_driver_sql("CREATE TABLE ballast (n INTEGER PRIMARY KEY, words TEXT)")
        yield opened


def fill(store: Store) -> None:
    with writing(store.engine) as connection:
        connection.exec_driver_sql("INSERT OR REPLACE INTO ballast VALUES (abs(random()) % 20, ?)", (BLOB,))


def log(store: Store) -> int:
    return Path(f"{store.engine.url.database}-wal").stat().st_size


def test_the_log_stays_short_under_readers_who_overlap(store: Store) -> None:
    over = threading.Event()
    began = threading.Barrier(READERS + 1)

    def read() -> None:
        with store.engine.connect() as connection:
            began.wait()
            while not over.is_set():
                with connection.begin():
                    connection.exec_driver_sql(SLOW).all()

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    began.wait()
    try:
        lengths = []
        for _ in range(100):
            fill(store)
            lengths.append(log(store))
    finally:
        over.set()
        for reader in readers:
            reader.join()
    assert max(lengths) < 8 * journal.LONGEST, "20 MB were written"


def test_a_reader_who_stays_holds_nobody_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "PATIENCE", 0.0)
    with store.engine.connect() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM ballast").all()
        for _ in range(8):
            fill(store)
        assert log(store) > journal.LONGEST
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 90_000
    fill(store)
    assert log(store) == 0
