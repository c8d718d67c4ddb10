"""Schedulers and workers as processes of their own: nothing is lost or doubled, whoever is killed."""

from __future__ import annotations

import signal
import socket
import urllib.request
from typing import Any

import pytest

DELAY = 1.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def figures(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        text: str = answer.read().decode()
    return text


def test_workers_share_the_work_and_no_host_is_asked_too_often(town: Any) -> None:
    for role in ("scheduler", "worker", "worker"):
        town.start(role)
    town.until(lambda: sum(town.polled().values()) >= len(town.names))
    assert town.polled() == dict.fromkeys(town.names, 1)
    assert town.asked() == dict.fromkeys(town.names, 1)
    assert town.entries() == town.all_entries()
    assert min(town.gaps()) >= DELAY * 0.9


def test_what_a_killed_worker_held_is_done_by_another(town: Any) -> None:
    town.origins[0].held = {"h0s0"}
    town.start("scheduler")
    first = town.start("worker")
    assert town.origins[0].asked.acquire(timeout=60)
    first.kill()
    town.origins[0].held = set()
    town.start("worker")
    town.until(lambda: sum(town.polled().values()) >= len(town.names))
    assert town.polled() == dict.fromkeys(town.names, 1)
    assert town.entries() == town.all_entries()
    assert town.asked()["h0s0"] == 2
    town.until(lambda: not town.jobs())


def test_another_scheduler_takes_over_within_seconds_of_the_leaders_end(town: Any) -> None:
    leader = town.start("scheduler")
    town.start("worker")
    town.until(lambda: sum(town.polled().values()) >= len(town.names))
    town.start("scheduler")
    leader.kill()
    town.store.ask_soon(town.names)
    town.until(lambda: sum(town.polled().values()) >= 2 * len(town.names), 30)
    assert town.polled() == dict.fromkeys(town.names, 2)


def test_a_worker_that_is_told_to_stop_stores_what_it_has_and_hands_the_rest_back(town: Any) -> None:
    town.origins[0].held = {"h0s0"}
    town.start("scheduler")
    worker = town.start("worker")
    assert town.origins[0].asked.acquire(timeout=60)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=20) == 0
    assert set(town.polled().values()) <= {1}
    town.origins[0].let_go.set()
    town.start("worker")
    town.until(lambda: sum(town.polled().values()) >= len(town.names))
    assert town.polled() == dict.fromkeys(town.names, 1)
    assert town.entries() == town.all_entries()


def test_a_source_that_ends_three_workers_is_asked_apart_and_said_so(town: Any) -> None:
    workers: list[Any] = []
    town.origins[1].deadly["h1s0"] = lambda: workers[-1].kill()
    town.start("scheduler")
    town.until(lambda: town.store.memory("h1s0") is not None)
    for _ in range(2):
        town.store.suspect("h1s0")
    for _ in range(2):
        workers.append(town.start("worker"))
        town.until(lambda: workers[-1].poll() is not None)
    town.origins[1].deadly.clear()
    memory = town.store.memory("h1s0")
    assert memory is not None
    assert memory.is_apart
    assert "asked apart from the others, once a day" in town.run("sources", "show", "h1s0")
    workers.append(town.start("worker"))
    town.until(lambda: sum(town.polled().values()) >= len(town.names))
    assert town.polled() == dict.fromkeys(town.names, 1)
    memory = town.store.memory("h1s0")
    assert memory is not None
    assert memory.crashes == 0


def test_the_pages_say_who_is_missing(town: Any) -> None:
    town.start("web")
    town.until(lambda: "No scheduler is running" in town.page("/status"))
    town.start("scheduler")
    town.until(lambda: "No worker is running" in town.page("/status"))
    town.start("worker")
    town.until(lambda: sum(town.polled().values()) >= len(town.names))
    assert "is running, so nothing is polled" not in town.page("/status")
    assert "Story 0 of h" in town.page("/")


def test_workers_tell_other_programs_and_make_articles_anew(town: Any, loopback: Any) -> None:
    heard = loopback(lambda environ, start: start("204 No Content", []) or [])
    town.configure(
        f'[[notify]]\nid = "desk"\nurl = "{heard.url}/hook"\n[[rule]]\nwhen = "story"\nthen = "notify:desk"\n',
        inside=heard.address,
    )
    town.start("scheduler")
    town.start("worker")
    town.until(lambda: len(heard.requests) >= len(town.all_entries()))
    assert len(heard.requests) == len(town.all_entries())
    assert f"Reprocessed the articles from 1 to {len(town.all_entries())}." in town.run("reprocess")
    town.until(lambda: not town.store.untold(1))
    assert town.entries() == town.all_entries()


def test_a_moment_without_the_database_delays_nothing(town: Any) -> None:
    town.origins[0].held = {"h0s0"}
    town.start("scheduler")
    town.start("worker")
    assert town.origins[0].asked.acquire(timeout=60)
    with town.outage():
        town.origins[0].let_go.set()
        town.until(lambda: "database" in town.logs())
    town.until(lambda: sum(town.polled().values()) >= len(town.names))
    assert town.polled() == dict.fromkeys(town.names, 1)
    town.until(lambda: not town.jobs())
    assert "Traceback" not in town.logs()
    assert "done again" not in town.logs()


def test_who_asks_for_a_poll_is_told_that_nobody_is_there_to_do_it(town: Any) -> None:
    assert "No scheduler is running" in town.run("poll", "--source", "h0s0")
    assert "No scheduler is running" in town.run("doctor")
    town.start("scheduler")
    town.until(lambda: "No worker is running" in town.run("doctor"))


@pytest.mark.parametrize("role", ["worker", "web"])
def test_a_desk_that_runs_is_neither_replaced_nor_copied(role: str, town: Any) -> None:
    town.run("backup", "kept.db")
    town.store.close()
    process = town.start(role)
    town.until(lambda: "has started" in town.logs() or "The pages are at" in town.logs())
    for words in (("restore", "kept.db", "--force"), ("db", "copy", "sqlite:///new.db")):
        assert "Dateline runs on the database" in town.run(*words)
    process.kill()
    process.wait()
    town.until(lambda: "is restored into" in town.run("restore", "kept.db", "--force"))


def test_articles_that_cannot_be_made_anew_are_told(town: Any) -> None:
    town.start("scheduler")
    town.start("worker")
    town.until(lambda: sum(town.polled().values()) >= len(town.names))
    with town.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE article_source RENAME TO elsewhere")
    said = town.run("reprocess")
    assert "These articles could not be made anew" in said
    assert "--from 1" in said
    with town.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO article_source")
    assert "Reprocessed the articles" in town.run("reprocess")


def test_one_process_alone_is_refused_and_says_what_to_start(town: Any) -> None:
    assert 'start "dateline scheduler", "dateline worker" and "dateline web"' in town.run("run")


def test_each_part_tells_prometheus_its_own_figures(town: Any) -> None:
    lead, work = free_port(), free_port()
    town.start("scheduler", "--metrics", f"127.0.0.1:{lead}")
    town.start("worker", "--metrics", f"127.0.0.1:{work}")
    town.until(lambda: sum(town.polled().values()) >= len(town.names))
    town.until(lambda: f'dateline_polls_total{{outcome="news"}} {len(town.names):.1f}' in figures(work))
    assert "dateline_polls_in_flight" in figures(work)
    assert f"dateline_sources {len(town.names):.1f}" in figures(lead)


def test_an_address_for_figures_that_is_none_is_refused_in_a_sentence(town: Any) -> None:
    assert "is no address:port; write a literal address" in town.run("worker", "--metrics", "9464")
