"""What is wrong with the configuration, collected so that the admin sees all of it at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from aggregator.urls import canonical_url, without_credentials

_LONGEST = 100
HIDDEN = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    rank: int
    """Of the file, in the order of reading."""
    line: int
    text: str
    """`file:line: key = value: what is wrong; how to fix it`, without secrets."""


Problems = list[Problem]


def listed(problems: Problems) -> str:
    """All problems, one a line, in the order of the files."""
    ordered = sorted(problems, key=lambda problem: (problem.rank, problem.line))
    return "\n".join(dict.fromkeys(problem.text for problem in ordered))


def shown(value: Any) -> str:
    """A value as TOML would write it, on one line and not too long."""
    if isinstance(value, str):
        text = printable(json.dumps(value, ensure_ascii=False))
    elif isinstance(value, list):
        text = "[" + ", ".join(shown(item) for item in value[:20]) + "]"
    elif isinstance(value, dict):
        text = "{…}"
    else:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def printable(text: str) -> str:
    """The text with what a terminal might obey (control and direction characters) written as escapes."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def shown_url(url: str) -> str:
    """An address without user name and password; hidden altogether if these cannot be told apart."""
    bare = without_credentials(url)
    if "@" in bare and not canonical_url(url):
        return HIDDEN
    return shown(bare)


def did_you_mean(word: str, known: list[str]) -> str:
    """`did you mean "interval"?`, or the list of what is known."""
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    return "known here: " + ", ".join(known)
