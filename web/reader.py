"""Who is reading, and what only some may do."""

from __future__ import annotations

from typing import Any

from flask import abort, g

from aggregator.errors import StoreError
from aggregator.schema import Reader
from web.desk import this_desk


def this_reader() -> Reader | None:
    """The reader of the current request; None if nobody knows who it is."""
    if "reader" not in g:
        g.reader = _find()
    found: Reader | None = g.reader
    return found


def signed_in() -> Reader:
    """The reader of the current request; ends the request if nobody knows who it is."""
    return this_reader() or abort(401)


def readers_only() -> None:
    """Ends the request of whoever is no reader. For `before_request` or the first line of a view."""
    signed_in()


def admins_only() -> None:
    """Ends the request of whoever is no admin. For `before_request` or the first line of a view."""
    if not signed_in().is_admin:
        abort(403, "This is for the admins of this news desk.")


def surroundings() -> dict[str, Any]:
    """What every template may use: the reader, if the store says who it is."""
    try:
        return {"reader": this_reader()}
    except StoreError:  # an error page is shown all the same
        return {"reader": None}


def _find() -> Reader | None:
    desk = this_desk()
    open_to_all = desk.settings().web.access == "public"
    return None if open_to_all else desk.store.owner(desk.now())
