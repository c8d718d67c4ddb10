"""`explain`: what each step makes of an article."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import msgspec

from aggregator import settings
from aggregator.cli.desk import open_gazetteer, open_store, pass_config, served_by
from aggregator.errors import SettingsError
from aggregator.fetch import Fetcher
from aggregator.identity import identities
from aggregator.locate import Gazetteer
from aggregator.parse import parse
from aggregator.pipeline import Pipeline
from aggregator.schema import Article, Entry, FetchSettings, Memory, Settings, Source, SourceKind
from aggregator.service import clock

SHOWN = 300
"""Characters of a value that `explain` shows."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the final article as JSON.")
@click.argument("what", metavar="FILE|URL|ARTICLE-ID")
@pass_config
def explain(config: Path, as_json: bool, what: str) -> None:
    """Show what each step makes of an article, and why.

    WHAT is a file (a feed, or the text of one article), the address of a feed, or the number of a stored
    article. Of a feed, the first entry is shown.
    """
    if Path(what).is_file():
        wanted = settings.load(config) if config.exists() else None
        source = Source(id="explain", url=str(Path(what).resolve()), title=what, kind=_kind(Path(what)))
        entry = _first_entry(source, wanted)
    elif what.isdecimal():
        wanted = settings.load(config)
        entry, source = _stored(wanted, int(what))
    else:
        source = Source(id="explain", url=what, title=what)
        entry = _first_entry(source, settings.load(config) if config.exists() else None)
    with open_gazetteer() as gazetteer:
        _explain(entry, source, gazetteer, as_json=as_json)


def _kind(path: Path) -> SourceKind:
    """`text` unless the file looks like a feed."""
    with path.open("rb") as file:
        head = file.read(200).lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return "feed" if head[:1] in (b"<", b"{") else "text"


def _first_entry(source: Source, wanted: Settings | None) -> Entry:
    fetcher = Fetcher(wanted.fetch if wanted else FetchSettings())
    try:
        memory = Memory(source_id=source.id, url=source.url)
        feed = parse(fetcher.fetch(source, memory, now=clock(), conditional=False), source)
    finally:
        fetcher.close()
    if feed.repaired:
        click.echo(feed.repaired, err=True)
    if not feed.entries:
        raise SettingsError(f"{source.url} is a feed without entries: there is nothing to explain.")
    if len(feed.entries) > 1:
        click.echo(f"The first of {len(feed.entries)} entries:", err=True)
    return feed.entries[0]


def _stored(wanted: Settings, article_id: int) -> tuple[Entry, Source]:
    with open_store(wanted) as store:
        kept = store.kept(article_id - 1, 1)
        urls = store.source_urls()
    if not kept or kept[0].article_id != article_id:
        raise SettingsError(f"There is no article {article_id}; the reading list shows the numbers.")
    return kept[0].entry, served_by(wanted, kept[0], urls)


def _explain(entry: Entry, source: Source, gazetteer: Gazetteer, *, as_json: bool) -> None:
    (identity,) = identities((entry,))
    before: Entry | Article = entry
    if not as_json:
        click.secho("── parse: as the feed says it", bold=True)
        _show(_changes(None, entry))
    pipeline = Pipeline(gazetteer=gazetteer)
    for room, after in pipeline.trace(entry, identity, source, first_seen=clock()):
        if not as_json:
            click.secho(f"── {room}", bold=True)
            _show(_changes(before, after))
        before = after
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(before), indent=2).decode())


def _show(changes: Iterator[tuple[str, Any, Any]]) -> None:
    shown = False
    for name, old, new in changes:
        shown = True
        click.echo(f"   {name}")
        if old:
            click.secho(f"     - {_short(old)}", fg="red")
        if new:
            click.secho(f"     + {_short(new)}", fg="green")
    if not shown:
        click.echo("   (no change)")


def _changes(before: Entry | Article | None, after: Entry | Article) -> Iterator[tuple[str, Any, Any]]:
    """Field, value before and after, of each field that a step changed."""
    for field in fields(after):
        old, new = getattr(before, field.name, None), getattr(after, field.name)
        if old != new and (old or new):
            yield field.name, old, new


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"
