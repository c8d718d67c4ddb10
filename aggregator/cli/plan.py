"""`plan`: what an edited configuration would change."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import click

from aggregator.cli.desk import load, open_gazetteer, open_store, pass_config, progress
from aggregator.cli.names import names
from aggregator.cli.reprocess import differently_filed
from aggregator.cli.rereading import SPAN, Reread, reread
from aggregator.filters import (
    Everything,
    Filter,
    Names,
    Not,
    Since,
    Vocabulary,
    all_of,
    any_of,
    configured,
    matches,
    named_key,
    parse,
    spelled_out,
    unhidden,
)
from aggregator.pipeline import Pipeline
from aggregator.poll.roll import clock
from aggregator.retention import expired
from aggregator.rulings import rulings
from aggregator.schema import Article, RetentionSettings, Settings, View, replace
from aggregator.store import Store
from aggregator.store.planning import SPAN as MOST_COUNTED
from aggregator.urls import without_secrets

SAMPLES = 3
"""Articles shown of those that would enter, and of those that would leave."""
_ANY = Names(lambda id: [id])


@click.command()
@click.option("--exit-code", is_flag=True, help="Exit code 1 if anything would change.")
@pass_config
def plan(config: Path, exit_code: bool) -> None:
    """Say what would change if the configuration, as it now stands in its file, were taken over.

    Sources added, moved and removed; articles that would be taken out; the newest articles that would get other
    categories or places, once they are made anew; for each view the articles of the last 30 days that would enter
    and leave.
    """
    wanted = load(config)
    with (
        open_store(wanted) as store,
        open_gazetteer() as gazetteer,
        progress("Looking at the newest articles") as bar,
    ):
        task = bar.add_task("Looking at the newest articles", total=None)
        anew = reread(
            store,
            wanted,
            Pipeline(gazetteer=gazetteer),
            told=lambda done, total: bar.update(task, completed=done, total=total),
        )
        found = changes(store, wanted, names(gazetteer)(wanted), anew)
    click.echo("\n".join(found) or "Nothing would change.")
    if found and exit_code:
        raise SystemExit(1)


def changes(store: Store, wanted: Settings, known: Vocabulary, anew: Reread) -> tuple[str, ...]:
    """What a configuration would change, a line each."""
    return (
        *_sources(store, wanted),
        *_retention(store, wanted),
        *_filed(anew),
        *_views(store, wanted, known, anew),
    )


def _sources(store: Store, wanted: Settings) -> Iterator[str]:
    old = store.polled_urls()
    new = {source.id: source.url for source in wanted.sources if source.enabled}
    for id in sorted(old.keys() | new.keys()):
        if id not in old:
            yield f"+ source {id}: {without_secrets(new[id])}"
        elif id not in new:
            yield f"- source {id}: {without_secrets(old[id])} (its articles stay)"
        elif old[id] != new[id]:
            yield f"~ source {id}: moves from {without_secrets(old[id])} to {without_secrets(new[id])}"


def _retention(store: Store, wanted: Settings) -> Iterator[str]:
    """Which articles would be taken out that stay by what is in force; the newest are shown."""
    before = store.applied().retention or RetentionSettings()
    if before == wanted.retention:
        return
    old, new = expired(before), expired(wanted.retention)
    if not new:
        return
    found = store.found(all_of([any_of(new), *map(Not, old)]), now=clock())
    if found:
        many = (
            f"{len(found):,} articles or more"
            if len(found) >= MOST_COUNTED
            else f"{len(found):,} of the articles"
        )
        yield f"~ retention: {many} would be taken out for good within the hour"
        yield from (f"    - {_named(article)}" for article in store.at(found[:SAMPLES]))


def _filed(anew: Reread) -> Iterator[str]:
    """Which articles would get other categories and places."""
    if not anew.pairs:
        return
    told = {at: differently_filed(old, new) for at, (old, new) in anew.pairs.items()}
    others = Counter(
        what
        for rows in told.values()
        for what in {"categories" if name == "categories" else "places" for name, _, _ in rows}
    )
    yield (
        f"~ after `dateline reprocess`, of the newest {anew.looked_at:,} articles "
        f"{others['categories']:,} would have other categories, {others['places']:,} other places"
    )
    for at in sorted(told, reverse=True)[:SAMPLES]:
        yield f"    ~ {_named(anew.pairs[at][1])}"
        yield from (f"        {name}: {before or '–'} → {after or '–'}" for name, before, after in told[at])


def _named(article: Article) -> str:
    return f"{article.id}: {article.title or article.summary or 'Untitled'}"


def _views(store: Store, wanted: Settings, known: Vocabulary, anew: Reread) -> Iterator[str]:
    """What the views of both configurations find, with everything as the first."""
    applied = store.applied()
    before = replace(wanted, views=applied.views, rules=applied.rules)
    # Sources and places that are no longer configured still have articles.
    loose = dataclasses.replace(known, sources=_ANY, places=known.places and Names(_still(known.places)))
    old, new = _trees(before, loose), _trees(wanted, known)
    titles = {view.id: view for view in (*applied.views, *wanted.views)}
    for id in dict.fromkeys([*new, *old]):
        name = f"view {id}" if id in titles else "all news"
        if id not in old:
            yield f"+ {name}"
        elif id not in new:
            yield f"- {name}"
        yield from _moves(store, name, old.get(id), new.get(id), anew)


def _still(places: Names) -> Callable[[str], Collection[str]]:
    return lambda name: places.find(name) or [named_key(name)]


def _trees(wanted: Settings, known: Vocabulary) -> dict[str, Filter]:
    """What each view finds, rules spelled out; under the empty name, the list of everything."""
    names, now = configured(known, wanted), clock()
    rules = rulings(wanted, known, now)
    views = (View(id="", title="", filter=""), *wanted.views)
    parsed = {view.id: unhidden(parse(view.filter, names, inside=(view.id,))) for view in views}
    return {id: spelled_out(tree, rules) for id, tree in parsed.items()}


def _moves(store: Store, name: str, old: Filter | None, new: Filter | None, anew: Reread) -> Iterator[str]:
    for sign, what in (("+", "enter"), ("-", "leave")):
        found = sorted(_moving(store, old, new, anew, leaving=sign == "-"), reverse=True)
        if found:
            articles = (
                "article of the last 30 days would"
                if len(found) == 1
                else "articles of the last 30 days would"
            )
            yield f"~ {name}: {len(found):,} {articles} {what}"
        yield from (f"    {sign} {_named(article)}" for article in store.at(found[:SAMPLES]))


def _moving(store: Store, old: Filter | None, new: Filter | None, anew: Reread, *, leaving: bool) -> set[int]:
    """Positions that would enter (or leave): the store is asked, and each article that was made anew."""
    there, gone = (old, new) if leaving else (new, old)
    if there is None:
        return set()
    now = clock()
    others = Everything() if gone is None else Not(gone)
    found: set[int] = set()
    if old != new:
        found = set(store.unmarked(all_of([Since(None, SPAN), there, others]), now=now)) - anew.pairs.keys()
    for at, (before, after) in anew.pairs.items():
        is_there, is_gone = (before, after) if leaving else (after, before)
        if matches(there, is_there, now=now) and matches(others, is_gone, now=now):
            found.add(at)
    return found
