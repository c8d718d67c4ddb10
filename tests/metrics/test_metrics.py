"""What Prometheus is told: every figure is documented, follows what happens, and is there when the database is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from aggregator.errors import StoreError
from aggregator.locate import Gazetteer
from aggregator.metrics import Metrics
from aggregator.pipeline import Pipeline
from aggregator.poll.poller import Poller
from aggregator.poll.roll import configure_sources
from aggregator.schema import (
    FetchSettings,
    Secret,
    ServiceSettings,
    Settings,
    Source,
    StoreSettings,
    WebSettings,
)
from aggregator.store import Store

ROOT = Path(__file__).parents[2]
ITEM = "<item><title>Rain in Lyon</title><link>https://a.example/1</link><description>It rains.</description></item>"
FEED = f'<rss version="2.0"><channel><title>A</title>{ITEM}</channel></rss>'.encode()


@dataclass
class Idle:
    in_flight: int = 0
    lost: int = 0


class Standing:
    def __init__(self) -> None:
        self.away = False

    def standing(self) -> dict[tuple[str, str], int]:
        if self.away:
            raise StoreError("The database is away.")
        return {("poll_host", "todo"): 4, ("poll_host", "doing"): 2}


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = Store.open(store_url)
    yield opened
    opened.close()


@pytest.fixture
def metrics(store: Store, now: datetime) -> Metrics:
    made = Metrics(store, lambda: now)
    made.follow(Idle())
    made.watch(Standing())
    return made


def figures(metrics: Metrics) -> dict[str, float]:
    """Every sample of the page by name and labels, as Prometheus reads it."""
    return {
        name + "".join(f" {label}={value}" for label, value in labels.items()): value
        for family in text_string_to_metric_families(metrics.page().decode())
        for name, labels, value, *_ in family.samples
    }


def test_every_figure_is_documented_and_every_documented_one_is_told(metrics: Metrics) -> None:
    metrics.answered("page", 200, 0.1)
    with metrics.timed("fetch"):
        pass
    told = {
        re.sub(r"_(bucket|count|sum)$", "", key.split()[0])
        for key in figures(metrics)
        if key.startswith("dateline_")
    }
    written = re.findall(r"^\| `(dateline_\w+)", (ROOT / "docs" / "operations.md").read_text(), re.M)
    assert sorted(written) == sorted(told)


def test_a_poll_is_counted_with_its_outcome_its_articles_and_the_time_of_each_step(
    store: Store,
    gazetteer: Gazetteer,
    metrics: Metrics,
    now: datetime,
    tmp_path: Path,
    loopback: Callable[..., Any],
) -> None:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        there = environ["PATH_INFO"] == "/feed"
        start_response("200 OK" if there else "500 Oops", [("Content-Type", "application/rss+xml")])
        return [FEED if there else b""]

    server = loopback(answer)
    settings = Settings(
        path=tmp_path / "config.toml",
        service=ServiceSettings(),
        store=StoreSettings(url=Secret("")),
        fetch=FetchSettings(host_delay=timedelta(0), allow_inside=(server.address,)),
        web=WebSettings(),
        sources=tuple(Source(id=id, url=f"{server.url}/{id}", title=id) for id in ("feed", "none")),
        views=(),
        files=(),
    )
    configure_sources(store, settings)
    pipeline = Pipeline(gazetteer=gazetteer, timed=metrics.timed)
    poller = Poller(store, settings, pipeline, clock=lambda: now, report=metrics.polled)
    poller.ask([memory for id in ("feed", "none") if (memory := store.memory(id))])
    poller.wait()
    poller.close()
    said = figures(metrics)
    assert said["dateline_polls_total outcome=news"] == 1
    assert said["dateline_polls_total outcome=failed"] == 1
    assert said["dateline_polls_total outcome=gone"] == 0
    assert said["dateline_entries_total change=new"] == 1
    assert said["dateline_received_bytes_total"] == len(FEED)
    assert said["dateline_articles"] == 1
    assert said["dateline_sources"] == 2
    timed = {key.split("step=")[1] for key in said if key.startswith("dateline_step_seconds_count")}
    assert timed == {"fetch", "parse", "clean", "normalise", "language", "classify", "locate", "save"}
    assert said["dateline_step_seconds_count step=locate"] == 1
    assert said["dateline_step_seconds_count step=fetch"] == 2


def test_lag_and_queue_are_those_of_the_database(store: Store, now: datetime) -> None:
    at = [now]
    metrics = Metrics(store, lambda: at[0])
    store.configure([Source(id="a", url="https://a.example/", title="A")], lambda n: [now] * n)
    assert figures(metrics)["dateline_lag_seconds"] == 0
    at[0] = now + timedelta(minutes=5)
    said = figures(metrics)
    assert said["dateline_lag_seconds"] == 300
    assert said["dateline_sources_due"] == 1


def test_without_a_database_the_rest_is_told_all_the_same(
    store: Store, metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert figures(metrics)["dateline_database_up"] == 1

    def away(now: datetime) -> None:
        raise StoreError("The database is away.")

    monkeypatch.setattr(store, "queue", away)
    said = figures(metrics)
    assert said["dateline_database_up"] == 0
    assert said["dateline_polls_total outcome=news"] == 0
    assert "dateline_articles" not in said


def test_what_is_in_flight_is_asked_when_the_page_is_made(store: Store, now: datetime) -> None:
    metrics, flight = Metrics(store, lambda: now), Idle()
    metrics.follow(flight)
    assert figures(metrics)["dateline_polls_in_flight"] == 0
    flight.in_flight, flight.lost = 7, 3
    said = figures(metrics)
    assert (said["dateline_polls_in_flight"], said["dateline_polls_lost_total"]) == (7, 3)


def test_the_line_of_jobs_is_told_while_its_database_answers(store: Store, now: datetime) -> None:
    metrics, jobs = Metrics(store, lambda: now), Standing()
    metrics.watch(jobs)
    assert figures(metrics)["dateline_jobs status=todo task=poll_host"] == 4
    jobs.away = True
    assert not [name for name in figures(metrics) if name.startswith("dateline_jobs")]


def test_answers_are_counted_by_kind_and_status(metrics: Metrics) -> None:
    metrics.answered("feed", 304, 0.002)
    metrics.answered("page", 503, 2)
    said = figures(metrics)
    assert said["dateline_answer_seconds_count kind=feed status=3xx"] == 1
    assert said["dateline_answer_seconds_sum kind=page status=5xx"] == 2


def test_two_desks_in_one_process_count_apart(store: Store, metrics: Metrics, now: datetime) -> None:
    other = Metrics(store, lambda: now)
    other.answered("page", 200, 1)
    assert "dateline_answer_seconds_count kind=page status=2xx" not in figures(metrics)
