"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WORDS_SQLITE = (
    "CREATE VIRTUAL TABLE article_words"
    " USING fts5(title, text, content='', tokenize='unicode61 remove_diacritics 0')"
)
WORDS_POSTGRESQL = (
    "CREATE TABLE article_words"
    " (position BIGINT PRIMARY KEY, title TSVECTOR NOT NULL, words TSVECTOR NOT NULL)",
    "CREATE INDEX article_words_words ON article_words USING gin (words)",
    "CREATE INDEX article_words_title ON article_words USING gin (title)",
)


def upgrade() -> None:
    create_article()
    create_meta()
    create_source()
    create_article_category()
    create_article_place()
    create_entry()
    create_poll()
    create_revision()
    create_alias()
    create_article_source()
    create_article_words()


def create_article() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("edited", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("detail", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("position"),
        sa.UniqueConstraint("uid"),
    )
    op.create_index("article_first_seen", "article", ["first_seen"], unique=False)
    op.create_index("article_language", "article", ["language", "position"], unique=False)


def create_meta() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def create_source() -> None:
    op.create_table(
        "source",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("config_url", sa.Text(), nullable=False),
        sa.Column("config_interval", sa.BigInteger(), nullable=True),
        sa.Column("config", sa.LargeBinary(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("next_poll", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("last_poll", sa.BigInteger(), nullable=True),
        sa.Column("last_ok", sa.BigInteger(), nullable=True),
        sa.Column("last_new", sa.BigInteger(), nullable=True),
        sa.Column("last_full", sa.BigInteger(), nullable=True),
        sa.Column("last_kind", sa.Text(), nullable=True),
        sa.Column("last_message", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("gone_count", sa.Integer(), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=False),
        sa.Column("moved_count", sa.Integer(), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("not_modified", sa.Integer(), nullable=False),
        sa.Column("news", sa.Float(), nullable=False),
        sa.Column("span", sa.Float(), nullable=False),
        sa.Column("ttl", sa.BigInteger(), nullable=True),
        sa.Column("skip_hours", sa.Text(), nullable=False),
        sa.Column("skip_days", sa.Text(), nullable=False),
        sa.Column("update_period", sa.BigInteger(), nullable=True),
        sa.Column("fresh_for", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("source_id"),
    )
    op.create_index("source_asked", "source", ["active", "last_poll"], unique=False)
    op.create_index("source_due", "source", ["active", "next_poll"], unique=False)


def create_article_category() -> None:
    op.create_table(
        "article_category",
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
        ),
        sa.PrimaryKeyConstraint("category", "position"),
        sqlite_with_rowid=False,
    )
    op.create_index(("ix_article_category_article_id"), "article_category", ["article_id"], unique=False)


def create_article_place() -> None:
    op.create_table(
        "article_place",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("geonameid", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
        ),
    )
    op.create_index("article_place_country", "article_place", ["country", "position"], unique=False)
    op.create_index("article_place_name", "article_place", ["name", "position"], unique=False)
    op.create_index(("ix_article_place_article_id"), "article_place", ["article_id"], unique=False)


def create_entry() -> None:
    op.create_table(
        "entry",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source_n", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=True),
        sa.Column("raw_hash", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
        ),
        sa.ForeignKeyConstraint(
            ["source_n"],
            ["source.n"],
        ),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("source_n", "key"),
    )
    op.create_index("entry_article", "entry", ["article_id"], unique=False)


def create_poll() -> None:
    op.create_table(
        "poll",
        sa.Column("source_n", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("elapsed", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_n"],
            ["source.n"],
        ),
    )
    op.create_index("poll_at", "poll", ["at"], unique=False)
    op.create_index("poll_source", "poll", ["source_n", "at"], unique=False)


def create_revision() -> None:
    op.create_table(
        "revision",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
        ),
    )
    op.create_index(("ix_revision_article_id"), "revision", ["article_id"], unique=False)


def create_alias() -> None:
    op.create_table(
        "alias",
        sa.Column("source_n", sa.Integer(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("entry_n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_n"],
            ["entry.n"],
        ),
        sa.ForeignKeyConstraint(
            ["source_n"],
            ["source.n"],
        ),
        sa.PrimaryKeyConstraint("source_n", "alias"),
        sqlite_with_rowid=False,
    )
    op.create_index("alias_entry", "alias", ["entry_n"], unique=False)


def create_article_source() -> None:
    op.create_table(
        "article_source",
        sa.Column("source_n", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("entry_n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entry_n"],
            ["entry.n"],
        ),
        sa.ForeignKeyConstraint(
            ["source_n"],
            ["source.n"],
        ),
        sa.PrimaryKeyConstraint("source_n", "position"),
        sqlite_with_rowid=False,
    )
    op.create_index(("ix_article_source_article_id"), "article_source", ["article_id"], unique=False)


def create_article_words() -> None:
    for statement in (WORDS_SQLITE,) if op.get_bind().dialect.name == "sqlite" else WORDS_POSTGRESQL:
        op.execute(statement)
