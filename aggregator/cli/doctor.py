"""`doctor`: looks at all that Dateline stands on, changes nothing, and says what to do."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import click

from aggregator import settings
from aggregator.cli.checkup import Remark, backups, clock, limits, manners, may_make, reach, rights, room
from aggregator.cli.desk import gazetteer_path, pass_config
from aggregator.cli.names import names
from aggregator.errors import SettingsError, StoreError
from aggregator.locate import Gazetteer
from aggregator.poll import roll
from aggregator.schema import Settings
from aggregator.store import SCHEMA, Store

LATE = timedelta(hours=1)
"""How long a source may be due before somebody should look."""
_TERMINAL = {"ok": "green", "mind": "yellow", "fix": "red"}


@click.command()
@click.pass_context
@pass_config
def doctor(config: Path, context: click.Context) -> None:
    """Look at configuration, database, gazetteer, disks, clock, rights and address; exit code 1 if one is wrong.

    Nothing is changed, and it may be run while Dateline does.
    """
    wrong = 0
    for remark in _remarks(config, roll.clock()):
        click.echo(f"{click.style(f'{remark.state:<4}', fg=_TERMINAL[remark.state])}  {remark.words}")
        wrong += remark.state == "fix"
    if wrong:
        click.echo(f"{wrong} {'thing is' if wrong == 1 else 'things are'} to be mended.")
        context.exit(1)
    click.echo("Nothing needs mending.")


def _remarks(config: Path, now: datetime) -> Iterator[Remark]:
    yield _gazetteer(gazetteer_path())
    try:
        wanted = _load(config)
    except SettingsError as error:
        for line in str(error).splitlines():
            yield Remark("fix", line)
        return
    if not wanted.sources:
        yield Remark("mind", f"{config} has no source: add one under [[source]], or import a list.")
    else:
        yield Remark("ok", f"{config} is right: {len(wanted.sources)} sources, {len(wanted.views)} views.")
    yield from rights(wanted)
    yield from manners(wanted)
    yield limits(wanted.service.workers, wanted.fetch)
    yield room("what can be made again", settings.cache_folder())
    yield from _database(wanted, now)
    if wanted.store.backups:
        yield backups(wanted.store.backup_folder)
    yield from reach(wanted.web, now)


def _load(config: Path) -> Settings:
    """The configuration; what its filters name is looked up if there is a gazetteer."""
    try:
        with closing(Gazetteer.open(gazetteer_path())) as gazetteer:
            return settings.load(config, names(gazetteer))
    except StoreError:
        return settings.load(config)


def _gazetteer(path: Path) -> Remark:
    try:
        Gazetteer.open(path).close()
    except StoreError as error:
        if path.exists():
            return Remark("fix", str(error))
    else:
        return Remark("ok", f"The gazetteer is in {path}.")
    if not may_make(path.parent):
        words = f"The gazetteer cannot be made at {path}: let XDG_CACHE_HOME name a folder that is yours."
        return Remark("fix", words)
    return Remark("mind", "There is no gazetteer yet: the next start makes it, in half a minute.")


def _database(wanted: Settings, now: datetime) -> Iterator[Remark]:
    url = wanted.store.url.reveal()
    path = Path(url.removeprefix("sqlite:///").partition("?")[0]) if url.startswith("sqlite:") else None
    if path is not None:
        yield from _file(path)
        yield room("the database", path.parent)
        if not path.exists():
            return
    try:
        with closing(Store.look(url)) as store:
            yield from _store(store, now)
            if wanted.service.mode == "distributed" and store.revision() == SCHEMA:
                yield _processes(store, url)
    except StoreError as error:
        yield Remark("fix", str(error))


def _file(path: Path) -> Iterator[Remark]:
    """Whether the file of a SQLite database may be used by us, and by nobody else."""
    if not path.exists():
        yield Remark("mind", f"There is no database at {path} yet: the next start makes it.")
        return
    if not (os.access(path, os.R_OK | os.W_OK) and os.access(path.parent, os.W_OK)):
        yield Remark(
            "fix", f"{path} or its folder may not be written: give both to the user who runs Dateline."
        )
    if path.stat().st_mode & stat.S_IROTH:
        words = (
            "Everyone on this machine can read the database, with what readers noted and hashes of passwords"
        )
        yield Remark("mind", f"{words}: chmod o-r {path}*")


def _store(store: Store, now: datetime) -> Iterator[Remark]:
    revision = store.revision()
    if revision is None:
        yield Remark("mind", "The database is empty: the next start makes its tables.")
        return
    if not revision.isdigit():
        yield Remark("fix", "The database is a copy that was not finished: give `dateline db copy` again.")
        return
    if revision > SCHEMA:
        words = f"A newer Dateline wrote the database (schema {revision}, this one knows {SCHEMA})"
        yield Remark("fix", f"{words}: install that release.")
        return
    if revision < SCHEMA:
        words = f"The database is of an older release (schema {revision}, this one needs {SCHEMA})"
        yield Remark("mind", f"{words}: the next start brings it up to date, after a backup.")
        return
    yield Remark("ok", f"The database answers and is of this release (schema {SCHEMA}).")
    yield clock(now, server=store.server_time(), last_poll=store.last_poll())
    queue = store.queue(now)
    if queue.lag > LATE:
        words = f"{queue.due} of {queue.sources} sources are due, one of them for {_rounded(queue.lag)}"
        yield Remark("mind", f"{words}: start Dateline, or see /status for what holds it up.")
    elif queue.sources:
        yield Remark("ok", f"{queue.due} of {queue.sources} sources are due, none of them for long.")


def _processes(store: Store, url: str) -> Remark:
    """Whether somebody puts sources in line, and somebody asks them."""
    from aggregator.jobs.line import Line  # here, because one process alone needs no jobs

    with closing(Line(store, url, clock=roll.clock)) as line:
        absent = line.absent()
    return Remark("fix", absent) if absent else Remark("ok", "A scheduler and a worker are running.")


def _rounded(span: timedelta) -> str:
    return str(timedelta(minutes=round(span.total_seconds() / 60))).removesuffix(":00")
