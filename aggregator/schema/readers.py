"""The people who read."""

from __future__ import annotations

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
