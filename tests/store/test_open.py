"""Opening a database: new, newer, not one, out of reach."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from aggregator.errors import AwayError, RefusedError, StoreError
from aggregator.schema import Secret, StoreSettings
from aggregator.store import SCHEMA, Store, dialect, engines
from aggregator.store.migrate import head
from aggregator.store.tables import meta, metadata


def test_the_migrations_make_the_tables_the_program_knows(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, type_, _: type_ != "table" or name in metadata.tables,
                "include_object": lambda made, *_: made.info.get("only") in (None, connection.dialect.name),
            },
        )
        assert compare_metadata(context, metadata) == []


def test_opening_twice_changes_nothing(store: Store, store_url: str) -> None:
    again = Store.open(store_url)
    assert again.count() == 0
    again.close()


def test_reading_does_not_wait_for_who_writes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dateline.db'}"
    with closing(Store.open(url)) as store, dialect.writing(store.engine) as writer:
        writer.execute(sa.insert(meta), {"key": "long", "value": 1})
        reader = engines.connect(url)

        @sa.event.listens_for(reader, "connect", insert=True)
        def impatient(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute("PRAGMA busy_timeout=0")

        with reader.connect() as connection:
            assert connection.scalar(sa.select(sa.func.count()).where(meta.c.key == "long")) == 0
        reader.dispose()


def test_a_new_file_gives_space_back(tmp_path: Path) -> None:
    with (
        closing(Store.open(f"sqlite:///{tmp_path / 'dateline.db'}")) as store,
        store.engine.connect() as connection,
    ):
        assert connection.exec_driver_sql("PRAGMA auto_vacuum").scalar() == 2


def test_a_newer_database_is_refused_in_a_sentence(store: Store, store_url: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"written by a newer Dateline \(schema 9999\)"):
        Store.open(store_url)


def test_a_file_that_is_no_database_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are notes, not a database. " * 100)
    with pytest.raises(StoreError, match="is not a SQLite database"):
        Store.open(f"sqlite:///{path}")


def test_a_folder_in_place_of_a_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(f"sqlite:///{tmp_path}")


def test_a_folder_that_cannot_be_made_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made"):
        Store.open(f"sqlite:///{tmp_path}/file/data/dateline.db")


def test_a_server_out_of_reach_is_a_sentence_without_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        Store.open("postgresql://me:hush@127.0.0.1:9/news")
    assert "hush" not in str(caught.value)
    assert "127.0.0.1:9" in str(caught.value)


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite://"])
def test_an_address_we_cannot_use_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match=r"\[store\] url"):
        Store.open(url)


def test_an_integrity_check_of_a_fresh_database_is_clean(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path}/a.db").close()
    with sqlite3.connect(tmp_path / "a.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_a_database_of_another_release_is_not_ready(store: Store) -> None:
    store.ping()
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(StoreError, match=r"schema 0001, this one needs \d+"):
        store.ping()


def test_the_program_knows_the_last_migration(store: Store) -> None:
    assert store.revision() == head() == SCHEMA


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_statement_that_takes_too_long_is_given_up_in_a_sentence(store_url: str, now: datetime) -> None:
    store = Store.of(StoreSettings(url=Secret(store_url), statement_timeout=timedelta(seconds=1)), now)
    with pytest.raises(StoreError, match="took too long for one statement; raise statement_timeout"):
        dialect.at_once(store.engine, "SELECT pg_sleep(60)")
    store.ping()
    store.close()


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_a_server_that_goes_away_under_a_short_query_is_away(store_url: str, now: datetime) -> None:
    store = Store.of(StoreSettings(url=Secret(store_url)), now)
    with pytest.raises(AwayError):
        dialect.at_once(store.engine, "SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(RefusedError):
        dialect.at_once(store.engine, "SELECT no_such_column")
    with pytest.raises(RefusedError):
        store.known("alpha", ["a\0b"])
    assert store.known("alpha", ["a"]) == {}
    store.close()


def test_a_server_that_is_not_there_is_away() -> None:
    engine = engines.connect("postgresql://me@127.0.0.1:1/news")
    with pytest.raises(AwayError):
        dialect.at_once(engine, "SELECT 1")


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_who_finds_no_free_connection_is_told_what_to_raise(
    store_url: str, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "QUEUE_SECONDS", 0.1)
    store = Store.of(StoreSettings(url=Secret(store_url), pool_size=1, max_connections=2), now)
    with store.engine.connect(), store.engine.connect(), pytest.raises(StoreError, match="max_connections"):
        store.ping()
    store.ping()
    store.close()


def test_a_server_that_says_nothing_is_not_waited_for_without_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(StoreError, match=f"postgresql://127.0.0.1:{port}/news"):
            Store.open(f"postgresql+psycopg://me@127.0.0.1:{port}/news?connect_timeout=2")


def test_a_vanished_server_is_noticed_within_half_a_minute_unless_its_address_says_otherwise() -> None:
    usual = engines.connect("postgresql+psycopg://me@127.0.0.1/news")
    other = engines.connect("postgresql+psycopg://me@127.0.0.1/news?connect_timeout=2")
    assert patience(usual) == "10"
    assert patience(other) == "2"


def patience(engine: sa.Engine) -> str:
    """What the driver is told of how long to wait for a connection."""
    told: dict[str, object] = {}

    @sa.event.listens_for(engine, "do_connect")
    def tell(_dialect: object, _record: object, _args: object, given: dict[str, object]) -> None:
        told.update(given)
        raise StoreError("enough")

    with pytest.raises(StoreError, match="enough"):
        engine.connect()
    return str(told["connect_timeout"])
