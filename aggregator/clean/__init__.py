"""Makes the words of a feed safe and takes page furniture out.

After `clean` a title is plain text, summary and content are HTML from a short allow-list with absolute
links, and what a rule took out is written down in `Entry.removed`.
"""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.clean.markup import safe_html
from aggregator.clean.recurring import NO_LINES, learn_lines, usual_lines
from aggregator.clean.text import to_text
from aggregator.clean.titles import plain
from aggregator.clean.unwanted import without_unwanted
from aggregator.schema import NO_FULL_TEXT, Entry, Lines, Removal, replace

__all__ = ["LONGEST", "clean", "learn_lines"]

LONGEST = 500_000
"""Characters of an entry's HTML that are read: more is no article, and would keep the other sources waiting."""
LONGEST_TITLE = 10_000


def clean(entry: Entry, known: Lines = NO_LINES, unwanted: Sequence[str] = ()) -> Entry:
    """The entry made safe; never raises, however hostile its words are.

    `known` are the lines at the edges of its source's articles, `unwanted` those the admin wants cut.
    """
    from aggregator.clean.furniture import without_furniture  # hundreds of phrases, and not for a quiet poll

    entry = _bounded(entry)
    usual = usual_lines(known)
    base = entry.base or entry.link
    title = plain(entry.title)
    given = safe_html(entry.content, base)
    summary = given if entry.summary == entry.content else safe_html(entry.summary, base)
    content, missed = _fullest(entry, given)
    same = summary == content
    content, cut = without_unwanted(content, unwanted)
    summary, cut_too = (content, ()) if same else without_unwanted(summary, unwanted)
    page = without_furniture(title, content, usual)
    excerpt = without_furniture(page.title, summary, usual) if summary != content else page
    text = to_text(page.html or excerpt.html)
    return replace(
        entry,
        title=excerpt.title,
        authors=tuple(plain(author) for author in entry.authors) or page.authors or excerpt.authors,
        summary=excerpt.html,
        content=page.html,
        text=text,
        excerpt=to_text(excerpt.html) if excerpt.html and excerpt.html != page.html else text,
        terms=tuple(replace(term, label=plain(term.label)) for term in entry.terms),
        points=tuple(replace(point, name=plain(point.name)) for point in entry.points),
        places=tuple(plain(place) for place in entry.places),
        breadcrumb=page.breadcrumb or excerpt.breadcrumb,
        removed=tuple(
            dict.fromkeys((*entry.removed, *missed, *cut, *cut_too, *page.removed, *excerpt.removed))
        ),
    )


def _bounded(entry: Entry) -> Entry:
    if max(len(entry.content), len(entry.summary)) <= LONGEST and len(entry.title) <= LONGEST_TITLE:
        return entry
    cut = Removal(rule="too long", text=f"What follows the first {LONGEST:,} characters.")
    return replace(
        entry,
        title=entry.title[:LONGEST_TITLE],
        summary=entry.summary[:LONGEST],
        content=entry.content[:LONGEST],
        removed=(*entry.removed, cut),
    )


def _fullest(entry: Entry, given: str) -> tuple[str, tuple[Removal, ...]]:
    """The page's text, unless the feed's is longer: then the page is a teaser, a wall or another page."""
    if not entry.page:
        return given, ()
    page = safe_html(entry.page, entry.link)
    if len(to_text(page)) < len(to_text(given)):
        return given, (Removal(rule=NO_FULL_TEXT, text="The page has less text than the feed."),)
    return page, ()
