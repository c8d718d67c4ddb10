"""What is done with a whole list: it is marked as read, and asked for what came since."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from flask_babel import ngettext

from aggregator.filters import Everything
from web.desk import this_desk
from web.listing import asked, shelves_of
from web.noting import swept
from web.shelves import unread_in
from web.views import own_views, view_named
from web.words import number_words

blueprint = Blueprint("whole_list", __name__)

MOST_NEW = 1_000
"""How far arrivals are counted."""


@blueprint.post("/notes/list/")
@blueprint.post("/notes/list/view/<id>")
def mark_read(id: str = "") -> Any:
    """Marks a list as read, which the address names as that of its page does; see `noting.swept` for the form."""
    wanted = asked(view_named(id) if id else None)
    return swept(wanted.where, everything=wanted.every == Everything())


@blueprint.get("/arrivals/<int:after>/")
@blueprint.get("/arrivals/<int:after>/view/<id>")
def arrivals(after: int, id: str = "") -> Any:
    """How many articles came into a list after the one of that number, and the counts of its page as they now are."""
    desk, view = this_desk(), view_named(id) if id else None
    views = (*desk.settings().views, *own_views())
    wanted = asked(view)
    after = min(after, 2**31 - 1)
    new = desk.store.arrived(wanted.where, now=desk.now(), after=after, most=MOST_NEW)
    return jsonify(
        new=new,
        says=ngettext("1 new article – show", "%(count)s new articles – show", new, count=number_words(new)),
        shelves={shelf.id: shelf.count for shelf in shelves_of(wanted.here)},
        views={"": unread_in(None)} | {view.id: unread_in(view) for view in views},
    )
