"""What feeds ask of the store: lists in their orders, the pages of an archive, who carries what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from aggregator.filters import Filter
from aggregator.schema import Article, Collapse
from aggregator.store.asking import holds
from aggregator.store.collapsing import collapsed
from aggregator.store.columns import from_ms
from aggregator.store.dialect import among, at_once, sentences
from aggregator.store.rows import COLUMNS, articles_from, sources_of
from aggregator.store.tables import article, article_source, meta, source
from aggregator.store.where import positions

Order = Literal["newest", "oldest", "arrived"]
"""By publication, the newest or the oldest first; or by arrival, the latest first."""
SPAN = 20_000
"""Articles looked through for a choice among many sources, or put in order of arrival: a bound on the time it takes."""
FEW = 500
"""The newest articles, and the latest arrivals, that are looked through for where the archive ends. What is older
than all these and came before them is in the archive as soon as another article comes that is one of them."""
CROWDED = 2
"""How many times its size a page may hold, once articles that were hidden when it was laid out come back."""
_STRIDE = 500


class Leaf(NamedTuple):
    """A page of an archive: of all articles, in the order they arrived, the first and the last it may hold."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivePage:
    """The articles of one page of an archive, and the page before it."""

    articles: tuple[Article, ...]
    older: Leaf | None


class Feeding:
    """The side of the store that feeds read. Every method raises StoreError."""

    engine: sa.Engine

    def standing(self) -> tuple[str, datetime | None]:
        """A short token that changes whenever any article changes, and when that last was."""
        found = dict(at_once(self.engine, _STANDING))
        changed = found.get("changed")
        return f"{found.get('state', 0):x}", from_ms(changed) if changed else None

    def selection(
        self,
        where: Filter,
        *,
        now: datetime,
        order: Order,
        limit: int,
        per_source: int = 0,
        collapse: Collapse = "article",
    ) -> tuple[Article, ...]:
        """The first articles a filter finds; of one source no more than `per_source`, if that is given.

        `collapse` holds for the newest articles (see `Reading.articles`).
        An article several sources carry counts for the one that brought it. The newest 20,000 are looked at.
        """
        column = {
            "newest": article.c.position.desc(),
            "oldest": article.c.position,
            "arrived": article.c.id.desc(),
        }[order]
        with sentences(self.engine), self.engine.connect() as connection:
            if order == "newest" and not per_source:
                return collapsed(connection, where, collapse, now=now, limit=limit)
            found = holds(connection, where, article.c.position, now=now)
            query = sa.select(*COLUMNS).where(found).order_by(column).limit(limit)
            if per_source:
                chosen = _spread(connection, found, column, limit, per_source)
                query = sa.select(*COLUMNS).where(article.c.id.in_(chosen)).order_by(column)
            return articles_from(connection, connection.execute(query).all())

    def archive_page(self, where: Filter, leaf: Leaf, *, size: int, now: datetime) -> ArchivePage | None:
        """The articles of a page, newest publication first; None if it is one of articles still to come.

        Of more than `CROWDED` times `size` the latest to arrive; the page before it begins with the others.
        """
        with sentences(self.engine), self.engine.connect() as connection:
            latest = connection.execute(_LATEST).scalar() or 0
            if not 1 <= leaf.first <= leaf.last <= latest:
                return None
            found = _found(connection, where, now)
            numbers = _arrived(connection, found, leaf, CROWDED * size)
            last = (numbers[-1] if len(numbers) == CROWDED * size else leaf.first) - 1
            before = _arrived(connection, found, Leaf(1, last), size + 1)
            query = sa.select(*COLUMNS).where(article.c.id.in_(numbers)).order_by(article.c.position.desc())
            return ArchivePage(
                articles=articles_from(connection, connection.execute(query).all()),
                older=_last_leaf(last, before, size),
            )

    def newest_leaf(self, where: Filter, *, size: int, now: datetime, shown: int = 0) -> Leaf | None:
        """The last page of the archive as it stands; None while there is none.

        It ends with the latest to arrive of the `FEW` newest articles, of those that a feed has (`shown`: the highest
        of their numbers), and of the `FEW` latest arrivals of the desk.
        """
        with sentences(self.engine), self.engine.connect() as connection:
            newest = positions(connection, where, now=now, limit=FEW)
            of_newest = among(connection, article.c.position, newest)
            recent = (
                sa.select(article.c.id, article.c.position)
                .order_by(article.c.id.desc())
                .limit(FEW)
                .subquery()
            )
            of_recent = holds(connection, where, recent.c.position, now=now)
            last = max(
                shown,
                connection.execute(_HIGHEST.where(of_newest)).scalar() or 0,
                connection.execute(sa.select(sa.func.max(recent.c.id)).where(of_recent)).scalar() or 0,
            )
            return _leaf(last, size.bit_length() - 1) if last else None

    def mark(self, where: Filter, *, now: datetime, limit: int) -> str:
        """A short token that changes when an article comes into the newest ones of a filter, goes or is edited."""
        with sentences(self.engine), self.engine.connect() as connection:
            newest = positions(connection, where, now=now, limit=limit)
            query = sa.select(article.c.id, article.c.edited).where(article.c.position.in_(newest))
            rows = connection.execute(query.order_by(article.c.position.desc())).all()
        return sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()[:32]

    def carriers(self, where: Filter, *, now: datetime) -> tuple[str, ...]:
        """Ids of the sources that carry the newest 20,000 articles a filter finds."""
        with sentences(self.engine), self.engine.connect() as connection:
            found = positions(connection, where, now=now, limit=SPAN)
            query = (
                sa.select(source.c.source_id)
                .join_from(article_source, source)
                .where(among(connection, article_source.c.position, found))
                .distinct()
                .order_by(source.c.source_id)
            )
            return tuple(connection.execute(query).scalars())


