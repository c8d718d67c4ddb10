"""Where readers leave to sign in with an OpenID provider, and where they come back."""

from __future__ import annotations

import hmac
import logging
import secrets
from math import ceil
from urllib.parse import quote, unquote

from flask import Blueprint, abort, current_app, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from aggregator.errors import FetchError, SignInError
from aggregator.schema import Guest, OidcSettings
from web import csrf
from web.attempts import Attempts
from web.desk import Provider, this_desk
from web.look import own_path
from web.reader import client_address, this_reader
from web.sign_in import begin, form

MINUTES = 10
"""How long somebody may take at the provider."""
_LONGEST = 2_000
"""Characters of an address to come back to; a cookie holds 4,096 bytes."""

blueprint = Blueprint("oidc", __name__)
log = logging.getLogger(__name__)


@blueprint.get("/sign-in/oidc")
def leave() -> Response:
    """Leads to the provider. What must be the same when they come back stays in a cookie of this browser."""
    oidc, provider = _provider()
    onward = own_path(request.args.get("next", ""))
    if this_reader():
        return redirect(onward, 303)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    try:
        way = provider.way(
            oidc, back=_here(), state=state, nonce=nonce, verifier=verifier, now=this_desk().now()
        )
    except (FetchError, SignInError) as error:
        return _failed(onward, oidc, error)
    kept = quote(onward, safe="")
    kept = kept if len(kept) <= _LONGEST else ""
    answer = redirect(way, 303)
    answer.set_cookie(
        _cookie(),
        f"{state}.{nonce}.{verifier}.{kept}",
        max_age=MINUTES * 60,
        secure=csrf.is_https(),
        httponly=True,
        samesite="Lax",
    )
    return answer


@blueprint.get("/sign-in/oidc/back")
def back() -> Response:
    """Signs in whom the provider vouches for; what the browser kept for that serves once."""
    oidc, provider = _provider()
    kept = request.cookies.get(_cookie(), "").split(".", 3)
    answer = _come_back(oidc, provider, kept if len(kept) == 4 else ["", "", "", ""])
    answer.delete_cookie(_cookie(), secure=csrf.is_https(), httponly=True, samesite="Lax")
    return answer


def _come_back(oidc: OidcSettings, provider: Provider, kept: list[str]) -> Response:
    state, nonce, verifier, path = kept
    onward = own_path(unquote(path))
    same = hmac.compare_digest(request.args.get("state", "").encode(), state.encode())
    if not (state and same and request.args.get("iss", oidc.issuer) == oidc.issuer):
        return form(onward, 400, trouble=_("This sign-in was begun elsewhere or too long ago. Begin again."))
    code = request.args.get("code", "")
    if not code or "error" in request.args:
        said = _("%(name)s did not sign you in. Begin again, or ask an admin.", name=oidc.title)
        return form(onward, 403, trouble=said)
    desk, address = this_desk(), client_address()
    attempts: Attempts = current_app.extensions["attempts"]
    if wait := attempts.begin(f"oidc {address}", address, desk.now()):
        return form(onward, 429, wait=ceil(wait.total_seconds()))
    try:
        guest = provider.guest(oidc, code=code, back=_here(), nonce=nonce, verifier=verifier, now=desk.now())
    except (FetchError, SignInError) as error:
        return _failed(onward, oidc, error)
    attempts.was_right(f"oidc {address}", address)
    if guest is None:
        said = _("%(name)s knows you, but this news desk is not open to you. Ask an admin.", name=oidc.title)
        return form(onward, 403, trouble=said)
    _welcome(guest)
    return redirect(onward, 303)


def _welcome(guest: Guest) -> None:
    desk = this_desk()
    reader = desk.store.welcome(
        guest.name, role=guest.role or "reader", subject=guest.subject, now=desk.now()
    )
    if guest.role and guest.role != reader.role:
        desk.store.set_role(reader, guest.role)
    begin(reader)


def _failed(onward: str, oidc: OidcSettings, error: FetchError | SignInError) -> Response:
    """What went wrong is for admins; readers learn what to do."""
    log.warning("Nobody could sign in with %s: %s", oidc.title, error)
    if isinstance(error, SignInError):
        said = _("What %(name)s said was not accepted. Begin again; the log says more.", name=oidc.title)
        return form(onward, 403, trouble=said)
    said = _("%(name)s is out of reach. Try again soon; the log says more.", name=oidc.title)
    return form(onward, 502, trouble=said)


def _provider() -> tuple[OidcSettings, Provider]:
    desk = this_desk()
    oidc = desk.settings().web.oidc
    return (oidc, desk.provider) if oidc and desk.provider else abort(404)


def _here() -> str:
    """Where the provider sends readers back to: as the configuration says, whatever host was asked for."""
    return f"{this_desk().settings().web.base_url}{url_for('oidc.back')}"


def _cookie() -> str:
    return f"{csrf.cookie_name()}-oidc"
