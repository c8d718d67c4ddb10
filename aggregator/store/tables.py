"""The tables, as SQLAlchemy Core sees them. Instants are integers: milliseconds since 1970 UTC."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.engine import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970 UTC of an aware datetime."""
    return (at - EPOCH) // MILLISECOND


def from_ms(ms: int) -> datetime:
    """The aware UTC datetime of milliseconds since 1970."""
    return EPOCH + timedelta(milliseconds=ms)


class Instant(TypeDecorator[datetime]):
    """An aware datetime kept as milliseconds since 1970 UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_ms(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else from_ms(value)


class Span(TypeDecorator[timedelta]):
    """A timedelta kept as milliseconds."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else value // MILLISECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(milliseconds=value)


class IntSet(TypeDecorator[frozenset[int]]):
    """A small set of integers kept as a JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: frozenset[int] | None, dialect: Dialect) -> str:
        return json.dumps(sorted(value or ()))

    def process_result_value(self, value: Any, dialect: Dialect) -> frozenset[int]:
        return frozenset(json.loads(value))


metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Counters: `article` and `entry` (last number given), `state` (raised by every change), `changed` (when)."""

source = Table(
    "source",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("source_id", Text, nullable=False, unique=True),
    Column("active", Boolean, nullable=False),
    Column("config_url", Text, nullable=False),
    Column("config_interval", Span),
    Column("config", LargeBinary, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("next_poll", Instant),
    Column("reason", Text, nullable=False),
    Column("last_poll", Instant),
    Column("last_ok", Instant),
    Column("last_new", Instant),
    Column("last_full", Instant),
    Column("last_kind", Text),
    Column("last_message", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("gone_count", Integer, nullable=False),
    Column("moved_to", Text, nullable=False),
    Column("moved_count", Integer, nullable=False),
    Column("polls", Integer, nullable=False),
    Column("not_modified", Integer, nullable=False),
    Column("news", Float, nullable=False),
    Column("span", Float, nullable=False),
    Column("ttl", Span),
    Column("skip_hours", IntSet, nullable=False),
    Column("skip_days", IntSet, nullable=False),
    Column("update_period", Span),
    Column("fresh_for", Span),
    Index("source_due", "active", "next_poll"),
    Index("source_asked", "active", "last_poll"),
)

"""`config`: JSON of the Source as it was last configured, without its secrets."""

habit = Table(
    "habit",
    metadata,
    Column("source_n", ForeignKey("source.n"), primary_key=True),
    Column("habits", LargeBinary, nullable=False),
)
"""JSON of the Habits of each source: apart, because they change seldom and are read seldom."""

poll = Table(
    "poll",
    metadata,
    Column("source_n", ForeignKey("source.n"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Integer),
    Column("entries", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("elapsed", Float, nullable=False),
    Index("poll_source", "source_n", "at"),
    Index("poll_at", "at"),
)
"""The poll log: what is needed to replay real histories."""

article = Table(
    "article",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False, unique=True),
    Column("uid", Text, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("published", Instant, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("edited", Instant),
    Column("language", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("detail", LargeBinary, nullable=False),
    Index("article_language", "language", "position"),
    Index("article_first_seen", "first_seen"),
)
"""`detail` is JSON of the Article without what has a column of its own."""

entry = Table(
    "entry",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("source_n", ForeignKey("source.n"), nullable=False),
    Column("article_id", ForeignKey("article.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("guid", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("published", BigInteger),
    Column("raw_hash", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("item_hash", Text, nullable=False, server_default=""),
    UniqueConstraint("source_n", "key"),
    Index("entry_item", "source_n", "item_hash"),
    Index("entry_article", "article_id"),
)
"""What each source serves, raw, with the traits it is recognised by (hashes; `published` in ms)."""

alias = Table(
    "alias",
    metadata,
    Column("source_n", ForeignKey("source.n"), primary_key=True),
    Column("alias", Text, primary_key=True),
    Column("entry_n", ForeignKey("entry.n"), nullable=False),
    Index("alias_entry", "entry_n"),
    sqlite_with_rowid=False,
)

revision = Table(
    "revision",
    metadata,
    Column("article_id", ForeignKey("article.id"), nullable=False, index=True),
    Column("replaced_at", Instant, nullable=False),
    Column("title", Text, nullable=False),
    Column("html", Text, nullable=False),
)
"""Earlier words of an article whose publisher edited it."""

article_source = Table(
    "article_source",
    metadata,
    Column("source_n", ForeignKey("source.n"), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("article_id", ForeignKey("article.id"), nullable=False, index=True),
    Column("entry_n", ForeignKey("entry.n"), nullable=False),
    sqlite_with_rowid=False,
)
"""`entry_n`: the first entry in which the source brought it."""

article_category = Table(
    "article_category",
    metadata,
    Column("category", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("name", Text, nullable=False),
    Column("article_id", ForeignKey("article.id"), nullable=False, index=True),
    sqlite_with_rowid=False,
)

token = Table(
    "token",
    metadata,
    Column("id", Text, primary_key=True),
    Column("reader", Text, nullable=False),
    Column("view", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("made", Instant, nullable=False),
    Index("token_view", "view"),
)
"""`hash`: SHA-256 of the token, which is random and long enough to need no salt."""

lease = Table(
    "lease",
    metadata,
    Column("source_n", ForeignKey("source.n"), primary_key=True),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("secret", Text, nullable=False),
    Column("next_ask", Instant, nullable=False),
    Column("until", Instant),
)

article_place = Table(
    "article_place",
    metadata,
    Column("article_id", ForeignKey("article.id"), nullable=False, index=True),
    Column("position", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("geonameid", Integer),
    Index("article_place_country", "country", "position"),
    Index("article_place_name", "name", "position"),
)
"""`name` is folded, so that a look-up needs no accents."""

fingerprint = Table(
    "fingerprint",
    metadata,
    Column("key", BigInteger, primary_key=True),
    Column("article_id", Integer, primary_key=True),
    sqlite_with_rowid=False,
)
"""Under which numbers copies of an article's text are found (`cluster.keys`), for the days after it arrived."""

article_story = Table(
    "article_story",
    metadata,
    Column("article_id", ForeignKey("article.id"), primary_key=True, autoincrement=False),
    Column("story", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("score", Float, nullable=False),
    Column("nearest", Integer),
    Column("evidence", LargeBinary, nullable=False),
    Index("article_story_story", "story", "position"),
    Index("article_story_position", "position", "story"),
)
"""`nearest`: number of the article whose story it joined; `evidence`: JSON of what the two have in common."""
