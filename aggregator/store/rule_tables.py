"""The tables of rules: what they say, of which articles, and who is to hear of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from aggregator.store.columns import Instant
from aggregator.store.tables import metadata

rule = Table(
    "rule",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("key_n", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("below", BigInteger),
    UniqueConstraint("key_n", "digest"),
)
"""What rules say: a key is given to the articles a filter finds (`filters.Ruling`).

`below`: the articles at smaller positions are still to be marked; null once all are. `name`: of a category, for people;
empty for what is not told of an article, only found.
"""

mark = Table(
    "mark",
    metadata,
    Column("key_n", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("rule_n", Integer, primary_key=True, autoincrement=False),
    Index("mark_position", "position"),
    sqlite_with_rowid=False,
)
"""The articles to which a rule gives a key: as `article_key`, but gone with the rule."""

notice = Table(
    "notice",
    metadata,
    Column("target", Text, primary_key=True),
    Column("article_id", Integer, primary_key=True, autoincrement=False),
    Column("made", Instant, nullable=False),
    Column("next_try", Instant),
    Column("tries", Integer, nullable=False),
    Column("problem", Text, nullable=False),
    Index("notice_next_try", "next_try"),
    Index("notice_article", "article_id"),
)
"""What rules want told: an article to a target (`[[notify]]`), once.

`next_try`: null once it was heard, or was given up: then `problem` says why.
"""

applied = Table(
    "applied",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("config", LargeBinary, nullable=False),
)
"""One row: the views, rules, categories and places in force, as JSON (`planning.Applied`).

The sources in force are those that are active.
"""
