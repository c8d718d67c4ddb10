"""`explain`: what each step makes of an article."""

from __future__ import annotations

import difflib
import re
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import click
import msgspec

from aggregator import settings
from aggregator.cli.desk import open_gazetteer, open_store, pass_config, served_by
from aggregator.cli.verdicts import say_verdicts
from aggregator.cluster import assemble, compare, remake
from aggregator.errors import SettingsError
from aggregator.fetch import Fetcher
from aggregator.identity import identities
from aggregator.parse import parse
from aggregator.pipeline import Pipeline
from aggregator.poll.roll import clock
from aggregator.schema import (
    Article,
    Entry,
    FetchSettings,
    Habits,
    Memory,
    Mention,
    Place,
    Settings,
    Source,
    SourceKind,
    Told,
    replace,
)
from aggregator.urls import without_credentials

SHOWN = 300
"""Characters of a line that `explain` shows."""
_DIGITS = 10
_STORED = (
    "store: what it keeps (-) and what the rules and habits of today make (+, after: dateline reprocess)"
)
_REJECTED = 3
"""Other places of a name that `explain` shows."""
_BREAK = re.compile(r"\n+|(?<=</p>)|(?<=</li>)|(?<=<br>)")


class Served(NamedTuple):
    """An entry, its source and when it was first seen, and what the source usually does."""

    entry: Entry
    source: Source
    first_seen: datetime
    habits: Habits = Habits()


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the final article as JSON.")
@click.argument("what", metavar="FILE|URL|ARTICLE-ID")
@pass_config
def explain(config: Path, as_json: bool, what: str) -> None:
    """Show what each step makes of an article, and why.

    WHAT is a file (a feed, or the text of one article), the address of a feed, or the number of a stored
    article. Of a feed, the first entry is shown.
    """
    wanted = settings.load(config) if config.exists() or what.isdecimal() else None
    stored = told = None
    if Path(what).is_file():
        source = Source(id="explain", url=str(Path(what).resolve()), title=what, kind=_kind(Path(what)))
        kept = [_first_entry(source, wanted)]
    elif what.isdecimal():
        stored, kept, told = _stored(wanted or settings.load(config), what)
    elif what.startswith(("http://", "https://")):
        kept = [_first_entry(_configured(wanted, what), wanted)]
    else:
        raise SettingsError(f"{what} is no file here, no http(s) address and no number of an article.")
    with open_gazetteer() as gazetteer:
        pipeline = Pipeline(gazetteer=gazetteer, rejected=_REJECTED)
        _explain(kept, stored, pipeline.configured(wanted) if wanted else pipeline, as_json=as_json)
        if stored and wanted and not as_json:
            say_verdicts(stored, wanted, gazetteer)
    if told and not as_json:
        _say_story(told)


def _kind(path: Path) -> SourceKind:
    """`text` unless the file looks like a feed."""
    with path.open("rb") as file:
        data = file.read(4000)
    head = data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    if b"\0" in data and head[:1] not in (b"<", b"{"):
        raise SettingsError(f"{path} is no text and no feed.")
    return "feed" if head[:1] in (b"<", b"{") else "text"


def _configured(wanted: Settings | None, url: str) -> Source:
    """The configured source of that address, with its categories and credentials; else a bare one."""
    place = settings.same_place(url)
    for source in wanted.sources if wanted else ():
        if place and settings.same_place(source.url) == place:
            return source
    return Source(id="explain", url=url, title=url)


def _first_entry(source: Source, wanted: Settings | None) -> Served:
    fetcher = Fetcher(wanted.fetch if wanted else FetchSettings())
    try:
        memory = Memory(source_id=source.id, url=source.url)
        feed = parse(fetcher.fetch(source, memory, now=clock(), conditional=False), source)
    finally:
        fetcher.close()
    if feed.repaired:
        click.echo(feed.repaired, err=True)
    if not feed.entries:
        raise SettingsError(f"{without_credentials(source.url)} is a feed without entries.")
    if len(feed.entries) > 1:
        click.echo(f"The first of {len(feed.entries)} entries:", err=True)
    return Served(feed.entries[0], source, clock())


