"""What Dateline counts, for Prometheus: its own work since it started, and what its database says when it is asked.

Every name is told in docs/operations.md; units are seconds and bytes, as Prometheus wants them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    start_http_server,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from aggregator import __version__
from aggregator.errors import ServiceError, StoreError
from aggregator.schema import OutcomeKind, Polled
from aggregator.store import Store

BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Seconds: from a step of a short article to the longest poll there may be."""
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

disable_created_metrics()  # type: ignore[no-untyped-call]


class Flight(Protocol):
    """What polls."""

    @property
    def in_flight(self) -> int:
        """Sources in line, asked at this moment, or about to be stored."""

    @property
    def lost(self) -> int:
        """Polls that could not be stored, since the start."""


class Jobs(Protocol):
    """What stands in line for workers."""

    def standing(self) -> Mapping[tuple[str, str], int]:
        """How many jobs there are of each task, `todo` or `doing`. Raises StoreError."""


class Metrics:
    """The figures of one process. Safe to use from several threads."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        registry = CollectorRegistry()
        self._registry = registry
        Gauge("dateline_info", "1, with the version that runs.", ["version"], registry=registry).labels(
            __version__
        ).set(1)
        self._polls = Counter("dateline_polls", "Polls by how they ended.", ["outcome"], registry=registry)
        for kind in get_args(OutcomeKind):
            self._polls.labels(kind)
        self._entries = Counter(
            "dateline_entries", "Entries that polls found new or updated.", ["change"], registry=registry
        )
        for change in ("new", "updated"):
            self._entries.labels(change)
        self._received = Counter(
            "dateline_received_bytes", "Bytes of documents, inflated.", registry=registry
        )
        self._steps = Histogram(
            "dateline_step_seconds", "Time of a step.", ["step"], buckets=BUCKETS, registry=registry
        )
        self._answers = Histogram(
            "dateline_answer_seconds", "Time of answers to readers and their programs.", ["kind", "status"],
            buckets=BUCKETS, registry=registry,
        )  # fmt: skip
        ProcessCollector(registry=registry)
        registry.register(_Stored(store, clock))

    def follow(self, flight: Flight) -> None:
        """Tells also what this process has in flight."""
        self._registry.register(_Flying(flight))

    def watch(self, jobs: Jobs) -> None:
        """Tells also what stands in line, in distributed mode."""
        self._registry.register(_Standing(jobs))

    def polled(self, polled: Polled) -> None:
        """Counts a poll that is stored."""
        outcome = polled.outcome
        self._polls.labels(outcome.kind).inc()
        self._entries.labels("new").inc(outcome.new)
        self._entries.labels("updated").inc(outcome.updated)
        self._received.inc(outcome.size)

    def timed(self, step: str) -> AbstractContextManager[object]:
        """Measures what is done while it is entered."""
        return self._steps.labels(step).time()

    def answered(self, kind: str, status: int, seconds: float) -> None:
        """Counts an answer to a reader or a program."""
        self._answers.labels(kind, f"{status // 100}xx").observe(seconds)

    def serve(self, host: str, port: int) -> None:
        """Tells the figures to whoever asks there, for a process without pages. Raises ServiceError."""
        try:
            start_http_server(port, host, self._registry)
        except OSError as error:
            words = f"Figures cannot be told at {host}:{port}: {error.strerror}; name another address."
            raise ServiceError(words) from error

    def page(self) -> bytes:
        """All figures in the text format of Prometheus, version 0.0.4."""
        return generate_latest(self._registry)


class _Flying(Collector):
    """What is in flight at this moment."""

    def __init__(self, flight: Flight) -> None:
        self._flight = flight

    def collect(self) -> Iterator[Metric]:
        said = "Sources in line, being asked or about to be stored."
        yield GaugeMetricFamily("dateline_polls_in_flight", said, self._flight.in_flight)
        yield CounterMetricFamily("dateline_polls_lost", "Polls that could not be stored.", self._flight.lost)


class _Standing(Collector):
    """The line of jobs, asked for each page; nothing while its database is away, which `_Stored` tells."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    def describe(self) -> Iterator[Metric]:
        """Nothing: registering must not ask the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        try:
            standing = self._jobs.standing()
        except StoreError:
            return
        family = GaugeMetricFamily(
            "dateline_jobs", "Jobs for workers: waiting, or being done.", labels=["task", "status"]
        )
        for labels, count in standing.items():
            family.add_metric(labels, count)
        yield family


class _Stored(Collector):
    """What the database says, asked for each page: every query is cheap at any size."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def describe(self) -> Iterator[Metric]:
        """Nothing: registering must not ask the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "dateline_database_connections", "Connections of this process in use.", self._store.connections
        )
        try:
            queue, load = self._store.queue(self._clock()), self._store.load()
        except StoreError:
            yield _up(0)
            return
        yield _up(1)
        for name, said, value in (
            ("sources", "Sources in use.", queue.sources),
            ("sources_due", "Sources that should be asked now.", queue.due),
            ("lag_seconds", "How long the source that waits longest is due.", queue.lag.total_seconds()),
            ("articles", "Stored articles; on PostgreSQL as its statistics have it.", load.articles),
            ("database_bytes", "Size of the database, indexes and free pages included.", load.bytes),
        ):
            yield GaugeMetricFamily(f"dateline_{name}", said, value=value)


def _up(value: int) -> Metric:
    return GaugeMetricFamily("dateline_database_up", "1 if the database answers, else 0.", value)
