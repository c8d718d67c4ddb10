"""What a reader sees when a page cannot be shown: what happened, and what to do."""

from __future__ import annotations

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from aggregator.errors import FilterError, StoreError
from web.query import BadParameter

_WORDS = {
    401: (_("Sign in first"), _("This is for readers who have signed in.")),
    404: (_("Not found"), _("There is no such page here.")),
    405: (_("Not possible"), _("This address is not asked in this way. Go back to the page you came from.")),
    500: (
        _("Something went wrong"),
        _(
            "This page could not be made. The fault is in the program, not in your request; the log says more."
        ),
    ),
}
_TITLES = {
    400: _("Bad Request"),
    403: _("Not allowed"),
    429: _("Too Many Requests"),
    503: _("Service Unavailable"),
}
"""What else a page may end with; the sentence is that of whoever ends it."""


def install(app: Flask) -> None:
    """Makes every error of the app a page, or one sentence of plain text where a program asks."""
    app.register_error_handler(BadParameter, bad_request)
    app.register_error_handler(FilterError, bad_request)
    app.register_error_handler(StoreError, no_database)
    app.register_error_handler(HTTPException, http_error)


def bad_request(error: Exception) -> Response:
    asked = request.method in ("GET", "HEAD")
    title = gettext("That address cannot be read") if asked else gettext("That was not done")
    return _answer(400, title, str(error), quoted=True)


def no_database(error: StoreError) -> Response:
    """What the database says may name paths, hosts and users: only the log is told."""
    current_app.logger.warning("A page could not be shown: %s", error)
    sentence = gettext("The database does not answer; try again soon. The log says why.")
    answer = _answer(503, gettext("The news is out of reach"), sentence)
    answer.headers["Retry-After"] = "30"
    return answer


def http_error(error: HTTPException) -> Response:
    status = error.code or 500
    title, usual = _WORDS.get(status, (_TITLES.get(status, error.name), error.description or error.name))
    is_ours = error.description != type(error).description
    answer = _answer(
        status,
        title,
        error.description if is_ours and error.description else usual,
        quoted=not is_ours and status not in _WORDS,
    )
    if isinstance(error, MethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return answer


def _answer(status: int, title: str, sentence: str, *, quoted: bool = False) -> Response:
    if request.path.startswith("/feeds/"):
        return Response(f"{sentence}\n", status, content_type="text/plain; charset=utf-8")
    return make_response(render_template("error.html", title=title, sentence=sentence, quoted=quoted), status)
