"""Articles → the bytes of a feed, and sources → OPML. The same input always gives the same bytes."""

from aggregator.publish.atom import atom
from aggregator.publish.head import Head
from aggregator.publish.json_feed import json_feed
from aggregator.publish.opml import opml
from aggregator.publish.rss import rss

__all__ = ["CONTENT_TYPES", "OPML_TYPE", "Head", "atom", "json_feed", "opml", "rss"]

CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
"""Media type by the extension of a feed's address."""
OPML_TYPE = "text/x-opml; charset=utf-8"
