"""Many sources at once: hosts side by side, one writer, and nothing lost when it stops."""

from __future__ import annotations

import logging
import queue
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from aggregator import cadence
from aggregator.errors import RefusedError, StoreError
from aggregator.fetch import Fetcher
from aggregator.pipeline import Pipeline
from aggregator.poll.apart import Parsers
from aggregator.poll.heap import share_the_heap
from aggregator.poll.kit import Kit
from aggregator.poll.news import settled
from aggregator.poll.reach import Reach
from aggregator.poll.visit import as_pushed, failed_to_store, offline, visit
from aggregator.schema import Download, Memory, Polled, Settings, Source
from aggregator.store import Store
from aggregator.urls import host_of

BATCH = 25
"""Polls saved in one transaction, at most; as many more may wait for their turn."""
GATHER = 10
"""How often the writer looks, each twentieth of a second, whether a batch still grows."""

HOLD = timedelta(hours=1)
"""How long a source is left alone on which Dateline itself failed."""

UNREAD = "What its hub pushed could not be taken in."

log = logging.getLogger(__name__)

Report = Callable[[Polled], None]


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
    ) -> None:
        share_the_heap()
        self._store = store
        self._clock = clock
        self._report = report
        self._pipeline = pipeline
        self._parsers = Parsers()
        self._turn = threading.Lock()
        self._random = random.Random()  # noqa: S311 (spreads polls, protects nothing)
        self._lock = threading.Lock()
        self._idle = threading.Event()
        self._idle.set()
        self._hosts: dict[str, deque[tuple[Source, Memory]]] = {}
        self._lanes: dict[str, int] = {}
        self._busy: set[str] = set()
        self._held: dict[str, datetime] = {}
        self._reach = Reach()
        self._stopping = False
        self._done: queue.Queue[tuple[Polled, Memory] | None] = queue.Queue(BATCH)
        self._fetch, self._fetchers = settings.fetch, [Fetcher(settings.fetch)]
        self.trouble = ""
        """Why polls could not be stored lately; empty once one was."""
        self.lost = 0
        """Polls that could not be stored, since the start."""
        self.configure(settings)
        self._threads = ThreadPoolExecutor(settings.service.workers, thread_name_prefix="poll")
        self._writer = threading.Thread(target=self._write_all, name="writer", daemon=True)
        self._writer.start()

    def configure(self, settings: Settings) -> None:
        """Takes over a changed configuration, and the budget of polls as it stands now."""
        fetch = settings.fetch
        budget = cadence.budget_factor(self._store.memories(), fetch) if fetch.polls_per_day else 1.0
        if fetch != self._fetch:
            # The old one still serves what is under way.
            self._fetchers.append(Fetcher(fetch))
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
            budget=budget,
        )

    def ask(self, memories: Iterable[Memory]) -> int:
        """Puts sources in line to be polled, those already in line excepted; returns how many."""
        now = self._clock()
        added = 0
        with self._lock:
            for memory in memories:
                source = self._sources.get(memory.source_id)
                if source is None or source.id in self._busy or self._held.get(source.id, now) > now:
                    continue
                self._busy.add(source.id)
                self._idle.clear()
                added += 1
                host = host_of(memory.url)
                self._hosts.setdefault(host, deque()).append((source, memory))
                if self._lanes.get(host, 0) < self._fetch.manners(host)[0]:
                    self._lanes[host] = self._lanes.get(host, 0) + 1
                    self._threads.submit(self._next_of, host)
        return added

    @property
    def in_flight(self) -> int:
        """Sources that are in line, asked at this moment, or about to be stored."""
        return len(self._busy)

    def push(self, source_id: str, body: bytes, content_type: str) -> None:
        """Takes in what a hub pushed of a source, like a poll; if that cannot be now, the source is asked soon."""
        with self._lock:
            source = self._sources.get(source_id)
            if source is not None and source_id not in self._busy and not self._stopping:
                self._busy.add(source_id)
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
                    self._done.put((polled, memory))
        except StoreError as error:
            log.error("%s: what its hub pushed could not be taken in: %s", source.id, error)  # noqa: TRY400
        finally:
            if polled is None:
                with self._lock:
                    self._free([source.id])

    def wait(self) -> None:
        """Returns when all that was asked is stored."""
        self._idle.wait()

    def close(self) -> None:
        """Stops asking, stores what has come in, and returns."""
        with self._lock:
            self._stopping = True
        for fetcher in self._fetchers:
            fetcher.stop()
        self._threads.shutdown(cancel_futures=True)
        self._done.put(None)
        self._writer.join()
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
            self._done.put((polled, memory))
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
        except Exception:
            log.exception("%s: an error of Dateline itself; please report it with these lines", source.id)
            self._held[source.id] = self._clock() + HOLD
            return None
        cut_short = self._stopping and polled.outcome.kind == "failed"
        return None if cut_short else polled

    def _write_all(self) -> None:
        """The one writer: gathers polls into batches until it is told to stop. Nothing may end it."""
        stopping = False
        while not stopping:
            batch: list[tuple[Polled, Memory]] = []
            first = self._done.get()
            stopping = first is None
            if first is not None:
                batch.append(first)
                self._gather()
            while len(batch) < BATCH and not self._done.empty():
                more = self._done.get()
                if more is None:
                    stopping = True
                    break
                batch.append(more)
            if batch:
                self._save(self._reach.sort(batch, self._offline))

    def _gather(self) -> None:
        """Waits half a second at most, while others are still asking and a batch is not full."""
        for _ in range(GATHER):
            waiting = self._done.qsize() + 1
            if waiting >= min(BATCH, len(self._busy)) or self._stopping:
                return
            time.sleep(0.05)

    def _save(self, batch: Sequence[tuple[Polled, Memory]]) -> None:
        stored: Sequence[Polled] = ()
        try:
            with self._pipeline.timed("save"):
                self._store.save(
                    [polled for polled, _ in batch], partial(settled, kit=self._kit), now=self._clock()
                )
            stored = [polled for polled, _ in batch]
            self.trouble = ""
        except RefusedError as error:
            if len(batch) > 1:
                for one in batch:
                    self._save([one])
                return
            stored = self._save_failure(*batch[0], error)
        except StoreError as error:
            self._hold(batch, error)
        except Exception as error:
            log.exception("An error of Dateline itself; please report it with these lines")
            self._hold(batch, error)
        finally:
            self._finish(stored, [polled.source.id for polled, _ in batch])

    def _offline(self, polled: Polled, before: Memory) -> Polled:
        return offline(polled, self._kit, before=before, jitter=self._random.uniform(-1, 1))

    def _save_failure(self, polled: Polled, before: Memory, error: RefusedError) -> Sequence[Polled]:
        """Stores that the database refused what a poll brought; returns what was stored."""
        log.error("%s: what it served could not be stored: %s", polled.source.id, error)
        failure = failed_to_store(polled, error, self._kit, before=before)
        try:
            self._store.save([failure], partial(settled, kit=self._kit), now=self._clock())
        except StoreError as again:
            self._hold([(polled, before)], again)
            return ()
        return [failure]

    def _hold(self, batch: Sequence[tuple[Polled, Memory]], error: Exception) -> None:
        """Nothing could be stored: all of it is asked again, but not sooner than it would have been."""
        log.error("%d polls could not be stored and will be asked again later: %s", len(batch), error)
        self.trouble = str(error)
        self.lost += len(batch)
        for polled, _ in batch:
            if polled.memory.next_poll is not None:
                self._held[polled.source.id] = polled.memory.next_poll

    def _finish(self, stored: Sequence[Polled], source_ids: Sequence[str]) -> None:
        for polled in stored:
            try:
                self._report(polled)
            except (OSError, SystemExit):
                break  # nobody is listening any more; consoles leave then, but this thread must not
        with self._lock:
            self._free(source_ids)

    def _free(self, source_ids: Sequence[str]) -> None:
        self._busy.difference_update(source_ids)
        if not self._busy:
            self._idle.set()
