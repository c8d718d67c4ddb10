"""`reprocess`: every article anew from its raw entry."""

from __future__ import annotations

import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click

from aggregator.cli.desk import load, obey, open_gazetteer, open_store, pass_config, progress, served_by
from aggregator.cluster import assemble, keys, remake
from aggregator.errors import SettingsError, StoreError
from aggregator.filters import Since, operand
from aggregator.pipeline import Pipeline
from aggregator.poll.news import made_anew
from aggregator.poll.roll import clock
from aggregator.poll.telling import Teller
from aggregator.schema import Article, Kept, Place, Settings
from aggregator.store import Store

PAGE = 200
IN_A_JOB = 1000
"""Articles that one worker makes anew before it is another's turn."""
SAMPLES = 5
"""Changed articles that a dry run shows."""
_SHOWN = ("title", "language", "dateline", "summary", "url")
_LONGEST = 100

Pair = tuple[Article, Article]


@click.command()
@click.option("--from", "start", type=int, default=1, metavar="ID", help="Start at this article.")
@click.option("--since", metavar="WHEN", help="Only what arrived since then: 7d, 12h, 2026-01-15.")
@click.option("--dry-run", is_flag=True, help="Change nothing; say how many would change, and show a few.")
@pass_config
def reprocess(config: Path, start: int, since: str | None, dry_run: bool) -> None:
    """Make every stored article anew from its raw entry, after a step was improved."""
    wanted = load(config)
    if wanted.service.mode == "distributed" and not dry_run:
        _have_redone(wanted, start, since)
        return
    with (
        open_store(wanted) as store,
        open_gazetteer() as gazetteer,
        progress("Reprocessing") as bar,
    ):
        start = max(start, _first_since(store, since))
        if not dry_run:
            obey(store, wanted, gazetteer)
        task = bar.add_task("Reprocessing", total=store.count())
        pipeline = Pipeline(gazetteer=gazetteer).configured(wanted)
        done = changed = 0
        samples: list[Pair] = []
        after = start - 1
        try:
            while kept := store.kept(after, PAGE):
                pairs = remade(store, wanted, pipeline, kept, dry=dry_run)
                changed += len(pairs)
                samples += pairs[: SAMPLES - len(samples)]
                after = kept[-1].article_id
                done += len({one.article_id for one in kept})
                bar.update(task, completed=done)
            if changed and not dry_run:
                store.forget_stories(start)
                Teller(store, clock).tell()
        except KeyboardInterrupt:
            raise click.ClickException(
                f"Stopped after article {after}; go on with: dateline reprocess --from {after + 1}"
            ) from None
    if start > 1 and not done:
        raise SettingsError(f"There is no article {start} or later.")
    _tell(done, changed, samples, dry_run)


def _have_redone(wanted: Settings, start: int, since: str | None) -> None:
    """Has the workers do it, and shows how far they are."""
    from aggregator.jobs.line import Line  # here, because one process alone needs no jobs

    with open_store(wanted) as store, closing(Line(store, wanted.store.url.reveal(), clock=clock)) as line:
        first, last = max(start, _first_since(store, since)), store.last_number()
        if first > last:
            raise SettingsError(f"There is no article {first} or later.")
        line.not_redone()  # of an earlier time
        line.redo(first, last, IN_A_JOB)
        with progress("Reprocessing") as bar:
            total = left = line.left_to_redo()
            task = bar.add_task("Reprocessing", total=total)
            try:
                while left:
                    time.sleep(1)
                    left = line.left_to_redo()
                    bar.update(task, completed=total - left)
            except KeyboardInterrupt:
                raise click.ClickException("The workers go on with it.") from None
        if failed := line.not_redone():
            pages = ", ".join(f"{one} to {end}" for one, end in failed)
            raise StoreError(
                f"These articles could not be made anew, the log of the workers says why: {pages}. "
                f"Again: dateline reprocess --from {failed[0][0]}"
            )
    click.echo(f"Reprocessed the articles from {first} to {last}.")


def _first_since(store: Store, since: str | None) -> int:
    """The number of the first article to take. Raises FilterError if WHEN is no time, SettingsError if none came."""
    if since is None:
        return 1
    found = operand("since", since)
    if not isinstance(found, Since):
        raise SettingsError(f"{since} is no time; write 7d, 12h or 2026-01-15.")
    at: datetime = found.at if found.at is not None else clock() - (found.ago or clock().resolution)
    first = store.arrived_since(at)
    if first is None:
        raise SettingsError(f"No article arrived since {since}.")
    return first


def _tell(done: int, changed: int, samples: list[Pair], dry_run: bool) -> None:
    if not dry_run:
        click.echo(f"Reprocessed {done} articles; {changed} changed.")
        return
    click.echo(f"{changed} of {done} articles would change.")
    for old, new in samples:
        click.echo(f"{old.id}: {new.title}")
        for name, before, after in differences(old, new):
            click.echo(f"    {name}: {before[:_LONGEST] or '–'} → {after[:_LONGEST] or '–'}")


def differences(old: Article, new: Article) -> list[tuple[str, str, str]]:
    """What differs, as (name, before, after)."""
    rows = [(name, str(getattr(old, name)), str(getattr(new, name))) for name in _SHOWN]
    rows.append(("text", f"{len(old.text)} characters", f"{len(new.text)} characters"))
    return [row for row in rows if row[1] != row[2]] + differently_filed(old, new)


def differently_filed(old: Article, new: Article) -> list[tuple[str, str, str]]:
    """What differs of categories and places, as (name, before, after)."""
    rows = [
        ("categories", _names(old, "categories"), _names(new, "categories")),
        ("places", _names(old, "mentions"), _names(new, "mentions")),
        ("focus", _where(old.focus), _where(new.focus)),
    ]
    return [row for row in rows if row[1] != row[2]]


def _names(article: Article, what: str) -> str:
    if what == "categories":
        return ", ".join(category.name for category in article.categories)
    return ", ".join(dict.fromkeys(_where(mention.place) for mention in article.mentions))


def _where(place: Place | None) -> str:
    return (
        f"{place.name} ({place.code or place.country})"
        if place and place.country
        else getattr(place, "name", "")
    )


def remade(
    store: Store, wanted: Settings, pipeline: Pipeline, kept: tuple[Kept, ...], *, dry: bool = False
) -> list[Pair]:
    """Makes the articles of these entries anew; returns those that change, as they were and as they are."""
    return store.rewrite(anew(wanted, pipeline, kept), kept, remake, keys, now=clock(), dry=dry)


def anew(wanted: Settings, pipeline: Pipeline, kept: tuple[Kept, ...]) -> dict[int, Article]:
    """The articles of these entries made anew, with the habits of their sources."""
    parts: dict[int, list[Article]] = {}
    for one in kept:
        parts.setdefault(one.article_id, []).append(made_anew(one, served_by(wanted, one), pipeline))
    return {id: assemble(some) for id, some in parts.items()}
