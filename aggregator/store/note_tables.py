"""The tables of what readers note of articles. Instants are milliseconds since 1970 UTC, each used once."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from aggregator.store.tables import metadata

READ, UNREAD, STARRED, SAVED = 1, 2, 3, 4
"""`note.what`. An article is read if it has READ, or if it is among the first `upto` to arrive and has no UNREAD."""

progress = Table(
    "progress",
    metadata,
    Column("reader_n", Integer, primary_key=True, autoincrement=False),
    Column("upto", Integer, nullable=False),
    Column("was", Integer, nullable=False),
    Column("swept", BigInteger, nullable=False),
    Column("swept_before", BigInteger, nullable=False),
    Column("stamp", BigInteger, nullable=False),
)
"""A row for each reader who has noted anything.

`upto`: all articles that arrived up to this number were marked as read at `swept`; UNREAD of an earlier instant says
nothing any more. `was`, `swept_before`: the same before that, for undoing it. `stamp`: instant of the last change.
"""

note = Table(
    "note",
    metadata,
    Column("reader_n", Integer, primary_key=True, autoincrement=False),
    Column("what", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

tag = Table(
    "tag",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("reader_n", Integer, nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("reader_n", "name"),
)
"""The tags of each reader; those of rules are keys."""

tagged = Table(
    "tagged",
    metadata,
    Column("tag_n", ForeignKey("tag.n", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Index("tagged_position", "position"),
    sqlite_with_rowid=False,
)

preference = Table(
    "preference",
    metadata,
    Column("reader_n", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""How a reader wants to read; what has no row is as it comes."""