def _stored(wanted: Settings, number: str) -> tuple[Article, list[Served], Told | None]:
    with open_store(wanted) as store:
        article = store.article(int(number)) if len(number) < _DIGITS else None
        kept = store.kept(int(number) - 1, 1) if article else ()
        served = [Served(one.entry, served_by(wanted, one), one.first_seen, one.habits) for one in kept]
        told = store.told(int(number)) if article else None
    if article is None:
        raise SettingsError(
            f"There is no article {number[:_DIGITS]}; its page shows the number of an article."
        )
    return article, served, told


def _explain(served: list[Served], stored: Article | None, pipeline: Pipeline, *, as_json: bool) -> None:
    say = _say_nothing if as_json else _say
    made: list[Article] = []
    for entry, source, first_seen, habits in served:
        say(f"parse: as {source.title} says it", None, entry)
        before: Entry | Article = entry
        (identity,) = identities((entry,))
        for room, after in pipeline.trace(entry, identity, source, first_seen=first_seen, habits=habits):
            say(room, before, after)
            before = after
        if isinstance(before, Article):
            made.append(before)
    article = made[0]
    for n, other in enumerate(made[1:], 2):
        copy = compare(article, other)
        same = f" ({copy.shared:.0%} of {copy.words} words are the same)" if copy else ""
        before, article = article, assemble(made[:n])
        say(f"join: what the other source adds{same}", before, article)
    if stored is not None:
        article = remake(stored, article)
        say(_STORED, replace(stored, identity=article.identity), article)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(article), indent=2).decode())


def _say_nothing(room: str, before: Entry | Article | None, after: Entry | Article) -> None:
    """For `--json`, which prints the article alone."""


def _say(room: str, before: Entry | Article | None, after: Entry | Article) -> None:
    """Prints the fields that a step changed, line by line."""
    click.secho(f"── {room}", bold=True)
    shown = False
    for name in after.__struct_fields__:
        old, new = _lines(getattr(before, name, None)), _lines(getattr(after, name))
        if old == new:
            continue
        shown = True
        click.echo(f"   {name}")
        for line in difflib.ndiff(old, new):
            if line[0] in "-+":
                click.secho(f"     {line[0]} {_short(line[2:])}", fg="red" if line[0] == "-" else "green")
    if not shown:
        click.echo("   (no change)")


def _say_story(told: Told) -> None:
    """Prints which story the article is in, and why."""
    click.secho("── story", bold=True)
    click.echo(f"   {told.story}")
    if told.nearest is not None:
        because = ", ".join(f"{one.kind} {one.text}" for one in told.evidence)
        click.echo(f"     {told.score:.2f}, in common with article {told.nearest}: {because}")


def _lines(value: object) -> list[str]:
    """A value as lines that can be compared: a text by its paragraphs, a list by what is in it."""
    if isinstance(value, str):
        return [line for line in _BREAK.split(value) if line.strip()]
    if isinstance(value, tuple):
        return [_line(one) for one in value]
    if isinstance(value, Place):
        return [_hierarchy(value)]
    return [] if value is None or value is False else [msgspec.json.encode(value).decode().strip('"')]


def _line(one: object) -> str:
    if isinstance(one, Mention):
        because = ", ".join(f"{each.kind} {each.text}" for each in one.evidence)
        others = "; ".join(f"{each.name} ({each.code})" for each in one.rejected)
        rest = f"; not {others}" if others else ""
        return f"{one.role}: {one.text} = {_hierarchy(one.place)}, {one.score:.2f} for {because}{rest}"
    return one if isinstance(one, str) else msgspec.json.encode(one).decode()


def _hierarchy(place: Place) -> str:
    """A place in what it lies in: "Rabat > Rabat-Salé-Kénitra > MA > Africa, Maghreb, North Africa"."""
    disputed = f" (claimed by {', '.join(place.disputed_by)})" if place.disputed_by else ""
    return (
        " > ".join(filter(None, (place.name, place.admin1, place.country, ", ".join(place.regions))))
        + disputed
    )


def _short(line: str) -> str:
    """The line with its middle left out if it is long: what is cut off a text is at its ends."""
    line = " ".join(line.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN // 2]} … {line[-SHOWN // 2 :]}"
