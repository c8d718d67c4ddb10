"""The conditions of a list's address as one text in the filter language, as `[[view]]` tables hold it."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PLAIN = re.compile(r"[\w.+/-][\w.:,+/*-]*")
_FIELDS = {"language": "lang"}


def filter_text(base: str, pairs: Iterable[tuple[str, str]]) -> str:
    """What finds the same as a view's filter `base` narrowed by these parameters.

    The same parameter twice means either; all others must hold.
    """
    groups: dict[str, list[str]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(_term(name, value))
    parts = [[base.strip()]] if base.strip() else []
    parts += list(groups.values())
    if len(parts) == 1 and len(parts[0]) == 1:
        return parts[0][0]
    return " ".join(_together(part) for part in parts)


def _together(terms: list[str]) -> str:
    text = " OR ".join(_bracketed(term) if len(terms) > 1 else term for term in terms)
    return f"({text})" if len(terms) > 1 else _bracketed(text)


def _bracketed(text: str) -> str:
    """In brackets if it is more than one term."""
    return (
        f"({text})" if re.search(r"[\s()]", text) and not re.fullmatch(r'[\w-]+:"[^"]*"\*?', text) else text
    )


def _term(name: str, value: str) -> str:
    value = " ".join(value.split())
    if name in ("q", "filter"):
        return value
    if name == "text":
        return " ".join(_quoted(word) for word in value.split())
    return f"{_FIELDS.get(name, name)}:{_quoted(value)}"


def _quoted(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else '"{}"'.format(value.replace('"', " "))
