"""How a reader wants to read: what opening an article does, and whether single keys do something."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from web.desk import this_desk
from web.language import spoken
from web.noting import done, this_page
from web.reader import signed_in, this_reader
from web.shelves import unread_in
from web.views import own_tags

blueprint = Blueprint("preferences", __name__)

CHOICES = {
    "opening_reads": _("Opening an article marks it as read"),
    "keys": _("Single keys move and mark (the key ? lists them)"),
}
"""What can be turned off, with its words; all are on until a reader says otherwise."""


def preferred() -> Mapping[str, bool]:
    """Which of the choices are on for the current reader; all of them if there is none."""
    if "preferred" not in g:
        g.preferred = dict.fromkeys(CHOICES, True)  # for the error page, should the store not answer
        reader = this_reader()
        said = this_desk().store.preferences(reader.n) if reader else {}
        g.preferred = {name: said.get(name) != "off" for name in CHOICES}
    found: Mapping[str, bool] = g.preferred
    return found


def keys_help() -> Markup:
    """The list of keys, which is the same on every page in a language."""
    return _keys_help(spoken(), request.script_root)


@lru_cache(maxsize=64)
def _keys_help(_language: str, _root: str) -> Markup:
    return Markup(render_template("_keys.html"))  # noqa: S704 (it is a template, made with escapes)


def surroundings() -> dict[str, Any]:
    """What every template may ask of the reader."""
    return {
        "preferred": preferred,
        "keys_help": keys_help,
        "unread_in": unread_in,
        "done": done,
        "own_tags": own_tags,
        "this_page": this_page,
    }


@blueprint.get("/preferences")
def choices() -> str:
    signed_in()
    return render_template("preferences.html", choices=CHOICES)


@blueprint.post("/preferences")
def choose() -> Any:
    reader = signed_in()
    wanted = {name: "on" if name in request.form else "off" for name in CHOICES}
    desk = this_desk()
    desk.store.prefer(reader.n, wanted, now=desk.now())
    return redirect(url_for("preferences.choices"), 303)
