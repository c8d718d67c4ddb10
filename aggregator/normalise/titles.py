"""Titles without the name of their site: "Rain in the North – Example News"."""

from __future__ import annotations

_SEPARATORS = "-–—|·•:»"


def site_in(title: str, site: str) -> str:
    """The end of a title that says the site's name, with the sign before it; empty if it says something else."""
    name = title[-len(site) :] if site else ""
    before = title[: len(title) - len(name)].rstrip()
    if not name or name.casefold() != site.casefold() or before[-1:] not in _SEPARATORS:
        return ""
    true = before[:-1].rstrip()
    apart = len(true) < len(before) - 1 or before[-1:] == "|"
    return title[len(true) :] if apart and len(true.split()) > 1 else ""
