"""The line: each host once, no more than can soon be done, the tables of jobs in their place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from aggregator.jobs import line as lines
from aggregator.jobs.engine import SCHEMA, prepare
from aggregator.jobs.line import Line
from aggregator.schema import Source
from aggregator.store import Store, libpq

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


class Desk:
    """A store with two sources at each of three hosts, and the line before them."""

    def __init__(self, url: str) -> None:
        self.url, self.now = url, NOW
        self.store = Store.open(url)
        prepare(url)
        self.sources = [
            Source(id=f"h{host}s{n}", url=f"https://h{host}.example/{n}", title="x")
            for host in range(3)
            for n in range(2)
        ]
        self.store.configure(self.sources, lambda n: [NOW] * n)
        self.line = Line(self.store, url, clock=lambda: self.now)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(
            libpq(self.url), autocommit=True, options=f"-c search_path={SCHEMA}"
        ) as connection:
            done = connection.execute(query)
            return done.fetchall() if done.description else []

    def waiting(self) -> list[tuple[Any, ...]]:
        return self.rows(f"SELECT task_name, lock FROM {SCHEMA}.procrastinate_jobs ORDER BY lock, task_name")


@pytest.fixture
def desk(database: str) -> Iterator[Desk]:
    made = Desk(database)
    yield made
    made.line.close()
    made.store.close()


def test_each_host_stands_in_line_once(desk: Desk) -> None:
    desk.line.round(NOW)
    desk.line.round(NOW)
    assert desk.waiting() == [("poll_host", f"host:h{n}.example") for n in range(3)]


def test_the_line_tells_how_many_jobs_wait_and_are_done(desk: Desk) -> None:
    desk.line.round(NOW)
    desk.rows("UPDATE procrastinate_jobs SET status = 'doing' WHERE lock = 'host:h0.example'")
    standing = desk.line.standing()
    assert (standing["poll_host", "todo"], standing["poll_host", "doing"]) == (2, 1)
    assert standing["tell", "todo"] == 0


def test_two_schedulers_put_a_host_in_line_once(desk: Desk) -> None:
    desk.line.round(NOW)
    due = desk.store.due(NOW, horizon=timedelta(days=32))
    with closing(Line(desk.store, desk.url, clock=lambda: NOW)) as other:
        assert other.ask(due) == 0
    assert len(desk.waiting()) == 3


def test_a_source_that_is_asked_apart_has_a_job_of_its_own(desk: Desk) -> None:
    for _ in range(3):
        desk.store.suspect("h0s0")
    desk.line.round(NOW)
    assert ("poll_apart", "host:h0.example") in desk.waiting()
    assert ("poll_host", "host:h0.example") in desk.waiting()


def test_what_finds_no_room_waits_where_it_is_and_intervals_stretch(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LENGTH", 2)
    desk.now = NOW + timedelta(minutes=5)
    desk.line.round(desk.now)
    assert len(desk.waiting()) == 2
    assert desk.store.stretch() == 1.25
    desk.rows(f"DELETE FROM {SCHEMA}.procrastinate_jobs")
    monkeypatch.setattr(lines, "LENGTH", 200)
    desk.now += timedelta(minutes=2)
    desk.line.round(desk.now)
    assert 1 < desk.store.stretch() < 1.25


def waited(desk: Desk, where: str) -> None:
    """Lets these jobs have stood in line for five minutes, and a minute go by for the next measure."""
    desk.rows(
        "UPDATE procrastinate_events SET at = at - interval '5 minutes' "
        f"WHERE job_id IN (SELECT id FROM procrastinate_jobs WHERE {where})"
    )
    desk.now += timedelta(minutes=2)


def test_intervals_stretch_while_hosts_wait_in_line_for_a_worker(desk: Desk) -> None:
    desk.line.round(desk.now)
    waited(desk, "lock = 'host:h0.example'")
    desk.line.round(desk.now)
    assert desk.store.stretch() == 1.25


def test_a_host_that_is_asked_with_manners_stretches_nobodys_intervals(desk: Desk) -> None:
    desk.line.round(desk.now)
    desk.rows("UPDATE procrastinate_jobs SET status = 'doing'")
    waited(desk, "true")
    desk.line.round(desk.now)
    assert desk.store.stretch() == 1.0


def test_nobody_is_taken_for_dead_right_after_the_database_was_away(desk: Desk) -> None:
    desk.line.round(NOW)
    desk.rows(f"UPDATE {SCHEMA}.procrastinate_jobs SET status = 'doing'")  # by a worker that is not there
    desk.line.round(NOW)
    assert desk.line.in_flight == 3


def test_what_a_dead_worker_held_goes_back_into_the_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "DEAD", -1.0)
    desk.line.round(NOW)
    desk.rows(f"UPDATE {SCHEMA}.procrastinate_jobs SET status = 'doing'")
    desk.line.round(NOW)
    assert desk.rows(f"SELECT DISTINCT status::text, attempts FROM {SCHEMA}.procrastinate_jobs") == [
        ("todo", 1)
    ]


def test_articles_are_made_anew_a_page_a_job(desk: Desk) -> None:
    desk.line.redo(1, 25, 10)
    assert desk.rows(f"SELECT task_name, args FROM {SCHEMA}.procrastinate_jobs ORDER BY id") == [
        ("redo", {"first": 1, "last": 10}),
        ("redo", {"first": 11, "last": 20}),
        ("redo", {"first": 21, "last": 25}),
        ("retell", {"first": 1}),
    ]
    assert desk.line.left_to_redo() == 4


def test_the_tables_of_jobs_are_apart_and_are_made_once(desk: Desk) -> None:
    desk.line.round(NOW)
    prepare(desk.url)
    assert len(desk.waiting()) == 3
    assert "procrastinate_jobs" not in sa.inspect(desk.store.engine).get_table_names()


def test_tables_of_an_earlier_procrastinate_are_brought_up_to_date(desk: Desk) -> None:
    said = f"SELECT obj_description(to_regnamespace('{SCHEMA}'), 'pg_namespace')"
    newest = desk.rows(said)
    desk.rows(f"COMMENT ON SCHEMA {SCHEMA} IS '03.04.00_01_pre_add_retry_failed_job_procedure'")
    desk.rows("DROP TRIGGER procrastinate_trigger_status_events_update_v1 ON procrastinate_jobs")
    desk.rows("DROP FUNCTION procrastinate_trigger_function_status_events_update_v1")
    prepare(desk.url)
    assert desk.rows(said) == newest
    assert desk.rows("SELECT count(*) FROM pg_trigger WHERE tgname LIKE '%status_events_update_v1'") == [(1,)]


def test_it_is_told_who_is_missing_for_anything_to_be_polled(desk: Desk) -> None:
    assert "start dateline scheduler" in desk.line.absent()
    with desk.store.poller() as alone:
        assert alone()
        assert "start dateline worker" in desk.line.absent()
        desk.rows("SELECT * FROM procrastinate_register_worker_v1()")
        assert desk.line.absent() == ""
