"""Readers of single values: TOML value in, checked value out, or SettingsError("what is wrong; the fix")."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from cssselect import HTMLTranslator, SelectorError

from aggregator.errors import SettingsError
from aggregator.schema import Secret
from aggregator.settings.files import Table
from aggregator.settings.problems import HIDDEN, did_you_mean, shown
from aggregator.settings.slugs import SLUG, slug

T = TypeVar("T")
Reader = Callable[[Any], T]

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_SHORT = re.compile("".join(rf"(?:([0-9]{{1,7}}){unit})?" for unit in _UNITS))
_ISO = re.compile(
    r"P(?:([0-9]{1,7})W)?(?:([0-9]{1,7})D)?"
    r"(?:T(?:([0-9]{1,7})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,7})S)?)?"
)
_SIZE = re.compile(r"([0-9]{1,12}) ?([kKMG]i?)?B?")
_FACTORS = {"": 1, "k": 1000, "M": 1000**2, "G": 1000**3, "ki": 1024, "Mi": 1024**2, "Gi": 1024**3}
_LEAST_OF_A_LINE = 3
"""Characters that tell a line to be cut from all others."""


def take(table: Table, key: str, read: Reader[T], *, secret: bool = False) -> T | None:
    """The value of a key, read; None if it is absent or wrong (then the problem is noted)."""
    if key not in table.values:
        return None
    value = table.values[key]
    try:
        return read(value)
    except SettingsError as error:
        table.refuse(str(error), key, value=HIDDEN if secret else shown(value))
        return None


def refuse_unknown(table: Table, known: list[str], elsewhere: dict[str, str] | None = None) -> None:
    """Notes each key that is not known; its value stays hidden, for it may be a misspelt password."""
    for key in table.values.keys() - set(known):
        hint = (elsewhere or {}).get(key) or f"unknown key; {did_you_mean(key, known)}"
        table.refuse(hint, key, value="…")


def line_of_text(value: Any, longest: int = 500) -> str:
    """Text on one line: no control characters, not empty, at most `longest` characters."""
    if not isinstance(value, str):
        raise SettingsError('it must be text; write it in quotes, as in "news"')
    text = value.strip()
    if not text:
        raise SettingsError("it is empty; write something or take the line out")
    if not _is_clean(text):
        raise SettingsError("it holds a line break or control character; write it on one line")
    if len(text) > longest:
        raise SettingsError(f"it has {len(text)} characters; write at most {longest}")
    return text


def filter_text(value: Any) -> str:
    """A filter on one line; it may be empty and be written on several lines."""
    if not isinstance(value, str):
        raise SettingsError("it must be text; write the filter in quotes")
    return " ".join(value.split())


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts, each once."""
    if not isinstance(value, list):
        raise SettingsError('it must be a list; write it in brackets, as in ["news", "sport"]')
    return tuple(dict.fromkeys(line_of_text(item) for item in value))


def lines_to_cut(value: Any) -> tuple[str, ...]:
    """A list of texts, each with at least three characters beside the `*` at its ends."""
    found = texts(value)
    for text in found:
        if len(text.strip("* ")) < _LEAST_OF_A_LINE or "*" in text.strip("*"):
            raise SettingsError(
                "each must have three characters or more, and * at its ends only; "
                'write the line as it stands in the article, as in "Read more: *"'
            )
    return found


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise SettingsError("it must be true or false; write one of them without quotes")
    return value


def switch_or_selector(value: Any) -> bool | str:
    """True, false or a CSS selector."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise SettingsError('it must be true, false or a CSS selector in quotes, as in "div.story"')
    selector = line_of_text(value)
    try:
        HTMLTranslator().css_to_xpath(selector)
    except SelectorError:
        raise SettingsError('this is no CSS selector; write true, or one such as "div.story"') from None
    return selector


def whole(least: int, most: int) -> Reader[int]:
    """A whole number within bounds, both included."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise SettingsError("it must be a whole number; write it without quotes and decimals")
        if not least <= value <= most:
            raise SettingsError(f"it is out of range; write a number from {least} to {most}")
        return value

    return read


