"""What polling remembers, and one poll ready to be saved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from aggregator.schema.article import Article, Identity, Known
from aggregator.schema.feed import Entry, Hub
from aggregator.schema.habits import Habits
from aggregator.schema.wishes import Source

OutcomeKind = Literal["news", "unchanged", "not_modified", "failed", "gone", "offline"]
"""`offline`: nobody could be reached, so the source is not to blame."""


CRASHES = 3
"""After so many crashes in a row a source is asked in a process of its own."""
HALF_LIFE = timedelta(days=5)
"""Observations of this age count half in a memory's estimated rate of news."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How one poll of one source ended."""

    kind: OutcomeKind
    at: datetime
    message: str
    """A sentence for the admin."""
    status: int | None = None
    """HTTP status, None if there was no answer."""
    reached: bool | None = None
    """Whether a machine of the source answered; None if the poll does not tell."""
    entries: int = 0
    new: int = 0
    updated: int = 0
    size: int = 0
    """Bytes of the inflated body."""
    elapsed: float = 0.0
    """Seconds."""
    window_slid: bool = False
    """Every entry was new although the source was known: some may have been missed."""
    fresh_for: timedelta | None = None
    retry_after: timedelta | None = None
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    update_period: timedelta | None = None
    permanent_url: str = ""


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of one source between polls."""

    source_id: str
    url: str
    title: str = ""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    next_poll: datetime | None = None
    """None: never asked, due at once."""
    reason: str = ""
    """Why next_poll is when it is, as a sentence."""
    asked_not_before: datetime | None = None
    """Until then the publisher asks to be left alone (Retry-After)."""
    last_poll: datetime | None = None
    last_ok: datetime | None = None
    last_new: datetime | None = None
    """When a new article last arrived."""
    last_full: datetime | None = None
    """Last unconditional request."""
    last_kind: OutcomeKind | None = None
    last_message: str = ""
    failures: int = 0
    """Failed polls in a row."""
    gone_count: int = 0
    """410 answers in a row, over days."""
    moved_to: str = ""
    moved_count: int = 0
    polls: int = 0
    not_modified: int = 0
    news: float = 0.0
    """Decayed count of new articles."""
    span: float = 0.0
    """Decayed time observed, in days; news / span estimates articles a day."""
    ttl: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    update_period: timedelta | None = None
    fresh_for: timedelta | None = None
    crashes: int = 0
    """How often in a row a worker ended while it asked this source alone."""

    @property
    def is_apart(self) -> bool:
        """Whether it is asked in a process of its own, because it ended others."""
        return self.crashes >= CRASHES


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of a poll that is new or changed, with the article made of it."""

    entry: Entry
    """As the feed served it."""
    raw_hash: str
    """Of the entry as read."""
    item_hash: str = ""
    """Of its bytes and what decides how they are read; empty where they could not be told apart."""
    identity: Identity
    known: Known | None
    """The stored entry it is, or None if it is new to its source."""
    article: Article
    other_uid: str
    """The article's uid should its source already carry the first one in another entry."""
    keys: tuple[int, ...] = ()
    """Numbers below 2**63 that copies of its text in other sources share some of (see `cluster.keys`)."""


class Polled(msgspec.Struct, frozen=True, kw_only=True):
    """One poll of one source: what it found, how it ended and what is remembered from now on."""

    source: Source
    outcome: Outcome
    memory: Memory
    findings: tuple[Finding, ...] = ()
    habits: Habits | None = None
    """What the source usually does, if this poll taught more of it."""
    hub: Hub | None = None
    """The hub its feed names, if it was read and may push to this desk."""
    poll: str = ""
    """By which the log knows this poll."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An article about to be written, and the findings it is made of, each with its source id."""

    article: Article
    stored: Article | None = None
    """The article as it is stored; None if it is new."""
    owner: int | None = None
    """Number of the stored entry that gives the article its words; None if it is new."""
    keys: tuple[int, ...] = ()
    """Of a new article those of its first finding; of a stored one, those that a finding of the batch has."""
    findings: tuple[tuple[str, Finding], ...] = ()
    kept: tuple[Kept, ...] = ()
    """Of a stored article of several entries, one of which was edited: all of them as stored, the first one first."""
    left: tuple[str, ...] = ()
    """Ids of the sources whose entry went to another article."""
    renewed: tuple[int, ...] | None = None
    """The keys of a stored article whose words have changed."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A raw entry the store kept, and the article it belongs to."""

    article_id: int
    entry_n: int
    raw_hash: str
    source: Source
    """Its source as last configured, without secrets."""
    entry: Entry
    first_seen: datetime
    habits: Habits
    """What its source usually does."""
