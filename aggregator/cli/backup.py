"""`backup` and `restore`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from aggregator import settings
from aggregator.cli.desk import bar_of, only_here, pass_config
from aggregator.errors import StoreError
from aggregator.poll.roll import clock
from aggregator.store import Store
from aggregator.store.backups import back_up, closing_engine
from aggregator.store.backups import restore as put_back
from aggregator.store.dialect import shown
from aggregator.store.engines import connect

PLACE = click.Path(path_type=Path)


@click.command()
@click.argument("place", metavar="FILE|DIR/")
@pass_config
def backup(config: Path, place: str) -> None:
    """Back the database up into FILE, or into a file named by the time in DIR, while Dateline runs.

    With a slash at its end, DIR is made where it is not there yet.
    The backup is one SQLite file, whichever kind the database is, verified, and readable by you alone.
    """
    wanted = settings.load(config)
    with closing_engine(connect(wanted.store.url.reveal())) as engine, bar_of("Backing up") as told:
        path = back_up(engine, _place(place), clock(), told)
    click.echo(f"The backup is in {path} ({path.stat().st_size / 1e6:.1f} MB).")


def _place(given: str) -> Path:
    path = Path(given)
    if given.endswith(os.sep):
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"The folder {path} cannot be made: {error.strerror}.") from error
    return path


@click.command()
@click.argument("file", type=PLACE)
@click.option("--force", is_flag=True, help="Put it in the place of what the database holds now.")
@pass_config
def restore(config: Path, file: Path, force: bool) -> None:
    """Put the backup FILE into the database of the configuration, of either kind: all of it or nothing.

    Stop Dateline first.
    """
    url = settings.load(config).store.url.reveal()
    with closing_engine(connect(url)) as engine, only_here(engine), bar_of("Restoring") as told:
        put_back(file, engine, told, force=force)
        where = shown(engine.url)
    Store.open(url).close()  # which brings an older backup up to date
    click.echo(f"{file} is restored into {where}.")
