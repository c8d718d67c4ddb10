"""What Dateline tells an admin before anything is changed: what an address has, and which edit mends a fault."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from aggregator.schema.article import Article

Fault = Literal["place", "category", "line"]
"""What of an article may be wrong: a place it is not about, a category, a line that is no part of it."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A feed that a page offers."""

    url: str
    title: str = ""
    kind: str = ""
    """`RSS`, `Atom` and so on; empty if the page does not say."""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of an address as a source; nothing of it is stored."""

    asked: str
    """The address as it was asked for."""
    problem: str = ""
    """Why there is no feed to show, as a sentence; empty if there is one."""
    url: str = ""
    """The feed that is shown."""
    title: str = ""
    offers: tuple[Offer, ...] = ()
    """The feeds found, the one shown included."""
    notes: tuple[str, ...] = ()
    """What to know about it, as sentences."""
    entries: int = 0
    articles: tuple[Article, ...] = ()
    """The first of its articles, after all steps."""
    table: str = ""
    """The `[[source]]` for config.toml."""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A stored article that an edit would change."""

    id: int
    title: str
    before: str
    after: str


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """An edit of the configuration that mends a fault of an article: tried, and found to do so."""

    why: str
    """What it says, as a sentence."""
    where: str
    """`file:line` of the table it changes, or the file it goes into."""
    old: str = ""
    """The line of TOML that goes; empty if there is none."""
    new: str
    """The TOML that comes."""
    looked: int = 0
    """Stored articles of the last 30 days that were made anew with it, the newest of those it may speak of."""
    changed: int = 0
    """How many of them come out otherwise."""
    bounded: bool = False
    """True if there are more than were looked at."""
    samples: tuple[Moved, ...] = ()


class Corrected(msgspec.Struct, frozen=True, kw_only=True):
    """What can be done about a fault of an article."""

    edits: tuple[Correction, ...] = ()
    is_gone: bool = False
    """True if the article, made anew, no longer has it."""


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the wish to have a source asked now."""

    since: datetime | None = None
    """When it was put in line; None if it was not."""
    refused: str = ""
    """Why it is not asked, as a sentence."""


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What another configuration would change."""

    problem: str = ""
    """Why it cannot be taken over, one mistake a line; empty if it can."""
    changes: tuple[str, ...] = ()
    """As `dateline plan` prints them."""
