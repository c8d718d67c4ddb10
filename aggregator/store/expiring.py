"""Taking articles out that have been kept long enough, in small steps, and giving their space back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from aggregator.filters import Filter, Ruling
from aggregator.store import dialect
from aggregator.store.keys import chunks
from aggregator.store.marking import all_marked
from aggregator.store.tables import alias, article, entry
from aggregator.store.where import positions
from aggregator.store.words import merge_words
from aggregator.store.writing import drop_articles

STEP = 200
"""Articles in one transaction: writers wait for a tenth of a second at most."""


class Expiring:
    """The side of the store that forgets articles."""

    engine: sa.Engine
    rulings: tuple[Ruling, ...]
    expired: tuple[Filter, ...] = ()
    """Finds what may go; what is new and found by one of them is not stored."""

    def expire(self, now: datetime) -> int:
        """Takes one step of expired articles out, with all that is kept of them; 0 if there are no more.

        Nothing goes while marks are still to be set or taken: a rule may be what keeps it.
        Raises StoreError; then the step is undone.
        """
        # Taken before the rules are: what the next configuration lets go waits for the rules that come with it.
        trees = self.expired
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            if not all_marked(connection, self.rulings):
                return 0
            gone = _oldest(connection, trees, now)
            if gone:
                _drop_entries(connection, gone)
                drop_articles(connection, gone, now)
        return len(gone)

    def give_back(self, *, thoroughly: bool) -> None:
        """Makes the database file smaller by what was freed, where the database can.

        `thoroughly`: the index of words too, which is written anew for that, in small steps.
        """
        with dialect.sentences(self.engine):
            first = more = thoroughly
            while more:
                with dialect.writing(self.engine) as connection:
                    more = merge_words(connection, first=first)
                first = False
            dialect.shrink(self.engine)


def _oldest(connection: sa.Connection, expired: Sequence[Filter], now: datetime) -> list[int]:
    for tree in expired:
        found = positions(connection, tree, now=now, limit=STEP, after=-(2**63))
        if found:
            return found
    return []


def _drop_entries(connection: sa.Connection, places: Sequence[int]) -> None:
    for some in chunks(places):
        ids = sa.select(article.c.id).where(article.c.position.in_(some))
        theirs = sa.select(entry.c.n).where(entry.c.article_id.in_(ids))
        connection.execute(sa.delete(alias).where(alias.c.entry_n.in_(theirs)))
        connection.execute(sa.delete(entry).where(entry.c.article_id.in_(ids)))
