"""Brings a database to the shape this program knows, and refuses one that is newer."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from aggregator.errors import StoreError
from aggregator.store.dialect import shown


def upgrade(engine: sa.Engine) -> None:
    """Runs the missing migrations in one transaction; does nothing if there are none.

    Raises StoreError if the database was written by a newer Dateline.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == scripts.get_current_head():
        return
    if current is not None and current not in known:
        raise StoreError(
            f"The database {shown(engine.url)} was written by a newer Dateline (schema {current}); "
            "install that version or name another database in [store] url."
        )
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
