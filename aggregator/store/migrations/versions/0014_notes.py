"""What readers note of articles: read, starred, saved, tagged."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "progress",
        sa.Column("reader_n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("was", sa.Integer(), nullable=False),
        sa.Column("swept", sa.BigInteger(), nullable=False),
        sa.Column("swept_before", sa.BigInteger(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reader_n"),
    )
    op.create_table(
        "note",
        sa.Column("reader_n", sa.Integer(), nullable=False),
        sa.Column("what", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reader_n", "what", "position"),
        sqlite_with_rowid=False,
    )
    create_tags()
    op.create_table(
        "preference",
        sa.Column("reader_n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("reader_n", "name"),
    )


def create_tags() -> None:
    op.create_table(
        "tag",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("reader_n", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("reader_n", "name"),
    )
    op.create_table(
        "tagged",
        sa.Column("tag_n", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tag_n"], ["tag.n"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tag_n", "position"),
        sqlite_with_rowid=False,
    )
    op.create_index("tagged_position", "tagged", ["position"])
