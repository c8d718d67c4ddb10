"""What readers note of articles: read, starred, saved for later, tagged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from aggregator.errors import StoreError
from aggregator.filters import Filter, Not, Noted, all_of
from aggregator.store import dialect
from aggregator.store.asking import FIRST, holds
from aggregator.store.columns import to_ms
from aggregator.store.keys import chunks
from aggregator.store.note_tables import READ, UNREAD, note, preference, progress, tag, tagged
from aggregator.store.noted import CODES, NEWEST
from aggregator.store.noted import exists as there_is
from aggregator.store.tables import article
from aggregator.store.where import positions

STEP = 5_000
"""Articles in one transaction: writers wait for a tenth of a second at most."""
MOST_TAGS = 500
"""Of one reader."""
# Made once: a statement costs more to put together than to run.
_KEPT = sa.select(note.c.position, note.c.what).where(
    note.c.reader_n == sa.bindparam("by"),
    note.c.what.in_([CODES["starred"], CODES["saved"]]),
    note.c.position.in_(sa.bindparam("places", expanding=True)),
)
_TAGS = (
    sa.select(tagged.c.position, tag.c.name)
    .join_from(tagged, tag)
    .where(
        tagged.c.position.in_(sa.bindparam("places", expanding=True)), tag.c.reader_n == sa.bindparam("by")
    )
)


class Noting:
    """The side of the store that knows what readers noted. Every method raises StoreError."""

    engine: sa.Engine

    def note(self, reader: int, ids: Sequence[int], what: str, *, on: bool, now: datetime) -> None:
        """Notes something of articles (`filters.Noted`), or takes the note back."""
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            stamp = stamped(connection, reader, now)
            for some in chunks(ids):
                query = sa.select(article.c.position, article.c.id).where(article.c.id.in_(some))
                found = [(row.position, row.id) for row in connection.execute(query)]
                if what.startswith("tag:"):
                    _tag(connection, reader, what.removeprefix("tag:"), found, on, stamp)
                else:
                    _set(connection, reader, CODES[what], found, on, stamp)
                if what == "read":
                    far = _upto(connection, reader)
                    _set(connection, reader, UNREAD, [one for one in found if one[1] <= far], not on, stamp)

    def read_all(self, reader: int, *, upto: int, now: datetime) -> int:
        """Marks every article as read that arrived up to this number; what it returns undoes that (`unread_again`).

        What arrived later stays as it is, also if it was marked before: a page may have been open for long.
        """
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            stamp = stamped(connection, reader, now)
            newest = connection.execute(sa.select(sa.func.max(article.c.id))).scalar() or 0
            mine = progress.c.reader_n == reader
            connection.execute(
                sa.delete(note).where(
                    note.c.reader_n == reader,
                    note.c.what == UNREAD,
                    note.c.at <= sa.select(progress.c.swept_before).where(mine).scalar_subquery(),
                )
            )
            later = there_is(article.c.position == note.c.position, article.c.id > upto)
            connection.execute(
                sa.update(note)
                .where(
                    note.c.reader_n == reader,
                    note.c.what == UNREAD,
                    note.c.at > sa.select(progress.c.swept).where(mine).scalar_subquery(),
                    later,
                )
                .values(at=stamped(connection, reader, now))
            )
            connection.execute(
                sa.update(progress)
                .where(mine)
                .values(
                    was=progress.c.upto,
                    swept_before=progress.c.swept,
                    upto=max(_upto(connection, reader), min(upto, newest)),
                    swept=stamp,
                )
            )
            return stamp

    def read_list(
        self,
        reader: int,
        where: Filter,
        *,
        upto: int,
        now: datetime,
        lowest: int = FIRST,
        before: int | None = None,
    ) -> tuple[int, int]:
        """Marks the unread articles of a list as read, in steps: those that arrived up to this number.

        `lowest` and `before` are the positions it is done between. Returns what undoes it (`unread_again`), and how
        many there were.
        """
        unread = all_of([where, Not(Noted(reader, "read"))])
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            stamp = stamped(connection, reader, now)
        count, after = 0, lowest - 1 if lowest > FIRST else FIRST
        while True:
            with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
                found = positions(connection, unread, now=now, limit=STEP, before=before, after=after)
                there = _arrived(connection, found, upto)
                _insert(connection, reader, READ, there, stamp)
                stamped(connection, reader, now)  # what was counted since the last step holds no more
            count += len(there)
            if len(found) < STEP:
                return stamp, count
            after = found[-1]

    def unread_again(self, reader: int, stamp: int, now: datetime) -> bool:
        """Undoes the marking as read that returned this; False if it cannot be undone any more."""
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            stamped(connection, reader, now)
            mine = sa.and_(progress.c.reader_n == reader, progress.c.swept == stamp)
            swept = connection.execute(
                sa.update(progress).where(mine).values(upto=progress.c.was, swept=progress.c.swept_before)
            )
            theirs = (note.c.reader_n == reader, note.c.what == READ, note.c.at == stamp)
            return connection.execute(sa.delete(note).where(*theirs)).rowcount + swept.rowcount > 0

    def notes(self, reader: int, places: Sequence[int]) -> dict[int, frozenset[str]]:
        """What a reader noted of the articles at these positions (`filters.Noted`)."""
        found: dict[int, set[str]] = {position: set() for position in places}
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            at = article.c.position
            read = holds(connection, Noted(reader, "read"), at, now=datetime.min)
            for position in connection.execute(sa.select(at).where(at.in_(places), read)).scalars():
                found[position].add("read")
            asked = {"by": reader, "places": list(places)}
            names = {code: name for name, code in CODES.items()}
            for position, what in connection.execute(_KEPT, asked):
                found[position].add(names[what])
            for position, name in connection.execute(_TAGS, asked):
                found[position].add(f"tag:{name}")
        return {position: frozenset(noted) for position, noted in found.items()}

    def own_tags(self, reader: int) -> tuple[str, ...]:
        """The tags a reader has given."""
        query = sa.select(tag.c.name).where(tag.c.reader_n == reader).order_by(tag.c.name)
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return tuple(connection.execute(query).scalars())

    def preferences(self, reader: int) -> dict[str, str]:
        """How a reader wants to read, as far as they said so."""
        query = sa.select(preference.c.name, preference.c.value).where(preference.c.reader_n == reader)
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return {row.name: row.value for row in connection.execute(query)}

    def prefer(self, reader: int, wanted: Mapping[str, str], *, now: datetime) -> None:
        """Remembers how a reader wants to read."""
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            stamped(connection, reader, now)
            for name, value in wanted.items():
                row = dialect.upsert(connection, preference).values(reader_n=reader, name=name, value=value)
                changed = row.on_conflict_do_update(
                    index_elements=["reader_n", "name"], set_={"value": row.excluded.value}
                )
                connection.execute(changed)

    def noted_at(self, reader: int) -> int:
        """A number that changes with everything this reader notes, prefers or keeps as a view."""
        query = sa.select(progress.c.stamp).where(progress.c.reader_n == reader)
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return connection.execute(query).scalar() or 0

    def newest(self) -> int:
        """Number of the article that arrived last; 0 if there is none."""
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return connection.execute(NEWEST).scalar() or 0

    def arrived(self, where: Filter, *, now: datetime, after: int, most: int) -> int:
        """How many articles a filter finds that arrived after the one of that number, counted as far as `most`."""
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            some = (
                sa.select(article.c.id)
                .where(article.c.id > after, holds(connection, where, article.c.position, now=now))
                .limit(most)
                .subquery()
            )
            return connection.execute(sa.select(sa.func.count()).select_from(some)).scalar_one()


def stamped(connection: sa.Connection, reader: int, now: datetime) -> int:
    """The instant of a change by a reader, later than that of any before."""
    at = to_ms(now)
    first = {"upto": 0, "was": 0, "swept": 0, "swept_before": 0}
    row = dialect.upsert(connection, progress).values(reader_n=reader, stamp=at, **first)
    later = sa.case((progress.c.stamp < at, at), else_=progress.c.stamp + 1)
    raised = row.on_conflict_do_update(index_elements=["reader_n"], set_={"stamp": later})
    stamp: int = connection.execute(raised.returning(progress.c.stamp)).scalar_one()
    return stamp


def _upto(connection: sa.Connection, reader: int) -> int:
    upto: int = connection.execute(
        sa.select(progress.c.upto).where(progress.c.reader_n == reader)
    ).scalar_one()
    return upto


def _set(
    connection: sa.Connection, reader: int, what: int, found: Sequence[tuple[int, int]], on: bool, stamp: int
) -> None:
    places = [position for position, _ in found]
    gone = (note.c.reader_n == reader, note.c.what == what, note.c.position.in_(places))
    if what == UNREAD or not on:
        connection.execute(sa.delete(note).where(*gone))
    if on:
        _insert(connection, reader, what, places, stamp)


def _insert(connection: sa.Connection, reader: int, what: int, places: Sequence[int], stamp: int) -> None:
    rows = [{"reader_n": reader, "what": what, "position": position, "at": stamp} for position in places]
    dialect.insert_rows(connection, note, rows, "ON CONFLICT DO NOTHING")


def _tag(
    connection: sa.Connection,
    reader: int,
    name: str,
    found: Sequence[tuple[int, int]],
    on: bool,
    stamp: int,
) -> None:
    """Gives or takes a tag; one that no article has any more is gone."""
    mine = sa.and_(tag.c.reader_n == reader, tag.c.name == name)
    n = connection.execute(sa.select(tag.c.n).where(mine)).scalar()
    if on:
        if n is None:
            count = sa.select(sa.func.count()).where(tag.c.reader_n == reader)
            if connection.execute(count).scalar_one() >= MOST_TAGS:
                raise StoreError(f"A reader has at most {MOST_TAGS} tags; take one away first.")
            n = connection.execute(
                sa.insert(tag).values(reader_n=reader, name=name).returning(tag.c.n)
            ).scalar()
        rows = [{"tag_n": n, "position": position, "at": stamp} for position, _ in found]
        dialect.insert_rows(connection, tagged, rows, "ON CONFLICT DO NOTHING")
    elif n is not None:
        places = [position for position, _ in found]
        connection.execute(sa.delete(tagged).where(tagged.c.tag_n == n, tagged.c.position.in_(places)))
        left = there_is(tagged.c.tag_n == n)
        connection.execute(sa.delete(tag).where(tag.c.n == n, sa.not_(left)))


def _arrived(connection: sa.Connection, places: Sequence[int], upto: int) -> list[int]:
    """Those of some positions whose articles arrived up to this number."""
    query = sa.select(article.c.position).where(
        dialect.among(connection, article.c.position, places), article.c.id <= upto
    )
    return list(connection.execute(query).scalars())
