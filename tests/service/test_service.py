"""The running service: it follows its configuration, and a bad edit changes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator import service, settings
from aggregator.locate import Gazetteer
from aggregator.pipeline import Pipeline
from aggregator.poll.poller import Poller
from aggregator.service import Service, clock, report
from aggregator.store import Store
from aggregator.websub import Hubs

CONFIG = """
[store]
url = "sqlite:///data/dateline.db"

[fetch]
allow_inside = ["127.0.0.1:{port}"]
host_delay = "0s"

[[source]]
url = "http://127.0.0.1:{port}/one"
title = "One"
"""
SECOND = """
[[source]]
url = "http://127.0.0.1:{port}/two"
title = "Two"
"""


def feed(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    name = environ["PATH_INFO"]
    start_response("200 OK", [("Content-Type", "application/rss+xml")])
    item = f"<item><title>News of {name}</title><link>https://a.example{name}</link></item>"
    return [f'<rss version="2.0"><channel><title>F</title>{item}</channel></rss>'.encode()]


class Running:
    """A service whose jobs a test runs by hand, as its scheduler would."""

    def __init__(self, path: Path, gazetteer: Gazetteer, port: int) -> None:
        self.path = path
        self.port = port
        self.edits = 0
        self.alone = True
        self.write(CONFIG)
        wanted = settings.load(path)
        self.store = Store.open(wanted.store.url.reveal())
        poller = Poller(self.store, wanted, Pipeline(gazetteer=gazetteer), clock=clock, report=report)
        hubs = Hubs(self.store, feeds=lambda _: [], take=poller.push, clock=clock)
        self.service = Service(self.store, wanted, poller, hubs, alone=lambda: self.alone)

    def write(self, text: str) -> None:
        self.path.write_text(text.format(port=self.port), encoding="utf-8")
        # Two edits within the resolution of the file system's clock are still two edits.
        self.edits += 1
        os.utime(self.path, (self.edits, self.edits))

    def titles(self) -> list[str]:
        self.service._tick()
        self.service._poller.wait()
        return sorted(article.title for article in self.store.every_article())

    def watch(self) -> None:
        self.service._watch()


@pytest.fixture
def running(tmp_path: Path, gazetteer: Gazetteer, loopback: Any) -> Iterator[Running]:
    server = loopback(feed)
    started = Running(tmp_path / "config.toml", gazetteer, int(server.address.split(":")[1]))
    yield started
    started.service.stop()
    started.store.close()


def test_a_tick_polls_what_is_due(running: Running) -> None:
    assert running.titles() == ["News of /one"]


def test_an_edit_is_taken_over(running: Running) -> None:
    running.write(CONFIG + SECOND)
    running.watch()
    assert running.titles() == ["News of /one", "News of /two"]


def test_a_bad_edit_is_refused_and_the_old_configuration_goes_on(running: Running) -> None:
    running.write(CONFIG + SECOND + "\n[fetch]\nintervall = 5\n")
    running.watch()
    assert "config.toml" in running.service.problem
    assert running.titles() == ["News of /one"]


def test_a_mended_edit_clears_the_problem(running: Running) -> None:
    running.write("nonsense")
    running.watch()
    running.write(CONFIG + SECOND)
    running.watch()
    assert running.service.problem == ""
    assert running.titles() == ["News of /one", "News of /two"]


def test_a_deleted_configuration_is_refused_and_the_old_one_goes_on(running: Running) -> None:
    running.path.unlink()
    running.watch()
    assert "no configuration" in running.service.problem
    assert running.titles() == ["News of /one"]


def test_a_new_included_file_is_taken_over(running: Running) -> None:
    running.write('include = ["sources/*.toml"]\n' + CONFIG)
    running.watch()
    folder = running.path.parent / "sources"
    folder.mkdir()
    (folder / "more.toml").write_text(SECOND.format(port=running.port), encoding="utf-8")
    running.watch()
    assert running.titles() == ["News of /one", "News of /two"]


def test_a_source_taken_out_keeps_its_articles(running: Running) -> None:
    running.titles()
    running.write(CONFIG.split("[[source]]")[0])
    running.watch()
    assert running.titles() == ["News of /one"]
    assert running.service.settings.sources == ()


def test_the_scheduler_runs_the_jobs(running: Running) -> None:
    names = {job.name for job in running.service._scheduler.get_jobs()}
    assert names == {"_tick", "_watch", "_tell", "_tidy", "_obey", "_renew", "_announce", "_notify"}
    assert service.WATCH.total_seconds() <= 5


def test_rule_26_a_service_whose_database_another_polls_asks_nobody_and_says_so(running: Running) -> None:
    running.alone = False
    assert running.titles() == []
    assert running.service.trouble == service.RIVAL
    running.alone = True
    assert running.titles() == ["News of /one"]
    assert running.service.trouble == ""


def test_a_rule_that_is_written_and_taken_out_is_obeyed_by_what_is_stored(running: Running) -> None:
    running.titles()

    def hidden() -> int:
        running.watch()
        running.service._obey()
        return sum(("is", "hidden") in article.marks for article in running.store.every_article())

    running.write(CONFIG + '\n[[rule]]\nwhen = "news"\nthen = "hide"\n')
    assert hidden() == 1
    running.write(CONFIG)
    assert hidden() == 0


def test_a_source_is_asked_at_once_if_a_person_wants_it(running: Running) -> None:
    errand = running.service.poll_now("one")
    running.service._poller.wait()
    assert errand.since is not None
    assert [article.title for article in running.store.every_article()] == ["News of /one"]


def test_nobody_is_asked_too_soon_even_if_a_person_wants_it(running: Running) -> None:
    running.titles()
    errand = running.service.poll_now("one")
    assert errand.since is None
    assert errand.refused.startswith("Nobody is asked more often than every 5 min")


def test_what_is_not_configured_is_not_asked(running: Running) -> None:
    assert "not configured" in running.service.poll_now("nobody").refused


def test_while_another_one_polls_the_wish_is_handed_to_it(running: Running) -> None:
    running.alone = False
    running.service._tick()
    assert running.service.poll_now("one").since is not None
    memory = running.store.memory("one")
    assert memory is not None
    assert (memory.last_poll, memory.reason) == (None, "Asked for by the admin.")


@pytest.mark.parametrize(("days", "left"), [(20, 0), (3650, 1)])
def test_rule_26_nothing_is_taken_out_on_the_word_of_a_clock_that_jumped(
    running: Running, days: int, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    running.write('[retention]\nkeep = "10d"\n' + CONFIG)
    running.watch()
    running.titles()
    later = clock() + timedelta(days=days)
    monkeypatch.setattr(service, "clock", lambda: later)
    running.service._tidy()
    running.service._tidy()
    assert running.store.count() == left
