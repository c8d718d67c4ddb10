"""The one writer of a process: polls are gathered into batches, and each batch is one transaction."""

from __future__ import annotations

import logging
import queue
import random
import threading
import time
from collections.abc import Callable, MutableMapping, Sequence, Sized
from datetime import datetime, timedelta
from functools import partial

from aggregator.errors import AwayError, RefusedError, StoreError
from aggregator.poll.kit import Kit
from aggregator.poll.news import settled
from aggregator.poll.reach import Reach
from aggregator.poll.visit import failed_to_store, offline
from aggregator.schema import Memory, Polled
from aggregator.store import Store

BATCH = 25
"""Polls saved in one transaction, at most; as many more may wait for their turn."""
GATHER = 10
"""How often the writer looks, each twentieth of a second, whether a batch still grows."""
TRIES = 120
"""How often, each half a second, the writer tries again to store a batch while the database is away."""
AGAIN = timedelta(minutes=5)
"""How long after it was asked a source is left alone whose poll could not be stored even so."""

log = logging.getLogger(__name__)

Report = Callable[[Polled], None]


class Writer:
    """Stores polls in the background, in the order they come in."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], datetime],
        report: Report,
        kit: Callable[[], Kit],
        busy: Sized,
        held: MutableMapping[str, datetime],
        free: Callable[[Sequence[str]], None],
    ) -> None:
        """`busy` are the sources under way, `held` until when to leave alone what could not be stored.

        `free` is told of each source that is done with.
        """
        self._store = store
        self._clock = clock
        self._report = report
        self._kit = kit
        self._busy = busy
        self._held = held
        self._free = free
        self._random = random.Random()  # noqa: S311 (spreads polls, protects nothing)
        self._reach = Reach()
        self._stopping = False
        self._done: queue.Queue[tuple[Polled, Memory] | None] = queue.Queue(BATCH)
        self.trouble = ""
        self.lost = 0
        self._thread = threading.Thread(target=self._write_all, name="writer", daemon=True)
        self._thread.start()

    def put(self, polled: Polled, before: Memory) -> None:
        """Takes in a poll, and the memory from before it; waits while many others do."""
        self._done.put((polled, before))

    def close(self) -> None:
        """Stores what has come in, and returns."""
        self._stopping = True
        self._done.put(None)
        self._thread.join()

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
            with self._kit().pipeline.timed("save"):
                self._store_all([polled for polled, _ in batch])
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

    def _store_all(self, polls: Sequence[Polled]) -> None:
        """Stores polls in one transaction; while the database is away they are kept, and nothing more is taken in."""
        for left in reversed(range(TRIES)):
            try:
                self._store.save(polls, partial(settled, kit=self._kit()), now=self._clock())
            except AwayError as error:
                if self._stopping or not left:
                    raise
                if self.trouble != str(error):
                    log.warning("%d polls wait for the database: %s", len(polls), error)
                self.trouble = str(error)
                time.sleep(0.5)
            else:
                return

    def _offline(self, polled: Polled, before: Memory) -> Polled:
        return offline(polled, self._kit(), before=before, jitter=self._random.uniform(-1, 1))

    def _save_failure(self, polled: Polled, before: Memory, error: RefusedError) -> Sequence[Polled]:
        """Stores that the database refused what a poll brought; returns what was stored."""
        log.error("%s: what it served could not be stored: %s", polled.source.id, error)
        failure = failed_to_store(polled, error, self._kit(), before=before)
        try:
            self._store_all([failure])
        except StoreError as again:
            self._hold([(polled, before)], again)
            return ()
        return [failure]

    def _hold(self, batch: Sequence[tuple[Polled, Memory]], error: Exception) -> None:
        """Nothing could be stored: all of it is asked again soon, but not at once."""
        log.error("%d polls could not be stored and will be asked again later: %s", len(batch), error)
        self.trouble = str(error)
        self.lost += len(batch)
        for polled, _ in batch:
            self._held[polled.source.id] = polled.outcome.at + AGAIN

    def _finish(self, stored: Sequence[Polled], source_ids: Sequence[str]) -> None:
        for polled in stored:
            try:
                self._report(polled)
            except (OSError, SystemExit):
                break  # nobody is listening any more; consoles leave then, but this thread must not
        self._free(source_ids)
