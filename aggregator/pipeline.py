"""The steps from the feed's words to an article, in order. To add one, write it in and give it a name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID, uuid5

from aggregator.classify import NO_RULES, Rules, classify, prepared
from aggregator.language import language
from aggregator.locate import Gazetteer, is_dateline, learn, locate
from aggregator.schema import Article, Entry, Habits, Identity, Settings, Source, replace

RULES = "clean 4, normalise 4, language 1, classify 4, locate 4"
"""Versions of the rules, kept with every article: raise a room's when what it says of articles changes."""
_NEW = Habits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a step may lean on besides the article."""

    source: Source
    gazetteer: Gazetteer
    rules: Rules = NO_RULES
    habits: Habits = _NEW
    rejected: int = 0


Step = Callable[[Article, Context], Article]
Timed = Callable[[str], AbstractContextManager[object]]
STEPS: tuple[tuple[str, Step], ...] = (
    ("language", lambda article, _: language(article)),
    ("classify", lambda article, context: classify(article, context.source, context.rules)),
    (
        "locate",
        lambda article, context: locate(
            article, context.source, context.gazetteer, context.habits, rejected=context.rejected
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The steps, with what they lean on besides the article and its source."""

    gazetteer: Gazetteer
    rules: Rules = NO_RULES
    """The admin's own categories."""
    steps: tuple[tuple[str, Step], ...] = STEPS
    """What follows cleaning and normalising."""
    rejected: int = 0
    """How many places that it is not each mention names, at most."""
    timed: Timed = lambda _: nullcontext()
    """Entered for each step, with its name."""

    def configured(self, settings: Settings) -> Pipeline:
        """The same steps with what a configuration asks of them."""
        return dataclasses.replace(
            self, rules=prepared(settings.categories), gazetteer=self.gazetteer.filed(settings.places)
        )

    def trace(
        self,
        entry: Entry,
        identity: Identity,
        source: Source,
        *,
        first_seen: datetime,
        habits: Habits = _NEW,
    ) -> Iterator[tuple[str, Entry | Article]]:
        """What every room makes of an entry: (name of the room, entry or article after it)."""
        cleaned = self.cleaned(entry, source, habits)
        yield "clean", cleaned
        article = self.normalised(cleaned, identity, source, first_seen=first_seen)
        yield "normalise", article
        context = self._context(source, habits)
        article = replace(article, made_by=RULES)
        for name, step in self.steps:
            article = step(article, context)
            yield name, article

    def understand(
        self,
        entry: Entry,
        identity: Identity,
        source: Source,
        *,
        first_seen: datetime,
        habits: Habits = _NEW,
    ) -> Article:
        """The article an entry becomes; `habits` are what its source usually does."""
        with self.timed("clean"):
            cleaned = self.cleaned(entry, source, habits)
        with self.timed("normalise"):
            article = self.normalised(cleaned, identity, source, first_seen=first_seen)
        return self.finish(article, source, habits)

    def cleaned(self, entry: Entry, source: Source, habits: Habits) -> Entry:
        """The entry made safe, without furniture."""
        from aggregator.clean import clean  # a poll without news asks for neither this nor normalise

        return clean(entry, habits.lines, source.cut)

    def normalised(
        self, cleaned: Entry, identity: Identity, source: Source, *, first_seen: datetime
    ) -> Article:
        """The article of a cleaned entry, its dateline told by the gazetteer."""
        from aggregator.normalise import normalise

        is_place = partial(is_dateline, source=source, gazetteer=self.gazetteer)
        return normalise(cleaned, identity, source, first_seen=first_seen, is_place=is_place)

    def finish(self, article: Article, source: Source, habits: Habits = _NEW) -> Article:
        """The article after the steps that follow cleaning and normalising."""
        context = self._context(source, habits)
        for name, step in self.steps:
            with self.timed(name):
                article = step(article, context)
        return replace(article, made_by=RULES)

    def learn(self, habits: Habits, article: Article, now: datetime) -> Habits:
        """The habits of a source with one more article."""
        from aggregator.clean import learn_lines

        return replace(learn(habits, article, now), lines=learn_lines(habits.lines, article))

    def _context(self, source: Source, habits: Habits) -> Context:
        return Context(
            source=source,
            gazetteer=self.gazetteer,
            rules=self.rules,
            habits=habits,
            rejected=self.rejected,
        )


def other_uid(article: Article, identity: Identity) -> str:
    """The uid of an article whose link its source already carries in another entry."""
    return uuid5(UUID(article.uid), identity.key).urn
