"""The people who read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Standing = Literal["reader", "admin"]
"""What a reader may do: read and keep a state of their own; an admin also sees to the sources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A person who reads here. How they prove who they are is known to the store alone."""

    n: int
    """Number, by which the store keeps what is theirs."""
    name: str
    role: Standing = "reader"

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


_NAME = re.compile(r"[\w.@+-]{1,64}")


def reader_name(said: str) -> str:
    """The name of a reader as it is kept: lower-case, look-alikes as one (NFKC); empty if it can be none."""
    name = unicodedata.normalize("NFKC", said).strip().casefold()
    return name if _NAME.fullmatch(name) else ""
