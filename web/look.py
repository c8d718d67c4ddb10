"""How pages look to whoever reads here: language, layout, text, colours; kept in a cookie."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _

from web.csrf import is_https
from web.language import LANGUAGES

blueprint = Blueprint("look", __name__)

CHOICES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "language": (_("Language"), {"auto": _("As the browser"), **LANGUAGES}),
    "layout": (_("Lists"), {"full": _("Full"), "cards": _("Cards"), "compact": _("Compact")}),
    "theme": (_("Colours"), {"auto": _("As the device"), "light": _("Light"), "dark": _("Dark")}),
    "size": (
        _("Text size"),
        {"small": _("Small"), "medium": _("Medium"), "large": _("Large"), "larger": _("Larger")},
    ),
    "measure": (_("Line length"), {"narrow": _("Short"), "normal": _("Normal"), "wide": _("Long")}),
    "font": (
        _("Letters of articles"),
        {"serif": _("Serif"), "sans": _("Sans serif"), "system": _("As the device")},
    ),
}
"""What can be chosen, each with its name and its values; the first value goes without saying."""
_USUAL = {name: next(iter(values)) for name, (__, values) in CHOICES.items()} | {
    "size": "medium",
    "measure": "normal",
}
_SEEN = [name for name in CHOICES if name != "language"]
"""What the sheet of styles sees to."""
COOKIE = "dateline-look"
_YEAR = 365 * 24 * 3600
_OUR_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")


def chosen() -> dict[str, str]:
    """What the browser of this request chose, complete; what it makes up is not looked at."""
    if "look" not in g:
        said = dict(parse_qsl(request.cookies.get(COOKIE, "")[:500]))
        g.look = _USUAL | _valid(said)
    found: dict[str, str] = g.look
    return found


def surroundings() -> dict[str, object]:
    """What every template may use: the choices, and the classes that the sheet of styles knows them by."""
    look = chosen()
    return {"look": look, "look_classes": " ".join(f"{name}-{look[name]}" for name in _SEEN)}


@blueprint.get("/look")
def choices() -> str:
    return render_template("look.html", choices=CHOICES, back=own_path(request.args.get("back", "")))


@blueprint.post("/look")
def choose() -> Response:
    wanted = chosen() | _valid(request.form)
    unusual = {name: value for name, value in wanted.items() if value != _USUAL[name]}
    answer = Response(status=303)
    answer.headers["Location"] = redirect(own_path(request.form.get("back", ""))).location or "/"
    answer.set_cookie(
        COOKIE, urlencode(unusual), max_age=_YEAR, secure=is_https(), httponly=True, samesite="Lax"
    )
    return answer


def _valid(said: Mapping[str, str]) -> dict[str, str]:
    return {name: said[name] for name, (__, values) in CHOICES.items() if said.get(name) in values}


def own_path(path: str) -> str:
    """A path of this desk; the front page for anything else."""
    return path if _OUR_PATH.fullmatch(path) else url_for("pages.front")
