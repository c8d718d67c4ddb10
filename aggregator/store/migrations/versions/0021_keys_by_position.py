"""PostgreSQL finds the keys of an article by its position, so that it can go without being read."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.create_index("article_key_position", "article_key", ["position"])
