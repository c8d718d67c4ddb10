"""Rosters: lists of sources that other programs keep, as OPML or one URL a line, taken over.

An OPML file is hostile and often broken: it is mended as text before it is parsed, so that nothing is lost,
and what was mended is told. Source: OPML 2.0, http://opml.org/spec2.opml.
"""

from aggregator.roster.nouns import ImportReport, Roster, RosterLine
from aggregator.roster.reading import read
from aggregator.roster.writing import include, write

__all__ = ["ImportReport", "Roster", "RosterLine", "include", "read", "write"]
