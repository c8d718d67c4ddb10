"""Until when publishers ask to be left alone."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source", sa.Column("asked_not_before", sa.BigInteger()))
    # What was known of it stood in the sentence alone.
    op.execute("UPDATE source SET asked_not_before = next_poll WHERE reason LIKE '%(Retry-After).'")
