"""What readers noted, as conditions of a query: see `note_tables` for what the rows mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from aggregator.filters import Noted
from aggregator.store.note_tables import READ, SAVED, STARRED, UNREAD, note, progress, tag, tagged
from aggregator.store.tables import article

CODES = {"read": READ, "starred": STARRED, "saved": SAVED}
FEW = 10_000
"""Arrivals since all was marked as read, up to which these name what is unread."""

# Made once: a statement costs more to put together than to run.
NEWEST = sa.select(sa.func.max(article.c.id))
"""Number of the article that arrived last."""
_FAR = sa.select(progress.c.reader_n, progress.c.upto, progress.c.swept).where(
    progress.c.reader_n.in_(sa.bindparam("readers", expanding=True))
)

Condition = sa.ColumnElement[bool]
Position = sa.ColumnElement[int]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a reader has marked everything as read (`note_tables.progress`)."""

    upto: int = 0
    swept: int = 0


@dataclass(frozen=True, slots=True)
class Asking:
    """What must be known of the readers that a filter names."""

    progress: Mapping[int, Progress]
    tags: Mapping[tuple[int, str], int]
    """Number of each tag by its reader and name."""
    newest: int
    """Number of the article that arrived last."""

    def of(self, reader: int | None) -> Progress:
        return self.progress.get(reader or 0, Progress())


def readers_in(connection: sa.Connection, leaves: Iterable[Noted]) -> Asking:
    """What is known of the readers in these conditions."""
    leaves = list(leaves)
    numbers = sorted({leaf.reader for leaf in leaves if leaf.reader is not None})
    if not numbers:
        return Asking({}, {}, 0)
    names = sorted({leaf.tag for leaf in leaves if leaf.tag})
    named = sa.select(tag).where(tag.c.reader_n.in_(numbers), tag.c.name.in_(names))
    return Asking(
        {
            row.reader_n: Progress(row.upto, row.swept)
            for row in connection.execute(_FAR, {"readers": numbers})
        },
        {(row.reader_n, row.name): row.n for row in connection.execute(named)} if names else {},
        connection.execute(NEWEST).scalar() or 0,
    )


def is_noted(readers: Asking, leaf: Noted, position: Position) -> Condition:
    """The condition that a reader noted this of the article at a position."""
    if leaf.tag:
        label = tagged.alias()
        n = readers.tags.get((leaf.reader or 0, leaf.tag))
        return sa.false() if n is None else exists(label.c.position == position, label.c.tag_n == n)
    if leaf.what == "tagged":
        label, given = tagged.alias(), sa.select(tag.c.n).where(_by(tag, leaf.reader))
        return exists(label.c.position == position, label.c.tag_n.in_(given))
    own, far = note.alias(), readers.of(leaf.reader)
    noted = exists(own.c.position == position, _by(own, leaf.reader), own.c.what == CODES[leaf.what])
    if leaf.what != "read" or not far.upto:
        return noted
    late, other = article.alias(), note.alias()
    arrived_later = exists(late.c.position == position, late.c.id > far.upto)
    unread = exists(other.c.position == position, _unread(other, leaf.reader, far))
    return sa.or_(noted, sa.and_(sa.not_(arrived_later), sa.not_(unread)))


def exists(*conditions: Condition) -> Condition:
    """Asked anew for each row: with an OFFSET no database makes a join of it and reads all there is."""
    return sa.exists(sa.select(sa.literal(1)).where(*conditions).limit(1).offset(0))


def named(readers: Asking, leaf: Noted) -> tuple[Position, Condition] | None:
    """The index that names the articles of a note in the order of lists, and the rows; None if there is none."""
    if leaf.tag:
        n = readers.tags.get((leaf.reader or 0, leaf.tag))
        return tagged.c.position, sa.false() if n is None else tagged.c.tag_n == n
    if leaf.reader is None or leaf.what == "tagged" or (leaf.what == "read" and readers.of(leaf.reader).upto):
        return None
    return note.c.position, sa.and_(_by(note, leaf.reader), note.c.what == CODES[leaf.what])


def unread(readers: Asking, reader: int | None) -> tuple[tuple[Position, Condition], ...] | None:
    """Two indexes that together name all a reader has not read, and some more; None if these are too many."""
    far = readers.of(reader)
    if not far.upto or readers.newest - far.upto > FEW:
        return None
    # The sum keeps a database from taking the index of positions, which would read the whole list.
    return (
        (article.c.position + 0, article.c.id > far.upto),
        (note.c.position, _unread(note, reader, far)),
    )


def _by(of: sa.FromClause, reader: int | None) -> Condition:
    return of.c.reader_n.in_(sa.select(progress.c.reader_n)) if reader is None else of.c.reader_n == reader


def _unread(of: sa.FromClause, reader: int | None, far: Progress) -> Condition:
    return sa.and_(_by(of, reader), of.c.what == UNREAD, of.c.at > far.swept)
