"""Does an article agree with a filter? In memory, with the same answer as the store's SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from aggregator.filters import globe
from aggregator.filters.fold import APART, searched
from aggregator.filters.keys import points, values
from aggregator.filters.tree import (
    And,
    Box,
    Everything,
    Field,
    Filter,
    Keys,
    Near,
    Not,
    Noted,
    Or,
    Since,
    Text,
    Until,
)
from aggregator.schema import Article

Notes = Set[tuple[int, str]]
"""Number of a reader, and what that reader has noted of an article (`tree.Noted`)."""
NO_NOTES: Notes = frozenset()
_SHORT = 1_000
"""Words of a title, of the authors and of an address that are looked at."""
_RARELY = 50
"""How often a word may stand there."""
_LAST = 2**43 - 1
"""In the year 2248: positions in lists have 63 bits, of which 43 are milliseconds."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def matches(tree: Filter, article: Article, *, now: datetime, notes: Notes = NO_NOTES) -> bool:
    """Whether the filter finds the article; `now` is what `ago` counts back from, `notes` what readers noted of it."""
    match tree:
        case Everything():
            return True
        case And(parts):
            return all(matches(part, article, now=now, notes=notes) for part in parts)
        case Or(parts):
            return any(matches(part, article, now=now, notes=notes) for part in parts)
        case Not(part):
            return not matches(part, article, now=now, notes=notes)
        case Since(at, ago):
            return _published(article) >= instant(at, ago, now)
        case Until(at, ago):
            return _published(article) < instant(at, ago, now)
        case Text():
            return _holds_words(tree, article)
        case Keys(kind, wanted):
            return not values(article, kind).isdisjoint(wanted)
        case Noted(reader, "tagged", tag):
            said = f"tag:{tag}"
            return any(
                reader in (None, one) and (noted == said if tag else noted.startswith(said))
                for one, noted in notes
            )
        case Noted(reader, what):
            return any(reader in (None, one) and noted == what for one, noted in notes)
        case Near() | Box():
            return any(globe.holds(tree, lat, lon) for lat, lon in points(article))


def words(article: Article) -> Mapping[Field, Sequence[str]]:
    """What is searched for words, folded, by field."""
    return _words(article.title, article.dateline, article.text, article.authors, article.url)


@lru_cache(maxsize=8)
def _words(
    title: str, dateline: str, text: str, authors: tuple[str, ...], url: str
) -> Mapping[Field, Sequence[str]]:
    """Kept for a moment: many rules ask the same article."""
    return {
        "title": searched(title, _SHORT, _RARELY),
        "text": searched(f"{dateline} {text}"),
        "author": _authors(authors),
        "url": searched(url.partition("://")[2], _SHORT, _RARELY),
    }


def instant(at: datetime | None, ago: timedelta | None, now: datetime) -> int:
    """The time that Since and Until mean, in milliseconds since 1970, of those that lists can order by."""
    asked = ((at if at is not None else now - (ago or timedelta())) - _EPOCH) // _MILLISECOND
    return min(max(0, asked), _LAST)


def _authors(authors: Sequence[str]) -> Sequence[str]:
    """Between two of them no phrase runs from one to the next."""
    several = (searched(author, _SHORT, _RARELY) for author in authors[:_SHORT])
    return f" {APART} ".join(" ".join(words) for words in several if words).split()[:_SHORT]


def _holds_words(leaf: Text, article: Article) -> bool:
    fields: tuple[Field, ...] = ("title", "text") if leaf.field == "any" else (leaf.field,)
    found = words(article)
    wanted = f" {' '.join(leaf.words)}{'' if leaf.prefix else ' '}"
    return any(wanted in f" {' '.join(found[field])} " for field in fields)


def _published(article: Article) -> int:
    """Milliseconds since 1970, as the store orders by."""
    if article.position is not None:
        return article.position >> 20
    return (article.published - _EPOCH) // _MILLISECOND
