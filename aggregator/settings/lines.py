"""On which line each key of a TOML document stands: tomllib gives values, not places.

Works on text that tomllib has accepted, so it may take the grammar (TOML 1.0) for granted.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left

KeyPath = tuple[str | int, ...]
"""`("source", 2, "headers", "Authorization")`: keys and, in arrays, indexes from 0."""

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_STRING = re.compile(
    r"\"\"\"(?:[^\\]|\\.)*?\"{3,5}|'''.*?'{3,5}|\"(?:[^\"\\]|\\.)*\"|'[^']*'",
    re.S,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")
_KEY = re.compile(r"[ \t]*([A-Za-z0-9_-]+|\"(?:[^\"\\]|\\.)*\"|'[^']*')[ \t]*")


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of every key, table header and array element of a valid TOML document."""
    breaks = [found.start() for found in re.finditer("\n", text)]
    starts: dict[KeyPath, int] = {}
    _document(text, starts)
    return {path: bisect_left(breaks, at) + 1 for path, at in starts.items()}


def _document(text: str, starts: dict[KeyPath, int]) -> None:
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    at = _skip(text, 0)
    while at < len(text):
        if text[at] == "[":
            is_array = text.startswith("[[", at)
            keys, end = _keys(text, at + 1 + is_array)
            table = _resolved(keys, counts, is_array=is_array)
            starts.setdefault(table, at)
            at = end + 1 + is_array
        else:
            at = _pair(text, at, table, starts)
        at = _skip(text, at)


def _resolved(keys: list[str], counts: dict[KeyPath, int], *, is_array: bool) -> KeyPath:
    """The path a header means: a name of an array of tables stands for its last element."""
    path: KeyPath = ()
    for key in keys[:-1]:
        path = _last((*path, key), counts)
    path = (*path, keys[-1])
    if is_array:
        counts[path] = counts.get(path, 0) + 1
    return _last(path, counts)


def _last(path: KeyPath, counts: dict[KeyPath, int]) -> KeyPath:
    return (*path, counts[path] - 1) if path in counts else path


def _pair(text: str, at: int, table: KeyPath, starts: dict[KeyPath, int]) -> int:
    """Reads `key = value`, notes where the keys begin and returns where the value ends."""
    keys, equals = _keys(text, at)
    path = table
    for key in keys:
        path = (*path, key)
        starts.setdefault(path, at)
    return _value(text, _skip(text, equals + 1), path, starts)


def _value(text: str, at: int, path: KeyPath, starts: dict[KeyPath, int]) -> int:
    if text[at] == "[":
        return _array(text, at, path, starts)
    if text[at] == "{":
        return _inline_table(text, at, path, starts)
    found = _STRING.match(text, at) or _SCALAR.match(text, at)
    return found.end() if found else at + 1


def _array(text: str, at: int, path: KeyPath, starts: dict[KeyPath, int]) -> int:
    index = 0
    at = _skip(text, at + 1)
    while text[at] != "]":
        starts[(*path, index)] = at
        at = _skip(text, _value(text, at, (*path, index), starts))
        if text[at] == ",":
            at = _skip(text, at + 1)
        index += 1
    return at + 1


def _inline_table(text: str, at: int, path: KeyPath, starts: dict[KeyPath, int]) -> int:
    at = _skip(text, at + 1)
    while text[at] != "}":
        at = _skip(text, _pair(text, at, path, starts))
        if text[at] == ",":
            at = _skip(text, at + 1)
    return at + 1


def _keys(text: str, at: int) -> tuple[list[str], int]:
    """A dotted key, and the offset of what follows it."""
    keys: list[str] = []
    while found := _KEY.match(text, at):
        keys.append(_plain(found[1]))
        at = found.end()
        if text[at] != ".":
            break
        at += 1
    return keys, at


def _plain(key: str) -> str:
    return str(tomllib.loads(f"key = {key}")["key"]) if key[0] in "\"'" else key


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
