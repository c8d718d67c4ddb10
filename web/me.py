"""A reader's own page: where they are signed in, what their programs have, and all that is theirs."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from aggregator.passwords import LONGEST, SHORTEST, complaint, hashed
from aggregator.schema import Reader
from web import csrf
from web.desk import this_desk
from web.feed_address import NAMELESS
from web.reader import readers_only, signed_in
from web.saving import LONGEST_NAME, view_name
from web.sign_in import begin, verify
from web.views import own_views

blueprint = Blueprint("me", __name__, url_prefix="/me")
blueprint.before_request(readers_only)

_LONGEST_LABEL = 60


@blueprint.get("")
def page() -> Response:
    return _page()


@blueprint.post("/sessions/<id>/end")
def end_session(id: str) -> Response:
    return _back(this_desk().store.end_session(id, signed_in()), "sessions")


@blueprint.post("/sessions/end")
def end_sessions() -> Response:
    """Signs the reader out everywhere, here too."""
    this_desk().store.end_sessions(signed_in())
    csrf.renew()
    return redirect("/sign-in", 303)


@blueprint.post("/tokens")
def add_token() -> Response:
    """Makes an app password or a token, and shows it this once."""
    desk, view = this_desk(), request.form.get("view", "")
    label = " ".join(request.form.get("label", "").split())[:_LONGEST_LABEL]
    if view and view not in _views():
        abort(400, _("There is no such view."))
    if not label:
        return _page(problem=_("Give it a name, such as that of the program that will have it."), at="tokens")
    made = desk.store.add_token(signed_in(), view=view, label=label, now=desk.now())
    name = "" if not view else f"/feeds/{view}.atom?token={made}"
    address = f"{desk.settings().web.address}{name}" if name else ""
    answer = _page(made=made, address=address)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/tokens/<id>/end")
def end_token(id: str) -> Response:
    return _back(this_desk().store.revoke_token(id, signed_in()), "tokens")


@blueprint.post("/views/<id>/rename")
def rename_view(id: str) -> Response:
    desk, name = this_desk(), view_name(request.form.get("name", ""))
    if not name:
        return _page(problem=_("A view needs a name."), at="views")
    return _back(desk.store.rename_view(signed_in().n, id, name, now=desk.now()), "views")


@blueprint.post("/views/<id>/remove")
def remove_view(id: str) -> Response:
    desk = this_desk()
    return _back(desk.store.remove_view(signed_in().n, id, now=desk.now()), "views")


@blueprint.post("/password")
def change_password() -> Response:
    """Another password; it ends every session but this one, which goes on under a new secret. Tokens as is wished."""
    reader, new, store = signed_in(), request.form.get("new", ""), this_desk().store
    if store.password_of(reader.name) is None:  # whoever vouches for them could no longer take it back
        abort(404)
    if problem := _unproven(reader) or complaint(new):
        return _page(problem=problem, at="password")
    store.set_password(reader, hashed(new))
    if "revoke" in request.form:
        store.revoke_tokens(reader)
    begin(reader)
    return redirect("/me#password", 303)


@blueprint.get("/export")
def export() -> Response:
    """All that is the reader's, as JSON."""
    desk, reader = this_desk(), signed_in()
    about = {"desk": desk.settings().service.title, "exported": desk.now()}
    text = json.dumps(about | desk.store.belongings(reader), default=_told, ensure_ascii=False, indent=1)
    answer = make_response(text)
    answer.content_type = "application/json; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="dateline-export.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/delete")
def delete() -> Response:
    """Takes the reader out with all that is theirs."""
    reader = signed_in()
    if problem := _unproven(reader):
        return _page(problem=problem, at="delete")
    this_desk().store.remove_reader(reader)
    csrf.renew()
    return redirect("/", 303)


def _page(*, problem: str = "", at: str = "", made: str = "", address: str = "") -> Response:
    desk, reader = this_desk(), signed_in()
    page = render_template(
        "me.html",
        sessions=desk.store.sessions(reader, csrf.browser_secret(), desk.now()),
        tokens=desk.store.tokens(reader),
        titles=_views(),
        longest_name=LONGEST_NAME,
        longest_label=_LONGEST_LABEL,
        password=(SHORTEST, LONGEST),
        has_password=desk.store.password_of(reader.name) is not None,
        problem=problem,
        at=at,
        made=made,
        address=address,
    )
    return make_response(page, 400 if problem else 200)


def _views() -> dict[str, str]:
    """What a token may be for: title by id."""
    views = (*this_desk().settings().views, *own_views())
    return {NAMELESS[0]: _("All news")} | {view.id: view.title for view in views}


def _unproven(reader: Reader) -> str:
    """Why this may not be the reader in person, as a sentence; empty if it is. Asks for the password.

    Who has none here types their name: a proxy or the machine vouches for them.
    """
    if this_desk().store.password_of(reader.name) is None:
        return "" if request.form.get("password", "") == reader.name else _("That is not your name here.")
    refused = verify(reader.name, request.form.get("password", ""))
    if refused:
        return str(_("There were too many wrong passwords; try again in a quarter of an hour."))
    return "" if refused is None else _("That is not your password.")


def _back(found: bool, at: str) -> Response:
    return redirect(f"/me#{at}", 303) if found else abort(404)


def _told(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
