"""What a source usually writes about is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "habit",
        sa.Column("source_n", sa.Integer(), nullable=False),
        sa.Column("habits", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["source_n"], ["source.n"]),
        sa.PrimaryKeyConstraint("source_n"),
    )
