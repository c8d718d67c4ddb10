"""The table of the views that readers saved."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from aggregator.store.columns import Instant
from aggregator.store.tables import metadata

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
