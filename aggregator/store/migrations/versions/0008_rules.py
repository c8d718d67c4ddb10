"""Rules, and the marks they give to articles."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("key_n", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("below", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("key_n", "digest"),
    )
    op.create_table(
        "mark",
        sa.Column("key_n", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("rule_n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key_n", "position", "rule_n"),
        sqlite_with_rowid=False,
    )
    op.create_index("mark_position", "mark", ["position"])
    op.create_table(
        "applied",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("config", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
