"""Lines of TOML to copy into config.toml."""

from __future__ import annotations

import json


def line(key: str, value: str | list[str]) -> str:
    """`key = value`: strings of JSON are strings of TOML, but for one control character."""
    return f"{key} = {text(value)}"


def text(value: str | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def table(name: str, **values: str | list[str]) -> str:
    """A table of a list, `[[name]]`, with the keys that say something."""
    return "\n".join([f"[[{name}]]", *(line(key, value) for key, value in values.items() if value)])
