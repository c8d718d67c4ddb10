"""`sources`: list them, import a list, show what is remembered of one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click

from aggregator import health, roster, settings
from aggregator.cli.desk import open_store, pass_config, source_of
from aggregator.errors import SettingsError
from aggregator.poll.roll import clock
from aggregator.schema import Memory
from aggregator.urls import without_secrets


@click.group()
def sources() -> None:
    """The sources: list, import, show."""


@sources.command("list")
@pass_config
def list_sources(config: Path) -> None:
    """One line a source: id, how it is, when it is asked next, title."""
    wanted = settings.load(config)
    now = clock()
    with open_store(wanted) as store:
        memories = {memory.source_id: memory for memory in store.memories()}
    for source in wanted.sources:
        memory = memories.get(source.id)
        state = health.health_of(source, memory or Memory(source_id=source.id, url=source.url), now)
        when = memory.next_poll.strftime("%Y-%m-%d %H:%M") if memory and memory.next_poll else "due"
        click.echo(f"{source.id:<32} {state:<13} {when if source.enabled else '-':<17} {source.title}")


@sources.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_config
def import_sources(config: Path, file: Path) -> None:
    """Add the sources of an OPML file or a list of URLs, as sources/NAME.toml beside the configuration."""
    wanted = settings.load(config)
    found = roster.read(file)
    if not found.sources:
        reasons = "\n".join((*found.repairs, *found.skipped, f"{file} holds no source that can be added."))
        raise SettingsError(reasons)
    into = config.parent / "sources" / f"{settings.slug(file.stem) or 'imported'}.toml"
    report = roster.write(found, into, wanted.sources)
    for line in report.lines():
        click.echo(line)
    if report.added:
        click.echo(f"Wrote {into}; a running Dateline takes it over by itself.")
    try:
        again = settings.load(config)
        if into.exists() and into.absolute() not in again.files:
            roster.include(config, f"sources/{into.name}")
            click.echo(f"{config} now includes sources/{into.name}.")
            settings.load(config)
    except SettingsError as error:
        raise SettingsError(f"Imported, but the configuration is now refused:\n{error}") from error


@sources.command("show")
@click.argument("source_id", metavar="ID")
@pass_config
def show_source(config: Path, source_id: str) -> None:
    """What is remembered of a source: how it is, when it is asked next and why, and what to change."""
    wanted = settings.load(config)
    now = clock()
    with open_store(wanted) as store:
        memory = store.memory(source_id)
        daily = store.daily([source_id], now - timedelta(days=health.DAYS))
        leases = [lease for lease in store.leases() if lease.source_id == source_id]
    source = source_of(wanted, source_id)
    if source is None and memory is None:
        raise SettingsError(f"There is no source {source_id!r}. See: dateline sources list")
    if source is None or memory is None:
        state = "It has never been asked yet." if memory is None else "It is no longer in the configuration."
        click.echo(f"{source_id}: {state}")
        return
    (row,) = health.rows([source], [memory], daily, now)
    click.echo(f"{source.title} is {row.health}: {health.HEALTH_WORDS[row.health]}")
    for name, value in _facts(row):
        click.echo(f"{name:<13} {value}")
    for lease in leases:
        state = f"pushes until {_time(lease.until)}" if lease.until else "has not promised to push"
        click.echo(f"{'hub':<13} {lease.hub} {state}")
    if row.change:
        click.echo(f"{row.change.why} Suggested edit of {row.change.where}:")
        if row.change.old:
            click.secho(f"- {row.change.old}", fg="red")
        click.secho(f"+ {row.change.new}", fg="green")


def _facts(row: health.Row) -> Iterator[tuple[str, str]]:
    memory = row.memory
    yield "address", without_secrets(row.source.url)
    yield "configured", row.source.origin
    yield "last asked", f"{_time(memory.last_poll)}: {memory.last_message or '-'}"
    if memory.failures:
        yield "failed", "once" if memory.failures == 1 else f"{memory.failures} times in a row"
    yield "last ok", _time(memory.last_ok)
    yield "last news", ". ".join(filter(None, (_time(memory.last_new), row.silence)))
    if row.source.enabled:
        yield "next poll", f"{_time(memory.next_poll) if memory.next_poll else 'at once'}: {memory.reason}"
    else:
        yield "next poll", "never: it is turned off"
    share = row.unchanged_share
    yield "polls", f"{memory.polls}, {share or 0:.0%} of them answered 304"
    usual = "not known yet" if row.usual is None else f"{row.usual:.1f}"
    yield "articles", f"{row.lately:.1f} a day lately, usually {usual}"


def _time(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else "never"
