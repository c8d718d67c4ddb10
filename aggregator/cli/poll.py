"""`poll`: what is due, once, in the foreground."""

from __future__ import annotations

import difflib
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import click
from rich.progress import Progress, TaskID

from aggregator import cadence
from aggregator.cli.desk import (
    load,
    obey,
    open_gazetteer,
    open_store,
    pass_config,
    prepare_jobs,
    progress,
    whisper,
)
from aggregator.errors import ServiceError, SettingsError, StoreError
from aggregator.locate import Gazetteer
from aggregator.pipeline import Pipeline
from aggregator.poll.poller import Poller
from aggregator.poll.roll import clock, configure_sources
from aggregator.poll.telling import Teller
from aggregator.schema import Memory, Polled, Settings
from aggregator.store import Store

FEW = 5
"""Sources that are named; more are counted."""
PATIENCE = 20
"""How often to look, each half a second, whether another poller has finished."""


@click.command()
@click.option("--due", is_flag=True, help="Poll what is due now (the default).")
@click.option("--source", "source_ids", multiple=True, metavar="ID", help="Poll this source now, due or not.")
@click.option("--failing", is_flag=True, help="Poll all sources now that failed last, due or not.")
@pass_config
def poll(config: Path, due: bool, source_ids: tuple[str, ...], failing: bool) -> None:
    """Poll once and return; exit code 0 even if sources fail."""
    if due + bool(source_ids) + failing > 1:
        raise click.UsageError("Choose one of --due, --source and --failing.")
    wanted = load(config)
    _demand_known(wanted, source_ids)
    with open_store(wanted) as store:
        if failing:
            source_ids = _failing(store, wanted)
            if not source_ids:
                click.echo("No source fails.")
                return
        if wanted.service.mode == "distributed":
            _have_polled(store, wanted, source_ids)
        else:
            _poll_here(store, wanted, source_ids)


def _failing(store: Store, wanted: Settings) -> tuple[str, ...]:
    enabled = {source.id for source in wanted.sources if source.enabled}
    return tuple(memory.source_id for memory in store.failing() if memory.source_id in enabled)


def _poll_here(store: Store, wanted: Settings, source_ids: tuple[str, ...]) -> None:
    """Polls in this process, unless another one does already: then that one is told whom to ask."""
    with open_gazetteer() as gazetteer:
        for waited in range(1 if source_ids else PATIENCE):
            with store.poller() as alone:
                if alone():
                    configure_sources(store, wanted)
                    obey(store, wanted, gazetteer)
                    _poll(store, wanted, gazetteer, source_ids)
                    return
            if source_ids:
                store.ask_soon(source_ids)
                click.echo(
                    f"The running Dateline asks {_named(source_ids)} within seconds, or when the publisher allows it."
                )
                return
            if not waited:
                whisper("Another Dateline is polling this database; waiting for it.")
            time.sleep(0.5)
        click.echo("It goes on polling and asks what is due by itself: nothing is left to do here.")


def _named(source_ids: tuple[str, ...]) -> str:
    return ", ".join(source_ids) if len(source_ids) <= FEW else f"{len(source_ids)} sources"


def _have_polled(store: Store, wanted: Settings, source_ids: tuple[str, ...]) -> None:
    """Leaves it to the workers. Raises ServiceError if it is not said what, or nobody is there to do it."""
    from aggregator.jobs.line import Line  # here, because one process alone needs no jobs

    if not source_ids:
        raise ServiceError("The scheduler and the workers poll what is due; name a source with --source ID.")
    store.ask_soon(source_ids)
    prepare_jobs(wanted)
    with closing(Line(store, wanted.store.url.reveal(), clock=clock)) as line:
        absent = line.absent()
    if absent:
        raise ServiceError(f"{_named(source_ids)} will be asked first, but not yet. {absent}")
    click.echo(f"The workers ask {_named(source_ids)} within seconds.")


def _demand_known(wanted: Settings, source_ids: Iterable[str]) -> None:
    known = {source.id for source in wanted.sources if source.enabled}
    for source_id in source_ids:
        if source_id not in known:
            close = difflib.get_close_matches(source_id, known, 1)
            hint = f" Did you mean {close[0]}?" if close else " See: dateline sources list"
            raise SettingsError(f"There is no enabled source {source_id!r} in {wanted.path}.{hint}")


def _poll(store: Store, wanted: Settings, gazetteer: Gazetteer, source_ids: tuple[str, ...]) -> None:
    tally: Counter[str] = Counter()
    with progress("Polling") as bar:
        task = bar.add_task("Polling", total=0)
        poller = Poller(
            store,
            wanted,
            Pipeline(gazetteer=gazetteer),
            clock=clock,
            report=lambda polled: _report(polled, tally, bar, task),
        )
        try:
            asked = 0
            for memories in _rounds(store, source_ids):
                asked += poller.ask(memories)
                bar.update(task, total=asked)
                poller.wait()
        finally:
            poller.close()
    teller = Teller(store, clock)
    teller.tell()
    teller.tidy()
    polls = tally.total() - tally["new"] - tally["updated"]
    offline = f" {tally['offline']} wait: Dateline seems to be offline." if tally["offline"] else ""
    click.echo(
        f"Polled {polls} {'source' if polls == 1 else 'sources'}: "
        f"{tally['news']} with news ({tally['new']} new, {tally['updated']} changed), "
        f"{tally['unchanged'] + tally['not_modified']} without, {tally['failed'] + tally['gone']} failed."
        f"{offline}"
    )
    if poller.lost:
        raise StoreError(f"{poller.lost} polls could not be stored and come again later. {poller.trouble}")


def _rounds(store: Store, source_ids: tuple[str, ...]) -> Iterable[list[Memory]]:
    """The sources to poll, in rounds that fit memory; each source comes once."""
    if source_ids:
        yield [memory for id in source_ids if (memory := store.memory(id)) is not None]
        return
    seen: set[str] = set()
    now = clock()
    while True:
        due = store.due(now, horizon=cadence.HORIZON)
        fresh = [memory for memory in due if memory.source_id not in seen and cadence.is_due(memory, now)]
        if not fresh:
            return
        seen.update(memory.source_id for memory in fresh)
        yield fresh


def _report(polled: Polled, tally: Counter[str], bar: Progress, task: TaskID) -> None:
    outcome = polled.outcome
    tally.update({outcome.kind: 1, "new": outcome.new, "updated": outcome.updated})
    bar.advance(task)
    if outcome.kind in ("failed", "gone"):
        said = f"{polled.source.id}: {outcome.message}"
        if bar.disable:
            whisper(said)
        else:
            bar.console.print(said, markup=False, highlight=False, soft_wrap=True)
