"""What a reader may mean by the beginning of a word: places, categories and sources of that name, as filters."""

from __future__ import annotations

from typing import TypedDict

from flask import Blueprint, Response, jsonify, request

from aggregator.filters import fold
from aggregator.schema import Settings
from web.desk import Desk, this_desk
from web.filter_text import condition
from web.words import country_name

blueprint = Blueprint("suggest", __name__)

MOST = 8
"""Suggestions of a kind."""
LONGEST = 100
"""Characters that are looked at."""


class Suggestion(TypedDict):
    """`field` and `value` are a parameter of a list's address, `filter` says the same in the filter language."""

    name: str
    field: str
    value: str
    filter: str


@blueprint.get("/suggest")
def suggest() -> Response:
    """JSON for a page that asks while its reader types; `q` is what is typed."""
    desk = this_desk()
    return jsonify(suggestions(desk, desk.settings(), request.args.get("q", "")))


def suggestions(desk: Desk, settings: Settings, typed: str) -> list[Suggestion]:
    """Filters for what begins with these words; none if there are no words."""
    words = " ".join(typed.split())[:LONGEST]
    if not fold(words):
        return []
    found = [_suggestion(name, "place", name) for name in _places(desk, settings, words)]
    found += [_suggestion(name, "category", id) for id, name in desk.store.named("category", words, MOST)]
    started = fold(words)
    sources = [source for source in settings.sources if f" {fold(source.title)}".find(f" {started}") >= 0]
    return found + [_suggestion(source.title, "source", source.id) for source in sources[:MOST]]


def _places(desk: Desk, settings: Settings, words: str) -> list[str]:
    """Places of articles whose names begin so, after those that the gazetteer has under this name in any language."""
    known = desk.names(settings).places
    called = desk.store.key_names("place", sorted(known.find(words))) if known else {}
    named = (country_name(key) if key == name else name for key, name in called.items())
    begun = (name for _, name in desk.store.named("place", words, MOST))
    return list(dict.fromkeys([*named, *begun]))[:MOST]


def _suggestion(name: str, field: str, value: str) -> Suggestion:
    return {"name": name, "field": field, "value": value, "filter": condition(field, value)}
