"""The query of an address as a filter. What it does not understand is an error, never a wider list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from difflib import get_close_matches

from werkzeug.datastructures import MultiDict

from aggregator.errors import DatelineError, FilterError
from aggregator.filters import (
    UNKNOWN,
    Filter,
    Vocabulary,
    all_of,
    any_of,
    fold,
    operand,
    parse,
    shown,
    terms,
)

PAGING = ("before", "after", "order")
MAX_CHARS = 4_000
"""Characters of an address after its question mark."""
MAX_VALUES = 100
MAX_TERMS = 200
"""Words and conditions of all parameters together: each costs the database a search of its own."""

_FIELDS = {
    "q": "filter",
    "text": "words",
    "title": "title",
    "author": "author",
    "source": "source",
    "category": "category",
    "place": "place",
    "about": "about",
    "dateline": "dateline",
    "country": "country",
    "near": "near",
    "box": "box",
    "lang": "lang",
    "language": "lang",
    "date": "date",
    "since": "since",
    "until": "until",
    "has": "has",
    "is": "is",
    "tag": "tag",
}
"""The field each parameter speaks of; `filter` is a text in the filter language, `words` all must be there."""
_ONCE = ("since", "until")


class BadParameter(DatelineError):
    """An address says something its page does not understand.

    `name` is the parameter; `position` is where a filter in it goes wrong, in code points.
    """

    def __init__(self, message: str, *, name: str = "", position: int | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.position = position


def measure(args: MultiDict[str, str]) -> None:
    """Raises BadParameter, with the name of the longest parameter, if an address says too much."""
    lengths: Counter[str] = Counter()
    for name, value in args.items(multi=True):
        lengths[name] += len(name) + len(value) + 2  # = and &
    length = max(lengths.total() - 1, 0)
    if length > MAX_CHARS:
        ((longest, _),) = lengths.most_common(1)
        raise BadParameter(
            f"After its question mark the address has {length:,} characters and may have {MAX_CHARS:,}; "
            f"shorten the parameter {shown(longest)}.",
            name=longest,
        )


def from_query(
    args: MultiDict[str, str],
    *,
    known: Vocabulary = UNKNOWN,
    apart: Collection[str] = PAGING,
) -> Filter:
    """The filter that the parameters of an address make up; Everything if there is none.

    The same field twice means either; different fields must all hold. Parameters named in `apart` are not
    looked at. `sources` gives the ids of all sources, so that no other may be named. Raises BadParameter.
    """
    said = [(name, value) for name, value in args.items(multi=True) if name not in apart]
    if len(said) > MAX_VALUES:
        ((name, _),) = Counter(name for name, _ in said).most_common(1)
        raise BadParameter(
            f"An address has at most {MAX_VALUES} parameters; give {shown(name)} less often.", name=name
        )
    choices: dict[str, list[Filter]] = {}
    count = 0
    for name, value in said:
        field = _FIELDS.get(name) or _refuse(name, value, known, () if apart is PAGING else tuple(apart))
        if field in _ONCE and field in choices:
            raise BadParameter(f"{name} can be given once only; leave one out.", name=name)
        condition = _condition(name, field, value, known)
        count += terms(condition)
        if count > MAX_TERMS:
            raise BadParameter(
                f"An address has at most {MAX_TERMS} words and other terms in all; shorten {name}.", name=name
            )
        choices.setdefault(field, []).append(condition)
    return all_of(any_of(alternatives) for alternatives in choices.values())


def _refuse(name: str, value: str, known: Vocabulary, others: Sequence[str]) -> str:
    """Says what was perhaps meant: a parameter of nearly that name that can have that value, or one of `others`."""
    alike = get_close_matches(name.casefold(), [*_FIELDS, *others])
    close = next((one for one in alike if one in others or _can_be(one, value, known)), "")
    advice = f"did you mean {close}?" if close else f"parameters are {', '.join([*_FIELDS, *others])}."
    raise BadParameter(f"There is no parameter {shown(name)}; {advice}", name=name)


def _can_be(name: str, value: str, known: Vocabulary) -> bool:
    try:
        _condition(name, _FIELDS[name], value, known)
    except BadParameter:
        return False
    return True


def _condition(name: str, field: str, value: str, known: Vocabulary) -> Filter:
    if not value.strip():
        raise BadParameter(
            f"The parameter {name} is empty; leave it out or say what it should be.", name=name
        )
    try:
        match field:
            case "filter":
                return parse(value, known)
            case "words":
                return all_of(operand("any", word) for word in _words(value))
            case _:
                return operand(field, value, known)
    except FilterError as error:
        position = error.position if field == "filter" else None
        where = f", character {position + 1}" if position is not None else ""
        raise BadParameter(
            f"In the parameter {name}{where}: {error}", name=name, position=position
        ) from error


def _words(value: str) -> list[str]:
    """The plain words of a text; the whole of it where there is none, so that it is refused."""
    return [word for word in value.split() if fold(word)] or [value]
