"""The address of a list: its filter is the query, so every list can be linked, kept and fed to a reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import quote_plus, urlencode

from flask import url_for
from flask_babel import lazy_gettext as _

from aggregator.schema import View
from web.feed_address import FeedAddress, conditions_of
from web.filter_text import without
from web.words import country_name, language_name

FIELDS: Mapping[str, str] = {
    "q": _("Search"),
    "text": _("Text"),
    "title": _("Title"),
    "author": _("Author"),
    "source": _("Source"),
    "category": _("Category"),
    "country": _("Country"),
    "place": _("Place"),
    "about": _("About"),
    "dateline": _("Dateline"),
    "near": _("Near"),
    "box": _("Box"),
    "language": _("Language"),
    "date": _("Date"),
    "since": _("Since"),
    "until": _("Until"),
    "has": _("With"),
    "is": _("Only"),
    "tag": _("Tag"),
}
"""The parameters that make up a filter, in the order an address shows them, with their names on the page."""

_quoted = lru_cache(maxsize=4096)(quote_plus)
"""The places and categories of a page are those of the next one too."""
OF_READERS = ("unread", "read", "starred", "saved")
"""What `is` may say that differs from reader to reader."""
_ALIASES = {"lang": "language"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One condition of the current filter, and the address of the list without it."""

    field: str
    value: str
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAddress:
    """Where the reader is: a view or everything, narrowed by parameters."""

    view: View | None
    pairs: tuple[tuple[str, str], ...]
    """Name and value of every filter parameter that says something."""
    mapped: bool = False
    """Whether the list is shown as a map."""
    subject: tuple[str, str] | None = None
    """The condition of a page about one source, category or place; it is no parameter of the address."""
    _around: dict[str, tuple[str, str]] = field(default_factory=dict, init=False, compare=False, repr=False)
    """What stands before and after a condition on a field: a page asks hundreds of times."""
    _known: dict[tuple[str, str], str] = field(default_factory=dict, init=False, compare=False, repr=False)
    """Addresses that were asked for: many rows have the same place."""

    @classmethod
    def of(
        cls, view: View | None, pairs: Iterable[tuple[str, str]], subject: tuple[str, str] | None = None
    ) -> ListAddress:
        named = [(_ALIASES.get(name, name), value.strip()) for name, value in pairs]
        said = [pair for pair in named if pair[0] in FIELDS and pair[1]]
        return cls(view=view, pairs=_ordered(said), subject=subject)

    def values(self, name: str) -> tuple[str, ...]:
        return tuple(value for said, value in self.pairs if said == name)

    def value(self, name: str) -> str:
        """The first value of a parameter, or nothing."""
        return next(iter(self.values(name)), "")

    def as_list(self) -> ListAddress:
        return replace(self, mapped=False)

    def as_map(self) -> ListAddress:
        return replace(self, mapped=True, pairs=self.conditions, subject=None)

    @property
    def path(self) -> str:
        if self.mapped:
            return url_for("maps.view", id=self.view.id) if self.view else url_for("maps.everything")
        if self.subject:
            name, value = self.subject
            return url_for(f"pages.{name}", id=value)
        return url_for("pages.view", id=self.view.id) if self.view else url_for("pages.front")

    def url(self, **more: str | int) -> str:
        """The address of the list itself; `more` says which page of it."""
        return joined(self.path, [*self.pairs, *((name, str(value)) for name, value in more.items())])

    def having(self, name: str, value: str) -> str:
        """The same list with this one condition on a field, in place of any it has."""
        if (name, value) not in self._known:
            if name not in self._around:
                self._around[name] = self._before_and_after(name)
            before, after = self._around[name]
            self._known[name, value] = f"{before}{_quoted(value)}{after}"
        return self._known[name, value]

    def _before_and_after(self, name: str) -> tuple[str, str]:
        if self.subject and self.subject[0] == name:
            return f"{url_for('pages.front')}?{name}=", ""
        order = list(FIELDS)
        sooner = [pair for pair in self.pairs if order.index(pair[0]) < order.index(name)]
        later = [pair for pair in self.pairs if order.index(pair[0]) > order.index(name)]
        before = f"{self.path}?{urlencode(sooner)}{'&' if sooner else ''}{name}="
        return before, f"&{urlencode(later)}" if later else ""

    def beside(self, name: str, value: str) -> str:
        """The same list with this condition in place of what it says of the reader's shelves; of none if empty."""
        others = [pair for pair in self.pairs if pair[0] != name or pair[1].lower() not in OF_READERS]
        return joined(self.path, _ordered([*others, (name, value)] if value else others))

    def during(self, since: str, until: str) -> str:
        """The same list from one time to another."""
        others = [pair for pair in self.pairs if pair[0] not in ("since", "until")]
        return joined(self.path, _ordered([*others, ("since", since), ("until", until)]))

    def adding(self, name: str, value: str) -> str:
        """The same list, and what has this value beside the others that the field may have."""
        if self.subject and self.subject[0] == name:
            return joined(url_for("pages.front"), _ordered([*self.conditions, (name, value)]))
        return joined(self.path, _ordered([*self.pairs, (name, value)]))

    def excluding(self, name: str, value: str) -> str:
        """The same list without what has this value."""
        said = self.value("q")
        rest = [pair for pair in self.pairs if pair != ("q", said)]
        return joined(self.path, _ordered([*rest, ("q", without(said, name, value))]))

    def instead(self, name: str, value: str) -> str:
        """The same view with this one condition alone."""
        return joined(self.path, [(name, value)])

    def without(self, name: str, value: str) -> str:
        return joined(self.path, [pair for pair in self.pairs if pair != (name, value)])

    @property
    def conditions(self) -> tuple[tuple[str, str], ...]:
        """All conditions, that of the page itself too."""
        return _ordered([*([self.subject] if self.subject else []), *self.pairs])

    def feed(self, extension: str) -> str:
        """The address of the same list as a feed."""
        address = FeedAddress(view=self.view, extension=extension, conditions=conditions_of(self.conditions))
        return url_for("pages.front").removesuffix("/") + address.path

    def whole(self) -> str:
        """Where the form goes that does something with the whole list."""
        return joined(
            url_for("whole_list.mark_read", id=self.view.id if self.view else None), self.conditions
        )

    def arrivals(self, after: int) -> str:
        """Where a script asks for what came into the list after the article of that number."""
        id = self.view.id if self.view else None
        return joined(url_for("whole_list.arrivals", after=after, id=id), self.conditions)

    @property
    def browse(self) -> str:
        """The page of everything this list can be narrowed to."""
        return joined(f"{self.path.removesuffix('/')}/browse", self.pairs)

    @property
    def saving(self) -> str:
        """The page that makes a view of this list."""
        return joined(f"{self.path.removesuffix('/')}/save", self.pairs)

    def chips(self, labels: dict[str, dict[str, str]]) -> tuple[Chip, ...]:
        """The conditions of the filter in words; `labels` names values, by field."""
        return tuple(
            Chip(
                field=str(FIELDS[name]),
                value=_value_words(name, value, labels),
                without=self.without(name, value),
            )
            for name, value in self.pairs
        )


def _ordered(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """The same conditions always give the same address."""
    order = list(FIELDS)
    return tuple(sorted(pairs, key=lambda pair: order.index(pair[0])))


def _value_words(name: str, value: str, labels: dict[str, dict[str, str]]) -> str:
    match name:
        case "country":
            return country_name(value.upper())
        case "language":
            return language_name(value)
        case _:
            return labels.get(name, {}).get(value, value)


def joined(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """An address with these parameters."""
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path
