"""Which configuration is in force, and what another one would find: for `dateline plan`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
import sqlalchemy as sa

from aggregator.filters import Filter
from aggregator.schema import (
    Article,
    CategoryRule,
    Filing,
    Kept,
    RetentionSettings,
    Rule,
    Settings,
    Source,
    View,
)
from aggregator.store import dialect
from aggregator.store.entries import kept_where
from aggregator.store.rows import articles_at
from aggregator.store.rule_tables import applied
from aggregator.store.tables import article, entry, source
from aggregator.store.where import positions

SPAN = 20_000
"""Articles that are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What of a configuration is in force."""

    views: tuple[View, ...] = ()
    rules: tuple[Rule, ...] = ()
    categories: tuple[CategoryRule, ...] | None = None
    places: tuple[Filing, ...] | None = None
    retention: RetentionSettings | None = None
    """None, of these three, if a Dateline wrote it that did not yet keep them."""


class Planning:
    """The side of the store that remembers what was configured. Every method raises StoreError."""

    engine: sa.Engine

    def apply(self, wanted: Settings) -> None:
        """Remembers that this configuration is in force."""
        config = msgspec.json.encode(
            Applied(
                views=wanted.views,
                rules=wanted.rules,
                categories=wanted.categories,
                places=wanted.places,
                retention=wanted.retention,
            )
        )
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            row = dialect.upsert(connection, applied).values(n=1, config=config)
            connection.execute(
                row.on_conflict_do_update(index_elements=["n"], set_={"config": row.excluded.config})
            )

    def applied(self) -> Applied:
        """What is in force; nothing if no configuration ever was."""
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            config = connection.execute(sa.select(applied.c.config)).scalar()
        return msgspec.json.decode(config, type=Applied) if config else Applied()

    def polled_urls(self) -> dict[str, str]:
        """The configured address of every source in force, by id."""
        query = sa.select(source.c.source_id, source.c.config_url).where(source.c.active == sa.true())
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return {row.source_id: row.config_url for row in connection.execute(query)}

    def sources_in_force(self) -> dict[str, Source]:
        """Every source in force as it was configured, without its secrets, by id."""
        query = sa.select(source.c.config).where(source.c.active == sa.true())
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            found = [msgspec.json.decode(row.config, type=Source) for row in connection.execute(query)]
        return {one.id: one for one in found}

    def unmarked(self, where: Filter, *, now: datetime, most: int = SPAN) -> list[int]:
        """Positions of the newest articles that a filter finds if no rule said anything."""
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return positions(connection, where, now=now, limit=most, marked=False)

    def found(self, where: Filter, *, now: datetime, most: int = SPAN) -> list[int]:
        """Positions of the newest articles that a filter finds, rules and all."""
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return positions(connection, where, now=now, limit=most)

    def at(self, positions: Sequence[int]) -> tuple[Article, ...]:
        """The articles at these positions, in the same order."""
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return articles_at(connection, positions)

    def kept_at(self, positions: Sequence[int]) -> tuple[Kept, ...]:
        """The raw entries of the articles at these positions, in the order of article numbers."""
        some = sa.select(article.c.id).where(article.c.position.in_(positions))
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return kept_where(connection, entry.c.article_id.in_(some))
