"""Dateline's newsroom: polls feeds and turns every entry into one clean article."""

__version__ = "0.1.0"