def degrees(most: int) -> Reader[float]:
    """A number from `-most` to `most`."""

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
            raise SettingsError(f"it must be a number of degrees from -{most} to {most}")
        return float(value)

    return read


def choice(*known: str) -> Reader[str]:
    """One of a few words."""

    def read(value: Any) -> str:
        if value not in known or not isinstance(value, str):
            words = ", ".join(f'"{word}"' for word in known)
            raise SettingsError(f"it is not one of the choices; write one of {words}")
        return value

    return read


def duration(least: str, most: str) -> Reader[timedelta]:
    """A span of time within bounds: `90s`, `15m`, `1h30m`, `2d`, `1w`, or ISO 8601 without months."""
    shortest, longest = parse_duration(least), parse_duration(most)

    def read(value: Any) -> timedelta:
        span = parse_duration(value)
        if not shortest <= span <= longest:
            raise SettingsError(f'it is out of range; write a time from "{least}" to "{most}"')
        return span

    return read


def parse_duration(value: Any) -> timedelta:
    """`15m` or `PT15M` as a timedelta; SettingsError if it is neither."""
    found = (_SHORT.fullmatch(value) or _ISO.fullmatch(value)) if isinstance(value, str) else None
    if not found or not any(found.groups()):
        raise SettingsError('it is no span of time; write a number with s, m, h, d or w, as in "15m"')
    numbers = (int(number or 0) for number in found.groups())
    return timedelta(**dict(zip(_UNITS.values(), numbers, strict=True)))


def shown_duration(span: timedelta) -> str:
    """A timedelta as the admin would write it: `1h30m`."""
    seconds = int(span.total_seconds())
    parts = (
        (seconds // 86400, "d"),
        (seconds // 3600 % 24, "h"),
        (seconds // 60 % 60, "m"),
        (seconds % 60, "s"),
    )
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"


def size(least: int, most: int) -> Reader[int]:
    """Bytes, as a whole number or with a unit: `15MB` (10^6 bytes each), `16MiB` (2^20 bytes each)."""

    def read(value: Any) -> int:
        if isinstance(value, str) and (found := _SIZE.fullmatch(value.strip())):
            value = int(found[1]) * _FACTORS[(found[2] or "").replace("K", "k")]
        if isinstance(value, bool) or not isinstance(value, int):
            raise SettingsError('it is no size; write a number of bytes or one with a unit, as in "15MB"')
        if not least <= value <= most:
            raise SettingsError(f"it is out of range; write a size from {least} to {most} bytes")
        return value

    return read


def credential(value: Any) -> str:
    """A user name, password or token: as it stands, or of the environment if written `env:NAME`."""
    if not isinstance(value, str):
        raise SettingsError('it must be text; write it in quotes, or "env:NAME" to read the environment')
    if not value.startswith("env:"):
        return checked_credential(value)
    name = value[4:]
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise SettingsError('this is no name of an environment variable; write "env:NAME"')
    found = os.environ.get(name, "")
    if not found:
        raise SettingsError(f"the environment variable {name} is not set; set it before starting Dateline")
    return checked_credential(found)


def checked_credential(text: str) -> str:
    """The same text, if it can be sent in a header; SettingsError otherwise."""
    if not text:
        raise SettingsError("it is empty; write something or take the line out")
    if not _is_clean(text):
        raise SettingsError("it holds a line break or control character; take it out")
    return text


def username(value: Any) -> str:
    """A user name of HTTP Basic, which cannot hold a colon (RFC 7617)."""
    name = credential(value)
    if ":" in name:
        raise SettingsError("a user name cannot hold a colon; give the password as password")
    return name


def secret(value: Any) -> Secret:
    return Secret(credential(value))


def _is_clean(text: str) -> bool:
    return all(ord(char) >= 32 and not 0x7F <= ord(char) < 0xA0 for char in text)


def identifier(example: str) -> Reader[str]:
    """An id of lower-case letters, digits and hyphens, such as the example."""

    def read(value: Any) -> str:
        text = line_of_text(value, longest=100)
        if not SLUG.fullmatch(text):
            fix = f'write "{slug(text)}"' if slug(text) else f'write one such as "{example}"'
            raise SettingsError(f"an id is made of lower-case letters a-z, digits and hyphens; {fix}")
        return text

    return read
