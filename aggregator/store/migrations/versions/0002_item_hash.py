"""Entries know the hash of their bytes, so that those served again need not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entry", sa.Column("item_hash", sa.Text(), nullable=False, server_default=""))
    op.create_index("entry_item", "entry", ["source_n", "item_hash"], unique=False)
