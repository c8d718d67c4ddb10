"""The server of pages and feeds: waitress, which keeps a connection open after a 304 too."""

from __future__ import annotations

from typing import Any
from wsgiref.types import WSGIApplication

import waitress
from waitress.channel import HTTPChannel
from waitress.task import WSGITask

CONNECTIONS = 500
"""Clients at once; who comes then waits until one leaves."""
IDLE = 30
"""Seconds that a connection stays open of which nothing more comes: feed readers keep theirs for the next poll."""


class Task(WSGITask):  # type: ignore[misc]  # waitress has no types
    """Answers one request.

    waitress closes a connection after every answer that does not say how long it is. One without a body (1xx, 204,
    304) has no length to say, and ends with its head (RFC 9112, 6.3): nothing is to be closed.
    """

    def set_close_on_finish(self) -> None:
        asked_to = self.version == "1.0" or self.request.headers.get("CONNECTION", "").lower() == "close"
        if self.has_body or asked_to:
            super().set_close_on_finish()


def create_server(app: WSGIApplication, **options: Any) -> Any:
    """A server that listens; the options, and what is raised, are those of `waitress.create_server`."""
    HTTPChannel.task_class = Task
    usual = {"connection_limit": CONNECTIONS, "channel_timeout": IDLE, "asyncore_use_poll": True}
    return waitress.create_server(app, **usual, **options)
