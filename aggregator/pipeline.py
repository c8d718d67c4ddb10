"""The steps from the feed's words to an article, in order. To add one, write it in and give it a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from aggregator.classify import classify
from aggregator.clean import clean
from aggregator.locate import Gazetteer, locate
from aggregator.normalise import normalise
from aggregator.schema import Article, Entry, Habits, Identity, Source

_NEW = Habits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The steps, with what they lean on besides the article and its source."""

    gazetteer: Gazetteer

    def trace(
        self,
        entry: Entry,
        identity: Identity,
        source: Source,
        *,
        first_seen: datetime,
        habits: Habits = _NEW,
        rejected: int = 0,
    ) -> Iterator[tuple[str, Entry | Article]]:
        """What every room makes of an entry: (name of the room, entry or article after it).

        Each mention names up to `rejected` places it is not.
        """
        cleaned = clean(entry)
        yield "clean", cleaned
        article = normalise(cleaned, identity, source, first_seen=first_seen)
        yield "normalise", article
        context = Context(source=source, gazetteer=self.gazetteer, habits=habits, rejected=rejected)
        for name, step in STEPS:
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
        article = normalise(clean(entry), identity, source, first_seen=first_seen)
        context = Context(source=source, gazetteer=self.gazetteer, habits=habits)
        for _, step in STEPS:
            article = step(article, context)
        return article


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a step may lean on besides the article."""

    source: Source
    gazetteer: Gazetteer
    habits: Habits = _NEW
    rejected: int = 0


STEPS: tuple[tuple[str, Callable[[Article, Context], Article]], ...] = (
    ("classify", lambda article, context: classify(article, context.source)),
    (
        "locate",
        lambda article, context: locate(
            article, context.source, context.gazetteer, context.habits, rejected=context.rejected
        ),
    ),
)


def other_uid(article: Article, identity: Identity) -> str:
    """The uid of an article whose link its source already carries in another entry."""
    return uuid5(UUID(article.uid), identity.key).urn
