"""`db`: the database as a whole: brought up to date, looked through, copied to another one."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator import settings
from aggregator.cli.desk import bar_of, only_here, open_store, pass_config, prepare_jobs
from aggregator.errors import SettingsError
from aggregator.store.backups import closing_engine
from aggregator.store.checking import problems
from aggregator.store.copying import copy
from aggregator.store.dialect import revision, shown
from aggregator.store.engines import connect


@click.group()
def db() -> None:
    """The database as a whole."""


@db.command("upgrade")
@pass_config
def upgrade(config: Path) -> None:
    """Bring the database up to date, as every start does; first a backup is made ([store] backups)."""
    wanted = settings.load(config)
    with closing_engine(connect(wanted.store.url.reveal())) as engine:
        before = revision(engine)
        with bar_of("Bringing the database up to date"), open_store(wanted):
            after = revision(engine)
            prepare_jobs(wanted)
    if before == after:
        click.echo(f"The database is up to date (schema {after}).")
    else:
        click.echo(f"The database went from schema {before or 'none'} to {after}.")


@db.command("check")
@pass_config
@click.pass_context
def check(ctx: click.Context, config: Path) -> None:
    """Look through the whole database, while others use it; exit code 1 if anything is wrong."""
    wanted = settings.load(config)
    with closing_engine(connect(wanted.store.url.reveal())) as engine, bar_of("Checking") as told:
        found = problems(engine, told)
    for sentence in found:
        click.echo(sentence)
    if found:
        ctx.exit(1)
    click.echo("The database is sound.")


@db.command("copy")
@click.argument("target", metavar="URL")
@pass_config
def copy_to(config: Path, target: str) -> None:
    """Copy the database to the empty one of URL, of either kind, and verify it.

    URL is written as in [store] url; env:NAME keeps a password out of the command line. A copy that was stopped
    goes on where it was when the command is given again. Stop Dateline first.
    """
    wanted = settings.load(config)
    address = settings.store_address(target, config.parent)
    if address == wanted.store.url:
        raise SettingsError(f"That is the database of {config} itself; name an empty one.")
    with (
        closing_engine(connect(wanted.store.url.reveal())) as source,
        closing_engine(connect(address.reveal())) as other,
        only_here(source),
        only_here(other),
        bar_of("Copying") as told,
    ):
        count = copy(source, other, told)
        where = shown(other.url)
    click.echo(
        f"Copied {count} articles and all that belongs to them to {where}; every table is the same there. "
        "Name it in [store] url to use it."
    )
