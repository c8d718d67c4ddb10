"""Many sources at once: nothing that goes wrong may end the poller, and nothing unstored counts as done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from aggregator.errors import AwayError
from aggregator.locate import Gazetteer
from aggregator.pipeline import Context, Pipeline
from aggregator.poll.poller import Poller
from aggregator.schema import Article, Polled, Source, replace

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


class Outage:
    """A server of the database that is away for the next few saves."""

    def __init__(self, store: Any, monkeypatch: pytest.MonkeyPatch, saves: int) -> None:
        self.left = saves
        save = store.save

        def refused(*given: Any, **named: Any) -> None:
            if self.left:
                self.left -= 1
                raise AwayError("The server is away.")
            save(*given, **named)

        monkeypatch.setattr(store, "save", refused)


def test_polls_wait_for_a_database_that_is_away_for_a_moment(
    sources: list[Source], desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    Outage(desk.store, monkeypatch, saves=2)
    assert len(desk.poll()) == 6
    assert len(desk.titles()) == 6
    assert len(list(desk.store.poll_log(desk.now))) == 6
    assert (desk.poller.lost, desk.poller.trouble) == (0, "")


def test_a_database_that_stays_away_delays_its_sources_by_minutes_alone(
    sources: list[Source], desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.poll.writer.TRIES", 1)
    Outage(desk.store, monkeypatch, saves=1)
    desk.poll()
    lost = desk.poller.lost
    assert lost > 0
    assert len(desk.poll(timedelta(minutes=1))) == 0
    assert len(desk.poll(timedelta(minutes=5))) == lost


def test_what_is_left_alone_is_no_longer_due_for_other_processes_either(
    sources: list[Source], desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.poll.writer.TRIES", 1)
    Outage(desk.store, monkeypatch, saves=1)
    desk.poll()
    desk.poll()
    assert desk.store.due(desk.now, horizon=timedelta(days=32)) == ()


def test_a_database_that_is_away_while_a_source_is_asked_is_no_fault_of_the_source(
    sources: list[Source], desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise AwayError("The server is away.")

    with monkeypatch.context() as patched:
        patched.setattr("aggregator.poll.visit._asked", away)
        assert desk.poll() == {}
    assert len(desk.poll(timedelta(seconds=10))) == 6
    assert {memory.failures for memory in desk.store.memories()} == {0}


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


def move(desk: Any, **addresses: str) -> None:
    """Lets these sources be asked at other addresses, as if they had moved."""
    with desk.store.engine.begin() as connection:
        for source_id, url in addresses.items():
            connection.exec_driver_sql(f"UPDATE source SET url = '{url}' WHERE source_id = '{source_id}'")


NOWHERE = {f"s{n}": f"http://host-{n}.invalid/feed" for n in range(6)}
"""Names that no DNS knows."""


def test_rule_10_a_machine_that_is_offline_counts_no_failure(sources: list[Source], desk: Any) -> None:
    desk.poll()
    move(desk, **NOWHERE)
    polls = desk.poll(timedelta(days=2))
    assert {polled.outcome.kind for polled in polls.values()} == {"offline"}
    assert [polled.memory.failures for polled in polls.values()] == [0] * 6
    assert all(polled.memory.next_poll - desk.now < timedelta(minutes=6) for polled in polls.values())


def test_rule_10_a_source_alone_out_of_reach_fails(sources: list[Source], desk: Any) -> None:
    desk.poll()
    move(desk, s3=NOWHERE["s3"])
    assert desk.poll(timedelta(days=2))["s3"].memory.failures == 1


def test_rule_10_a_first_start_without_a_network_blames_no_source_for_an_hour(desk: Any) -> None:
    desk.configure(*(Source(id=id, url=url, title=id) for id, url in NOWHERE.items()))
    assert "offline" in {polled.outcome.kind for polled in desk.poll().values()}
    assert {polled.outcome.kind for polled in desk.poll(timedelta(minutes=30)).values()} >= {"offline"}
    assert {polled.outcome.kind for polled in desk.poll(timedelta(minutes=31)).values()} == {"failed"}


def test_rule_10_sources_that_never_answered_do_not_make_us_offline_once_others_did(
    sources: list[Source], desk: Any
) -> None:
    desk.poll()
    never = [Source(id=f"n{id}", url=f"{url}/new", title=id) for id, url in NOWHERE.items()]
    desk.configure(*sources, *never)
    assert {polled.outcome.kind for polled in desk.poll().values()} == {"failed"}


def test_rule_10_a_few_dead_hosts_alone_fail_at_a_first_start_too(desk: Any) -> None:
    desk.configure(*(Source(id=id, url=url, title=id) for id, url in list(NOWHERE.items())[:2]))
    assert {polled.outcome.kind for polled in desk.poll().values()} == {"failed"}


def test_rule_10_what_was_failing_before_we_were_offline_fails_no_more_for_it(
    sources: list[Source], desk: Any
) -> None:
    desk.poll()
    move(desk, s3=NOWHERE["s3"])
    desk.poll(timedelta(days=2))
    move(desk, **NOWHERE)
    assert desk.poll(timedelta(days=2))["s3"].memory.failures == 1


def test_rule_10_back_on_the_network_all_sources_are_read_within_minutes(
    sources: list[Source], desk: Any, site: Any
) -> None:
    desk.poll()
    move(desk, **NOWHERE)
    for _ in range(30):
        desk.poll(timedelta(hours=12))
    move(desk, **{source.id: source.url for source in sources})
    for n in range(6):
        site.put(f"/{n}", FEED.format(f"{n} again"))
    assert {polled.outcome.kind for polled in desk.poll(timedelta(minutes=6)).values()} == {"news"}


def test_a_stop_does_not_wait_for_what_is_still_to_be_understood(
    sources: list[Source], site: Any, desk: Any, gazetteer: Gazetteer
) -> None:
    site.put("/0", FEED.replace(ITEM, "".join(ITEM.format(word) for word in ("one", "two", "three"))))
    begun, go, understood = threading.Event(), threading.Event(), []

    def step(article: Article, _: Context) -> Article:
        understood.append(article.title)
        begun.set()
        go.wait(60)
        return article

    pipeline = Pipeline(gazetteer=gazetteer, steps=(("wait", step),))
    poller = Poller(desk.store, desk.settings, pipeline, clock=lambda: desk.now, report=desk.polled.append)
    poller.ask([desk.store.memory("s0")])
    assert begun.wait(60)
    stop = threading.Thread(target=poller.close)
    stop.start()
    assert poller._turn.over.wait(60)
    go.set()
    stop.join()
    assert len(understood) == 1
    assert desk.titles() == []
    assert desk.store.memory("s0").last_poll is None, "it is asked again at the next start"
    assert len(desk.poll()["s0"].findings) == 3
