"""The first tables."""

from alembic import op

from aggregator.store.dialect import make_words
from aggregator.store.tables import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    make_words(op.get_bind())
