"""What several processes share that poll one database."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from aggregator import cadence
from aggregator.schema import CRASHES, Source, replace
from aggregator.store import Store

HOUR = timedelta(hours=1)


def due(store: Store, now: datetime, **how: Any) -> list[str]:
    return [memory.source_id for memory in store.due(now, horizon=cadence.HORIZON, **how)]


def due_at(store: Store, host: str, now: datetime) -> list[str]:
    found = store.due_at(host, now, horizon=cadence.HORIZON, limit=10)
    return [memory.source_id for memory in found]


def test_sources_of_hosts_that_are_in_line_are_left_out(newsroom: Any, now: datetime) -> None:
    assert sorted(due(newsroom.store, now)) == ["alpha", "beta"]
    assert due(newsroom.store, now, besides=["alpha.example"]) == ["beta"]


def test_a_limit_takes_those_that_wait_longest(newsroom: Any, now: datetime) -> None:
    newsroom.store.configure(
        [*newsroom.sources.values(), Source(id="early", url="https://early.example/feed", title="Early")],
        lambda n: [now - HOUR] * n,
    )
    assert due(newsroom.store, now, limit=1) == ["early"]


def test_what_is_due_at_a_host_is_told(newsroom: Any, now: datetime) -> None:
    assert due_at(newsroom.store, "alpha.example", now) == ["alpha"]
    assert due_at(newsroom.store, "alpha.example", now - HOUR) == []


def test_a_source_that_failed_once_is_asked_though_its_host_has_always_others_that_are_due(
    newsroom: Any, now: datetime
) -> None:
    many = [Source(id=f"s{n}", url=f"https://one.example/{n}", title=f"S{n}") for n in range(6)]
    newsroom.store.configure(many, lambda n: [now - HOUR * 3, *[now - HOUR] * (n - 1)])
    with newsroom.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE source SET failures = 1 WHERE source_id IN ('s0', 's1')")
    found = due_at(newsroom.store, "one.example", now)
    assert (found[0], found[-1]) == ("s0", "s1")
    assert (due(newsroom.store, now)[0], due(newsroom.store, now)[-1]) == ("s0", "s1")


def test_the_host_of_a_source_follows_its_address(newsroom: Any, now: datetime) -> None:
    polled = newsroom.polled("alpha")
    moved = replace(polled, memory=replace(polled.memory, url="https://new.example/feed", next_poll=now))
    newsroom.save(moved)
    assert due_at(newsroom.store, "new.example", now) == ["alpha"]
    back = replace(newsroom.sources["alpha"], url="https://third.example/feed")
    newsroom.store.configure([back], lambda n: [])
    assert due_at(newsroom.store, "third.example", now) == ["alpha"]


def test_a_source_that_is_suspected_three_times_is_asked_apart_until_a_poll_is_stored(
    newsroom: Any, now: datetime
) -> None:
    store = newsroom.store
    for _ in range(CRASHES - 1):
        store.suspect("alpha")
    assert due_at(store, "alpha.example", now) == ["alpha"]
    store.suspect("alpha")
    assert due_at(store, "alpha.example", now) == []
    (memory,) = (one for one in store.due(now, horizon=cadence.HORIZON) if one.is_apart)
    assert (memory.source_id, "asked apart" in memory.reason) == ("alpha", True)
    store.set_aside("alpha", now + HOUR)
    assert due(store, now) == ["beta"]
    newsroom.serve("alpha")
    assert store.memory("alpha").crashes == 0


def test_a_turn_is_had_once_in_its_time(store: Store) -> None:
    assert store.turn("a.example", HOUR) == timedelta()
    ahead = store.turn("a.example", HOUR)
    assert timedelta(minutes=59) < ahead <= HOUR
    assert store.turn("b.example", HOUR) == timedelta()


def test_a_turn_that_is_over_frees_the_host(store: Store) -> None:
    least = timedelta(milliseconds=1)
    assert store.turn("a.example", least) == timedelta()
    while ahead := store.turn("a.example", least):
        assert ahead == least


def test_hosts_long_free_are_forgotten(store: Store, now: datetime) -> None:
    store.turn("a.example", HOUR)
    store.forget_turns(now.replace(year=9000))
    assert store.turn("a.example", HOUR) == timedelta()


def test_all_know_by_what_intervals_are_stretched(store: Store) -> None:
    assert store.stretch() == 1.0
    store.set_stretch(1.25)
    assert store.stretch() == 1.25


def test_the_secret_of_a_desk_is_one_for_all_its_processes(store: Store, store_url: str) -> None:
    made = store.secret()
    assert len(made) == 32
    assert len(set(made)) > 16
    with closing(Store.open(store_url)) as other:
        assert other.secret() == made
