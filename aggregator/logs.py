"""The log: lines for people, or JSON for programs, with the poll each is about."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from aggregator.schema import ServiceSettings

_poll: ContextVar[str] = ContextVar("poll", default="")
_TEXT, _TIME = "%(asctime)s %(levelname)-7s %(message)s", "%Y-%m-%d %H:%M:%S"
_CHATTY = {"apscheduler": logging.ERROR, "alembic": logging.WARNING, "httpx": logging.WARNING,
           "waitress.queue": logging.ERROR}  # fmt: skip


def start_log(wanted: ServiceSettings) -> None:
    """Writes the log to stderr from now on."""
    stream = logging.StreamHandler()
    stream.addFilter(_with_poll)
    stream.setFormatter(JsonLines() if wanted.log_format == "json" else logging.Formatter(_TEXT, _TIME))
    logging.basicConfig(level=wanted.log_level.upper(), handlers=[stream], force=True)
    for name, level in _CHATTY.items():
        logging.getLogger(name).setLevel(level)


@contextmanager
def poll_id() -> Iterator[str]:
    """An id for a poll; all that is logged meanwhile in this thread is about it."""
    made = secrets.token_hex(4)
    token = _poll.set(made)
    try:
        yield made
    finally:
        _poll.reset(token)


class JsonLines(logging.Formatter):
    """One JSON object a line: `time` (UTC, ISO 8601), `level`, `logger`, `message`, `poll` if it is about one,
    the facts given as `extra={"facts": {...}}`, and `error`, the traceback of an error of Dateline itself."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if poll := getattr(record, "poll", ""):
            said["poll"] = poll
        said |= getattr(record, "facts", {})
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def _with_poll(record: logging.LogRecord) -> bool:
    """Gives a line the poll it is written in, unless it says itself which it is about."""
    if not hasattr(record, "poll"):
        record.poll = _poll.get()
    return True
