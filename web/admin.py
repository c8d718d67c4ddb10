"""For admins: one source, figures, an address tried out, a configuration planned, a fault corrected."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from aggregator.filters import place_keys
from aggregator.health import DAYS, Row, rows
from aggregator.schema import Article, Fault, Place, Settings
from aggregator.store import MOST_ROWS
from aggregator.urls import host_of
from web.desk import Desk, Tools, this_desk
from web.one_at_a_time import Turn
from web.reader import admins_only
from web.why import GONE
from web.words import category_name, place_name, places_of

blueprint = Blueprint("admin", __name__)
blueprint.before_request(admins_only)

POLLS = 30
"""Polls of a source that are shown."""
LONGEST_ADDRESS = 2_000
_FAULTS = {
    "place": _("It is not about this place"),
    "category": _("It is not in this category"),
    "line": _("This line is no part of it"),
}


@blueprint.app_context_processor
def surroundings() -> dict[str, Any]:
    """What templates need for admins."""
    return {"key_of": _key}


@blueprint.get("/admin/source/<id>")
def source(id: str) -> str:
    desk = this_desk()
    asked = _instant(request.args.get("asked", ""))
    return _source_page(desk, _row(desk, id), asked=asked)


@blueprint.post("/admin/source/<id>/poll")
def poll(id: str) -> Response | tuple[str, int]:
    """Has a source asked now, and shows what came of it."""
    desk = this_desk()
    row = _row(desk, id)
    errand = _tools(desk).poll_now(id)
    if errand.since is None:
        return _source_page(desk, row, refused=errand.refused), 409
    return redirect(url_for("admin.source", id=id, asked=int(errand.since.timestamp() * 1000)), 303)


@blueprint.get("/admin/figures")
def figures() -> str:
    desk = this_desk()
    return render_template(
        "figures.html",
        queue=desk.store.queue(desk.now()),
        in_flight=desk.tools.in_flight() if desk.tools else 0,
        size=desk.store.sizes(),
        most_rows=MOST_ROWS,
    )


@blueprint.get("/admin/try")
def try_form() -> str:
    return render_template(
        "try.html", asked=request.args.get("url", "")[:LONGEST_ADDRESS], found=None, longest=LONGEST_ADDRESS
    )


@blueprint.post("/admin/try")
def try_out() -> str:
    """What an address would be as a source; nothing is stored."""
    desk = this_desk()
    asked = request.form.get("url", "")[:LONGEST_ADDRESS]
    with _turn().taken(desk.now()):
        found = _tools(desk).preview(asked)
    return render_template("try.html", asked=asked, found=found, longest=LONGEST_ADDRESS)


@blueprint.get("/admin/plan")
def plan() -> str:
    """What the files of the configuration would change if they were taken over."""
    return _plan_page(None)


@blueprint.post("/admin/plan")
def plan_draft() -> str:
    """What a text would change as config.toml; it is not kept."""
    return _plan_page(request.form.get("draft", ""))


@blueprint.get("/article/<article:number>/correct")
def faults(number: int) -> str:
    """What may be wrong with an article, each with a button."""
    article = _article(number)
    return render_template(
        "correct.html", article=article, faults=_faults(article), words=_FAULTS, fault="", found=None
    )


@blueprint.post("/article/<article:number>/correct")
def correct(number: int) -> str:
    """The edits of the configuration that mend what is wrong with an article; none is made."""
    article = _article(number)
    said, what = request.form.get("fault", ""), request.form.get("what", "")
    fault: Fault | None = next((one for one in get_args(Fault) if one == said), None)
    if fault is None or not what.strip():
        abort(400, gettext("Say what is wrong with the article: choose a place, a category or a line of it."))
    desk = this_desk()
    with _turn().taken(desk.now()):
        found = _tools(desk).corrections(article.id or 0, fault, what)
    return render_template(
        "correct.html",
        article=article,
        faults=_faults(article),
        words=_FAULTS,
        fault=fault,
        what=dict(_faults(article)[fault]).get(what, what),
        found=found,
    )


def _plan_page(draft: str | None) -> str:
    desk = this_desk()
    settings = desk.settings()
    with _turn().taken(desk.now()):
        planned = _tools(desk).plan(draft)
    return render_template(
        "plan.html", problem=desk.problem(), planned=planned, draft=draft, settings=settings
    )


def _source_page(desk: Desk, row: Row, *, asked: datetime | None = None, refused: str = "") -> str:
    last = row.memory.last_poll
    return render_template(
        "source.html",
        row=row,
        polls=desk.store.last_polls(row.source.id, POLLS),
        refused=refused,
        waiting=bool(asked and (last is None or last < asked)),
        answered=bool(asked and last and last >= asked),
        manners=_manners(desk.settings(), row),
    )


def _manners(settings: Settings, row: Row) -> tuple[int, timedelta]:
    """How many requests its host gets at once, and how far apart they start."""
    return settings.fetch.manners(host_of(row.memory.url))


def _row(desk: Desk, id: str) -> Row:
    """The source with its health and its last days; ends the request if none is configured by that id."""
    now, store = desk.now(), desk.store
    found = [one for one in desk.settings().sources if one.id == id] or abort(404)
    memory = store.memory(id)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    daily = store.daily([id], midnight - timedelta(days=DAYS - 1))
    (row,) = rows(found, [memory] if memory else [], daily, now)
    return row


def _article(number: int) -> Article:
    return this_desk().store.article(number) or abort(404, GONE)


def _faults(article: Article) -> dict[str, list[tuple[str, str]]]:
    """What an article has that may be wrong: for each kind, what names it and how it is shown."""
    return {
        "place": [(_key(one.place), place_name(one.place)) for one in places_of(article)],
        "category": [(one.id, category_name(one.id, one.name)) for one in article.categories],
        "line": [(line, line) for line in map(str.strip, article.text.split("\n")) if line],
    }


def _key(place: Place) -> str:
    return place_keys(place)[0]


def _tools(desk: Desk) -> Tools:
    return desk.tools or abort(503, gettext("The service that could do this does not run here."))


def _turn() -> Turn:
    turn: Turn = current_app.extensions.setdefault("turn", Turn())
    return turn


def _instant(said: str) -> datetime | None:
    """The instant of an address, in ms; None if it says none."""
    if not (said.isascii() and said.isdecimal() and len(said) < 15):
        return None
    return datetime.fromtimestamp(int(said) / 1000, UTC)