_LATEST = sa.select(meta.c.value).where(meta.c.key == "article")
_HIGHEST = sa.select(sa.func.max(article.c.id))
_STANDING = "SELECT key, value FROM meta WHERE key IN ('state', 'changed')"


def _spread(
    connection: sa.Connection,
    found: sa.ColumnElement[bool],
    column: sa.ColumnElement[Any],
    limit: int,
    per_source: int,
) -> list[int]:
    """Numbers of the first articles, no more of one source than allowed."""
    taken: Counter[str] = Counter()
    chosen: list[int] = []
    query = sa.select(article.c.id).where(found).order_by(column).limit(SPAN)
    numbers = connection.execute(query).scalars().all()
    for start in range(0, len(numbers), _STRIDE):
        carriers = sources_of(connection, numbers[start : start + _STRIDE])
        for number in numbers[start : start + _STRIDE]:
            first = carriers.get(number, ("",))[0]
            if taken[first] < per_source:
                taken[first] += 1
                chosen.append(number)
                if len(chosen) == limit:
                    return chosen
    return chosen


def _found(connection: sa.Connection, where: Filter, now: datetime) -> sa.ColumnElement[bool]:
    """The condition that a filter finds an article, for a query of many articles that are not in its order."""
    few = positions(connection, where, now=now, limit=SPAN + 1)
    if len(few) <= SPAN:
        return among(connection, article.c.position, few)
    return holds(connection, where, article.c.position, now=now, at_once=True)


def _arrived(
    connection: sa.Connection, found: sa.ColumnElement[bool], within: Leaf, most: int
) -> Sequence[int]:
    """The numbers of the latest articles within a page, so many at most, the latest first."""
    query = sa.select(article.c.id).where(article.c.id.between(*within), found)
    return connection.execute(query.order_by(article.c.id.desc()).limit(most)).scalars().all()


def _last_leaf(last: int, numbers: Sequence[int], size: int) -> Leaf | None:
    """The largest page up to `last` that holds some of these numbers, but no more than `size`.

    `numbers`: the latest ones, one more than `size` if there are so many.
    """
    if not numbers:
        return None
    beyond = numbers[size] if len(numbers) > size else 0
    while True:
        height = 0
        while _leaf(last, height).first > 1 and _leaf(last, height + 1).first > beyond:
            height += 1
        leaf = _leaf(last, height)
        if numbers[0] >= leaf.first:
            return leaf
        last = leaf.first - 1


def _leaf(last: int, height: int) -> Leaf:
    """The page that ends there and begins at a multiple of 2**height: so pages meet, wherever one begins to walk."""
    return Leaf((last - 1 >> height << height) + 1, last)
