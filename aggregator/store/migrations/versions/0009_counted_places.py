"""Lists count places of every kind, not countries alone."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "INSERT INTO article_facet (position, key_n) "
        "SELECT article_key.position, article_key.key_n FROM article_key JOIN key ON key.n = article_key.key_n "
        "WHERE key.kind = 'place' ORDER BY 1, 2 ON CONFLICT DO NOTHING"
    )
