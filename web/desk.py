"""What the web pages are given: the store, the settings in force, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from aggregator.schema import Settings
from aggregator.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a page may ask for."""

    store: Store
    settings: Callable[[], Settings]
    """The settings in force; they may change while the service runs, so ask once per request."""
    problem: Callable[[], str]
    """Why the last edit of the configuration was refused, as a sentence; empty if it was not."""
    trouble: Callable[[], str] = lambda: ""
    """Why polls could not be stored lately, as a sentence; empty if they were."""
    now: Callable[[], datetime]
    """The time, aware, UTC."""

    def source_ids(self, settings: Settings) -> set[str]:
        """Every source an article may be of: those configured, and those the store remembers."""
        return {source.id for source in settings.sources} | self.store.source_titles().keys()


def this_desk() -> Desk:
    """The desk of the app that answers the current request."""
    desk: Desk = current_app.extensions["desk"]
    return desk
