"""Full text: the pages of new entries, asked for with the manners of a poll."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aggregator.errors import DatelineError
from aggregator.fetch import Fetcher
from aggregator.poll.apart import Parsers
from aggregator.schema import NO_FULL_TEXT, Entry, Memory, Removal, Source, replace

PAGES = 20
"""Pages that one poll asks for, at most."""
GIVE_UP = 3
"""Failures in a row after which the other pages are left alone."""


def with_pages(
    entries: Sequence[Entry], source: Source, fetcher: Fetcher, parsers: Parsers, *, now: datetime
) -> list[Entry]:
    """The entries with their articles as the pages have them, or a note why the feed's text stands.

    Raises a FetchError only if polling is being stopped.
    """
    selector = source.full_text if isinstance(source.full_text, str) else ""
    result = []
    asked = failures = 0
    for entry in entries:
        if not entry.link:
            result.append(_without(entry, "The entry has no link."))
        elif asked >= PAGES or failures >= GIVE_UP:
            why = "failed one after another" if failures >= GIVE_UP else "were asked for in one poll"
            result.append(_without(entry, f"{GIVE_UP if failures >= GIVE_UP else PAGES} pages {why}."))
        else:
            asked += 1
            try:
                memory = Memory(source_id=source.id, url=entry.link)
                download = fetcher.fetch(source, memory, now=now, conditional=False)
                page = parsers.page(download.body, selector)
                failures = 0
                entry = _joined(entry, page)
                result.append(entry if page.page else _without(entry, "No article was found."))
            except DatelineError as error:
                if fetcher.stopping:
                    raise
                failures += 1
                result.append(_without(entry, str(error)))
    return result


def _joined(entry: Entry, page: Entry) -> Entry:
    """The entry with what its page says; language, date and points only where the feed gives none."""
    return replace(
        entry,
        page=page.page,
        terms=tuple(dict.fromkeys(entry.terms + page.terms)),
        points=entry.points or page.points,
        places=page.places,
        language=entry.language or page.language,
        published=entry.published or page.published,
    )


def _without(entry: Entry, why: str) -> Entry:
    return replace(entry, removed=(*entry.removed, Removal(rule=NO_FULL_TEXT, text=why)))
