"""The tables of readers and of what is theirs. Every table with a reader's own rows has a column `reader_n`."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text

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
)
"""`password`: argon2 hash, as argon2 writes it; `subject`: who they are to an OpenID provider, after its address."""
