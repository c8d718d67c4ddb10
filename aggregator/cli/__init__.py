"""The command `dateline`: where the rooms are put together."""

from __future__ import annotations

import gc

gc.disable()  # while much is loaded, and nothing of it to be let go
from aggregator.cli.main import main  # noqa: E402

gc.freeze()
gc.enable()

__all__ = ["main"]
