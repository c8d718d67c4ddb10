"""The nouns of this room: what a roster holds, and what an import did."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TypeAlias

from aggregator.schema import Secret

Notes: TypeAlias = defaultdict[str, list[int]]
"""Numbers of the lines on which a thing was mended, by a sentence that says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLine:
    """One source a roster names, by an http(s) URL that can be fetched."""

    url: str
    title: str = ""
    categories: tuple[str, ...] = ()
    """The outlines it is nested in and its own `category`, in the roster's words."""
    language: str = ""
    username: str = ""
    password: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """What was read: each source once; the rest as sentences without secrets."""

    sources: tuple[RosterLine, ...]
    repairs: tuple[str, ...] = ()
    """What was broken and how it was read all the same."""
    skipped: tuple[str, ...] = ()
    """What could not be used, and why."""
    merged: int = 0
    """Lines that named a source again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did. `added` holds the ids of the sources written."""

    added: tuple[str, ...]
    merged: int
    unchanged: int
    """Sources that were configured before."""
    skipped: tuple[str, ...]
    repairs: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """The report for the admin: one sentence a line, without secrets."""
        counts = (
            f"{len(self.added)} added, {self.unchanged} configured already, {len(self.skipped)} left out."
        )
        again = (f"Named more than once, and merged: {self.merged}.",) if self.merged else ()
        return (*self.repairs, *self.skipped, *again, f"Sources: {counts}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An address as the roster gives it, with the number of its line."""

    line: int
    address: str
    title: str = ""
    categories: tuple[str, ...] = ()
    language: str = ""
