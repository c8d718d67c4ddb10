"""The tables of readers and of what is theirs. Every table with a reader's own rows has a column `reader_n`."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from aggregator.store.columns import Instant
from aggregator.store.tables import metadata

reader = Table(
    "reader",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("password", Text),
    Column("subject", Text, unique=True),
    Column("created", Instant, nullable=False),
    sqlite_autoincrement=True,
)
"""`password`: argon2 hash, as argon2 writes it; `subject`: who they are to an OpenID provider, after its address.

No number is given twice: what was still being written of a reader who is gone must not become the next one's.
"""

session = Table(
    "session",
    metadata,
    Column("id", Text, primary_key=True),
    Column("reader_n", ForeignKey("reader.n"), nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("made", Instant, nullable=False),
    Column("used", Instant, nullable=False),
    Column("agent", Text, nullable=False),
    Index("session_reader", "reader_n"),
)
"""`hash`: SHA-256 of the secret in the cookie; `agent`: what the browser calls itself; `used`: to the quarter hour."""

token = Table(
    "token",
    metadata,
    Column("id", Text, primary_key=True),
    Column("reader_n", ForeignKey("reader.n"), nullable=False),
    Column("view", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("made", Instant, nullable=False),
    Column("used", Instant),
    Index("token_reader", "reader_n"),
)
"""`hash`: SHA-256 of the token, which is random and long enough to need no salt; `view`: empty opens all feeds."""

saved_view = Table(
    "saved_view",
    metadata,
    Column("reader_n", ForeignKey("reader.n"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("filter", Text, nullable=False),
    Column("created", Instant, nullable=False),
)
"""`id`: begins with `schema.OWN`; `filter`: text in the filter language, valid when it was saved."""
