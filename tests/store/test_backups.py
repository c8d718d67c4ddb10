"""Backups of both kinds of database, made while others write, and put back whole or not at all."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from aggregator.errors import StoreError
from aggregator.schema import Secret, StoreSettings
from aggregator.store import SCHEMA, Store
from aggregator.store.backups import back_up, back_up_before_migration, closing_engine, opened, restore
from aggregator.store.checking import problems
from aggregator.store.dialect import revision
from aggregator.store.engines import connect
from aggregator.store.layout import layouts, snapshot
from aggregator.store.migrate import bring_up


def untold(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""


def digests(engine: sa.Engine) -> dict[str, list[tuple[int, str]]]:
    with snapshot(engine) as connection:
        return {table.name: list(table.digest(connection))[-1:] for table in layouts(connection)}


@pytest.fixture
def other(other_url: str) -> Iterator[sa.Engine]:
    engine = connect(other_url)
    yield engine
    engine.dispose()


@pytest.fixture
def backup(stocked: Store, tmp_path: Path, now: datetime) -> Path:
    return back_up(stocked.engine, tmp_path / "kept.db", now, untold)


def test_a_backup_is_one_file_that_its_owner_alone_reads(
    stocked: Store, backup: Path, tmp_path: Path
) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if "kept" in path.name) == ["kept.db"]
    with closing(sqlite3.connect(f"file:{backup}?mode=ro&immutable=1", uri=True)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    with opened(backup) as engine:
        assert digests(engine) == digests(stocked.engine)


def test_a_backup_opens_as_a_database_itself(stocked: Store, backup: Path) -> None:
    store = Store.open(f"sqlite:///{backup}")
    assert store.count() == stocked.count()
    assert problems(store.engine, untold) == ()
    store.close()


def test_a_folder_gets_a_file_named_by_the_time(stocked: Store, tmp_path: Path, now: datetime) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    assert back_up(stocked.engine, folder, now, untold) == folder / "dateline-20260115-120000.db"
    with pytest.raises(StoreError, match="is there already"):
        back_up(stocked.engine, folder, now, untold)


def test_what_is_written_meanwhile_is_not_in_a_backup_and_does_not_disturb_it(
    stocked: Store, tmp_path: Path, now: datetime
) -> None:
    before = digests(stocked.engine)
    written = iter(range(3))

    def write(what: str, _done: int, _total: int) -> None:
        if what != "verifying" and (n := next(written, None)) is not None:
            stocked.add_reader(f"late{n}", role="reader", password="hash", now=now)

    path = back_up(stocked.engine, tmp_path / "kept.db", now, write)
    assert next(written, None) is None or stocked.reader("late0") is not None
    with opened(path) as engine:
        assert digests(engine) == before


def test_a_backup_that_cannot_be_finished_leaves_no_file(
    stocked: Store, tmp_path: Path, now: datetime
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()

    def fail(_what: str, _done: int, _total: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match="No space left on device"):
        back_up(stocked.engine, folder, now, fail)
    assert list(folder.iterdir()) == []


def test_a_backup_is_restored_into_either_kind_of_database(
    stocked: Store, backup: Path, other: sa.Engine, other_url: str
) -> None:
    restore(backup, other, untold, force=False)
    assert digests(other) == digests(stocked.engine)
    assert problems(other, untold) == ()
    Store.open(other_url).close()


def test_a_database_in_use_is_replaced_only_by_force_and_as_a_whole(
    stocked: Store, backup: Path, now: datetime
) -> None:
    before = digests(stocked.engine)
    stocked.add_reader("late", role="reader", password="hash", now=now)
    with pytest.raises(StoreError, match="--force"):
        restore(backup, stocked.engine, untold, force=False)
    assert stocked.reader("late") is not None
    restore(backup, stocked.engine, untold, force=True)
    assert stocked.reader("late") is None
    assert digests(stocked.engine) == before
    assert problems(stocked.engine, untold) == ()


def test_a_damaged_backup_is_refused_before_anything_changes(stocked: Store, backup: Path) -> None:
    before = digests(stocked.engine)
    data = bytearray(backup.read_bytes())
    for at in range(4096 * 3, len(data), 4096):
        data[at : at + 64] = b"\xff" * 64
    backup.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        restore(backup, stocked.engine, untold, force=True)
    assert digests(stocked.engine) == before


def test_a_backup_in_which_a_few_bytes_of_a_text_were_changed_is_refused(
    stocked: Store, backup: Path
) -> None:
    before = digests(stocked.engine)
    with closing(sqlite3.connect(backup)) as connection:
        (title,) = connection.execute("SELECT title FROM article LIMIT 1").fetchone()
    data = backup.read_bytes()
    at = data.rindex(title.encode())
    backup.write_bytes(data[:at] + b"XXXX" + data[at + 4 :])
    with pytest.raises(StoreError, match=r"not as it was written.*take another one"):
        restore(backup, stocked.engine, untold, force=True)
    assert digests(stocked.engine) == before


def test_a_backup_that_was_cut_short_says_to_take_another_one(stocked: Store, backup: Path) -> None:
    data = backup.read_bytes()
    backup.write_bytes(data[: len(data) // 2])
    with pytest.raises(StoreError, match="take another one"):
        restore(backup, stocked.engine, untold, force=True)


def test_what_was_restored_can_be_copied_and_restored_as_any_file(
    stocked: Store, backup: Path, tmp_path: Path
) -> None:
    target = connect(f"sqlite:///{tmp_path / 'restored.db'}")
    restore(backup, target, untold, force=False)
    with target.execution_options(writes=True).begin() as connection:
        connection.execute(sa.text("UPDATE meta SET value = value + 1 WHERE key = 'state'"))
    target.dispose()
    restore(tmp_path / "restored.db", stocked.engine, untold, force=True)
    assert stocked.count() == 30


def test_a_clock_that_ran_back_does_not_cost_the_backup_just_made(
    store_url: str, tmp_path: Path, now: datetime
) -> None:
    folder = tmp_path / "backups"
    earlier(store_url, "0015")
    with closing_engine(connect(store_url)) as engine:
        for days in (0, 1, -1):
            made = back_up_before_migration(engine, folder, 2, now + timedelta(days=days))
            assert made.exists()
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("text", [b"Notes, not a database. " * 99, b""])
def test_a_file_that_is_no_backup_is_refused(stocked: Store, tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(text)
    with pytest.raises(StoreError, match=r"not a SQLite database|no backup"):
        restore(path, stocked.engine, untold, force=True)
    with pytest.raises(StoreError, match="There is no file"):
        restore(tmp_path / "none.db", stocked.engine, untold, force=True)
    assert stocked.count() == 30


def earlier(store_url: str, to: str) -> None:
    """An empty database of an earlier release."""
    engine = connect(store_url)
    with engine.execution_options(writes=True).begin() as connection:
        bring_up(connection, to)
        connection.execute(sa.text("INSERT INTO meta (key, value) VALUES ('state', 7)"))
    engine.dispose()


def test_before_a_migration_what_is_there_is_backed_up_and_a_few_backups_are_kept(
    store_url: str, tmp_path: Path, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "dateline")
    folder = tmp_path / "backups"
    wanted = StoreSettings(url=Secret(store_url), backups=2, backup_folder=folder)
    earlier(store_url, "0015")
    for days in (0, 1, 2, 9):
        Store.of(wanted, now + timedelta(days=days)).close()
        with closing_engine(connect(store_url)) as engine:
            restore(max(folder.iterdir()), engine, untold, force=True)  # which was of that release
            assert revision(engine) == "0015"
    Store.open(store_url).close()
    Store.of(wanted, now + timedelta(days=10)).close()
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["before-20260117-120000-schema-0015.db", "before-20260124-120000-schema-0015.db"]
    assert f"from schema 0015 to {SCHEMA}; a backup is in {folder / names[1]}" in caplog.text
    assert stat.S_IMODE((folder / names[0]).stat().st_mode) == 0o600
    with opened(folder / names[0]) as engine, engine.connect() as connection:
        assert revision(engine) == "0015"
        assert connection.execute(sa.text("SELECT value FROM meta WHERE key = 'state'")).scalar() == 7


def test_a_new_database_and_one_whose_backups_are_refused_get_none(
    store_url: str, other_url: str, tmp_path: Path, now: datetime
) -> None:
    folder = tmp_path / "backups"
    Store.of(StoreSettings(url=Secret(store_url), backup_folder=folder), now).close()
    earlier(other_url, "0015")
    Store.of(StoreSettings(url=Secret(other_url), backups=0, backup_folder=folder), now).close()
    assert not folder.exists()


def test_without_room_for_the_backup_nothing_is_migrated(
    store_url: str, tmp_path: Path, now: datetime
) -> None:
    earlier(store_url, "0015")
    (tmp_path / "file").touch()
    wanted = StoreSettings(url=Secret(store_url), backup_folder=tmp_path / "file" / "backups")
    with pytest.raises(StoreError, match="cannot be written"):
        Store.of(wanted, now)
    with closing_engine(connect(store_url)) as engine:
        assert revision(engine) == "0015"


def test_an_older_backup_is_restored_and_brought_up_to_date(
    store_url: str, tmp_path: Path, now: datetime
) -> None:
    earlier(f"sqlite:///{tmp_path}/old.db", "0012")
    target = connect(store_url)
    restore(tmp_path / "old.db", target, untold, force=False)
    assert revision(target) == "0012"
    target.dispose()
    store = Store.open(store_url)
    assert problems(store.engine, untold) == ()
    store.close()
