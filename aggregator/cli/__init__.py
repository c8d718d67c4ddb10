"""The command `dateline`: where the rooms are put together."""

from __future__ import annotations

from aggregator.cli.main import main

__all__ = ["main"]
