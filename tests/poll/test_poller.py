"""Many sources at once: nothing that goes wrong may end the poller, and nothing unstored counts as done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aggregator.schema import Polled, Source

ITEM = "<item><title>{0}</title><guid>{0}</guid></item>"
FEED = f'<rss version="2.0"><channel><title>N</title>{ITEM}</channel></rss>'


@pytest.fixture
def sources(loopback: Any, site: Any, desk: Any) -> list[Source]:
    server = loopback(site)
    made = [Source(id=f"s{n}", url=f"{server.url}/{n}", title=f"S{n}") for n in range(6)]
    for n in range(6):
        site.put(f"/{n}", FEED.format(n))
    desk.configure(*made, inside=server.address)
    return made


def failing(error: Exception) -> Callable[[Polled], None]:
    def report(polled: Polled) -> None:
        raise error

    return report


def test_a_reader_of_reports_that_has_gone_does_not_stop_the_poller(sources: list[Source], desk: Any) -> None:
    desk.poller._report = failing(BrokenPipeError())
    desk.poll()
    assert sorted(desk.titles()) == ["0", "1", "2", "3", "4", "5"]


def test_an_error_of_our_own_holds_the_source_and_not_the_poller(
    sources: list[Source], desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("aggregator.poll.poller.visit", broken)
        desk.poll()
    assert desk.titles() == []
    assert desk.poll() == {}
    assert len(desk.poll(timedelta(hours=2))) == 6


def test_what_cannot_be_stored_is_not_reported_and_is_said(sources: list[Source], desk: Any) -> None:
    with desk.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE poll RENAME TO elsewhere")
    assert desk.poll() == {}
    assert desk.poller.lost == 6
    assert desk.poller.trouble
    with desk.store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO poll")
    assert desk.poll() == {}, "they must not be asked again at once"
    assert len(desk.poll(timedelta(days=1))) == 6
    assert desk.poller.trouble == ""
    assert len(desk.titles()) == 6


def test_a_source_taken_out_while_it_waits_is_not_asked(sources: list[Source], desk: Any) -> None:
    due = desk.store.due(desk.now, horizon=timedelta(days=32))
    desk.poller.configure(replace(desk.settings, sources=tuple(sources[:1])))
    desk.poller.ask(due)
    desk.poller.wait()
    assert desk.titles() == ["0"]


def test_changed_settings_of_fetching_hold_from_the_next_poll(
    sources: list[Source], desk: Any, site: Any
) -> None:
    desk.configure(*sources, max_bytes=20)
    assert {polled.outcome.kind for polled in desk.poll().values()} == {"failed"}
    desk.configure(*sources, max_bytes=20_000)
    assert {polled.outcome.kind for polled in desk.poll(timedelta(days=1)).values()} == {"news"}
