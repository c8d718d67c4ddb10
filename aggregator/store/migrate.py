"""Brings a database to the shape this program knows, and refuses one that is newer."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from aggregator.errors import StoreError
from aggregator.store.dialect import UNFINISHED, is_sqlite, revision, shown, writing


def upgrade(engine: sa.Engine) -> None:
    """Runs the missing migrations in one transaction; does nothing if there are none.

    Raises StoreError if the database was written by a newer Dateline.
    """
    if known(engine) == head():
        return
    with writing(engine) as connection:
        if not is_sqlite(connection):
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        bring_up(connection, "head")


def known(engine: sa.Engine) -> str | None:
    """The revision of a database, None if it has no tables; StoreError if this program does not know it."""
    current = revision(engine)
    if current is not None and current.startswith(UNFINISHED):
        raise StoreError(
            f"The database {shown(engine.url)} is a copy that was not finished; go on with dateline db copy, "
            "which verifies it."
        )
    if current is not None and current not in {one.revision for one in scripts().walk_revisions()}:
        raise StoreError(
            f"The database {shown(engine.url)} was written by a newer Dateline (schema {current}); "
            "install that version or name another database in [store] url."
        )
    return current


def scripts() -> ScriptDirectory:
    """The migrations."""
    return ScriptDirectory.from_config(_config())


def head() -> str | None:
    """The revision that this program knows."""
    return scripts().get_current_head()


def bring_up(connection: sa.Connection, to: str) -> None:
    """Runs the migrations up to a revision, in the transaction of the connection."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
