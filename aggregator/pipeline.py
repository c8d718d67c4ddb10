"""The steps from the feed's words to an article, in order. To add one, write it in and give it a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from aggregator.classify import classify
from aggregator.clean import clean
from aggregator.language import language
from aggregator.locate import Gazetteer, locate
from aggregator.normalise import normalise
from aggregator.schema import Article, Entry, Identity, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """The steps, with what they lean on besides the article and its source."""

    gazetteer: Gazetteer

    def trace(
        self, entry: Entry, identity: Identity, source: Source, *, first_seen: datetime
    ) -> Iterator[tuple[str, Entry | Article]]:
        """What every room makes of an entry: (name of the room, entry or article after it)."""
        cleaned = clean(entry)
        yield "clean", cleaned
        article = normalise(cleaned, identity, source, first_seen=first_seen)
        yield "normalise", article
        for name, step in STEPS:
            article = step(self, article, source)
            yield name, article

    def understand(
        self, entry: Entry, identity: Identity, source: Source, *, first_seen: datetime
    ) -> Article:
        """The article an entry becomes."""
        article = normalise(clean(entry), identity, source, first_seen=first_seen)
        for _, step in STEPS:
            article = step(self, article, source)
        return article


STEPS: tuple[tuple[str, Callable[[Pipeline, Article, Source], Article]], ...] = (
    ("language", lambda _, article, source: language(article)),
    ("classify", lambda _, article, source: classify(article, source)),
    ("locate", lambda pipeline, article, source: locate(article, source, pipeline.gazetteer)),
)


def other_uid(article: Article, identity: Identity) -> str:
    """The uid of an article whose link its source already carries in another entry."""
    return uuid5(UUID(article.uid), identity.key).urn
