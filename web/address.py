"""The address of a list: its filter is the query, so every list can be linked, kept and fed to a reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import url_for

from aggregator.schema import View
from web.words import country_name, language_name

FIELDS = {
    "q": "Text",
    "source": "Source",
    "category": "Category",
    "country": "Country",
    "place": "Place",
    "language": "Language",
    "since": "Since",
    "until": "Until",
    "filter": "Filter",
}
"""The parameters that make up a filter, in the order the address shows them, with their names on the page."""


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

    @classmethod
    def of(cls, view: View | None, pairs: Iterable[tuple[str, str]]) -> ListAddress:
        said = [(name, value.strip()) for name, value in pairs if name in FIELDS and value.strip()]
        order = list(FIELDS)
        return cls(view=view, pairs=tuple(sorted(said, key=lambda pair: order.index(pair[0]))))

    def values(self, name: str) -> tuple[str, ...]:
        return tuple(value for field, value in self.pairs if field == name)

    def value(self, name: str) -> str:
        """The first value of a parameter, or nothing."""
        return next(iter(self.values(name)), "")

    @property
    def path(self) -> str:
        return url_for("pages.view", id=self.view.id) if self.view else url_for("pages.front")

    def url(self, **more: str | int) -> str:
        """The address of the list itself; `more` says which page of it."""
        return _joined(self.path, [*self.pairs, *((name, str(value)) for name, value in more.items())])

    def having(self, name: str, value: str) -> str:
        """The same list with this one condition on a field, in place of any it has."""
        return _joined(self.path, [*(pair for pair in self.pairs if pair[0] != name), (name, value)])

    def without(self, name: str, value: str) -> str:
        return _joined(self.path, [pair for pair in self.pairs if pair != (name, value)])

    def feed(self, extension: str) -> str:
        """The address of the same list as a feed."""
        name = self.view.id if self.view else "search"
        return _joined(f"{url_for('pages.front')}feeds/{quote(name)}.{extension}", self.pairs)

    def chips(self, labels: dict[str, dict[str, str]]) -> tuple[Chip, ...]:
        """The conditions of the filter in words; `labels` names values, by field."""
        return tuple(
            Chip(
                field=FIELDS[name],
                value=_value_words(name, value, labels),
                without=self.without(name, value),
            )
            for name, value in self.pairs
        )


def _value_words(name: str, value: str, labels: dict[str, dict[str, str]]) -> str:
    match name:
        case "country":
            return country_name(value.upper())
        case "language":
            return language_name(value)
        case _:
            return labels.get(name, {}).get(value, value)


def _joined(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(pairs))
    return f"{path}?{query}" if query else path
