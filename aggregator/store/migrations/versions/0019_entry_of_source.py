"""`article_source` names its entry without a foreign key: each entry that went was looked for in the whole table."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute("ALTER TABLE article_source DROP CONSTRAINT IF EXISTS article_source_entry_n_fkey")
        return
    # SQLite takes no constraint from a table: its rows move to another one.
    op.create_table(
        "new_article_source",
        sa.Column("source_n", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("entry_n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.ForeignKeyConstraint(["source_n"], ["source.n"]),
        sa.PrimaryKeyConstraint("source_n", "position"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO new_article_source SELECT source_n, position, article_id, entry_n FROM article_source"
    )
    op.drop_table("article_source")
    op.rename_table("new_article_source", "article_source")
    op.create_index("ix_article_source_article_id", "article_source", ["article_id"], unique=False)
