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
from aggregator.schema import Article, Entry, Identity, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a step may lean on besides the article."""

    source: Source
    gazetteer: Gazetteer


STEPS: tuple[tuple[str, Callable[[Article, Context], Article]], ...] = (
    ("classify", lambda article, context: classify(article, context.source)),
    ("locate", lambda article, context: locate(article, context.source, context.gazetteer)),
)


def trace(
    entry: Entry, identity: Identity, context: Context, *, first_seen: datetime
) -> Iterator[tuple[str, Entry | Article]]:
    """What every room makes of an entry: (name of the room, entry or article after it)."""
    cleaned = clean(entry)
    yield "clean", cleaned
    article = normalise(cleaned, identity, context.source, first_seen=first_seen)
    yield "normalise", article
    for name, step in STEPS:
        article = step(article, context)
        yield name, article


def understand(entry: Entry, identity: Identity, context: Context, *, first_seen: datetime) -> Article:
    """The article an entry becomes."""
    article = normalise(clean(entry), identity, context.source, first_seen=first_seen)
    for _, step in STEPS:
        article = step(article, context)
    return article


def other_uid(article: Article, identity: Identity) -> str:
    """The uid of an article whose link its source already carries in another entry."""
    return uuid5(UUID(article.uid), identity.key).urn
