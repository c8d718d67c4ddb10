"""The scheduler's side: whom to ask stands in line as jobs, one for each host, never more than can soon be done."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import product

from procrastinate import sql
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from aggregator import cadence
from aggregator.errors import StoreError
from aggregator.jobs.engine import (
    APART,
    BEHIND,
    DEAD,
    HIGH,
    LOW,
    POLL,
    REDO,
    RETELL,
    TELL,
    USUAL,
    connector,
    host_of_lock,
    job,
    lock_of,
    sentences,
)
from aggregator.schema import Memory, Settings
from aggregator.store import POLLER_LOCK, Store
from aggregator.urls import host_of

LENGTH = 2_000
"""Hosts that wait in line at most; what else is due waits where it is, and intervals stretch."""
EACH, LEAST = 10, 1_000
"""Due sources that are looked at for each free place in the line: hosts have several; and how many at least."""
MANY = 100
"""A line that grew by so many at once is long."""
MEASURE = timedelta(minutes=1)
"""How often it is measured whether the workers keep up."""
_BUSY = """
SELECT DISTINCT lock FROM procrastinate_jobs
WHERE status IN ('todo', 'doing') AND task_name IN ('poll_host', 'poll_apart')
"""
_COUNT = """
SELECT count(*) AS n FROM procrastinate_jobs
WHERE task_name = ANY(%(tasks)s) AND status = ANY(%(now)s::procrastinate_job_status[])
"""
_STANDING = """
SELECT task_name, status::text AS status, count(*) AS n FROM procrastinate_jobs
WHERE status IN ('todo', 'doing') GROUP BY 1, 2
"""
_THERE = """
SELECT
  EXISTS (
    SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND objid = %(leader)s AND datname = current_database()
  ) AS led,
  EXISTS (
    SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - %(dead)s * interval '1 second'
  ) AS served
