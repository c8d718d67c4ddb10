"""What admins may ask of a running service from its pages: the web app itself never polls, reads feeds or files."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Protocol

from aggregator import settings
from aggregator.cli.corrections import corrections
from aggregator.cli.plan import changes
from aggregator.cli.preview import preview
from aggregator.cli.rereading import reread
from aggregator.errors import SettingsError
from aggregator.pipeline import Pipeline
from aggregator.poll.roll import clock
from aggregator.schema import Corrected, Errand, Fault, Planned, Preview, Settings
from aggregator.store import Store

WAIT = timedelta(seconds=6)
"""How long a page waits for a poll to end."""
PLANNED = 500
"""Articles that a plan makes anew while its reader waits."""
_LOOK = 0.1


class Serving(Protocol):
    """What the pages need of the service, wherever it runs."""

    @property
    def settings(self) -> Settings: ...

    @property
    def problem(self) -> str: ...

    @property
    def trouble(self) -> str: ...

    @property
    def in_flight(self) -> int: ...

    def poll_now(self, source_id: str) -> Errand: ...


class Tools:
    """The work behind the pages for admins."""

    def __init__(self, store: Store, service: Serving, pipeline: Pipeline, known: settings.Known) -> None:
        self._store = store
        self._service = service
        self._pipeline = pipeline
        self._known = known
        self._never = threading.Event()

    def in_flight(self) -> int:
        return self._service.in_flight

    def poll_now(self, source_id: str) -> Errand:
        """Has a source asked, and waits a little for the answer."""
        errand = self._service.poll_now(source_id)
        for _ in range(int(WAIT.total_seconds() / _LOOK) if errand.since else 0):
            memory = self._store.memory(source_id)
            if memory and errand.since and memory.last_poll and memory.last_poll >= errand.since:
                break
            self._never.wait(_LOOK)
        return errand

    def preview(self, url: str) -> Preview:
        wanted = self._service.settings
        return preview(url, wanted, self._pipeline.configured(wanted), clock)

    def plan(self, draft: str | None) -> Planned:
        """What a draft of the main file would change; without one, the files as they stand."""
        try:
            wanted = settings.load(self._service.settings.path, self._known, draft=draft)
        except SettingsError as error:
            return Planned(problem=str(error))
        anew = reread(self._store, wanted, self._pipeline, most=PLANNED)
        return Planned(changes=changes(self._store, wanted, self._known(wanted), anew))

    def corrections(self, number: int, fault: Fault, what: str) -> Corrected:
        wanted = self._service.settings
        return corrections(self._store, wanted, self._pipeline, number, fault, what, clock())
