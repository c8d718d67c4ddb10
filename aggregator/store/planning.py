"""Which configuration is in force, and what another one would find: for `dateline plan`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
import sqlalchemy as sa

from aggregator.filters import Filter
from aggregator.schema import Article, Rule, Settings, View
from aggregator.store import dialect
from aggregator.store.rows import articles_at
from aggregator.store.rule_tables import applied
from aggregator.store.tables import source
from aggregator.store.where import positions

SPAN = 20_000
"""Articles that are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The views and rules in force."""

    views: tuple[View, ...] = ()
    rules: tuple[Rule, ...] = ()


class Planning:
    """The side of the store that remembers what was configured. Every method raises StoreError."""

    engine: sa.Engine

    def apply(self, wanted: Settings) -> None:
        """Remembers that this configuration is in force."""
        config = msgspec.json.encode(Applied(views=wanted.views, rules=wanted.rules))
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            row = dialect.upsert(connection, applied).values(n=1, config=config)
            connection.execute(
                row.on_conflict_do_update(index_elements=["n"], set_={"config": row.excluded.config})
            )

    def applied(self) -> Applied:
        """The views and rules in force; none if no configuration ever was."""
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            config = connection.execute(sa.select(applied.c.config)).scalar()
        return msgspec.json.decode(config, type=Applied) if config else Applied()

    def polled_urls(self) -> dict[str, str]:
        """The configured address of every source in force, by id."""
        query = sa.select(source.c.source_id, source.c.config_url).where(source.c.active == sa.true())
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return {row.source_id: row.config_url for row in connection.execute(query)}

    def unmarked(self, where: Filter, *, now: datetime, samples: int) -> tuple[int, tuple[Article, ...]]:
        """How many articles a filter finds (as far as 20,000) if no rule said anything, and the newest of them."""
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            found = positions(connection, where, now=now, limit=SPAN, marked=False)
            return len(found), articles_at(connection, found[:samples])
