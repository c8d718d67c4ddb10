"""Dateline's reading room: a Flask app over the store."""
