"""Raw entries that are kept, and the articles made of them anew when a rule was improved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from aggregator.filters import Ruling
from aggregator.schema import Article, Kept, replace
from aggregator.store import dialect
from aggregator.store.alone import one_writer
from aggregator.store.entries import kept_where
from aggregator.store.fingerprints import replace_keys
from aggregator.store.keys import chunks
from aggregator.store.marking import mark_articles
from aggregator.store.rows import load
from aggregator.store.tables import article, entry
from aggregator.store.writing import change_articles

Remake = Callable[[Article, Article], Article]
Keys = Callable[[Article], tuple[int, ...]]


class Remaking:
    """The side of the store that makes articles anew."""

    engine: sa.Engine
    rulings: tuple[Ruling, ...] = ()

    def kept(self, after: int, limit: int) -> tuple[Kept, ...]:
        """The raw entries of the next articles, in the order of article numbers, the oldest entry first."""
        some = sa.select(article.c.id).where(article.c.id > after).order_by(article.c.id).limit(limit)
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return kept_where(connection, entry.c.article_id.in_(some.subquery().select()))

    def rewrite(
        self,
        articles: Mapping[int, Article],
        of: Sequence[Kept],
        remake: Remake,
        keys: Keys,
        *,
        now: datetime,
        dry: bool = False,
    ) -> list[tuple[Article, Article]]:
        """Gives stored articles, by number, what these now say (if not `dry`); returns those that change.

        Each as it was and as it is to be. `of` are the entries they were made of: an article that was polled
        anew meanwhile is left alone. `keys` gives what copies of an article's text are found by.
        """
        opened = self.engine.begin() if dry else dialect.writing(self.engine)
        with dialect.sentences(self.engine), opened as connection:
            if not dry:
                one_writer(connection)
            made_of: dict[int, set[tuple[int, str]]] = {}
            for kept in of:
                made_of.setdefault(kept.article_id, set()).add((kept.entry_n, kept.raw_hash))
            current = _entries_of(connection, articles)
            same = [id for id in articles if current.get(id) == made_of.get(id)]
            pairs = [
                (old, remake(old, articles[old.id or 0])) for old in load(connection, article.c.id, same)
            ]
            if not dry:
                change_articles(connection, pairs, now)
                reworded = {new.id or 0: new for old, new in pairs if old.text != new.text}
                replace_keys(connection, {id: keys(new) for id, new in reworded.items()})
                mark_articles(connection, [new for old, new in pairs if old != new], self.rulings)
            return [(old, new) for old, new in pairs if replace(old, made_by=new.made_by) != new]


def _entries_of(connection: sa.Connection, ids: Collection[int]) -> dict[int, set[tuple[int, str]]]:
    """Number and hash of each entry of these articles."""
    found: dict[int, set[tuple[int, str]]] = {}
    for some in chunks(sorted(ids)):
        query = sa.select(entry.c.article_id, entry.c.n, entry.c.raw_hash).where(entry.c.article_id.in_(some))
        for row in connection.execute(query):
            found.setdefault(row.article_id, set()).add((row.n, row.raw_hash))
    return found
