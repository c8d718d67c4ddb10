"""The address as it was perhaps meant: what an error suggests, put in the place of what was written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from web.address import joined
from web.filter_text import operand
from web.query import BadParameter

_SUGGESTED = re.compile(r"did you mean (.+?)\?")
_TERM = re.compile(r'(-?(?:[^\s()":]+:)?)("[^"]*"|[^\s()"]*)')


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    words: str
    """What the parameter would say."""
    href: str


def mended(path: str, pairs: Sequence[tuple[str, str]], problem: BadParameter) -> Mended | None:
    """The same list with the suggestion of an error taken; None if it has none."""
    found = _SUGGESTED.search(str(problem))
    if not found:
        return None
    close = found[1].strip("“”")
    if problem.name not in dict(pairs):
        return None
    value = dict(pairs)[problem.name]
    if problem.position is not None:
        value = _replaced(value, problem.position, close)
    elif f"parameter {problem.name}" in str(problem) or f"parameter “{problem.name}”" in str(problem):
        if str(problem).startswith("There is no parameter"):
            renamed = [(close if name == problem.name else name, said) for name, said in pairs]
            return Mended(words=f"{close}={value}", href=joined(path, renamed))
        value = close
    changed = [(name, value if name == problem.name else said) for name, said in pairs]
    return Mended(words=value, href=joined(path, changed))


def _replaced(text: str, position: int, close: str) -> str:
    """The text with the operand (or the field) that begins at the position replaced."""
    term = _TERM.match(text, position)
    if term is None:
        return text
    if close.endswith(":"):
        return f"{text[:position]}{close}{term[2]}{text[term.end() :]}"
    return f"{text[:position]}{term[1]}{operand(close)}{text[term.end() :]}"
