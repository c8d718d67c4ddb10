"""A worker: takes jobs out of the line and does them, with the same poller as a process that does everything."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import psycopg
from procrastinate import App, JobContext
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.retry import RetryStrategy

from aggregator import cadence
from aggregator.beside import command, environment
from aggregator.errors import DatelineError, StoreError
from aggregator.following import WATCH, Following
from aggregator.jobs.engine import APART, DEAD, HEARTBEAT, POLL, REDO, RETELL, TELL, async_connector
from aggregator.notify import Notifier
from aggregator.poll.poller import Poller
from aggregator.schema import Memory, Settings
from aggregator.store import Store

SLICE = 100
"""Sources of one host that one job asks, at most: then it is another's turn."""
AGAIN = timedelta(days=1)
"""When a source is asked apart again that ended the process even so."""
LOOK = 1.0
"""Seconds after which a worker with nothing to do looks at the line again: it spares a connection for listening."""
PATIENCE = 8.0
"""Seconds that jobs under way have to come to an end when the worker is stopped."""
WRITES = 8
"""How often, each second, it is tried to write down what a job came to."""
TRIES = 4
"""How often articles are made anew in vain until it is told."""
REST = 2.0
"""Seconds between two tries to reach a database that is away."""
_LEFT = "SELECT id FROM procrastinate_jobs WHERE task_name = %(task)s AND status IN ('todo', 'doing') LIMIT 1"

log = logging.getLogger(__name__)


class Unfinished(Exception):
    """What must be done first is not: the job is done later."""


