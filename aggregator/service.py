"""The clock: a few fixed jobs, never one per source."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from threading import Event

from apscheduler.schedulers.background import BackgroundScheduler

from aggregator import cadence, settings
from aggregator.errors import DatelineError, SettingsError
from aggregator.filters import UNKNOWN
from aggregator.notify import Notifier
from aggregator.poll.poller import Poller
from aggregator.poll.roll import clock, configure_sources, hold_rules
from aggregator.poll.telling import Teller
from aggregator.retention import expired
from aggregator.schema import Errand, Outcome, Polled, Settings
from aggregator.store import Store
from aggregator.websub import Hubs

WATCH = timedelta(seconds=2)
"""How often the configuration is looked at for changes."""
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
RIVAL = "Another Dateline polls this database now; this one serves its pages and polls again when that ends."

log = logging.getLogger(__name__)


class Service:
    """Polls what is due, follows the configuration, keeps the database tidy."""

    def __init__(
        self,
        store: Store,
        first: Settings,
        poller: Poller,
        hubs: Hubs,
        *,
        alone: Callable[[], bool],
        known: settings.Known = lambda _: UNKNOWN,
        load: Callable[[Path], Settings] = settings.load,
    ) -> None:
        self.settings = first
        self.problem = ""
        """Why the latest edit of the configuration was refused; empty if it was not."""
        self._first = first
        self._alone = alone
        self._load = load
        self._known = known
        self._rival = ""
        self._stopping = Event()
        self._gone = 0
        self._store = store
        self._poller = poller
        self._hubs = hubs
        self._teller = Teller(store, clock)
        self._notifier = Notifier(store, clock)
        self._seen = settings.stamps(first)
        self._configure(first)
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
    def trouble(self) -> str:
        """Why nothing was polled or stored lately; empty if it was."""
        return self._rival or self._poller.trouble

    @property
    def in_flight(self) -> int:
        """Sources that are being polled."""
        return self._poller.in_flight

    def poll_now(self, source_id: str) -> Errand:
        """Has a source asked before its time, by the one poller there is, with all its manners."""
        now = clock()
        memory = self._store.memory(source_id)
        if memory is None or not any(one.id == source_id and one.enabled for one in self.settings.sources):
            return Errand(refused="This source is turned off or not configured, so it is not asked.")
        if refused := cadence.refused_early(memory, now):
            return Errand(refused=refused)
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
        self._notifier.stop()
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown()
        self._poller.close()
        self._hubs.close()
        self._notifier.close()

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
        if not self._is_alone():
            return
        now = clock()
        due = self._store.due(now, horizon=cadence.HORIZON)
        self._poller.ask(memory for memory in due if cadence.is_due(memory, now))

    def _renew(self) -> None:
        if not self._rival:
            self._hubs.renew(self.settings)

    def _announce(self) -> None:
        if not self._rival:
            self._hubs.announce(self.settings)

    def _is_alone(self) -> bool:
        """False if another poller took the database over while the server was away."""
        rival = "" if self._alone() else RIVAL
        if rival and not self._rival:
            log.error("%s", rival)
        self._rival = rival
        return not rival

    def _watch(self) -> None:
        """Takes over an edited configuration; a bad edit is refused and the old one goes on."""
        stamps = settings.stamps(self.settings)
        if stamps == self._seen:
            return
        try:
            edited = self._load(self.settings.path)
        except SettingsError as error:
            self._seen = stamps
            self.problem = str(error)
            log.error("The edited configuration is refused and the old one goes on:\n%s", error)  # noqa: TRY400
            return
        # If the database cannot take it now, this is tried again at the next look.
        self._configure(edited)
        self.settings, self.problem = edited, ""
        self._seen = settings.stamps(edited)
        log.info("Configuration taken over: %d sources, %d views.", len(edited.sources), len(edited.views))
        if _fixed(edited) != _fixed(self._first):
            log.warning(
                "What changed in [service], [store] or the address of [web] holds from the next start."
            )

    def _configure(self, wanted: Settings) -> None:
        configure_sources(self._store, wanted)
        hold_rules(self._store, wanted, self._known(wanted))
        # After the rules: one of them may keep what is let go from now on.
        self._store.expired = expired(wanted.retention)
        self._poller.configure(wanted)

    def _notify(self) -> None:
        if not self._rival:
            self._notifier.tell(self.settings)

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


def _fixed(wanted: Settings) -> tuple[object, ...]:
    """What is settled when the service starts."""
    return (wanted.service, wanted.store, wanted.web.host, wanted.web.port, wanted.web.threads)


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
