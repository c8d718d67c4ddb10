"""`plan`: what an edited configuration would change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from pathlib import Path

import click

from aggregator.cli.desk import load, open_gazetteer, open_store, pass_config
from aggregator.cli.names import names
from aggregator.filters import (
    Everything,
    Filter,
    Names,
    Not,
    Since,
    Vocabulary,
    all_of,
    configured,
    named_key,
    parse,
    spelled_out,
    unhidden,
)
from aggregator.poll.roll import clock
from aggregator.rulings import rulings
from aggregator.schema import Settings, View, replace
from aggregator.store import Store
from aggregator.urls import without_secrets

SPAN = timedelta(days=30)
SAMPLES = 3
"""Articles shown of those that would enter, and of those that would leave."""
_ANY = Names(lambda id: [id])


@click.command()
@click.option("--exit-code", is_flag=True, help="Exit code 1 if anything would change.")
@pass_config
def plan(config: Path, exit_code: bool) -> None:
    """Say what would change if the configuration, as it now stands in its file, were taken over.

    Sources added, moved and removed; for each view the articles of the last 30 days that would enter and leave.
    """
    wanted = load(config)
    with open_store(wanted) as store, open_gazetteer() as gazetteer:
        found = changes(store, wanted, names(gazetteer)(wanted))
    click.echo("\n".join(found) or "Nothing would change.")
    if found and exit_code:
        raise SystemExit(1)


def changes(store: Store, wanted: Settings, known: Vocabulary) -> tuple[str, ...]:
    """What a configuration would change, a line each."""
    return (*_sources(store, wanted), *_views(store, wanted, known))


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


def _views(store: Store, wanted: Settings, known: Vocabulary) -> Iterator[str]:
    """What the views of both configurations find, with everything as the first."""
    applied = store.applied()
    before = replace(wanted, views=applied.views, rules=applied.rules)
    # Sources and places that are no longer configured still have articles.
    loose = replace(known, sources=_ANY, places=known.places and Names(_still(known.places)))
    old, new = _trees(before, loose), _trees(wanted, known)
    titles = {view.id: view for view in (*applied.views, *wanted.views)}
    for id in dict.fromkeys([*new, *old]):
        name = f"view {id}" if id in titles else "all news"
        if id not in old:
            yield f"+ {name}"
        elif id not in new:
            yield f"- {name}"
        elif old[id] == new[id]:
            continue
        yield from _moves(store, name, old.get(id), new.get(id))


def _still(places: Names) -> Callable[[str], Collection[str]]:
    return lambda name: places.find(name) or [named_key(name)]


def _trees(wanted: Settings, known: Vocabulary) -> dict[str, Filter]:
    """What each view finds, rules spelled out; under the empty name, the list of everything."""
    names, now = configured(known, wanted), clock()
    rules = rulings(wanted, known, now)
    views = (View(id="", title="", filter=""), *wanted.views)
    parsed = {view.id: unhidden(parse(view.filter, names, inside=(view.id,))) for view in views}
    return {id: spelled_out(tree, rules) for id, tree in parsed.items()}


def _moves(store: Store, name: str, old: Filter | None, new: Filter | None) -> Iterator[str]:
    now = clock()
    lately = Since(None, SPAN)
    for sign, what, found, other in (("+", "enter", new, old), ("-", "leave", old, new)):
        if found is None:
            continue
        others = Not(other) if other is not None else Everything()
        count, samples = store.unmarked(all_of([lately, found, others]), now=now, samples=SAMPLES)
        if count:
            articles = (
                "article of the last 30 days would" if count == 1 else "articles of the last 30 days would"
            )
            yield f"~ {name}: {count:,} {articles} {what}"
        for article in samples:
            yield f"    {sign} {article.id}: {article.title or article.summary or 'Untitled'}"