"""
_DROP = "DELETE FROM procrastinate_jobs WHERE id = %(id)s"
_GIVEN_UP = """
DELETE FROM procrastinate_jobs WHERE task_name = %(task)s AND status = 'failed'
RETURNING (args->>'first')::bigint AS first, (args->>'last')::bigint AS last
"""
_WAITS = """
SELECT extract(epoch FROM now() - min(event.at))::float AS seconds
FROM procrastinate_jobs AS job JOIN procrastinate_events AS event ON event.job_id = job.id
WHERE job.status = 'todo' AND job.task_name = 'poll_host' AND job.priority >= 0 AND event.type = 'deferred'
AND NOT EXISTS (SELECT FROM procrastinate_jobs AS other WHERE other.lock = job.lock AND other.status = 'doing')
"""

log = logging.getLogger(__name__)


class Line:
    """Defers what the workers are to do, and sees to it that nothing a dead worker held is lost."""

    def __init__(self, store: Store, url: str, *, clock: Callable[[], datetime]) -> None:
        self.trouble = ""
        """Why nobody could be put in line lately; empty if they could."""
        self._store = store
        self._clock = clock
        self._connector = connector(url)
        self._jobs = JobManager(self._connector)
        self._stopping = False
        self._reached_since: float | None = None
        self._measured = clock()
        self._lag = timedelta()
        self._counted = -MEASURE.total_seconds()
        with sentences():
            self._connector.open()

    def round(self, now: datetime) -> None:
        """Frees what dead workers held, measures the lag, and puts in line what is due."""
        try:
            with sentences():
                busy = self._busy()
                self._free_the_dead()
                room = LENGTH - self._count((POLL, APART), ("todo",))
            due = self._store.due(now, horizon=cadence.HORIZON, besides=busy, limit=max(LEAST, room * EACH))
            put = self.ask(memory for memory in due if cadence.is_due(memory, now))
            self._let_plan(put)
            self._measure(now)
            self.trouble = ""
        except StoreError as error:
            self._reached_since = None
            self.trouble = str(error)
            raise

    def ask(self, memories: Iterable[Memory]) -> int:
        """Puts the hosts of sources in line, as far as there is room; returns how many."""
        jobs: dict[str, Job] = {}
        with sentences():
            room = LENGTH - self._count((POLL, APART), ("todo",))
            for memory in memories:
                if len(jobs) >= room or self._stopping:
                    self._lag = max(self._lag, self._clock() - (memory.next_poll or self._clock()))
                    break
                made = _job(memory)
                jobs.setdefault(made.queueing_lock or "", made)
            return self._defer(list(jobs.values()))

    @property
    def in_flight(self) -> int:
        """Hosts that are being asked."""
        with sentences():
            return self._count((POLL, APART), ("doing",))

    def absent(self) -> str:
        """Who is missing for anything to be polled, as a sentence; empty if nobody is."""
        with sentences():
            there = self._connector.execute_query_one(_THERE, leader=POLLER_LOCK, dead=2 * DEAD)
        if not there["led"]:
            return "No scheduler is running, so nothing is polled: start dateline scheduler."
        return "" if there["served"] else "No worker is running, so nothing is polled: start dateline worker."

    def configure(self, settings: Settings) -> None:
        """Nothing here depends on the configuration: workers read their own."""

    def tell(self, settings: Settings) -> None:
        """Has the notices sent that wait."""
        if settings.notify and self._store.notices_due(self._clock(), limit=1):
            with sentences():
                self._defer([job(TELL, priority=HIGH, lock=TELL, queueing_lock=TELL)])

    def redo(self, first: int, last: int, step: int) -> None:
        """Has the articles of these numbers made anew, `step` in a job, and then their stories told again."""
        pages = [
            job(
                REDO,
                priority=BEHIND,
                lock=None,
                queueing_lock=f"{REDO}:{n}",
                first=n,
                last=min(last, n + step - 1),
            )
            for n in range(first, last + 1, step)
        ]
        with sentences():
            self._defer(
                [
                    *pages,
                    job(RETELL, priority=BEHIND, lock=None, queueing_lock=f"{RETELL}:{first}", first=first),
                ]
            )

    def standing(self) -> dict[tuple[str, str], int]:
        """How many jobs there are of each task, `todo` or `doing`. Raises StoreError."""
        counts = dict.fromkeys(product((POLL, APART, TELL, REDO, RETELL), ("todo", "doing")), 0)
        with sentences():
            rows = self._connector.execute_query_all(_STANDING)
        return counts | {(row["task_name"], row["status"]): row["n"] for row in rows}

    def left_to_redo(self) -> int:
        """Jobs of `redo` that are not done yet."""
        with sentences():
            return self._count((REDO, RETELL), ("todo", "doing"))

    def not_redone(self) -> list[tuple[int, int]]:
        """The first and last number of articles that `redo` gave up, told once."""
        with sentences():
            rows = self._connector.execute_query_all(_GIVEN_UP, task=REDO)
        return sorted((row["first"], row["last"]) for row in rows)

    def stop(self) -> None:
        """Puts nobody in line any more."""
        self._stopping = True

    def close(self) -> None:
        self.stop()
        self._connector.close()

    def _busy(self) -> list[str]:
        return [host_of_lock(row["lock"]) for row in self._connector.execute_query_all(_BUSY)]

    def _count(self, tasks: Sequence[str], now: Sequence[str]) -> int:
        return int(self._connector.execute_query_one(_COUNT, tasks=list(tasks), now=list(now))["n"])

    def _defer(self, jobs: list[Job]) -> int:
        """All at once; one by one if one of them waits already, as after another scheduler put it in line."""
        if not jobs:
            return 0
        try:
            self._jobs.batch_defer_jobs(jobs)
        except AlreadyEnqueued:
            if len(jobs) == 1:
                return 0
            return sum(self._defer([one]) for one in jobs)
        return len(jobs)

    def _free_the_dead(self) -> None:
        """What workers held that show no life goes back into the line; Procrastinate does this for nobody by itself.

        After the database was away all of them seem dead: they get the time to show that they are not.
        """
        now = time.monotonic()
        self._reached_since = self._reached_since or now
        if now - self._reached_since < DEAD:
            return
        stalled = self._connector.execute_query_all(
            sql.queries["select_stalled_jobs_by_heartbeat"],
            queue=None,
            task_name=None,
            seconds_since_heartbeat=DEAD,
        )
        if stalled:
            log.warning(
                "%d jobs are done again: the workers that did them have ended, or lost the database.",
                len(stalled),
            )
        for row in stalled:
            try:
                self._connector.execute_query(
                    sql.queries["retry_job"],
                    job_id=row["id"],
                    retry_at=None,
                    new_priority=None,
                    new_queue_name=None,
                    new_lock=None,
                )
            except UniqueViolation:
                # The same waits in line already.
                self._connector.execute_query(_DROP, id=row["id"])

    def _let_plan(self, put: int) -> None:
        """Has PostgreSQL count the line when it is long: taking a job is slow by plans made for an empty one."""
        now = time.monotonic()
        if put >= MANY and now - self._counted >= MEASURE.total_seconds():
            with sentences():
                self._connector.execute_query("ANALYZE procrastinate_jobs")
            self._counted = now

    def _measure(self, now: datetime) -> None:
        """Stretches intervals while the workers do not keep up, and lets them go back when they do; once a minute.

        Late is what finds no room in the line, and a host that waits in it though nobody asks it. What waits because
        its own host is asked with manners slows nobody else down.
        """
        if now - self._measured < MEASURE:
            return
        before = self._store.stretch()
        with sentences():
            seconds = self._connector.execute_query_one(_WAITS)["seconds"]
        lag = max(self._lag, timedelta(seconds=seconds or 0))
        stretch = cadence.stretched(before, lag)
        if stretch != before:
            self._store.set_stretch(stretch)
            log.warning(
                "The workers do not keep up, what is due waits %s: intervals times %.2f.", lag, stretch
            )
        self._measured, self._lag = now, timedelta()


def _job(memory: Memory) -> Job:
    """The job by which a source is asked: with all that is due at its host, or apart."""
    host = host_of(memory.url)
    if memory.is_apart:
        return job(
            APART,
            priority=LOW,
            lock=lock_of(host),
            queueing_lock=f"{APART}:{memory.source_id}",
            source_id=memory.source_id,
        )
    priority = HIGH if memory.next_poll is None else LOW if memory.failures else USUAL
    return job(POLL, priority=priority, lock=lock_of(host), queueing_lock=lock_of(host), host=host)
