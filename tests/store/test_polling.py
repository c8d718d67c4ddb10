"""Who is due, and what the configuration changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from aggregator.cluster import settle
from aggregator.schema import Entry, Habits, Source, Usual, replace
from aggregator.store import Store

HORIZON = timedelta(days=32)
ENTRY = Entry(guid="1", link="https://a.example/one", title="One")


def due(store: Store, now: datetime) -> list[str]:
    return [memory.source_id for memory in store.due(now, horizon=HORIZON)]


def test_a_new_source_is_due_and_a_polled_one_is_not(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", ENTRY)
    assert due(newsroom.store, now) == ["beta"]
    assert sorted(due(newsroom.store, now + timedelta(hours=2))) == ["alpha", "beta"]


def test_rule_09_a_next_poll_beyond_the_horizon_counts_as_due(newsroom: Any, now: datetime) -> None:
    newsroom.now = now + timedelta(days=3650)
    newsroom.serve("alpha", ENTRY)
    assert "alpha" in due(newsroom.store, now)


def test_rule_09_a_last_poll_in_the_future_counts_as_due(newsroom: Any, now: datetime) -> None:
    newsroom.now = now + timedelta(days=20)
    newsroom.serve("alpha", ENTRY)
    assert "alpha" in due(newsroom.store, now)


def test_a_source_taken_out_of_the_configuration_is_not_asked_and_keeps_its_articles(
    newsroom: Any, now: datetime
) -> None:
    newsroom.serve("alpha", ENTRY)
    newsroom.store.configure([newsroom.sources["beta"]], lambda n: [now] * n)
    assert due(newsroom.store, now + timedelta(days=1)) == ["beta"]
    assert newsroom.store.count() == 1


def test_a_disabled_source_is_not_asked(newsroom: Any, now: datetime) -> None:
    off = replace(newsroom.sources["alpha"], enabled=False)
    newsroom.store.configure([off, newsroom.sources["beta"]], lambda n: [now] * n)
    assert due(newsroom.store, now) == ["beta"]


def test_a_source_that_comes_back_goes_on_where_it_was(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", ENTRY, etag="x")
    newsroom.store.configure([], lambda n: [now] * n)
    newsroom.store.configure(list(newsroom.sources.values()), lambda n: [now] * n)
    assert newsroom.store.memory("alpha").etag == "x"
    assert due(newsroom.store, now) == ["beta"]


def test_a_new_address_forgets_the_validators_and_is_asked_at_once(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", ENTRY, etag="x")
    moved = replace(newsroom.sources["alpha"], url="https://alpha.example/new")
    newsroom.store.configure([moved, newsroom.sources["beta"]], lambda n: [now] * n)
    memory = newsroom.store.memory("alpha")
    assert (memory.url, memory.etag, memory.next_poll) == ("https://alpha.example/new", "", None)


def test_a_shorter_interval_holds_at_once(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", ENTRY)
    quick = replace(newsroom.sources["alpha"], interval=timedelta(minutes=10))
    newsroom.store.configure([quick], lambda n: [now] * n)
    assert newsroom.store.memory("alpha").next_poll == now + timedelta(minutes=10)


def test_a_new_title_is_shown(newsroom: Any, now: datetime) -> None:
    newsroom.store.configure([replace(newsroom.sources["alpha"], title="Renamed")], lambda n: [now] * n)
    assert newsroom.store.memory("alpha").title == "Renamed"


def test_rule_16_first_polls_are_those_the_cadence_gives(store: Store, now: datetime) -> None:
    sources = [Source(id=f"s{n}", url=f"https://s{n}.example/", title="S") for n in range(5)]
    store.configure(sources, lambda n: [now + timedelta(minutes=i) for i in range(n)])
    assert due(store, now + timedelta(minutes=2)) == ["s0", "s1", "s2"]


def test_the_failing_are_asked_last(newsroom: Any, now: datetime) -> None:
    polled = newsroom.polled("alpha")
    failing = replace(polled, memory=replace(polled.memory, failures=2))
    newsroom.store.save([failing], lambda batch, stored: (), now=now)
    newsroom.serve("beta", ENTRY)
    assert due(newsroom.store, now + timedelta(days=1)) == ["beta", "alpha"]


def test_the_poll_log_keeps_what_happened_and_forgets_the_old(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", ENTRY)
    newsroom.now = now + timedelta(days=2)
    newsroom.serve("beta", ENTRY)
    logged = list(newsroom.store.poll_log(now))
    assert logged == [("alpha", now, "news", 1), ("beta", now + timedelta(days=2), "news", 1)]
    newsroom.store.forget_polls(now + timedelta(days=1))
    assert [line[0] for line in newsroom.store.poll_log(now)] == ["beta"]


def test_only_one_poller_at_a_time(store: Store, store_url: str) -> None:
    other = Store.open(store_url)
    with store.poller() as first, other.poller() as second:
        assert (first(), second()) == (True, False)
        assert first(), "asking again changes nothing"
    with other.poller() as again:
        assert again()
    other.close()


def cut(store: Store) -> None:
    """Ends every connection to the database, as a restart of its server does."""
    store.engine.dispose()
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


def test_rule_26_a_poller_is_the_only_one_after_a_restart_of_the_server(store: Store, store_url: str) -> None:
    other = Store.open(store_url)
    with store.poller() as first, other.poller() as second:
        assert first()
        cut(store)
        assert (first(), second()) == (True, False)
    other.close()


def test_rule_26_a_poller_whose_lock_another_took_meanwhile_is_told(newsroom: Any, store_url: str) -> None:
    store, other = newsroom.store, Store.open(store_url)
    with store.poller() as first, other.poller() as second:
        assert first()
        cut(store)
        taken = second()
        assert first() is not taken
    other.close()


def test_a_source_the_admin_asks_for_is_due(newsroom: Any, now: datetime) -> None:
    newsroom.serve("alpha", ENTRY)
    newsroom.store.ask_soon(["alpha"])
    assert "alpha" in due(newsroom.store, now)


def test_a_source_asked_for_waits_until_its_publisher_allows_it(newsroom: Any, now: datetime) -> None:
    polled = newsroom.polled("alpha", ENTRY)
    memory = replace(polled.memory, asked_not_before=now + timedelta(hours=2))
    newsroom.store.save([replace(polled, memory=memory)], settle, now=now)
    newsroom.store.ask_soon(["alpha"])
    assert "alpha" not in due(newsroom.store, now + timedelta(hours=1))
    assert "alpha" in due(newsroom.store, now + timedelta(hours=2))


def test_the_habits_of_a_source_are_kept_and_replaced(newsroom: Any, now: datetime) -> None:
    for name, count in (("rabat", 1.0), ("sale", 2.0)):
        habits = Habits(places=Usual(names=((name, count),), articles=count, at=now))
        newsroom.store.save([replace(newsroom.polled("alpha", ENTRY), habits=habits)], settle, now=now)
        assert newsroom.store.habits("alpha") == habits
    newsroom.serve("alpha", ENTRY)
    assert newsroom.store.habits("alpha") == habits


def test_a_source_that_is_new_has_no_habits(newsroom: Any) -> None:
    assert newsroom.store.habits("beta") == Habits()


def test_sources_that_stand_in_line_already_are_left_out(newsroom: Any, now: datetime) -> None:
    known = newsroom.store.due(now, horizon=HORIZON, known={"alpha"})
    assert [memory.source_id for memory in known] == ["beta"]
    assert newsroom.store.due(now, horizon=HORIZON, known={"alpha", "beta"}) == ()
