"""The clock: a few fixed jobs, never one per source."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Protocol

from apscheduler.schedulers.background import BackgroundScheduler

from aggregator import cadence, settings
from aggregator.errors import DatelineError
from aggregator.filters import UNKNOWN
from aggregator.following import WATCH, Following
from aggregator.notify import Notifier
from aggregator.poll.roll import clock, configure_sources, hold_rules
from aggregator.poll.telling import Teller
from aggregator.retention import expired
from aggregator.schema import Errand, Memory, Outcome, Polled, Settings
from aggregator.store import Store
from aggregator.websub import Hubs

TELL = timedelta(seconds=10)
"""How often new articles are looked for whose story is not told yet."""
OBEY = timedelta(seconds=10)
"""How often it is looked whether rules came or went."""
NOTIFY = timedelta(seconds=10)
"""How often it is looked what waits to be told to other programs."""
UPKEEP = timedelta(hours=1)
HUBS = timedelta(seconds=30)
"""How often to look which leases are due, and which feeds hubs should hear of."""
KEEP_POLLS = timedelta(days=90)
"""How long the poll log is kept."""
SURE = timedelta(days=7)
"""How long a clock must have run on until articles are taken out by it."""
PAUSE = 0.2
"""Seconds between two steps of taking articles out, or of marking them."""
MANY = 20
"""The index of words is made smaller when one article in so many has gone."""
FORGET_TURNS = timedelta(days=1)
"""Hosts free for so long need not be remembered."""
RIVAL = "Another Dateline polls this database now; this one serves its pages and polls again when that ends."
NOT_ASKED = "This source is turned off or not configured, so it is not asked."

log = logging.getLogger(__name__)


class Asker(Protocol):
    """Who has sources asked: the poller of this process, or the line that the workers of all machines serve."""

    @property
    def trouble(self) -> str: ...

    @property
    def in_flight(self) -> int: ...

    def round(self, now: datetime) -> None:
        """Has what is due asked."""

    def ask(self, memories: Iterable[Memory]) -> int: ...

    def configure(self, settings: Settings) -> None: ...

    def close(self) -> None: ...


class Notices(Protocol):
    """Who sends the notices that wait, or has them sent."""

    def tell(self, settings: Settings) -> None: ...

    def stop(self) -> None: ...

    def close(self) -> None: ...


class Service:
    """Has asked what is due, follows the configuration, keeps the database tidy."""

    def __init__(
        self,
        store: Store,
        first: Settings,
        poller: Asker,
        hubs: Hubs,
        *,
        alone: Callable[[], bool],
        notices: Notices | None = None,
        rival: str = RIVAL,
        known: settings.Known = lambda _: UNKNOWN,
        load: Callable[[Path], Settings] = settings.load,
    ) -> None:
        """`rival` is what is said while another process does all this."""
        self._alone = alone
        self._known = known
        self._said = rival
        self._rival: str | None = None
        self._stopping = Event()
        self._gone = 0
        self._store = store
        self._poller = poller
        self._hubs = hubs
        self._teller = Teller(store, clock)
        self._notices = notices or Notifier(store, clock)
        self._following = Following(first, load)
        self._is_alone()
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._every(first.service.tick, self._tick)
        self._every(WATCH, self._watch)
        self._every(TELL, self._tell)
        self._every(OBEY, self._obey)
        self._every(NOTIFY, self._notify)
        self._every(UPKEEP, self._tidy)
        self._every(HUBS, self._renew)
        self._every(HUBS, self._announce)

    @property
    def settings(self) -> Settings:
        return self._following.settings

    @property
    def problem(self) -> str:
        """Why the latest edit of the configuration was refused; empty if it was not."""
        return self._following.problem

    @property
    def trouble(self) -> str:
        """Why nothing was polled or stored lately; empty if it was."""
        return self._rival or self._poller.trouble

    @property
    def in_flight(self) -> int:
        """Sources that are being polled."""
        return self._poller.in_flight

    def poll_now(self, source_id: str) -> Errand:
        """Has a source asked before its time, with all the manners of a poll."""
        now = clock()
        memory = self._store.memory(source_id)
        if memory is None or (refused := refusal(memory, self.settings, now)):
            return Errand(refused=refused if memory else NOT_ASKED)
        if self._rival:
            self._store.ask_soon([source_id])
        elif not self._poller.ask([memory]):
            return Errand(refused="It is in line already, or being asked at this moment.")
        return Errand(since=now)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Finishes or hands back what is in flight."""
        self._teller.stop()
        self._hubs.stop()
        self._notices.stop()
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown()
        self._poller.close()
        self._hubs.close()
        self._notices.close()

    def _every(self, period: timedelta, job: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                job()
            except DatelineError as error:
                log.error("%s", error)  # noqa: TRY400 (the sentence says it all)

        self._scheduler.add_job(
            guarded,
            "interval",
            seconds=period.total_seconds(),
            next_run_time=clock(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            name=job.__name__,
        )

    def _tick(self) -> None:
        if self._is_alone():
            self._poller.round(clock())

    def _renew(self) -> None:
        if not self._rival:
            self._hubs.renew(self.settings)

    def _announce(self) -> None:
        if not self._rival:
            self._hubs.announce(self.settings)

    def _is_alone(self) -> bool:
        """Whether it is this process that polls; one that begins to takes its configuration over."""
        before = self._rival
        self._rival = "" if self._alone() else self._said
        if self._rival and before != self._rival:
            log.log(logging.ERROR if before == "" else logging.INFO, "%s", self._rival)
        if before and not self._rival:
            log.info("The other one has ended; this one polls now.")
        if before != self._rival:
            self._configure(self.settings)
        return not self._rival

    def _watch(self) -> None:
        self._following.look(self._configure)

    def _configure(self, wanted: Settings) -> None:
        if not self._rival:
            configure_sources(self._store, wanted)
            hold_rules(self._store, wanted, self._known(wanted))
        # After the rules: one of them may keep what is let go from now on.
        self._store.expired = expired(wanted.retention)
        self._poller.configure(wanted)

    def _notify(self) -> None:
        if not self._rival:
            self._notices.tell(self.settings)

    def _tell(self) -> None:
        if not self._rival:
            self._teller.tell()

    def _obey(self) -> None:
        """Gives stored articles the marks that the rules have for them, and takes those of rules that are over."""
        if self._rival:
            return
        hold_rules(self._store, self.settings, self._known(self.settings))
        while not self._stopping.is_set() and self._store.remark(clock()):
            self._stopping.wait(PAUSE)

    def _tidy(self) -> None:
        if self._rival:
            return
        self._store.forget_turns(clock() - FORGET_TURNS)
        # The budget of polls depends on how much news there is, which changes.
        self._poller.configure(self.settings)
        if self._has_jumped():
            log.warning(
                "Nothing was polled for long, or the clock is wrong: nothing is taken out for a week."
            )
            return
        self._teller.tidy()
        self._store.forget_polls(clock() - KEEP_POLLS)
        self._forget()

    def _has_jumped(self) -> bool:
        """Whether the clock runs far ahead of the polls before this week: what is old by it may be new."""
        week_ago = clock() - SURE
        last = self._store.polled_before(week_ago)
        return last is not None and last < week_ago - cadence.HORIZON

    def _forget(self) -> None:
        """Takes out what was kept long enough, a step at a time, so that polls and pages come in between."""
        gone = 0
        while not self._stopping.is_set() and (step := self._store.expire(clock())):
            gone += step
            self._stopping.wait(PAUSE)
        if gone:
            self._gone += gone
            many = self._gone * MANY > self._store.count()
            self._store.give_back(thoroughly=many)
            self._gone = 0 if many else self._gone
            log.info("Took out %d articles that were kept long enough.", gone)


def refusal(memory: Memory, wanted: Settings, now: datetime) -> str:
    """Why a source is not asked before its time, even if a person wants it; empty if it is."""
    if not any(one.id == memory.source_id and one.enabled for one in wanted.sources):
        return NOT_ASKED
    return cadence.refused_early(memory, now)


def report(polled: Polled) -> None:
    """Logs how a poll ended."""
    outcome: Outcome = polled.outcome
    level = logging.WARNING if outcome.kind in ("failed", "gone") else logging.INFO
    facts = {
        "source": polled.source.id,
        "outcome": outcome.kind,
        "status": outcome.status,
        "new": outcome.new,
        "updated": outcome.updated,
        "bytes": outcome.size,
        "seconds": round(outcome.elapsed, 3),
    }
    said = {"poll": polled.poll, "facts": facts}
    log.log(level, "%s: %s", polled.source.id, outcome.message, extra=said)
