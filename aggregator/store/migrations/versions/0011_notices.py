"""The categories that rules give have names; what is to be told to other programs, and whether it was."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rule", sa.Column("name", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "notice",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("next_try", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("target", "article_id"),
    )
    op.create_index("notice_next_try", "notice", ["next_try"])
    op.create_index("notice_article", "notice", ["article_id"])
