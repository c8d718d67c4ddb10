"""Follows the files of the configuration: a good edit is taken over, a bad one refused while the old one goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

from aggregator import settings
from aggregator.errors import DatelineError, SettingsError
from aggregator.schema import Settings

WATCH = timedelta(seconds=2)
"""How often the configuration is looked at for changes."""

log = logging.getLogger(__name__)


class Following:
    """The settings in force."""

    def __init__(self, first: Settings, load: Callable[[Path], Settings] = settings.load) -> None:
        self.settings = first
        self.problem = ""
        """Why the latest edit of the configuration was refused; empty if it was not."""
        self._first = first
        self._load = load
        self._seen = settings.stamps(first)
        self._ended = Event()

    def look(self, take: Callable[[Settings], None]) -> None:
        """Takes over an edited configuration, if there is one, and tells `take`. What that raises is raised."""
        stamps = settings.stamps(self.settings)
        if stamps == self._seen:
            return
        try:
            edited = self._load(self.settings.path)
        except SettingsError as error:
            self._seen = stamps
            self.problem = str(error)
            log.error("The edited configuration is refused and the old one goes on:\n%s", error)  # noqa: TRY400
            return
        # If the database cannot take it now, this is tried again at the next look.
        take(edited)
        self.settings, self.problem = edited, ""
        self._seen = settings.stamps(edited)
        log.info("Configuration taken over: %d sources, %d views.", len(edited.sources), len(edited.views))
        if _fixed(edited) != _fixed(self._first):
            log.warning(
                "What changed in [service], [store] or the address of [web] holds from the next start."
            )

    def start(self, take: Callable[[Settings], None]) -> None:
        """Looks again and again, in a thread of its own, until `stop`."""

        def looking() -> None:
            while not self._ended.wait(WATCH.total_seconds()):
                try:
                    self.look(take)
                except DatelineError as error:
                    log.error("%s", error)  # noqa: TRY400 (the sentence says it all)

        Thread(target=looking, name="following", daemon=True).start()

    def stop(self) -> None:
        self._ended.set()


def _fixed(wanted: Settings) -> tuple[object, ...]:
    """What is settled when the process starts."""
    return (wanted.service, wanted.store, wanted.web.host, wanted.web.port, wanted.web.threads)
