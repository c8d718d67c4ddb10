"""Style sheets and scripts, as pages name them."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

STATIC = Path(__file__).with_name("static")


@lru_cache
def version_of(name: str) -> str:
    """Names the content of a file, so that browsers may keep it for a year and still see a new one."""
    return sha256((STATIC / name).read_bytes()).hexdigest()[:12]
