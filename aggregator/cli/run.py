"""`init`, `run` and `check`."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from aggregator import settings
from aggregator.cli.desk import load, open_gazetteer, open_store, pass_config, prepare_jobs
from aggregator.cli.names import above, names, topic_name
from aggregator.cli.pictures import pictures
from aggregator.cli.stopping import stop_in_time
from aggregator.cli.tools import Serving, Tools
from aggregator.cli.trials import demand_expected
from aggregator.errors import ServiceError
from aggregator.logs import start_log
from aggregator.metrics import Metrics
from aggregator.oidc import Provider
from aggregator.pipeline import Pipeline
from aggregator.poll.poller import Poller
from aggregator.poll.roll import clock
from aggregator.schema import Polled, Settings
from aggregator.service import Service, report
from aggregator.store import Store
from aggregator.websub import Hubs

log = logging.getLogger("dateline")


@click.command()
@pass_config
def init(config: Path) -> None:
    """Write a configuration to start from, and set up the database and the gazetteer.

    A configuration that is there already is kept.
    """
    if config.exists():
        click.echo(f"{config} is there already and stays as it is.")
    else:
        try:
            config.parent.mkdir(parents=True, exist_ok=True)
            config.write_text(_starter(), encoding="utf-8")
        except OSError as error:
            raise ServiceError(f"{config} cannot be written: {error.strerror}.") from error
        click.echo(f"Wrote {config}: add your sources there.")
    wanted = load(config)
    with open_store(wanted), open_gazetteer():
        prepare_jobs(wanted)
        alone = wanted.service.mode == "embedded"
        parts = "dateline run" if alone else "dateline scheduler, dateline worker and dateline web"
        click.echo(f"The database is ready. Next: {parts}")


@click.command()
@pass_config
def check(config: Path) -> None:
    """Say whether the configuration is right and its tests come out; exit code 2 if not."""
    wanted = load(config)
    if wanted.tests:
        with open_gazetteer() as gazetteer:
            demand_expected(wanted, gazetteer)
    click.echo(
        f"{config} is right: {len(wanted.sources)} sources, {len(wanted.views)} views{_tested(wanted)}."
    )


def _tested(wanted: Settings) -> str:
    count = len(wanted.tests)
    return f", {count} {'test comes' if count == 1 else 'tests come'} out" if count else ""


@click.command()
@pass_config
def run(config: Path) -> None:
    """Poll the sources and serve the reading list, until stopped by Ctrl-C or SIGTERM."""
    from web.app import create_app  # here, because no other command needs a web server
    from web.feeds import topics

    wanted = load(config)
    _demand_one_process(wanted)
    start_log(wanted.service)
    with open_store(wanted) as store, open_gazetteer() as gazetteer, store.poller() as alone:
        _demand_alone(alone, config)
        metrics = Metrics(store, clock)
        pipeline = Pipeline(gazetteer=gazetteer, timed=metrics.timed)
        poller = Poller(store, wanted, pipeline, clock=clock, report=partial(reported, metrics))
        metrics.follow(poller)
        known = names(gazetteer)
        hubs = Hubs(
            store,
            feeds=lambda wanted: topics(wanted, desk.vocabulary(wanted)),
            take=poller.push,
            clock=clock,
        )
        service = Service(
            store, wanted, poller, hubs, alone=alone, known=known, load=partial(settings.load, known=known)
        )
        tools = Tools(store, service, pipeline, known)
        desk = desk_of(store, service, hubs, known, above(gazetteer), tools, metrics)
        started = False
        try:
            server = listen(create_app(desk), wanted)
            stop_in_time()
            service.start()
            started = True
            log.info("Dateline is at %s (Ctrl-C stops it).", wanted.web.address)
            server.run()
        finally:
            if started:
                log.info("Stopping; what is in flight is finished first.")
            service.stop()


def _demand_one_process(wanted: Settings) -> None:
    if wanted.service.mode == "distributed":
        raise ServiceError(
            f'{wanted.path} spreads the desk over several processes: start "dateline scheduler", "dateline worker" '
            'and "dateline web", or set mode = "embedded" in [service] to have one process do everything.'
        )


def _demand_alone(alone: Callable[[], bool], config: Path) -> None:
    if not alone():
        raise ServiceError(
            f"Another Dateline already polls the database of {config}; stop it, "
            "or name another database in [store] url."
        )


def reported(metrics: Metrics, polled: Polled) -> None:
    """Counts how a poll ended, and logs it."""
    metrics.polled(polled)
    report(polled)


def desk_of(
    store: Store,
    service: Serving,
    hubs: Hubs,
    known: settings.Known,
    above: Any,
    tools: Tools,
    metrics: Metrics,
) -> Any:
    from web.desk import Desk

    return Desk(
        store=store,
        settings=lambda: service.settings,
        problem=lambda: service.problem,
        trouble=lambda: service.trouble,
        names=known,
        above=above,
        topic_name=topic_name,
        now=clock,
        confirm=hubs.confirm,
        receive=hubs.receive,
        tools=tools,
        metrics=metrics,
        provider=Provider(lambda: service.settings.fetch),
        picture=pictures(lambda: service.settings.fetch),
    )


def listen(app: Any, wanted: Settings) -> Any:
    from aggregator.cli.server import create_server

    web = wanted.web
    try:
        return create_server(
            app,
            host=web.host,
            port=web.port,
            threads=web.threads,
            ident="",
            clear_untrusted_proxy_headers=False,  # they tell `web` that a request is not local
        )
    except (OSError, ValueError) as error:
        where = f"The address {web.host}:{web.port} cannot be used"
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise ServiceError(
                f"{where}: another program has it. Stop that one, or set another port in [web]."
            ) from error
        if isinstance(error, OSError) and error.errno == errno.EADDRNOTAVAIL:
            raise ServiceError(f"{where}: this machine has no such address; set host in [web].") from error
        raise ServiceError(f"{where}: {getattr(error, 'strerror', None) or error}.") from error


def _starter() -> str:
    """The configuration shipped; the `config.toml` of a checkout is its admin's and may hold secrets."""
    return (files("aggregator") / "starter.toml").read_text(encoding="utf-8")
