"""Marks: what rules say of articles. Set as articles are saved, and made anew in steps when the rules change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from aggregator.filters import Key, Ruling, ruled
from aggregator.schema import Article
from aggregator.store import dialect
from aggregator.store.asking import FIRST, LAST
from aggregator.store.keys import chunks, numbered
from aggregator.store.rule_tables import mark, rule
from aggregator.store.tables import article, key
from aggregator.store.where import positions
from aggregator.store.writing import drop_marks, mark_changed

STEP = 2_000
"""Articles in one transaction: writers wait for a tenth of a second at most."""

_RULES = sa.select(rule.c.n, rule.c.key_n, rule.c.digest, rule.c.below, key.c.kind, key.c.value).join_from(
    rule, key, key.c.n == rule.c.key_n
)


class Marking:
    """The side of the store that knows the rules."""

    engine: sa.Engine
    rulings: tuple[Ruling, ...] = ()
    """What is saved is marked by them."""

    def obey(self, rulings: tuple[Ruling, ...]) -> None:
        """From now on these rules hold; what is stored follows with `remark`. Raises StoreError."""
        if rulings == self.rulings:
            return
        if rulings:
            with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
                numbers = numbered(
                    connection,
                    {
                        (one.kind, one.value): Key(one.kind, one.value, one.name or one.value)
                        for one in rulings
                    },
                )
                new = dialect.upsert(connection, rule)
                connection.execute(
                    new.on_conflict_do_update(
                        index_elements=[rule.c.key_n, rule.c.digest], set_={"name": new.excluded.name}
                    ),
                    [
                        {
                            "key_n": numbers[one.kind, one.value],
                            "digest": one.digest,
                            "name": one.name if one.told else "",
                            "below": LAST,
                        }
                        for one in rulings
                    ],
                )
        self.rulings = rulings

    def remark(self, now: datetime) -> bool:
        """Takes one step towards the marks that the rules give; False if there is nothing left to do.

        It may be stopped anywhere and goes on from there. Raises StoreError; then the step is undone.
        """
        wanted = {(one.kind, one.value, one.digest): one for one in self.rulings}
        with dialect.sentences(self.engine):
            with self.engine.connect() as connection:
                rows = connection.execute(_RULES.order_by(rule.c.n)).all()
            for row in rows:
                ruling = wanted.get((row.kind, row.value, row.digest))
                if ruling is None or row.below is not None:
                    with dialect.writing(self.engine) as connection:
                        if ruling is None:
                            _take_back(connection, row)
                        else:
                            _mark_more(connection, row, ruling, now)
                        mark_changed(connection, now)
                    return True
        return False


def all_marked(connection: sa.Connection, rulings: Sequence[Ruling]) -> bool:
    """Whether what is stored has the marks that these rules give, and no others."""
    wanted = {(one.kind, one.value, one.digest, None) for one in rulings}
    return wanted == {(row.kind, row.value, row.digest, row.below) for row in connection.execute(_RULES)}


def mark_articles(connection: sa.Connection, articles: Sequence[Article], rulings: Sequence[Ruling]) -> None:
    """Gives articles, as they are now stored, the marks that the rules have for them."""
    if not rulings or not articles:
        return
    drop_marks(connection, [one.position for one in articles if one.position is not None])
    numbers = {(row.kind, row.value, row.digest): row for row in connection.execute(_RULES)}
    rows = [
        {"key_n": found.key_n, "position": one.position, "rule_n": found.n}
        for one in articles
        for said in ruled(one, rulings)
        if (found := numbers.get((said.kind, said.value, said.digest))) is not None
    ]
    dialect.insert_rows(connection, mark, rows)


def _mark_more(connection: sa.Connection, row: Any, ruling: Ruling, now: datetime) -> None:
    """Marks what the rule finds among the next articles, from the newest to the oldest."""
    at = article.c.position
    last = sa.select(at).where(at < row.below).order_by(at.desc()).limit(1).offset(STEP - 1)
    edge: int | None = connection.execute(last).scalar()
    after = FIRST if edge is None else edge - 1
    found = positions(
        connection, ruling.tree, now=now, limit=STEP, before=row.below, after=after, marked=False
    )
    rows = [{"key_n": row.key_n, "position": position, "rule_n": row.n} for position in found]
    dialect.insert_rows(connection, mark, rows, "ON CONFLICT DO NOTHING")
    connection.execute(sa.update(rule).where(rule.c.n == row.n).values(below=edge))


def _take_back(connection: sa.Connection, row: Any) -> None:
    """Takes some marks of a rule that is gone; the last of them with the rule itself."""
    theirs = sa.and_(mark.c.key_n == row.key_n, mark.c.rule_n == row.n)
    found = connection.execute(sa.select(mark.c.position).where(theirs).limit(STEP)).scalars().all()
    for some in chunks(found):
        connection.execute(sa.delete(mark).where(theirs, mark.c.position.in_(some)))
    if len(found) < STEP:
        connection.execute(sa.delete(rule).where(rule.c.n == row.n))
    else:
        connection.execute(sa.update(rule).where(rule.c.n == row.n).values(below=LAST))
