"""What becomes of readers' notes when an article goes: they go with it, or to the article that takes its place."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from aggregator.schema import Article
from aggregator.store import dialect
from aggregator.store.keys import chunks
from aggregator.store.note_tables import READ, UNREAD, note, progress, tag, tagged
from aggregator.store.noted import CODES, exists


def leave_notes(connection: sa.Connection, old: Article, heir: Article) -> None:
    """Gives an article what readers noted of one that goes; who had read that one has read this one."""
    place = sa.literal(heir.position, sa.BigInteger)
    kept = sa.select(note.c.reader_n, note.c.what, place, note.c.at).where(
        note.c.reader_n.in_(sa.select(progress.c.reader_n)),
        note.c.what.in_(CODES.values()),
        note.c.position == old.position,
    )
    unread = exists(
        note.c.reader_n == progress.c.reader_n,
        note.c.what == UNREAD,
        note.c.position == old.position,
        note.c.at > progress.c.swept,
    )
    # Noted at the instant of the marking, so that undoing it undoes this too.
    swept = sa.select(progress.c.reader_n, sa.literal(READ), place, progress.c.swept).where(
        progress.c.upto >= old.id, progress.c.upto < heir.id, sa.not_(unread)
    )
    tags = sa.select(tagged.c.tag_n, place, tagged.c.at).where(tagged.c.position == old.position)
    for table, rows in ((note, kept), (note, swept), (tagged, tags)):
        columns = [column.name for column in table.columns]
        connection.execute(
            dialect.upsert(connection, table).from_select(columns, rows).on_conflict_do_nothing()
        )


def forget_notes(connection: sa.Connection, places: Collection[int | None]) -> None:
    """Takes away what readers noted of the articles at these positions, and tags that no article has any more."""
    for some in chunks(list(places)):
        readers = sa.select(progress.c.reader_n)
        connection.execute(
            sa.delete(note).where(
                note.c.reader_n.in_(readers),
                note.c.what.in_([UNREAD, *CODES.values()]),
                note.c.position.in_(some),
            )
        )
        taken = sa.delete(tagged).where(tagged.c.position.in_(some)).returning(tagged.c.tag_n)
        tags = sorted(set(connection.execute(taken).scalars()))
        if tags:
            left = exists(tagged.c.tag_n == tag.c.n)
            connection.execute(sa.delete(tag).where(dialect.among(connection, tag.c.n, tags), sa.not_(left)))
