"""The names of keys folded, so that suggestions need no accents."""

import sqlalchemy as sa
from alembic import op

from aggregator.filters import fold

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

PAGE = 5_000


def upgrade() -> None:
    op.add_column("key", sa.Column("folded", sa.Text(), nullable=False, server_default=""))
    connection = op.get_bind()
    some = sa.text("SELECT n, name FROM key WHERE n > :last ORDER BY n LIMIT :page")
    change = sa.text("UPDATE key SET folded = :folded WHERE n = :n")
    last = 0
    while rows := connection.execute(some, {"last": last, "page": PAGE}).all():
        connection.execute(change, [{"n": row.n, "folded": fold(row.name)} for row in rows])
        last = rows[-1].n
