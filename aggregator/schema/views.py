"""Views: filters with a name, of the configuration or of a reader."""

from __future__ import annotations

from typing import Literal

import msgspec

Collapse = Literal["article", "story", "none"]
"""What stands once in a list: an article of several sources, a story of several articles, or neither."""
OWN = "~"
"""Begins the id of each view that a reader saved for themselves, and of none that is configured."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A saved, named filter with a feed."""

    id: str
    title: str
    filter: str
    """Text in the filter language, valid when the configuration was read, or when a reader saved it."""
    collapse: Collapse = "article"
    origin: str = ""

    @property
    def is_own(self) -> bool:
        """Whether a reader saved it."""
        return self.id.startswith(OWN)
