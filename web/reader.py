"""Who is reading, and what only some may do."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import quote

from flask import abort, g, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from aggregator.errors import StoreError
from aggregator.schema import Reader, WebSettings, reader_name
from aggregator.store.readers import OWNER
from web.csrf import HEADER, browser_secret
from web.desk import this_desk


def this_reader() -> Reader | None:
    """The reader of the current request; None if nobody knows who it is."""
    if "reader" not in g:
        g.reader = _find()
    found: Reader | None = g.reader
    return found


def signed_in() -> Reader:
    """The reader of the current request; whoever is none is led to where readers sign in."""
    return this_reader() or abort(to_sign_in())


def readers_only() -> None:
    """Ends the request of whoever is no reader. For `before_request` or the first line of a view."""
    signed_in()


def admins_only() -> None:
    """Ends the request of whoever is no admin. For `before_request` or the first line of a view."""
    if not signed_in().is_admin:
        abort(403, _("This is for the admins of this news desk."))


def surroundings() -> dict[str, Any]:
    """What every template may use: the reader, if the store says who it is; whether there are accounts."""
    web = this_desk().settings().web
    try:
        found = this_reader()
    except StoreError:  # an error page is shown all the same
        found = None
    return {
        "reader": found,
        "shows_status": found is not None and found.is_admin,
        "shows_news": found is not None or web.access == "public",
        "has_accounts": web.access != "local",
        "by_proxy": bool(web.trusted_header),
    }


def to_sign_in() -> Response:
    """Leads to the page where readers sign in, and from there back; says so where that makes no sense."""
    if request.method in ("GET", "HEAD") and not request.headers.get(HEADER):
        here = request.full_path.rstrip("?")
        return redirect(f"/sign-in?next={quote(here, safe='/')}" if here != "/" else "/sign-in", 303)
    return Response("Sign in first: /sign-in\n", 401, content_type="text/plain; charset=utf-8")


def client_address() -> str:
    """Where the request comes from: what the last proxy says that is not one of ours, if one of ours asks."""
    trusted = this_desk().settings().web.trusted_proxies
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    address = request.remote_addr or ""
    while hops and is_among(address, trusted):
        address = hops.pop() or address
    return address


@lru_cache(maxsize=1024)
def is_among(address: str, networks: tuple[str, ...]) -> bool:
    """Whether an address lies in one of the networks."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    ip = (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip
    return any(ip in ip_network(network) for network in networks)


def _find() -> Reader | None:
    desk = this_desk()
    web, now = desk.settings().web, desk.now()
    if web.access == "local":
        return desk.store.owner(now)
    if name := _named_by_proxy(web):
        return desk.store.welcome(name, now=now)
    secret = browser_secret()
    return desk.store.reader_of_session(secret, now) if secret else None


def _named_by_proxy(web: WebSettings) -> str:
    """Who a proxy that signs readers in says it is; from anyone else that header says nothing."""
    if not web.trusted_header or not is_among(request.remote_addr or "", web.trusted_proxies):
        return ""
    name = reader_name(request.headers.get(web.trusted_header, ""))
    return "" if name == OWNER else name  # that is who sits at the machine itself, an admin
