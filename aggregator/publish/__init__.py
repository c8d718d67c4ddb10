"""Articles → the bytes of a feed, and sources → OPML. The same input always gives the same bytes."""

from collections.abc import Callable, Iterable, Mapping

from aggregator.publish.atom import atom
from aggregator.publish.geojson import geojson
from aggregator.publish.head import Content, Head, newest_change
from aggregator.publish.json_feed import json_feed, told
from aggregator.publish.markup import addressed, is_right_to_left
from aggregator.publish.opml import opml
from aggregator.publish.rss import rss
from aggregator.publish.spreadsheet import spreadsheet
from aggregator.schema import Article

Form = Callable[[Iterable[Article], Head], bytes]

__all__ = [
    "CONTENT_TYPES",
    "FORMATS",
    "OPML_TYPE",
    "Content",
    "Head",
    "atom",
    "geojson",
    "is_right_to_left",
    "json_feed",
    "newest_change",
    "opml",
    "rss",
    "spreadsheet",
    "told",
]


def _of(form: Form) -> Form:
    return lambda articles, head: form(map(addressed, articles), head)


FORMATS: Mapping[str, Form] = {
    "rss": _of(rss),
    "atom": _of(atom),
    "json": _of(json_feed),
    "geojson": _of(geojson),
    "csv": _of(spreadsheet),
}
"""Every format of a feed by the extension of its address."""
CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
    "geojson": "application/geo+json; charset=utf-8",
    "csv": "text/csv; charset=utf-8; header=present",
}
"""Media type by the extension of a feed's address."""
OPML_TYPE = "text/x-opml; charset=utf-8"
