"""Changes only from our own pages: no other site may make a reader's browser change anything here.

A browser is given a random secret in a cookie, and each form a token made of that secret (a double submit,
as the OWASP describes it): another site can make the browser send the cookie, but cannot read it, and so
cannot make the token. The secret of a reader who is signed in is that of the session.
"""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request
from flask_babel import gettext as _
from markupsafe import Markup

from web.desk import this_desk

FIELD = "csrf"
"""Hidden field of every form that changes something."""
HEADER = "X-CSRF-Token"
"""Where a script says it instead."""
DAYS = 400
"""How long a browser keeps the cookie: as long as it may (RFC 6265bis). When a session ends the store decides."""

_SAFE = ("GET", "HEAD", "OPTIONS")
_EXEMPT = ("push.receive",)
"""A hub has no cookie; it knows the secret address, and may sign what it pushes."""
_TOKENLESS = ("look.choose",)
"""How pages look is all that changes, so that lists hold no token, and strangers who read them are given no cookie."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def install(app: Flask) -> None:
    """Checks every change, and gives templates `csrf_token()` and `csrf_field()`."""
    app.before_request(check)
    app.after_request(set_cookie)
    app.jinja_env.globals.update(csrf_token=csrf_token, csrf_field=csrf_field)


def csrf_token() -> str:
    """What a form must hold, in the field `csrf`, to be taken for one of ours."""
    return _token(browser_secret() or renew())


def csrf_field() -> Markup:
    """The hidden field of a form that holds it."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, csrf_token())


def cookie_name() -> str:
    """The name of the cookie; with `__Host-` no other host of the domain can set it (RFC 6265bis)."""
    return "__Host-dateline" if is_https() else "dateline"


def browser_secret() -> str:
    """What the browser was given; empty if it was given nothing."""
    said: str = g.get("secret") or request.cookies.get(cookie_name(), "")
    return said if _SECRET.fullmatch(said) else ""


def renew() -> str:
    """A new secret for this browser, 256 random bits; the old one is forgotten."""
    g.secret = secrets.token_urlsafe(32)
    made: str = g.secret
    return made


def set_cookie(response: Response) -> Response:
    """Gives the browser the secret that this request made, if it made one."""
    if made := g.get("secret"):
        response.set_cookie(
            cookie_name(), made, max_age=DAYS * 86400, secure=is_https(), httponly=True, samesite="Lax"
        )
    return response


def check() -> None:
    """Ends a request that would change something and does not come from a page of ours."""
    if request.method in _SAFE or request.routing_exception or request.endpoint in _EXEMPT:
        return
    if _is_from_elsewhere() or not (request.endpoint in _TOKENLESS or _has_token()):
        abort(
            403,
            _(
                "This change was not made, because it did not come from a page of this news desk, or from one "
                "opened long ago. Go back, load the page again and repeat it; cookies must be allowed."
            ),
        )


def _has_token() -> bool:
    said = request.headers.get(HEADER) or request.form.get(FIELD, "")
    secret = browser_secret()
    return bool(secret) and hmac.compare_digest(said.encode(), _token(secret).encode())


def _is_from_elsewhere() -> bool:
    """Whether the browser says so. Under our referrer policy `Origin` is null even from our own pages."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin", "null")
    ours = (request.host, urlsplit(this_desk().settings().web.address).netloc)
    try:
        return origin != "null" and urlsplit(origin).netloc not in ours
    except ValueError:
        return True


def is_https() -> bool:
    return this_desk().settings().web.address.startswith("https:")


def _token(secret: str) -> str:
    return hmac.new(secret.encode(), b"csrf", sha256).hexdigest()
