"""The query of an address as a filter. What it does not understand is an error, never a wider list."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from werkzeug.datastructures import MultiDict

from aggregator.errors import DatelineError, FilterError
from aggregator.filters import Filter, all_of, any_of, fold, operand, parse, shown

PAGING = ("before", "after")
MAX_VALUES = 100

_FIELDS = {
    "q": "filter",
    "filter": "filter",
    "text": "text",
    "source": "source",
    "category": "category",
    "place": "place",
    "country": "country",
    "lang": "lang",
    "language": "lang",
    "since": "since",
    "until": "until",
}
"""The field each parameter speaks of; `filter` is a text in the filter language."""
_ONCE = ("since", "until")


class BadParameter(DatelineError):
    """An address says something its page does not understand; `name` is the parameter."""

    def __init__(self, message: str, *, name: str = "") -> None:
        super().__init__(message)
        self.name = name


def from_query(args: MultiDict[str, str], *, apart: Collection[str] = PAGING) -> Filter:
    """The filter that the parameters of an address make up; Everything if there is none.

    The same field twice means either; different fields must all hold. Parameters named in `apart` are not
    looked at. Raises BadParameter.
    """
    said = [(name, value) for name, value in args.items(multi=True) if name not in apart]
    if len(said) > MAX_VALUES:
        raise BadParameter(f"An address has at most {MAX_VALUES} parameters; leave some out.")
    choices: dict[str, list[Filter]] = {}
    for name, value in said:
        field = _FIELDS.get(name) or _refuse(name)
        if field in _ONCE and field in choices:
            raise BadParameter(f"{name} can be given once only; leave one out.", name=name)
        choices.setdefault(field, []).append(_condition(name, field, value))
    return all_of(any_of(alternatives) for alternatives in choices.values())


def _refuse(name: str) -> str:
    close = get_close_matches(name, _FIELDS, 1)
    advice = f"did you mean {close[0]}?" if close else f"parameters are {', '.join(_FIELDS)}."
    raise BadParameter(f"There is no parameter {shown(name)}; {advice}", name=name)


def _condition(name: str, field: str, value: str) -> Filter:
    if not value.strip():
        raise BadParameter(
            f"The parameter {name} is empty; leave it out or say what it should be.", name=name
        )
    try:
        match field:
            case "filter":
                return parse(value)
            case "text":
                return all_of(operand(field, word) for word in _words(value))
            case _:
                return operand(field, value)
    except FilterError as error:
        where = f", character {error.position + 1}" if field == "filter" else ""
        raise BadParameter(f"In the parameter {name}{where}: {error}", name=name) from error


def _words(value: str) -> list[str]:
    """The plain words of a text; the whole of it where there is none, so that it is refused."""
    return [word for word in value.split() if fold(word)] or [value]
