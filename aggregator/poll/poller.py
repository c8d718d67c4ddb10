"""Many sources at once: hosts side by side, one writer, and nothing lost when it stops."""

from __future__ import annotations

import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator import cadence
from aggregator.errors import AwayError, StoreError
from aggregator.fetch import Fetcher, Others
from aggregator.pipeline import Pipeline
from aggregator.poll.apart import Parsers
from aggregator.poll.heap import share_the_heap
from aggregator.poll.kit import Kit, Turn
from aggregator.poll.visit import as_pushed, visit
from aggregator.poll.writer import Report, Writer
from aggregator.schema import Download, Memory, Polled, Settings, Source
from aggregator.store import Store
from aggregator.urls import host_of

HOLD = timedelta(hours=1)
"""How long a source is left alone on which Dateline itself failed."""
AWAY = timedelta(seconds=10)
"""How long a source is left alone that could not be asked because the database was away."""

HELD = "What it served last could not be stored; the log says why."
UNREAD = "What its hub pushed could not be taken in."

log = logging.getLogger(__name__)


def _nothing() -> None:
    """Where nobody waits for a source to be done with."""


class Poller:
    """Polls the sources it is handed, politely and in the background.

    Every wait is without a time-out or a plain sleep: those hold under a clock that is moved.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        pipeline: Pipeline,
        *,
        clock: Callable[[], datetime],
        report: Report,
        others: Others | None = None,
    ) -> None:
        share_the_heap()
        self._store = store
        self._clock = clock
        self._others = others
        self._pipeline = pipeline
        self._parsers = Parsers()
        self._turn = Turn()
        self._random = random.Random()  # noqa: S311 (spreads polls, protects nothing)
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._hosts: dict[str, deque[tuple[Source, Memory]]] = {}
        self._lanes: dict[str, int] = {}
        self._busy: dict[str, Callable[[], None]] = {}
        self._held: dict[str, datetime] = {}
        self._stopping = False
        self._fetch, self._fetchers = settings.fetch, [Fetcher(settings.fetch, others=others)]
        self._budget = self._stretch = 1.0
        self.configure(settings)
        self._threads = ThreadPoolExecutor(settings.service.workers, thread_name_prefix="poll")
        self._writer = Writer(
            store,
            clock=clock,
            report=report,
            kit=lambda: self._kit,
            busy=self._busy,
            held=self._held,
            free=self._let_go,
        )

    def configure(self, settings: Settings) -> None:
        """Takes over a changed configuration, and the budget of polls as it stands now."""
        fetch = settings.fetch
        self._budget = cadence.budget_factor(self._store.memories(), fetch) if fetch.polls_per_day else 1.0
        if fetch != self._fetch:
            # The old one still serves what is under way.
            self._fetchers.append(Fetcher(fetch, others=self._others))
            self._fetch = fetch
        self._sources = {source.id: source for source in settings.sources if source.enabled}
        self._kit = Kit(
            store=self._store,
            fetcher=self._fetchers[-1],
            parsers=self._parsers,
            pipeline=self._pipeline.configured(settings),
            settings=fetch,
            turn=self._turn,
            is_reachable=settings.web.is_reachable,
            budget=self._budget * self._stretch,
        )

    def press(self, stretch: float) -> None:
        """Stretches intervals by this factor too, because there is more to poll than can be."""
        self._stretch = stretch
        self._kit = replace(self._kit, budget=self._budget * stretch)

    @property
    def trouble(self) -> str:
        """Why polls could not be stored lately; empty once one was."""
        return self._writer.trouble

    @property
    def lost(self) -> int:
        """Polls that could not be stored, since the start."""
        return self._writer.lost

    def round(self, now: datetime) -> None:
        """Puts in line what is due."""
        with self._lock:
            known = frozenset(self._busy)
        due = self._store.due(now, horizon=cadence.HORIZON, known=known)
        self.ask(memory for memory in due if cadence.is_due(memory, now))

    def ask(self, memories: Iterable[Memory], freed: Callable[[], None] = _nothing) -> int:
        """Puts sources in line to be polled, those already in line excepted; returns how many.

        `freed` is called for each of them once it is done with; it must not wait.
        """
        now = self._clock()
        added = 0
        held: dict[str, datetime] = {}
        with self._lock:
            for memory in () if self._stopping else memories:
                source = self._sources.get(memory.source_id)
                if source is None or source.id in self._busy:
                    continue
                if (until := self._held.pop(source.id, now)) > now:
                    held[source.id] = until
                    continue
                self._busy[source.id] = freed
                self._idle.clear()
                added += 1
                host = host_of(memory.url)
                self._hosts.setdefault(host, deque()).append((source, memory))
                if self._lanes.get(host, 0) < self._fetch.manners(host)[0]:
                    self._lanes[host] = self._lanes.get(host, 0) + 1
                    self._threads.submit(self._next_of, host)
        if held:
            self._put_off(held)
        return added

    def _put_off(self, held: Mapping[str, datetime]) -> None:
        """Writes down until when sources are left alone, so that nobody asks them or puts them in line sooner."""
        try:
            self._store.put_off(held, HELD)
        except StoreError as error:
            log.error("%s", error)  # noqa: TRY400 (the sentence says it all)
            with self._lock:
                self._held |= held

    @property
    def in_flight(self) -> int:
        """Sources that are in line, asked at this moment, or about to be stored."""
        return len(self._busy)

    def push(self, source_id: str, body: bytes, content_type: str) -> None:
        """Takes in what a hub pushed of a source, like a poll; if that cannot be now, the source is asked soon."""
        with self._lock:
            source = self._sources.get(source_id)
            if source is not None and source_id not in self._busy and not self._stopping:
                self._busy[source_id] = _nothing
                self._idle.clear()
                self._threads.submit(self._take_in, source, body, content_type)
                return
        self._store.ask_soon([source_id], UNREAD)

    def _take_in(self, source: Source, body: bytes, content_type: str) -> None:
        polled = None
        try:
            memory = self._store.memory(source.id)
            if memory is not None:
                pushed = as_pushed(memory, body, content_type, self._clock())
                polled = self._visit(source, memory, pushed)
                if polled is not None and polled.outcome.kind == "failed":
                    polled = None  # a fault of the hub is none of the source, which is asked itself
                    self._store.ask_soon([source.id], UNREAD)
                elif polled is not None:
                    self._writer.put(polled, memory)
        except StoreError as error:
            log.error("%s: what its hub pushed could not be taken in: %s", source.id, error)  # noqa: TRY400
        finally:
            if polled is None:
                self._let_go([source.id])

    def wait(self) -> None:
        """Returns when all that was asked is stored."""
        self._idle.wait()

    def close(self) -> None:
        """Stops asking, stores what has come in, and returns."""
        with self._lock:
            self._stopping = True
        self._turn.over.set()
        for fetcher in self._fetchers:
            fetcher.stop()
        self._threads.shutdown(cancel_futures=True)
        self._writer.close()
        for fetcher in self._fetchers:
            fetcher.close()
        self._parsers.close()

    def _next_of(self, host: str) -> None:
        """Polls the next source of a host, then lines up behind the other hosts for the one after."""
        with self._lock:
            waiting = self._hosts.get(host)
            if not waiting or self._stopping:
                self._lanes[host] -= 1
                if not self._lanes[host]:
                    del self._lanes[host]
                    self._hosts.pop(host, None)
                return
            source, memory = waiting.popleft()
        polled = self._visit(source, memory)
        if polled is not None:
            self._writer.put(polled, memory)
        with self._lock:
            if polled is None:
                self._free([source.id])
            if not self._stopping:
                self._threads.submit(self._next_of, host)

    def _visit(self, source: Source, memory: Memory, pushed: Download | None = None) -> Polled | None:
        """The poll of a source; None if nothing came of it that should be remembered."""
        if self._sources.get(source.id) != source:
            return None  # changed or taken out of the configuration while it waited
        try:
            jitter = self._random.uniform(-1, 1)
            polled = visit(source, memory, self._kit, now=self._clock(), jitter=jitter, pushed=pushed)
        except AwayError as error:
            log.error("%s could not be asked: %s", source.id, error)  # noqa: TRY400 (the sentence says it all)
            self._held[source.id] = self._clock() + AWAY
            return None
        except Exception:
            log.exception("%s: an error of Dateline itself; please report it with these lines", source.id)
            self._held[source.id] = self._clock() + HOLD
            return None
        cut_short = self._stopping and polled.outcome.kind == "failed"
        return None if cut_short else polled

    def _let_go(self, source_ids: Sequence[str]) -> None:
        with self._lock:
            self._free(source_ids)

    def _free(self, source_ids: Sequence[str]) -> None:
        for source_id in source_ids:
            self._busy.pop(source_id, _nothing)()
        if not self._busy:
            self._idle.set()
