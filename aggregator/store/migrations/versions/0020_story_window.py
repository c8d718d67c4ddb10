"""What recent articles are compared by, so that who tells stories next need not read them all again."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "story_window",
        sa.Column("article_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("arrived", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("article_id"),
    )
