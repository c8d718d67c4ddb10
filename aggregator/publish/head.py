"""What a feed says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    title: str
    url: str
    """Address of the feed itself."""
    page_url: str
    """Address of the page that shows the same articles."""
    description: str
    updated: datetime
    """When any of it last changed."""
    id: str
    """A permanent IRI, such as `urn:uuid:…`."""
    language: str = ""
    """BCP 47 tag if all articles are in one language; else empty."""
