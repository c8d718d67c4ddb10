"""Which edit of the configuration mends a fault of an article: each is tried on it, and on those it may change too."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.cli.edits import Edit, category_edits, line_edits, place_edits
from aggregator.cli.reprocess import anew
from aggregator.cluster import remake
from aggregator.filters import Since, all_of, place_keys
from aggregator.pipeline import Pipeline
from aggregator.schema import Article, Corrected, Correction, Fault, Kept, Moved, Settings, Source
from aggregator.store import Store

SPAN = timedelta(days=30)
LOOKED_AT = 200
"""Stored articles that are made anew for one edit, at most."""
MOST = 4
"""Edits that are offered."""
PATIENCE = 8.0
"""Seconds after which no further article is looked at."""
SAMPLES = 5
_REJECTED = 4


def corrections(
    store: Store, wanted: Settings, pipeline: Pipeline, number: int, fault: Fault, what: str, now: datetime
) -> Corrected:
    """The edits that take a place (by its key), a category (by its id) or a line out of a stored article.

    Those that change the fewest other articles first; none if nothing that can be configured helps.
    """
    article = store.article(number)
    pipeline = replace(pipeline.configured(wanted), rejected=_REJECTED)
    work = _Work(store=store, pipeline=pipeline, wanted=wanted)
    made = work.now(article) if article else None
    if made is None or not _has(made, fault, what):
        return Corrected(is_gone=made is not None)
    found: list[Correction] = []
    for edit in _edits(made, fault, what, work.carriers(number), wanted):
        if edit.last_resort and found:
            continue
        tried = work.pipeline.configured(edit.settings)
        after = work.anew(made, edit.settings, tried)
        if after is not None and not _has(after, fault, what):
            found.append(_weighed(edit, tried, work, now))
        if len(found) == MOST:
            break
    return Corrected(edits=tuple(sorted(found, key=lambda one: one.changed)))


def _edits(
    made: Article, fault: Fault, what: str, sources: Sequence[Source], wanted: Settings
) -> Iterator[Edit]:
    match fault:
        case "place":
            return place_edits(what, made, sources, wanted)
        case "category":
            return category_edits(what, made, sources, wanted)
        case "line":
            return line_edits(what, sources, wanted)


def _has(article: Article, fault: Fault, what: str) -> bool:
    match fault:
        case "place":
            return any(place_keys(one.place)[0] == what for one in article.mentions)
        case "category":
            return any(one.id == what for one in article.categories)
        case "line":
            junk = " ".join(what.split())
            return bool(junk) and any(junk in " ".join(line.split()) for line in article.text.split("\n"))


@dataclass(slots=True)
class _Work:
    """What making articles anew takes, with what was read and made already."""

    store: Store
    pipeline: Pipeline
    """Of the configuration in force."""
    wanted: Settings
    kept: dict[int, tuple[Kept, ...]] = field(default_factory=dict)
    as_it_is: dict[int, Article | None] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    @property
    def is_over(self) -> bool:
        return time.monotonic() - self.started > PATIENCE

    def entries(self, number: int) -> tuple[Kept, ...]:
        if number not in self.kept:
            found = self.store.kept(number - 1, 1)
            self.kept[number] = tuple(one for one in found if one.article_id == number)
        return self.kept[number]

    def carriers(self, number: int) -> list[Source]:
        """The configured sources of an article."""
        ids = {one.source.id for one in self.entries(number)}
        return [source for source in self.wanted.sources if source.id in ids]

    def anew(self, stored: Article, settings: Settings, pipeline: Pipeline) -> Article | None:
        """The article as this configuration and its pipeline make it; None if its entries are gone."""
        number = stored.id or 0
        made = anew(settings, pipeline, self.entries(number)).get(number)
        return remake(stored, made) if made else None

    def now(self, stored: Article) -> Article | None:
        """The article as the configuration in force makes it."""
        number = stored.id or 0
        if number not in self.as_it_is:
            self.as_it_is[number] = self.anew(stored, self.wanted, self.pipeline)
        return self.as_it_is[number]


def _weighed(edit: Edit, tried: Pipeline, work: _Work, now: datetime) -> Correction:
    """The edit with what it would change of the articles of the last 30 days."""
    where = all_of([Since(None, SPAN), edit.concerned])
    stored = work.store.articles(where, now=now, limit=LOOKED_AT + 1)
    looked = changed = 0
    samples: list[Moved] = []
    for article in stored[:LOOKED_AT]:
        if work.is_over:
            break
        before, after = work.now(article), work.anew(article, edit.settings, tried)
        looked += 1
        moved = _moved(before, after) if before and after else None
        if moved:
            changed += 1
            samples += [moved] if len(samples) < SAMPLES else []
    return Correction(
        why=edit.why,
        where=edit.where,
        old=edit.old,
        new=edit.new,
        looked=looked,
        changed=changed,
        bounded=len(stored) > looked,
        samples=tuple(samples),
    )


def _moved(before: Article, after: Article) -> Moved | None:
    """What an edit makes of an article, in short; None if nothing."""
    had, has = _said(before), _said(after)
    gone = [one for one in had if one not in has]
    come = [one for one in has if one not in had]
    if not gone and not come:
        return None
    return Moved(
        id=before.id or 0,
        title=before.title or before.summary or "Untitled",
        before=", ".join(gone),
        after=", ".join(come),
    )


def _said(article: Article) -> list[str]:
    """Places, categories and lines of an article, each once."""
    places = (
        f"{one.place.name} ({one.place.country})" if one.place.country else one.place.name
        for one in article.mentions
    )
    lines = (" ".join(line.split())[:200] for line in article.text.split("\n"))
    return list(dict.fromkeys([*places, *(one.name for one in article.categories), *filter(None, lines)]))
