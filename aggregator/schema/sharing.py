"""What lets others in, and what lets hubs tell of news."""

from __future__ import annotations

from datetime import datetime

import msgspec

from aggregator.schema.article import Article


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """What opens feeds to a program of one reader; the token itself is known to the reader only."""

    id: str
    """Names it where it is listed and revoked; says nothing of the token."""
    reader: str
    view: str
    """Id of the view; `latest` stands for the feeds of no view. Empty: an app password, which opens all feeds."""
    label: str
    """What the reader calls it, such as the program that has it."""
    made: datetime
    used: datetime | None = None
    """When it last opened a feed, to the quarter hour."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser in which a reader has signed in."""

    id: str
    """Names it where it is listed and ended; says nothing of the secret in the cookie."""
    agent: str
    """What the browser calls itself."""
    made: datetime
    used: datetime
    is_this: bool = False
    """True of the one that asks."""


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """A hub's promise to push what is new in a source (WebSub), as far as it has been asked for and given."""

    source_id: str
    hub: str
    """Address of the hub."""
    topic: str
    """The feed as its publisher names it."""
    key: str
    """Last part of the address the hub pushes to, known to nobody else."""
    secret: str
    """With it the hub signs what it pushes."""
    next_ask: datetime
    """When the hub is to be asked for it, the next time."""
    until: datetime | None = None
    """How long the hub has promised to push; None if it has not."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """An article that a target (`[[notify]]`) is still to hear of."""

    target: str
    article: Article
    tries: int
    """How often that was tried in vain."""


class Unheard(msgspec.Struct, frozen=True, kw_only=True):
    """A target that does not hear, or missed something lately."""

    target: str
    waiting: int
    missed: int
    """What was given up lately."""
    next_try: datetime | None
    problem: str
    """Why, as a sentence."""
