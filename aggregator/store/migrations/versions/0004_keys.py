"""Keys for categories, places and languages; points; authors and addresses are searched; articles are packed."""

from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

from aggregator.filters import keys
from aggregator.schema import Article, replace
from aggregator.store.keys import insert_keys
from aggregator.store.rows import packed, words_row
from aggregator.store.words import index_words, make_words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PAGE = 500


def upgrade() -> None:
    for gone in ("article_category", "article_place", "article_words"):
        op.drop_table(gone)
    op.drop_index("article_language", "article")
    create_keys()
    connection = op.get_bind()
    make_words(connection)
    pack = sa.text("UPDATE article SET detail = :detail WHERE id = :id")
    for some in articles(connection):
        name_keys(connection, some)
        insert_keys(connection, some)
        index_words(connection, [words_row(one) for one in some])
        connection.execute(pack, [{"id": one.id, "detail": packed(one)} for one in some])
    for gone in ("html", "text"):
        op.drop_column("article", gone)


def name_keys(connection: sa.Connection, some: list[Article]) -> None:
    """Gives every key of some articles its number, in the columns of this revision: later ones have more."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for each in (each for one in some for each in keys(one)):
        if each.name != each.value or (each.kind, each.value) not in found:
            found.setdefault((each.kind, each.value), {}).update(each._asdict())
    if found:
        connection.execute(
            sa.text(
                "INSERT INTO key (kind, value, name) VALUES (:kind, :value, :name) "
                "ON CONFLICT (kind, value) DO UPDATE SET name = excluded.name WHERE key.name = key.value"
            ),
            [found[id] for id in sorted(found)],
        )


def articles(connection: sa.Connection) -> Iterator[list[Article]]:
    """What is stored, in the columns of this revision."""
    decode = msgspec.json.Decoder(Article).decode
    query = sa.text(
        "SELECT id, position, title, html, text, edited, detail FROM article WHERE id > :last ORDER BY id LIMIT :page"
    )
    last = 0
    while rows := connection.execute(query, {"last": last, "page": PAGE}).all():
        yield [article(decode(row.detail), row) for row in rows]
        last = rows[-1].id


def article(bare: Article, row: Any) -> Article:
    edited = None if row.edited is None else bare.first_seen  # that it was, not when, is a key
    return replace(
        bare, title=row.title, html=row.html, text=row.text, id=row.id, position=row.position, edited=edited
    )


def create_keys() -> None:
    op.create_table(
        "key",
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
        sa.UniqueConstraint("kind", "value"),
    )
    for table, columns in (("article_key", ("key_n", "position")), ("article_facet", ("position", "key_n"))):
        op.create_table(
            table,
            *(
                sa.Column(
                    name,
                    sa.BigInteger() if name == "position" else sa.Integer(),
                    autoincrement=False,
                    nullable=False,
                )
                for name in columns
            ),
            sa.PrimaryKeyConstraint(*columns),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "article_point",
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lat", sa.Float(), autoincrement=False, nullable=False),
        sa.Column("lon", sa.Float(), autoincrement=False, nullable=False),
        sa.Column("cell", sa.Integer(), nullable=False),
        sa.Column("x", sa.Float(), nullable=False),
        sa.Column("y", sa.Float(), nullable=False),
        sa.Column("z", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("position", "lat", "lon"),
        sqlite_with_rowid=False,
    )
    op.create_index("article_point_cell", "article_point", ["cell", "position"], unique=False)
