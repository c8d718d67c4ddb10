"""Country codes (ISO 3166-1 alpha-2) and language tags (BCP 47)."""

from __future__ import annotations

import re
from typing import Any

from aggregator.errors import SettingsError
from aggregator.filters import COUNTRIES

_LIKELY = {"UK": "GB", "EN": "GB", "EL": "GR", "SP": "ES", "KO": "KR"}
_TAG = re.compile(
    r"([a-z]{2,3})(?:-[a-z]{3}){0,3}"  # language, extended language
    r"(-[a-z]{4})?(-(?:[a-z]{2}|[0-9]{3}))?"  # script, region
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"  # variants
    r"(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",  # extensions, private use
    re.I | re.A,
)


def country(value: Any) -> str:
    """A country code, upper case."""
    code = value.strip().upper() if isinstance(value, str) else ""
    if code in COUNTRIES:
        return code
    hint = (
        f'did you mean "{_LIKELY[code]}"?' if code in _LIKELY else 'write two letters, as in "MA" for Morocco'
    )
    raise SettingsError(f"this is no ISO 3166-1 country code; {hint}")


def language(value: Any) -> str:
    """A language tag in its usual case (RFC 5646, 2.1.1): `pt-BR`, `zh-Hant`."""
    tag = value.strip() if isinstance(value, str) else ""
    found = _TAG.fullmatch(tag)
    if not found:
        better = tag.replace("_", "-")
        fix = f'write "{better}"' if _TAG.fullmatch(better) else 'write a tag such as "en", "ar" or "pt-BR"'
        raise SettingsError(f"this is no BCP 47 language tag; {fix}")
    parts = tag.lower().split("-")
    private = False
    for number, part in enumerate(parts[1:], start=1):
        private = private or len(part) == 1
        if not private and len(part) == 2:
            parts[number] = part.upper()
        elif not private and len(part) == 4 and part.isalpha():
            parts[number] = part.title()
    return "-".join(parts)
