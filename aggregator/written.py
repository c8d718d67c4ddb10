"""Lines of TOML to copy into config.toml: pure."""

from __future__ import annotations

import json


def line(key: str, value: str | list[str]) -> str:
    """`key = value`: strings of JSON are strings of TOML, but for one control character."""
    return f"{key} = {text(value)}"


def text(value: str | list[str]) -> str:
    """A string or a list of strings as TOML."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def table(of: str, /, **values: str | list[str]) -> str:
    """A table of a list, `[[of]]`, with the keys that say something."""
    return "\n".join([f"[[{of}]]", *(line(key, value) for key, value in values.items() if value)])
