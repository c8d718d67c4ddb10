"""Notices: which articles other programs are to be told of, each once, kept until they were."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from aggregator.filters import Filter, found_by
from aggregator.schema import Article, Notice, Unheard
from aggregator.store.dialect import sentences, upsert, writing
from aggregator.store.rows import COLUMNS, articles_from
from aggregator.store.rule_tables import notice
from aggregator.store.tables import article

Wish = tuple[str, Filter]
"""A target, and the filter of the articles it is to hear of."""

_WAITING = notice.c.next_try.is_not(None)
_GIVEN_UP = sa.and_(notice.c.next_try.is_(None), notice.c.problem != "")


class Notices:
    """The side of the store that keeps what is to be told. Every method raises StoreError."""

    engine: sa.Engine
    tellings: tuple[Wish, ...] = ()
    """What is saved is kept for the targets that are to hear of it."""

    def notices_due(self, now: datetime, *, limit: int, resting: Iterable[str] = ()) -> tuple[Notice, ...]:
        """What is due, the least tried first, of these the oldest; nothing of targets that rest."""
        query = (
            sa.select(notice.c.target, notice.c.tries, *COLUMNS)
            .join_from(notice, article, article.c.id == notice.c.article_id)
            .where(notice.c.next_try <= now, notice.c.target.not_in(list(resting)))
            .order_by(notice.c.tries, notice.c.made, notice.c.article_id)
            .limit(limit)
        )
        with sentences(self.engine), self.engine.connect() as connection:
            rows = connection.execute(query).all()
            made = articles_from(connection, rows)
        return tuple(
            Notice(target=row.target, article=one, tries=row.tries)
            for row, one in zip(rows, made, strict=True)
        )

    def notice_ended(self, one: Notice, problem: str = "") -> None:
        """It was heard, or with a problem: is given up. It stays known, so that it is told once."""
        self._set(_of(one), next_try=None, problem=problem)

    def notice_failed(self, one: Notice, problem: str, *, next_try: datetime | None, rest: datetime) -> None:
        """It was tried once more, and is again at `next_try`, or with None: is given up.

        What else waits for the target waits until `rest`, and was not tried.
        """
        self._set(_of(one), next_try=next_try, problem=problem, tries=one.tries + 1)
        self._set(sa.and_(notice.c.target == one.target, notice.c.next_try < rest), next_try=rest)

    def keep_notices(self, targets: Iterable[str]) -> None:
        """Forgets what waits for targets that are no more."""
        with sentences(self.engine), writing(self.engine) as connection:
            connection.execute(sa.delete(notice).where(_WAITING, notice.c.target.not_in(list(targets))))

    def unheard(self, now: datetime, since: timedelta) -> tuple[Unheard, ...]:
        """The targets that did not hear at the last try, or missed something lately; by name."""
        failing = sa.and_(_WAITING, notice.c.tries > 0)
        missed = sa.and_(_GIVEN_UP, notice.c.made >= now - since)
        query = (
            sa.select(
                notice.c.target,
                _count(_WAITING).label("waiting"),
                _count(missed).label("missed"),
                sa.func.min(sa.case((failing, notice.c.next_try))).label("next_try"),
                sa.func.max(sa.case((sa.or_(failing, missed), notice.c.problem))).label("problem"),
            )
            .group_by(notice.c.target)
            .having(_count(sa.or_(failing, missed)) > 0)
            .order_by(notice.c.target)
        )
        with sentences(self.engine), self.engine.connect() as connection:
            return tuple(Unheard(**row._mapping) for row in connection.execute(query))

    def _set(self, which: sa.ColumnElement[bool], **values: object) -> None:
        with sentences(self.engine), writing(self.engine) as connection:
            connection.execute(sa.update(notice).where(which).values(values))


def keep_notices_of(
    connection: sa.Connection,
    pairs: Iterable[tuple[Article | None, Article]],
    tellings: Iterable[Wish],
    now: datetime,
) -> None:
    """Keeps what is to be told of articles, given as (as stored before, as stored now).

    An article that a filter found before is no news to its target.
    """
    tellings = tuple(tellings)
    rows = [
        {"target": target, "article_id": new.id, "made": now, "next_try": now, "tries": 0, "problem": ""}
        for old, new in pairs
        if old != new
        for target in dict.fromkeys(found_by(new, tellings))
        if old is None or target not in found_by(old, tellings)
    ]
    if rows:
        connection.execute(upsert(connection, notice).on_conflict_do_nothing(), rows)


def _of(one: Notice) -> sa.ColumnElement[bool]:
    return sa.and_(notice.c.target == one.target, notice.c.article_id == one.article.id)


def _count(which: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((which, 1), else_=0)), 0)
