"""A list as a view: its name, its feeds to copy or scan, and for admins the table for the configuration."""

from __future__ import annotations

import re
from io import BytesIO

import segno
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from aggregator.errors import FilterError
from aggregator.filters import fold, parse, terms
from aggregator.schema import Settings
from aggregator.store import MOST_VIEWS
from aggregator.written import line, table
from web.address import ListAddress
from web.desk import Desk, this_desk
from web.filter_text import filter_text
from web.listing import FEEDS, asked, labels_of
from web.query import MAX_CHARS, MAX_TERMS, PAGING, BadParameter
from web.reader import signed_in, this_reader
from web.subjects import scope_of
from web.views import by_reader

blueprint = Blueprint("saving", __name__)

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
LONGEST_NAME = 100
SCANNED = "atom"
"""The feed whose address is shown as a code to scan."""


@blueprint.get("/save", defaults={"kind": "", "id": ""})
@blueprint.get("/<any(view, source, category, place):kind>/<path:id>/save")
def save(kind: str, id: str) -> str:
    """What to do with a list that is worth keeping; nothing is changed here."""
    desk = this_desk()
    settings, reader = desk.settings(), this_reader()
    view, subject = scope_of(desk, kind, id)
    here = asked(view, subject, apart=(*PAGING, "name")).here
    chips = here.chips(labels_of(desk, here))
    about = [subject.name] if subject else [view.title] if view else []
    usual = " · ".join([*about, *(chip.value for chip in chips)]) or str(_("All news"))
    name = view_name(request.args.get("name", "")) or usual[:LONGEST_NAME]
    base = settings.web.address.removesuffix("/")
    links = [(extension, kind, base + here.feed(extension)) for extension, kind, _ in FEEDS]
    return render_template(
        "save.html",
        here=here,
        name=name,
        longest=LONGEST_NAME,
        is_guarded=settings.web.access == "readers",
        chips=chips,
        links=links,
        page=base + here.url(),
        code=code_of(next(link for extension, _, link in links if extension == SCANNED)),
        table=_table(desk, settings, here, name) if reader and reader.is_admin else None,
    )


@blueprint.post("/save", defaults={"kind": "", "id": ""})
@blueprint.post("/<any(view, source, category, place):kind>/<path:id>/save")
def keep(kind: str, id: str) -> Response:
    """Saves the list as a view of the reader's own, and shows it. Raises BadParameter."""
    desk, reader = this_desk(), signed_in()
    view, subject = scope_of(desk, kind, id)
    here = asked(view, subject, apart=(*PAGING, "name")).here
    name = view_name(request.form.get("name", ""))
    text = filter_text(here.view.filter if here.view else "", here.conditions)
    if not name:
        raise BadParameter("A view needs a name; go back and give it one.", name="name")
    try:
        found = parse(text, by_reader(desk.vocabulary(desk.settings())))
    except FilterError as error:
        raise BadParameter(f"This list is more than one filter can say: {error}") from error
    if len(text) > MAX_CHARS or terms(found) > MAX_TERMS:
        raise BadParameter(
            f"A view has at most {MAX_CHARS:,} characters and {MAX_TERMS} terms; ask for less."
        )
    made = desk.store.save_view(reader.n, _slug(name), title=name, filter=text, now=desk.now())
    if made is None:
        abort(409, f"You have {MOST_VIEWS} views, as many as may be. Take one away on your page /me first.")
    return redirect(url_for("pages.view", id=made), 303)


def view_name(said: str) -> str:
    """The name of a view as it is kept: on one line, without control characters, not too long."""
    return " ".join(_CONTROLS.sub(" ", said).split())[:LONGEST_NAME]


def code_of(address: str) -> str:
    """The QR code of an address as SVG (ISO/IEC 18004), with nothing in it that a browser would run."""
    made = BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(
        made, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, svgclass="code", lineclass=None
    )
    return made.getvalue().decode()


def _table(desk: Desk, settings: Settings, here: ListAddress, name: str) -> str:
    """The `[[view]]` table of config.toml; a sentence, as a comment, where the language cannot say the filter."""
    text = filter_text(here.view.filter if here.view else "", here.conditions)
    try:
        parse(text, desk.vocabulary(settings))
    except FilterError as error:
        return f"# This list is more than one filter can say: {error}"
    taken = {view.id for view in settings.views}
    usual = _slug(name)
    number = next(n for n in range(1, len(taken) + 2) if _numbered(usual, n) not in taken)
    return table("view", name=_numbered(usual, number), title=name) + f"\n{line('filter', text)}"


def _slug(name: str) -> str:
    """The id that a name suggests."""
    words = ("".join(letter for letter in word if letter.isascii()) for word in fold(name).split())
    return "-".join(words).strip("-") or "view"


def _numbered(id: str, number: int) -> str:
    return id if number == 1 else f"{id}-{number}"
