"""Who may read, and what a page may do in a browser."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, g, request
from werkzeug.wrappers import Response

from aggregator.schema import OWN
from web.desk import this_desk
from web.feed_address import NAMELESS
from web.images import proxied
from web.reader import admins_only, this_reader, to_sign_in

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "private, no-cache",
}
"""Sent with every answer that does not say otherwise."""

_OPEN = (
    "status.healthz",
    "status.readyz",
    "push.confirm",
    "push.receive",
    "static",
    "offline.worker",
    "offline.page",
    "offline.manifest",
    "sign_in.page",
    "sign_in.enter",
    "oidc.leave",
    "oidc.back",
)
"""What anyone may ask for wherever the desk is open to others."""
_GUARDED = ("status.overview", "feeds.sources", "feeds.carriers", "figures.metrics")
"""Pages for admins: they show addresses of sources, which may hold tokens, or how the desk does."""
_FOR_PROGRAMS = ("feeds.feed", "feeds.sources", "feeds.carriers", "needs.feed", "figures.metrics")
"""What programs ask for, with a token or an app password."""
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


def install(app: Flask) -> None:
    """Guards every request of the app and completes every answer."""
    app.before_request(admit)
    app.after_request(add_headers)


def admit() -> Response | None:
    """An answer that refuses the request, or None if the access mode lets it in."""
    web = this_desk().settings().web
    if web.access == "local":
        return _refuse_strangers()
    if web.base_url and not _is_our_name(request.host, web.base_url):
        return _sentence(f"This news desk answers under {web.base_url} alone.", 421)
    guarded = request.endpoint in _GUARDED
    if request.endpoint in _OPEN or (_has_token() and not guarded):
        return None
    for_programs = request.endpoint == "figures.metrics"  # no page: Prometheus cannot sign in
    if (web.access == "readers" or for_programs or _is_of_somebody()) and this_reader() is None:
        asked = for_programs or request.path.startswith("/feeds/")
        return _ask_for_token() if asked else to_sign_in()
    if guarded:
        admins_only()
    return None


def add_headers(response: Response) -> Response:
    said = {name for name, _ in response.headers}
    wanted = HEADERS | {"Content-Security-Policy": _policy("'self'" if proxied() else "'self' https:")}
    response.headers.extend([pair for pair in wanted.items() if pair[0] not in said])
    return response


def _policy(pictures: str) -> str:
    """What a page may load: scripts are our own files, pictures come from there, over TLS."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {pictures}; "
        "media-src https:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def _refuse_strangers() -> Response | None:
    """Local access: only this machine, and only under a name of this machine.

    The second check stops a page on the web that points its own host name here (DNS rebinding). A proxy on
    this machine would make everyone look local, so what a proxy forwards is refused too.
    """
    if not _is_loopback(request.remote_addr or "") or any(name in request.headers for name in _FORWARDED):
        return _sentence(
            "This news desk answers its own machine only. To open it to others, "
            'set access = "readers" or "public" under [web] in config.toml.',
            403,
        )
    if not _is_local_name(request.host):
        return _sentence(
            "This news desk answers only to names of its own machine, such as localhost or 127.0.0.1. "
            'To serve it under another name, set access = "readers" or "public" under [web] in config.toml.',
            400,
        )
    return None


def _is_of_somebody() -> bool:
    """Whether a feed is made for one reader alone."""
    own = request.endpoint == "feeds.feed" and str((request.view_args or {}).get("name")).startswith(OWN)
    return own or request.endpoint == "needs.feed"


def _has_token() -> bool:
    """Whether a token that opens this feed is in its address, or given as the password."""
    if request.endpoint not in _FOR_PROGRAMS:
        return False
    name = str((request.view_args or {}).get("name", "needs"))
    if request.endpoint in _GUARDED:
        name = ""  # lists of sources and figures are no view's: an app password opens them, no token
    given = request.authorization
    said = request.args.get("token") or (given.password if given and given.type == "basic" else "")
    if not said:
        return False
    desk = this_desk()
    found = desk.store.admits("latest" if name in NAMELESS else name, str(said), desk.now())
    if found is not None:
        g.reader = found
    return found is not None


def _ask_for_token() -> Response:
    answer = _sentence(
        "This asks for an app password or a token, as the password of HTTP Basic; "
        "readers make them on their page /me.",
        401,
    )
    answer.headers["WWW-Authenticate"] = 'Basic realm="Dateline", charset="UTF-8"'
    return answer


def _sentence(words: str, status: int) -> Response:
    return Response(f"{words}\n", status, content_type="text/plain; charset=utf-8")


@lru_cache(maxsize=1024)
def _is_loopback(address: str) -> bool:
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return bool((mapped or ip).is_loopback)


@lru_cache(maxsize=1024)
def _is_our_name(host: str, base_url: str) -> bool:
    """Whether a desk that has a public address may be asked under this name.

    A page on the web could point a name of its own here (DNS rebinding). It can do so with no numeric address and
    with no name without a dot, which are how proxies and health checks reach a machine or a container.
    """
    name = _name(host)
    return name == _name(urlsplit(base_url).netloc) or "." not in name or _is_numeric(name) or _is_local(name)


@lru_cache(maxsize=1024)
def _is_local_name(host: str) -> bool:
    return _is_local(_name(host))


def _is_local(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost") or _is_loopback(name)


def _name(host: str) -> str:
    """The name in the header Host, without its port; empty if it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_numeric(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
