"""The views there are for whoever reads now: those of the configuration, and those that the reader saved."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, g
from flask_babel import gettext as _

from aggregator.errors import FilterError
from aggregator.filters import Filter, Vocabulary, parse
from aggregator.schema import OWN, View
from web.desk import this_desk
from web.query import BadParameter
from web.reader import this_reader


def own_views() -> tuple[View, ...]:
    """The views that the reader saved; none if there is no reader."""
    if "own_views" not in g:
        reader = this_reader()
        g.own_views = this_desk().store.own_views(reader.n) if reader else ()
    found: tuple[View, ...] = g.own_views
    return found


def own_tags() -> tuple[str, ...]:
    """The tags that the reader gave; none if there is no reader."""
    if "own_tags" not in g:
        reader = this_reader()
        g.own_tags = this_desk().store.own_tags(reader.n) if reader else ()
    found: tuple[str, ...] = g.own_tags
    return found


def view_named(id: str) -> View:
    """The view of that id; ends the request if there is none for this reader."""
    views = own_views() if id.startswith(OWN) else this_desk().settings().views
    return next((view for view in views if view.id == id), None) or abort(404, _("There is no such view."))


def by_reader(known: Vocabulary) -> Vocabulary:
    """The same, for whoever reads now: they may ask for what they noted."""
    reader = this_reader()
    if reader is None:
        return known
    return replace(known, reader=reader.n, own_tags=own_tags())


def filter_of(view: View | None, known: Vocabulary) -> Filter:
    """What a view finds; everything if there is none.

    What a reader saved may name what is there no more: then it raises BadParameter, as it must not find more.
    """
    try:
        return parse(view.filter if view else "", by_reader(known) if view and view.is_own else known)
    except FilterError as error:
        title = view.title if view else ""
        raise BadParameter(f"The view “{title}” cannot be read any more: {error}") from error
