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

blueprint = Blueprint("sign_in", __name__)
log = logging.getLogger(__name__)


@blueprint.get("/sign-in")
def page() -> Response:
    onward = own_path(request.args.get("next", ""))
    return redirect(onward, 303) if this_reader() else form(onward)


@blueprint.post("/sign-in")
def enter() -> Response:
    """Signs a reader in who knows the password, with a new secret for the browser."""
    onward = own_path(request.form.get("next", ""))
    said = request.form.get("name", "")
    refused = verify(reader_name(said), request.form.get("password", ""))
    reader = this_desk().store.reader(reader_name(said)) if refused is None else None
    if reader is None:
        return form(onward, 429 if refused else 401, name=said, wait=refused or 0)
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


def form(onward: str, status: int = 200, *, name: str = "", wait: int = 0, trouble: str = "") -> Response:
    """The page where readers sign in, with what was wrong; `wait` says in how many seconds they may again."""
    said = {"onward": onward, "name": name, "status": status, "trouble": trouble, "minutes": -(-wait // 60)}
    answer = make_response(
        render_template("sign_in.html", **said, oidc=this_desk().settings().web.oidc), status
    )
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer
