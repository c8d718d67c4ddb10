"""`sources`: list them, import a list, show what is remembered of one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from aggregator import roster, settings
from aggregator.cli.desk import open_store, pass_config, source_of
from aggregator.errors import SettingsError
from aggregator.schema import Memory
from aggregator.service import clock


@click.group()
def sources() -> None:
    """The sources: list, import, show."""


@sources.command("list")
@pass_config
def list_sources(config: Path) -> None:
    """One line a source: id, how it is, when it is asked next, title."""
    wanted = settings.load(config)
    with open_store(wanted) as store:
        memories = {memory.source_id: memory for memory in store.memories()}
    for source in wanted.sources:
        memory = memories.get(source.id)
        state = "off" if not source.enabled else (memory and memory.last_kind) or "never asked"
        when = memory.next_poll.strftime("%Y-%m-%d %H:%M") if memory and memory.next_poll else "due"
        click.echo(f"{source.id:<32} {state:<13} {when if source.enabled else '-':<17} {source.title}")


@sources.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_config
def import_sources(config: Path, file: Path) -> None:
    """Add the sources of an OPML file or a list of URLs, as sources/NAME.toml beside the configuration."""
    wanted = settings.load(config)
    found = roster.read(file)
    report = roster.write(
        found, config.parent / "sources" / f"{settings.slug(file.stem) or 'imported'}.toml", wanted.sources
    )
    try:
        again = settings.load(config)
    except SettingsError as error:
        raise SettingsError(f"Imported, but the configuration is now refused:\n{error}") from error
    for line in report.lines():
        click.echo(line)
    if report.added and len(again.sources) == len(wanted.sources):
        click.echo(f'To use them, {config} needs the line: include = ["sources/*.toml"]', err=True)


@sources.command("show")
@click.argument("source_id", metavar="ID")
@pass_config
def show_source(config: Path, source_id: str) -> None:
    """What is remembered of a source: how it is, when it is asked next, and why."""
    wanted = settings.load(config)
    source = source_of(wanted, source_id)
    with open_store(wanted) as store:
        memory = store.memory(source_id)
        daily = store.daily(clock() - timedelta(days=7)).get(source_id, {})
    if source is None and memory is None:
        raise SettingsError(f"There is no source {source_id!r}. See: dateline sources list")
    if source is not None:
        click.echo(f"{source.title}\n{source.url}  ({source.origin})")
    if memory is None:
        click.echo("Never asked yet.")
        return
    for line in _lines(memory, sum(daily.values()) / 7):
        click.echo(line)


def _lines(memory: Memory, a_day: float) -> list[str]:
    def at(instant: object) -> str:
        return f"{instant:%Y-%m-%d %H:%M} UTC" if instant else "never"

    lines = [
        f"last asked    {at(memory.last_poll)}: {memory.last_message or '-'}",
        f"last ok       {at(memory.last_ok)}",
        f"last news     {at(memory.last_new)}",
        f"next poll     {at(memory.next_poll) if memory.next_poll else 'now'}: {memory.reason}",
        f"polls         {memory.polls}, of which {memory.not_modified} answered 304",
        f"articles      {a_day:.1f} a day over the last week",
    ]
    if memory.failures:
        lines.append(f"failures      {memory.failures} in a row")
    return lines
