"""`scheduler`, `worker` and `web`: the parts of a desk that is spread over several processes or machines."""

from __future__ import annotations

import logging
import threading
from functools import partial
from pathlib import Path

import click

from aggregator import settings
from aggregator.cli.desk import load, open_gazetteer, open_store, pass_config, prepare_jobs
from aggregator.cli.names import above, names
from aggregator.cli.reprocess import remade
from aggregator.cli.run import desk_of, listen, reported
from aggregator.cli.stopping import leave_in_time, stop_in_time
from aggregator.cli.tools import Tools
from aggregator.errors import ServiceError, SettingsError
from aggregator.filters import configured
from aggregator.following import Following
from aggregator.jobs.line import Line
from aggregator.jobs.worker import Worker
from aggregator.logs import start_log
from aggregator.metrics import Metrics
from aggregator.notify import Notifier
from aggregator.pipeline import Pipeline
from aggregator.poll.poller import Poller
from aggregator.poll.roll import clock
from aggregator.retention import expired
from aggregator.rulings import rulings, tellings
from aggregator.schema import Errand, Settings
from aggregator.service import NOT_ASKED, Service, refusal
from aggregator.settings.addresses import inside
from aggregator.store import Store
from aggregator.websub import Hubs

STANDBY = "Another scheduler leads; this one stands by and takes over within seconds of its end."
PUSHED = "Its hub pushed something new."
REDONE = 200
"""Articles that are made anew in one transaction."""

log = logging.getLogger("dateline")


