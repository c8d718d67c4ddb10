"""The address of a feed: which articles, in which order, how many and how much of each; one spelling of each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TypeVar
from urllib.parse import quote, urlencode

from werkzeug.datastructures import MultiDict

from aggregator.filters import shown
from aggregator.publish import Content
from aggregator.schema import Collapse, View
from aggregator.store import Leaf, Order
from web.query import BadParameter

LIMIT = 100
"""Articles in a feed that does not say how many."""
MOST = 500
OPTIONS = ("order", "limit", "content", "per_source", "collapse", "archive")
"""Parameters that choose no articles by what they are; all others are conditions."""
TOKEN = "token"  # noqa: S105
"""Parameter that lets a reader in (docs/feeds.md); it says nothing of the feed."""
NAMELESS = ("latest", "search")
"""Feeds of no view: everything, and everything narrowed by conditions."""

_CONDITIONS = (
    "q", "text", "source", "category", "country", "place", "lang", "since", "until", "title", "author", "about",
    "dateline", "near", "box", "date", "has", "is", "tag",
)  # fmt: skip
_ALIASES = {"language": "lang"}
Choice = TypeVar("Choice", bound=str)
_ORDERS: tuple[Order, ...] = ("newest", "oldest", "arrived")
_COLLAPSES: tuple[Collapse, ...] = ("article", "story", "none")
_CONTENTS: tuple[Content, ...] = ("full", "summary", "text")
_LEAF = re.compile(r"([1-9][0-9]{0,17})-([1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAddress:
    """A feed, as its one address says it."""

    view: View | None
    extension: str
    conditions: tuple[tuple[str, str], ...] = ()
    order: Order = "newest"
    limit: int = LIMIT
    content: Content = "full"
    per_source: int = 0
    """Articles of one source, at most; 0 means any number."""
    collapse: Collapse = "article"
    archive: Leaf | None = None
    """The page of the archive; None means the feed itself, with the newest articles."""

    @classmethod
    def of(cls, view: View | None, extension: str, args: MultiDict[str, str]) -> FeedAddress:
        """What the parameters of an address say. Raises BadParameter for an option that is wrong."""
        said = {name: _once(args, name) for name in OPTIONS if name in args}
        archive = _leaf(said["archive"]) if "archive" in said else None
        content = _choice("content", said.get("content", "full"), _CONTENTS)
        conditions = conditions_of(args.items(multi=True))
        if archive is not None:  # a page of the archive is as it is: nothing else is chosen
            return cls(
                view=view, extension=extension, conditions=conditions, content=content, archive=archive
            )
        found = cls(
            view=view,
            extension=extension,
            conditions=conditions,
            order=_choice("order", said.get("order", "newest"), _ORDERS),
            limit=_number("limit", said.get("limit", str(LIMIT)), MOST),
            content=content,
            per_source=_number("per_source", said["per_source"], MOST) if "per_source" in said else 0,
        )
        return replace(found, collapse=_collapse(said.get("collapse", found.usual_collapse), found))

    @property
    def name(self) -> str:
        return self.view.id if self.view else "search" if self.conditions else "latest"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters, in their order; what goes without saying is not said."""
        options = (
            ("order", self.order, "newest"),
            ("limit", str(self.limit), str(LIMIT)),
            ("content", self.content, "full"),
            ("per_source", str(self.per_source), "0"),
            ("collapse", self.collapse, "article" if self.archive else self.usual_collapse),
            ("archive", _written(self.archive), ""),
        )
        return [*self.conditions, *((name, value) for name, value, usual in options if value != usual)]

    @property
    def path(self) -> str:
        """The address itself, from the front page of the desk on."""
        return _joined(f"/feeds/{quote(self.name)}.{self.extension}", self.pairs)

    @property
    def page(self) -> str:
        """The address of the page with the same articles."""
        names = {"lang": "language"}
        pairs = [(names.get(name, name), value) for name, value in self.conditions]
        return _joined(f"/view/{quote(self.view.id)}" if self.view else "/", pairs)

    @property
    def about(self) -> str:
        """What makes it this feed, whatever its format and address: its id is made of it."""
        kept = [(name, value) for name, value in self.pairs if name not in ("archive", "limit", "content")]
        view = f"view/{quote(self.view.id)}" if self.view else "all"
        return f"{view}?{urlencode(kept)}"

    @property
    def has_archive(self) -> bool:
        """Whether the pages of an archive hold what is older: they hold everything, in no other order."""
        return not self.per_source and self.order != "oldest" and self.collapse == "article"

    @property
    def usual_collapse(self) -> Collapse:
        """What stands once if the address does not say: what the view says, of the newest articles."""
        plain = self.order == "newest" and not self.per_source
        return self.view.collapse if self.view and plain else "article"

    def page_of_archive(self, leaf: Leaf) -> FeedAddress:
        return replace(self, archive=leaf, order="newest", limit=LIMIT, per_source=0, collapse="article")

    def newest(self) -> FeedAddress:
        """The feed that a page of the archive belongs to."""
        return replace(self, archive=None)


def conditions_of(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The conditions among parameters, under their usual names, each once and in one order."""
    named = {(_ALIASES.get(name, name), value.strip()) for name, value in pairs}
    said = [pair for pair in named if pair[0] in _CONDITIONS and pair[1]]
    return tuple(sorted(said, key=lambda pair: (_CONDITIONS.index(pair[0]), pair[1])))


def _collapse(said: str, address: FeedAddress) -> Collapse:
    chosen = _choice("collapse", said, _COLLAPSES)
    if chosen != "article" and (address.order != "newest" or address.per_source):
        raise BadParameter(
            f"collapse={chosen} goes with the newest articles only; leave order and per_source out.",
            name="collapse",
        )
    return chosen


def _once(args: MultiDict[str, str], name: str) -> str:
    values = args.getlist(name)
    if len(values) > 1:
        raise BadParameter(f"{name} can be given once only; leave one out.", name=name)
    return values[0]


def _choice(name: str, said: str, choices: tuple[Choice, ...]) -> Choice:
    for choice in choices:
        if choice == said:
            return choice
    close = get_close_matches(said, choices, 1)
    advice = f"did you mean {close[0]}?" if close else f"write one of {', '.join(choices)}."
    raise BadParameter(f"In the parameter {name}: {shown(said)} is none of the choices; {advice}", name=name)


def _number(name: str, said: str, most: int) -> int:
    if said.isascii() and said.isdecimal() and len(said) < 10 and 1 <= int(said) <= most:
        return int(said)
    raise BadParameter(
        f"In the parameter {name}: {shown(said)} is no whole number from 1 to {most}.", name=name
    )


def _leaf(said: str) -> Leaf:
    if found := _LEAF.fullmatch(said):
        return Leaf(int(found[1]), int(found[2]))
    raise BadParameter(
        f"In the parameter archive: {shown(said)} is no page; write the first and the last number, as in 1025-1152.",
        name="archive",
    )


def _written(leaf: Leaf | None) -> str:
    return f"{leaf.first}-{leaf.last}" if leaf else ""


def _joined(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path
