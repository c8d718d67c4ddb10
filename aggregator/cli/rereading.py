"""What the newest articles would be under an edited configuration, made anew from their raw entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aggregator.cli.reprocess import PAGE, Pair, anew, differently_filed
from aggregator.cluster import keys, remake
from aggregator.filters import Everything, Filter, Keys, Since, all_of
from aggregator.pipeline import Pipeline
from aggregator.poll.roll import clock
from aggregator.schema import Settings, Source, replace
from aggregator.store import Store

SPAN = timedelta(days=30)
MOST = 5_000
"""Articles that are made anew: some twenty seconds of work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """What was looked at, and which articles would have other categories or places once they are made anew."""

    looked_at: int = 0
    pairs: Mapping[int, Pair] = field(default_factory=dict)
    """By position: as it is stored, and as it would be; without what rules say."""


def reread(
    store: Store,
    wanted: Settings,
    pipeline: Pipeline,
    *,
    most: int = MOST,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> Reread:
    """The newest articles anew, if a key changed by which they get categories or places; `told` hears how far it is."""
    concerned = _concerned(store, wanted)
    if concerned is None:
        return Reread()
    now, pipeline = clock(), pipeline.configured(wanted)
    positions = store.unmarked(all_of([Since(None, SPAN), concerned]), now=now, most=most)
    pairs: dict[int, Pair] = {}
    for start in range(0, len(positions), PAGE):
        kept = store.kept_at(positions[start : start + PAGE])
        made = anew(wanted, pipeline, kept)
        for old, new in store.rewrite(made, kept, remake, keys, now=now, dry=True):
            if old.position is not None and differently_filed(old, new):
                pairs[old.position] = (replace(old, marks=()), replace(new, marks=()))
        told(min(start + PAGE, len(positions)), len(positions))
    return Reread(looked_at=len(positions), pairs=pairs)


def _concerned(store: Store, wanted: Settings) -> Filter | None:
    """Whose articles a changed key may file otherwise; None if there is none."""
    applied = store.applied()
    told = [replace(rule, origin="") for rule in wanted.categories]
    before = None if applied.categories is None else [replace(rule, origin="") for rule in applied.categories]
    if (before, applied.places) != (told, wanted.places):
        return Everything()
    known = store.sources_in_force()
    changed = [
        one.id for one in wanted.sources if one.id in known and _telling(one) != _telling(known[one.id])
    ]
    return Keys("source", tuple(sorted(changed))) if changed else None


def _telling(source: Source) -> tuple[Any, ...]:
    """What of a source decides about the categories and places of its articles."""
    return (
        source.title,
        source.categories,
        source.not_categories,
        source.country,
        source.places,
        source.language,
        source.cut,
    )
