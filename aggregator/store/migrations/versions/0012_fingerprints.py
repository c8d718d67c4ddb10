"""Fingerprints go with their article, and are renewed with its words."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("fingerprint_article", "fingerprint", ["article_id"])
