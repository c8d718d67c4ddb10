"""The store: articles, what sources served, and what polling remembers; SQLite or PostgreSQL."""

from __future__ import annotations

import logging
from datetime import datetime

import sqlalchemy as sa

from aggregator.errors import StoreError
from aggregator.schema import Secret, StoreSettings
from aggregator.store import dialect
from aggregator.store.alone import POLLER_LOCK, one_migration, share_desk
from aggregator.store.charting import Charting, Point, Spread
from aggregator.store.columns import EPOCH
from aggregator.store.dialect import libpq
from aggregator.store.engines import connect
from aggregator.store.expiring import Expiring
from aggregator.store.facets import Facets
from aggregator.store.feeding import ArchivePage, Feeding, Leaf, Order
from aggregator.store.figures import MOST_ROWS, Figures, Load, PollLine, Queue, Size
from aggregator.store.leases import Leases
from aggregator.store.marking import Marking
from aggregator.store.notices import Notices
from aggregator.store.noting import MOST_TAGS, Noting
from aggregator.store.planning import Planning
from aggregator.store.polling import Polling
from aggregator.store.readers import Readers
from aggregator.store.reading import Reading, Revision
from aggregator.store.remaking import Remaking
from aggregator.store.saving import Saving
from aggregator.store.sessions import Sessions
from aggregator.store.sharing import Sharing
from aggregator.store.telling import Telling
from aggregator.store.tokens import Tokens
from aggregator.store.views import MOST_VIEWS, Views

log = logging.getLogger("dateline")

SCHEMA = "0021"
"""The revision of the tables that this program knows."""

__all__ = [
    "MOST_ROWS",
    "MOST_TAGS",
    "MOST_VIEWS",
    "POLLER_LOCK",
    "SCHEMA",
    "ArchivePage",
    "Facets",
    "Leaf",
    "Load",
    "Order",
    "Point",
    "PollLine",
    "Queue",
    "Revision",
    "Size",
    "Spread",
    "Store",
    "libpq",
]


class Store(
    Reading,
    Noting,
    Feeding,
    Polling,
    Sharing,
    Saving,
    Remaking,
    Telling,
    Expiring,
    Marking,
    Notices,
    Planning,
    Charting,
    Tokens,
    Leases,
    Figures,
    Readers,
    Sessions,
    Views,
):
    """One database, safe to use from several threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, url: str) -> Store:
        """Opens the database a SQLAlchemy URL names, as `of` does; no backup is made."""
        return cls.of(StoreSettings(url=Secret(url), backups=0), EPOCH)

    @classmethod
    def of(cls, wanted: StoreSettings, now: datetime) -> Store:
        """Opens the database of a configuration, and first makes it, or brings it up to date after a backup.

        Raises StoreError if it is locked, newer than this program, no database, or cannot be reached.
        """
        engine = connect(wanted.url.reveal(), wanted)
        share_desk(engine)
        try:
            with dialect.sentences(engine):
                _upgrade(engine, wanted, now)
        except StoreError:
            engine.dispose()
            raise
        return cls(engine)

    @classmethod
    def look(cls, url: str) -> Store:
        """The database a URL names as it is: neither made nor brought up to date. Raises StoreError."""
        return cls(connect(url))

    def revision(self) -> str | None:
        """Of its tables; None if it has none yet. Raises StoreError."""
        with dialect.sentences(self.engine):
            return dialect.revision(self.engine)

    def ping(self) -> None:
        """Raises StoreError if the database does not answer, or has not the tables this program knows."""
        found = self.revision()
        if found != SCHEMA:
            raise StoreError(
                f"The database {dialect.shown(self.engine.url)} is of another release (schema {found or 'none'}, "
                f"this one needs {SCHEMA}); restart this Dateline, or install the release of the others."
            )

    def close(self) -> None:
        self.engine.dispose()


def _upgrade(engine: sa.Engine, wanted: StoreSettings, now: datetime) -> None:
    """Brings the database up to date, if it is not; what it held before is backed up."""
    if dialect.revision(engine) == SCHEMA:
        return
    from aggregator.store.backups import back_up_before_migration  # Alembic takes a tenth of a second to load
    from aggregator.store.migrate import known, upgrade

    with one_migration(engine):
        before = known(engine)
        if before not in (None, SCHEMA) and wanted.backups:
            made = back_up_before_migration(engine, wanted.backup_folder, wanted.backups, now)
            log.info("The database goes from schema %s to %s; a backup is in %s.", before, SCHEMA, made)
        upgrade(engine)
