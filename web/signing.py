"""Where readers sign in and out."""

from __future__ import annotations

import logging
from math import ceil

from flask import Blueprint, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from aggregator.passwords import matches
from aggregator.schema import Reader, reader_name
from web import csrf
from web.attempts import Attempts
from web.desk import this_desk
from web.look import own_path
from web.reader import client_address, this_reader

blueprint = Blueprint("signing", __name__)
log = logging.getLogger(__name__)


@blueprint.get("/sign-in")
def page() -> Response:
    onward = own_path(request.args.get("next", ""))
    return redirect(onward, 303) if this_reader() else _page(onward)


@blueprint.post("/sign-in")
def enter() -> Response:
    """Signs a reader in who knows the password, with a new secret for the browser."""
    onward = own_path(request.form.get("next", ""))
    said = request.form.get("name", "")
    refused = verify(reader_name(said), request.form.get("password", ""))
    reader = this_desk().store.reader(reader_name(said)) if refused is None else None
    if reader is None:
        return _page(onward, name=said, refused=refused or 0)
    begin(reader)
    return redirect(onward, 303)


@blueprint.post("/sign-out")
def leave() -> Response:
    this_desk().store.end_session_of(csrf.browser_secret())
    csrf.renew()
    answer = redirect("/", 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'  # what a script kept to be read offline
    return answer


def begin(reader: Reader) -> None:
    """Signs the reader in, in this browser: under a new secret, so that one planted before is worth nothing."""
    desk = this_desk()
    if before := csrf.browser_secret():
        desk.store.end_session_of(before)
    desk.store.begin_session(reader, csrf.renew(), agent=request.user_agent.string, now=desk.now())


def verify(name: str, password: str) -> int | None:
    """None if this is the reader's password; else how many seconds no more guesses are looked at."""
    desk, address = this_desk(), client_address()
    attempts: Attempts = current_app.extensions["attempts"]
    if wait := attempts.begin(name, address, desk.now()):
        log.warning("Too many wrong passwords: a guess from %s was not looked at.", address)
        return ceil(wait.total_seconds())
    if not matches(password, desk.store.password_of(name)):
        # Without the name: it may be a password, typed into the wrong field.
        log.warning("A wrong name or password was given from %s.", address)
        return 0
    attempts.was_right(name, address)
    return None


def _page(onward: str, *, name: str = "", refused: int | None = None) -> Response:
    """The form; with what was wrong and status 401, or 429 if it was too often."""
    minutes = -(-(refused or 0) // 60)
    status = 429 if minutes else 200 if refused is None else 401
    page = render_template("sign_in.html", onward=onward, name=name, status=status, minutes=minutes)
    answer = make_response(page, status)
    if refused:
        answer.headers["Retry-After"] = str(refused)
    return answer
