"""How a command that runs until it is told to stop ends in time."""

from __future__ import annotations

import logging
import os
import signal
from types import FrameType
from typing import NoReturn

GRACE = 9
"""Seconds for what is in flight to be finished. Supervisors kill after ten, or more."""

log = logging.getLogger("dateline")


def stop_in_time() -> None:
    """From now on SIGTERM and Ctrl-C raise SystemExit, and end the process at last after GRACE.

    That loses nothing: what was stored is whole, and what was not is due again. A second signal ends it at once.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)


def leave_in_time() -> None:
    """Ends the process at last after GRACE."""
    # An alarm of the kernel's, because a signal may come while any lock is held that a thread would need to start.
    signal.signal(signal.SIGALRM, _leave)
    signal.alarm(GRACE)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    leave_in_time()
    raise SystemExit(0)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    log.warning("What is in flight took longer than %d s and is handed back: it is asked again.", GRACE)
    logging.shutdown()
    os._exit(0)
