"""What several machines share: the host of each source, when hosts may be asked again, and what crashed workers."""

import sqlalchemy as sa
from alembic import op

from aggregator.urls import host_of

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source", sa.Column("host", sa.Text(), nullable=False, server_default=""))
    op.add_column("source", sa.Column("crashes", sa.Integer(), nullable=False, server_default="0"))
    connection = op.get_bind()
    source = sa.table("source", sa.column("n"), sa.column("url"), sa.column("host"))
    rows = connection.execute(sa.select(source.c.n, source.c.url)).all()
    if rows:
        connection.execute(
            sa.update(source).where(source.c.n == sa.bindparam("of")).values(host=sa.bindparam("is")),
            [{"of": row.n, "is": host_of(row.url)} for row in rows],
        )
    op.create_index("source_host", "source", ["host", "next_poll"])
    op.create_table(
        "turn",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("free", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("host"),
        prefixes=["UNLOGGED"] if connection.dialect.name == "postgresql" else [],
    )
