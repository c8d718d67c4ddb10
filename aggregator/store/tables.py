"""The tables, as SQLAlchemy Core sees them. Instants are integers: milliseconds since 1970 UTC."""

from __future__ import annotations

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
    UniqueConstraint,
)

from aggregator.store.columns import Instant, IntSet, Span

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Counters: `article` and `entry` (last number given), `state` (raised by every change), `changed` (when). And what
all processes share: `stretch` of intervals, `secret 1` to `secret 4`."""

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
    Column("asked_not_before", Instant),
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
    Column("host", Text, nullable=False, server_default=""),
    Column("crashes", Integer, nullable=False, server_default="0"),
    Index("source_host", "host", "next_poll"),
    Index("source_due", "active", "next_poll"),
    Index("source_asked", "active", "last_poll"),
)

"""`config`: JSON of the Source as it was last configured, without its secrets; `host`: of its present `url`."""

turn = Table(
    "turn", metadata, Column("host", Text, primary_key=True), Column("free", BigInteger, nullable=False)
)
"""When each host may be asked again by any machine, in ms since 1970 UTC by the database's clock."""

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
    Column("detail", LargeBinary, nullable=False),
    Index("article_first_seen", "first_seen"),
)
"""`detail` is the Article, packed (`rows.packed`)."""

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
    Column("entry_n", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""`entry_n`: the first entry in which the source brought it; no foreign key, which would want an index of its own."""

key = Table(
    "key",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False, server_default=""),
    UniqueConstraint("kind", "value"),
)
"""Everything that articles were ever found by (`filters.keys`), with its name for people, as it is and folded."""

article_key = Table(
    "article_key",
    metadata,
    Column("key_n", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Index("article_key_position", "position", info={"only": "postgresql"}).ddl_if(dialect="postgresql"),
    sqlite_with_rowid=False,
)
"""The articles of each key in the order of lists: what a filter asks for is one stretch of it.

SQLite must read an article to take it out of its index of words, and has its keys then; PostgreSQL need not.
"""


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

article_facet = Table(
    "article_facet",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("key_n", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""The keys of each article that a list counts: categories, places with all they lie in, its language."""

fingerprint = Table(
    "fingerprint",
    metadata,
    Column("key", BigInteger, primary_key=True),
    Column("article_id", Integer, primary_key=True),
    Index("fingerprint_article", "article_id"),
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

story_window = Table(
    "story_window",
    metadata,
    Column("article_id", Integer, primary_key=True, autoincrement=False),
    Column("arrived", Instant, nullable=False),
    Column("seen", LargeBinary, nullable=False),
)
"""What articles that came in lately are compared by (`Told.seen`); whoever tells stories next recalls them."""

article_point = Table(
    "article_point",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("lat", Float, primary_key=True, autoincrement=False),
    Column("lon", Float, primary_key=True, autoincrement=False),
    Column("cell", Integer, nullable=False),
    Column("x", Float, nullable=False),
    Column("y", Float, nullable=False),
    Column("z", Float, nullable=False),
    Index("article_point_cell", "cell", "position"),
    sqlite_with_rowid=False,
)
"""The points of each article; `cell`, `x`, `y` and `z` as in `filters.globe`."""
