"""Conditions of an address in the words of the filter language, as `[[view]]` tables and the search box hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aggregator.filters import fold

_PLAIN = re.compile(r"[\w.+-][\w.:,+/-]*\*?")
_WORD = re.compile(r"(?!(?:AND|OR|NOT)\Z)\w+\*?")
_QUOTES = re.compile(r'(?:\*\s*)?["“”„]')  # before one a star means nothing; left at the end it would
_FIELDS = {"language": "lang"}


def filter_text(base: str, pairs: Iterable[tuple[str, str]]) -> str:
    """What finds the same as a view's filter `base` narrowed by these parameters.

    The same parameter twice means either; all others must hold.
    """
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(condition(name, value))
    parts = [[base.strip()]] if base.strip() else []
    parts += list(groups.values())
    if len(parts) == 1 and len(parts[0]) == 1:
        return parts[0][0]
    return " ".join(_together(part) for part in parts)


def condition(name: str, value: str) -> str:
    """One parameter of an address as a filter."""
    value = " ".join(value.split())
    if name == "q":
        return value
    if name == "text":
        words = [word for word in value.split() if fold(word)] or [value]
        return " ".join(word if _WORD.fullmatch(word) else _quoted(word) for word in words)
    return f"{_FIELDS.get(name, name)}:{operand(value)}"


def operand(value: str) -> str:
    """What stands behind the colon of a field: in quotation marks if it needs them; it can hold none itself."""
    return value if _PLAIN.fullmatch(value) else _quoted(value)


def without(said: str, name: str, value: str) -> str:
    """The filter `said` without what has this value."""
    either = re.search(r"\bOR\b", said)
    return f"{_bracketed(said) if either else said} -{condition(name, value)}".strip()


def _together(terms: list[str]) -> str:
    text = " OR ".join(_bracketed(term) if len(terms) > 1 else term for term in terms)
    return f"({text})" if len(terms) > 1 else _bracketed(text)


def _bracketed(text: str) -> str:
    """In brackets if it is more than one term."""
    return (
        f"({text})" if re.search(r"[\s()]", text) and not re.fullmatch(r'[\w-]+:"[^"]*"\*?', text) else text
    )


def _quoted(text: str) -> str:
    return f'"{_QUOTES.sub(" ", text)}"'
