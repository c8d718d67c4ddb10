"""`reprocess`: every article anew from its raw entry."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator import settings
from aggregator.cli.desk import open_gazetteer, open_store, pass_config, progress, served_by
from aggregator.cluster import join, remake
from aggregator.errors import SettingsError
from aggregator.identity import identities
from aggregator.pipeline import Pipeline
from aggregator.poll.roll import clock
from aggregator.schema import Article, Habits, Kept, Settings
from aggregator.store import Store

PAGE = 200


@click.command()
@click.option("--from", "start", type=int, default=1, metavar="ID", help="Start at this article.")
@pass_config
def reprocess(config: Path, start: int) -> None:
    """Make every stored article anew from its raw entry, after a step was improved."""
    wanted = settings.load(config)
    with (
        open_store(wanted) as store,
        open_gazetteer() as gazetteer,
        progress("Reprocessing") as bar,
    ):
        task = bar.add_task("Reprocessing", total=store.count())
        pipeline = Pipeline(gazetteer=gazetteer).configured(wanted)
        habits: dict[str, Habits] = {}
        done = changed = 0
        after = start - 1
        try:
            while kept := store.kept(after, PAGE):
                changed += _again(store, wanted, pipeline, habits, kept)
                after = kept[-1].article_id
                done += len({one.article_id for one in kept})
                bar.update(task, completed=done)
        except KeyboardInterrupt:
            raise click.ClickException(
                f"Stopped after article {after}; go on with: dateline reprocess --from {after + 1}"
            ) from None
    if start > 1 and not done:
        raise SettingsError(f"There is no article {start} or later.")
    click.echo(f"Reprocessed {done} articles; {changed} changed.")


def _again(
    store: Store, wanted: Settings, pipeline: Pipeline, habits: dict[str, Habits], kept: tuple[Kept, ...]
) -> int:
    """Rewrites the articles of these entries, with the habits of their sources; returns how many changed."""
    anew: dict[int, Article] = {}
    for one in kept:
        source = served_by(wanted, one)
        if source.id not in habits:
            habits[source.id] = store.habits(source.id)
        (identity,) = identities((one.entry,))
        article = pipeline.understand(
            one.entry, identity, source, first_seen=one.first_seen, habits=habits[source.id]
        )
        first = anew.get(one.article_id)
        anew[one.article_id] = article if first is None else join(first, article)
    return store.rewrite(anew, kept, remake, now=clock())
