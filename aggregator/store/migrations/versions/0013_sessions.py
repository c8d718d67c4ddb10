"""Sessions of readers; tokens belong to readers, and one may open all feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("reader_n", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["reader_n"], ["reader.n"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("hash"),
    )
    op.create_index("session_reader", "session", ["reader_n"])
    op.execute(
        "INSERT INTO reader (name, role, created) SELECT reader, 'reader', MIN(made) FROM token "
        "WHERE reader NOT IN (SELECT name FROM reader) GROUP BY reader"
    )
    op.execute("UPDATE reader SET role = 'admin' WHERE name = 'owner'")
    op.rename_table("token", "old_token")
    op.create_table(
        "token",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("reader_n", sa.Integer(), nullable=False),
        sa.Column("view", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["reader_n"], ["reader.n"]),
        # The table before keeps the name of its own while both are there.
        sa.PrimaryKeyConstraint("id", name="token_id"),
        sa.UniqueConstraint("hash"),
    )
    op.execute(
        "INSERT INTO token (id, reader_n, view, label, hash, made) SELECT t.id, r.n, t.view, '', t.hash, t.made "
        "FROM old_token t JOIN reader r ON r.name = t.reader"
    )
    op.drop_table("old_token")
    op.create_index("token_reader", "token", ["reader_n"])