class _Jobs(JobManager):
    """What a job came to is written down as soon as the database is back, if it was away when the job ended."""

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Leaves articles that could not be made anew for `Line.not_redone` to tell."""
        delete = delete_job and not (job.task_name == REDO and status is Status.FAILED)
        await self._written(lambda: super(_Jobs, self).finish_job(job, status, delete))

    async def retry_job(self, job: Job, *given: Any, **named: Any) -> None:
        await self._written(lambda: super(_Jobs, self).retry_job(job, *given, **named))

    async def _written(self, write: Callable[[], Awaitable[None]]) -> None:
        for left in reversed(range(WRITES)):
            try:
                await write()
            except ConnectorException as error:
                if isinstance(error.__cause__, psycopg.errors.RaiseException):
                    return  # others have it, or have done it, because this worker seemed dead
                if not left:
                    log.error("What a job came to could not be written: %s", error.__cause__ or error)  # noqa: TRY400
                await asyncio.sleep(1)
            else:
                return


class Worker:
    """Does jobs until it is told to stop.

    A job that is broken off is no loss: what it had not asked is still due, and comes into the line again.
    """

    def __init__(
        self,
        store: Store,
        url: str,
        poller: Poller,
        notifier: Notifier,
        following: Following,
        *,
        clock: Callable[[], datetime],
        take: Callable[[Settings], None],
        leave: Callable[[], None],
        redo: Callable[[int, int], None],
    ) -> None:
        """`take` takes over an edited configuration, `leave` is called when the worker is told to stop.

        `redo` makes the articles of these numbers anew.
        """
        self._store = store
        self._poller = poller
        self._notifier = notifier
        self._following = following
        self._clock = clock
        self._take = take
        self._leave = leave
        self._redo_pages = redo
        self._stopping = asyncio.Event()
        self._closed = asyncio.Event()
        self._app = App(connector=async_connector(url))
        self._app.job_manager = _Jobs(self._app.connector)
        self._day = clock().date()
        self._does(POLL, self._poll_host, pass_context=True)
        self._does(APART, self._poll_apart)
        self._does(TELL, self._tell)
        again = RetryStrategy(max_attempts=TRIES, exponential_wait=3, retry_exceptions=[StoreError])
        self._does(REDO, self._redo, retry=again)
        self._does(
            RETELL, self._retell, retry=RetryStrategy(wait=5, retry_exceptions=[Unfinished, StoreError])
        )

    def run(self) -> None:
        """Returns when SIGTERM or SIGINT came and what was under way is stored or handed back."""
        asyncio.run(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        watching = asyncio.create_task(self._watch())
        while not self._stopping.is_set():
            try:
                async with self._app.open_async():
                    await self._work()
            except (psycopg.Error, ConnectorException, OSError) as error:
                log.error("The database of jobs cannot be reached: %s", error.__cause__ or error)  # noqa: TRY400
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), REST)
        watching.cancel()
        await self._close()

    def _stop(self) -> None:
        self._leave()
        self._stopping.set()

    async def _work(self) -> None:
        """Does jobs until the worker is stopped, or the database went away."""
        working = asyncio.create_task(
            self._app.run_worker_async(
                concurrency=self._following.settings.service.workers,
                delete_jobs="always",
                fetch_job_polling_interval=LOOK,
                install_signal_handlers=False,
                listen_notify=False,
                shutdown_graceful_timeout=PATIENCE,
                stalled_worker_timeout=DEAD,
                update_heartbeat_interval=HEARTBEAT,
            )
        )
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if self._stopping.is_set():
            working.cancel()
            await self._close()
        with suppress(asyncio.CancelledError):
            await working

    async def _close(self) -> None:
        """Breaks off what is under way and stores what has come in."""
        if not self._closed.is_set():
            self._notifier.stop()
            await asyncio.to_thread(self._poller.close)
            self._closed.set()

    def _does(self, name: str, work: Callable[..., Awaitable[None]], **options: Any) -> None:
        """Lets jobs of this name be done so; what goes wrong is a sentence in the log."""

        async def done(*args: Any, **given: Any) -> None:
            try:
                await work(*args, **given)
            except DatelineError as error:
                log.error("%s %s: %s", name, given, error)  # noqa: TRY400 (the sentence says it all)
                if "retry" in options:
                    raise

        named: Any = self._app.task(name=name, **options)
        named(done)

    async def _watch(self) -> None:
        """Follows the configuration, and the pressure that the scheduler measures."""
        while True:
            try:
                await asyncio.to_thread(self._look)
            except DatelineError as error:
                log.error("%s", error)  # noqa: TRY400 (the sentence says it all)
            await asyncio.sleep(WATCH.total_seconds())

    def _look(self) -> None:
        self._following.look(self._take)
        self._poller.press(self._store.stretch())
        if self._day != self._clock().date():
            self._take(self._following.settings)  # rules may be over since yesterday
            self._day = self._clock().date()

    async def _poll_host(self, context: JobContext, host: str) -> None:
        """Asks what is due at a host; one source after another, if a worker ended while it did so."""
        alone = context.job.attempts > 0
        for _ in range(SLICE if alone else 1):
            due = await asyncio.to_thread(self._due, host, 1 if alone else SLICE)
            if alone and due:
                await asyncio.to_thread(self._store.suspect, due[0].source_id)
            if not due or not await self._asked(due):
                return

    def _due(self, host: str, limit: int) -> list[Memory]:
        now = self._clock()
        due = self._store.due_at(host, now, horizon=cadence.HORIZON, limit=limit)
        return [memory for memory in due if cadence.is_due(memory, now)]

    async def _asked(self, memories: Sequence[Memory]) -> int:
        """Has sources polled, and waits until they are done with or the worker is stopped; returns how many."""
        loop, freed = asyncio.get_running_loop(), asyncio.Semaphore(0)

        def done_with_one() -> None:
            loop.call_soon_threadsafe(freed.release)

        count = self._poller.ask(memories, done_with_one)

        async def all_freed() -> None:
            for _ in range(count):
                await freed.acquire()

        ends = {asyncio.create_task(all_freed()), asyncio.create_task(self._closed.wait())}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        return 0 if self._closed.is_set() else count

    async def _poll_apart(self, source_id: str) -> None:
        """Asks a source that ended the process before in a process of its own."""
        await asyncio.to_thread(self._store.set_aside, source_id, self._clock() + AGAIN)
        path = str(self._following.settings.path)
        words = command("aggregator", "--config", path, "worker", "--apart", source_id)
        process = await asyncio.create_subprocess_exec(*words, env=environment())
        ends = {asyncio.create_task(process.wait()), asyncio.create_task(self._closed.wait())}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()
        if process.returncode is None:
            process.kill()
        elif process.returncode:
            log.error("%s ended its process again, and is asked apart again in a day.", source_id)

    async def _tell(self) -> None:
        await asyncio.to_thread(self._notifier.tell, self._following.settings)

    async def _redo(self, first: int, last: int) -> None:
        await asyncio.to_thread(self._redo_pages, first, last)

    async def _retell(self, first: int) -> None:
        """Has the stories of all that was made anew told again, once all of it is."""
        rows = await self._app.connector.execute_query_all_async(_LEFT, task=REDO)
        if rows:
            raise Unfinished
        await asyncio.to_thread(self._store.forget_stories, first)