def _load(config: Path, command: str) -> Settings:
    """The configuration of a part. Raises ServiceError if all is one process."""
    wanted = load(config)
    if wanted.service.mode != "distributed":
        raise ServiceError(
            f'{config} has one process do everything: start "dateline run", or set mode = "distributed" '
            f'in [service] for "dateline {command}".'
        )
    start_log(wanted.service)
    for chatty in ("procrastinate", "psycopg.pool"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    return wanted


def _address(_context: click.Context, _option: click.Parameter, given: str | None) -> tuple[str, int] | None:
    if given is None:
        return None
    try:
        host, _, port = inside(given).rpartition(":")
    except SettingsError as error:
        raise click.BadParameter(str(error)) from error
    return host.strip("[]"), int(port)


tells_figures = click.option(
    "--metrics",
    "figures",
    metavar="ADDRESS:PORT",
    callback=_address,
    help="Tell Prometheus the figures of this process there, to whoever asks.",
)


@click.command()
@tells_figures
@pass_config
def scheduler(config: Path, figures: tuple[str, int] | None) -> None:
    """Put in line what is due, for the workers to poll; several stand by for each other."""
    from web.feeds import topics

    wanted = _load(config, "scheduler")
    url = wanted.store.url.reveal()
    with open_store(wanted) as store, open_gazetteer() as gazetteer, store.poller() as alone:
        prepare_jobs(wanted)
        known = names(gazetteer)
        line = Line(store, url, clock=clock)
        if figures:
            metrics = Metrics(store, clock)
            metrics.watch(line)
            metrics.serve(*figures)
        hubs = Hubs(
            store,
            feeds=lambda now: topics(now, configured(known(now), now)),
            take=lambda source_id, body, content_type: store.ask_soon([source_id], PUSHED),
            clock=clock,
        )
        service = Service(
            store,
            wanted,
            line,
            hubs,
            alone=alone,
            notices=line,
            rival=STANDBY,
            known=known,
            load=partial(settings.load, known=known),
        )
        try:
            stop_in_time()
            service.start()
            log.info("The scheduler has started (Ctrl-C stops it).")
            threading.Event().wait()
        finally:
            service.stop()


@click.command()
@click.option("--apart", metavar="ID", help="Poll this one source, and end.")
@tells_figures
@pass_config
def worker(config: Path, apart: str | None, figures: tuple[str, int] | None) -> None:
    """Poll what schedulers put in line; any number of workers share the work."""
    wanted = _load(config, "worker")
    url = wanted.store.url.reveal()
    with open_store(wanted) as store, open_gazetteer() as gazetteer:
        metrics = Metrics(store, clock)
        pipeline = Pipeline(gazetteer=gazetteer, timed=metrics.timed)
        counted = partial(reported, metrics)
        poller = Poller(store, wanted, pipeline, clock=clock, report=counted, others=store.turn)
        known = names(gazetteer)
        take = partial(_take, store, poller, known)
        take(wanted)
        if apart is not None:
            _poll_one(store, poller, apart)
            return
        prepare_jobs(wanted)
        if figures:
            metrics.follow(poller)
            metrics.serve(*figures)
        following = Following(wanted, partial(settings.load, known=known))
        notifier = Notifier(store, clock)
        log.info("The worker has started (Ctrl-C stops it).")
        try:
            Worker(
                store,
                url,
                poller,
                notifier,
                following,
                clock=clock,
                take=take,
                leave=leave_in_time,
                redo=lambda first, last: _redo(store, following.settings, pipeline, first, last),
            ).run()
        finally:
            notifier.close()


def _take(store: Store, poller: Poller, known: settings.Known, wanted: Settings) -> None:
    """Lets a configuration hold for what this process saves; what it changes of what is stored is the scheduler's."""
    now = clock()
    store.rulings = rulings(wanted, known(wanted), now)
    store.tellings = tellings(wanted, known(wanted), now)
    store.expired = expired(wanted.retention)
    poller.configure(wanted)


def _poll_one(store: Store, poller: Poller, source_id: str) -> None:
    memory = store.memory(source_id)
    try:
        if memory is None or not poller.ask([memory]):
            raise SettingsError(f"There is no enabled source {source_id!r}. See: dateline sources list")
        poller.wait()
    finally:
        poller.close()


def _redo(store: Store, wanted: Settings, pipeline: Pipeline, first: int, last: int) -> None:
    configured, after = pipeline.configured(wanted), first - 1
    while kept := store.kept(after, min(REDONE, last - after)):
        remade(store, wanted, configured, tuple(one for one in kept if one.article_id <= last))
        after = kept[-1].article_id
        if after >= last:
            return


@click.command()
@pass_config
def web(config: Path) -> None:
    """Serve the pages and feeds of a desk whose schedulers and workers run elsewhere."""
    from web.app import create_app
    from web.feeds import topics

    wanted = _load(config, "web")
    with open_store(wanted) as store, open_gazetteer() as gazetteer:
        prepare_jobs(wanted)
        known = names(gazetteer)
        following = Following(wanted, partial(settings.load, known=known))
        line = Line(store, wanted.store.url.reveal(), clock=clock)
        elsewhere = Elsewhere(store, following, line)
        hubs = Hubs(
            store,
            feeds=lambda now: topics(now, configured(known(now), now)),
            take=lambda source_id, body, content_type: store.ask_soon([source_id], PUSHED),
            clock=clock,
        )
        tools = Tools(store, elsewhere, Pipeline(gazetteer=gazetteer), known)
        metrics = Metrics(store, clock)
        metrics.watch(line)
        desk = desk_of(store, elsewhere, hubs, known, above(gazetteer), tools, metrics)
        try:
            server = listen(create_app(desk), wanted)
            stop_in_time()
            following.start(lambda edited: None)
            log.info("The pages are at %s (Ctrl-C stops it).", wanted.web.address)
            server.run()
        finally:
            following.stop()
            line.close()


class Elsewhere:
    """What the pages know of a service that runs in other processes."""

    def __init__(self, store: Store, following: Following, line: Line) -> None:
        self._store = store
        self._following = following
        self._line = line

    @property
    def trouble(self) -> str:
        """Why nothing is polled; empty if it is."""
        return self._line.absent()

    @property
    def settings(self) -> Settings:
        return self._following.settings

    @property
    def problem(self) -> str:
        """Why the latest edit of the configuration was refused; empty if it was not."""
        return self._following.problem

    @property
    def in_flight(self) -> int:
        """Hosts that are being polled."""
        return self._line.in_flight

    def poll_now(self, source_id: str) -> Errand:
        """Has a source put in line before its time."""
        now, memory = clock(), self._store.memory(source_id)
        if memory is None or (refused := refusal(memory, self.settings, now)):
            return Errand(refused=refused if memory else NOT_ASKED)
        self._store.ask_soon([source_id])
        return Errand(since=now)
