"""CSV (RFC 4180): one article a line."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from aggregator.publish.head import Head
from aggregator.publish.markup import legal, main_place, places_of, rfc3339
from aggregator.schema import Article, shown_categories

COLUMNS = (
    "id",
    "published",
    "title",
    "url",
    "language",
    "authors",
    "sources",
    "categories",
    "place",
    "latitude",
    "longitude",
    "places",
    "summary",
)
_COMMANDS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula when a cell begins with it."""


def spreadsheet(articles: Iterable[Article], head: Head) -> bytes:
    """The articles, in the order given; several values in a cell are separated by `; `.

    The text of the article is a column of its own unless only summaries are asked for.
    """
    out = StringIO()
    writer = csv.writer(out)
    whole = head.content != "summary"
    writer.writerow((*COLUMNS, "text") if whole else COLUMNS)
    for article in articles:
        row = _row(article)
        writer.writerow((*row, _cell(article.text)) if whole else row)
    return out.getvalue().encode("utf-8", "replace")


def _row(article: Article) -> tuple[str, ...]:
    place = main_place(article)
    return (
        article.uid,
        rfc3339(article.published),
        _cell(article.title),
        _cell(article.url),
        article.language,
        _cells(article.authors),
        _cells(article.sources),
        _cells(category.name for category in shown_categories(article)),
        _cell(place.name) if place else "",
        f"{place.lat:.5f}" if place else "",
        f"{place.lon:.5f}" if place else "",
        _cells(mention.place.name for mention in places_of(article)),
        _cell(article.summary),
    )


def _cells(values: Iterable[str]) -> str:
    return _cell("; ".join(dict.fromkeys(value for value in values if value)))


def _cell(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would run it."""
    clean = legal(text)
    return f"'{clean}" if clean.startswith(_COMMANDS) else clean
