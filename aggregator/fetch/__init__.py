"""Asks origins for their feeds, as a guest who knows the house rules: guarded, paced, bounded."""

from aggregator.fetch.current import Current
from aggregator.fetch.fetcher import Fetcher
from aggregator.fetch.pace import Others
from aggregator.fetch.transport import CurlTransport

__all__ = ["CurlTransport", "Current", "Fetcher", "Others"]
