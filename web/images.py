"""Pictures and sound of articles: asked for over TLS alone, or by the desk itself; no SVG, which may hold anything."""

from __future__ import annotations

import hmac
import html
import re
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, request, url_for

from aggregator.errors import FetchError
from web.desk import this_desk

blueprint = Blueprint("images", __name__)

WEEK = 7 * 24 * 3600
LONGEST = 2_000
"""Characters of an address that is asked for."""
_MEDIA = re.compile(r'(<(?:img|audio|video|source)\b[^>]*? (?:src|poster)=")(http://[^"]*)', re.I)
_PICTURE = re.compile(r'(<img\b[^>]*? src=")([^"]*)("[^>]*>)', re.I)
_KINDS = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.S), "image/webp"),
    (re.compile(rb"....ftypavi[fs]", re.S), "image/avif"),
)
"""What pictures begin with. What their servers call them is not looked at."""


def over_tls(url: str) -> str:
    """The address of a picture or sound over https; empty if it is none of the web, or an SVG."""
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in ("http", "https") or not rest:
        return ""
    try:
        drawn = urlsplit(url).path.lower().endswith((".svg", ".svgz"))
    except ValueError:
        return ""
    return "" if drawn else f"https://{rest}"


def picture(url: str) -> str:
    """Where a page gets a picture from: its own host, or the desk where it asks for pictures itself."""
    safe = over_tls(url)
    if not safe or not proxied() or len(url) > LONGEST:
        return safe if not proxied() else ""
    return url_for("images.show", signature=_signature(url), url=url)


def pictures(text: str) -> str:
    """The HTML of an article, which is clean already, with its pictures and sounds from where they may come."""

    def placed(found: re.Match[str]) -> str:
        url = picture(html.unescape(found[2]))
        return f"{found[1]}{html.escape(url)}{found[3]}" if url else ""

    return _MEDIA.sub(lambda found: f"{found[1]}https{found[2][4:]}", _PICTURE.sub(placed, text))


def proxied() -> bool:
    """Whether the desk asks for pictures itself, so that readers' browsers ask nobody else."""
    desk = this_desk()
    return desk.picture is not None and desk.settings().web.image_proxy


@blueprint.get("/picture/<signature>")
def show(signature: str) -> Response:
    """A picture of an article. The signature is of this desk: it asks for nothing that it did not show."""
    desk, url = this_desk(), request.args.get("url", "")
    if not proxied() or desk.picture is None or not hmac.compare_digest(signature, _signature(url)):
        abort(404)
    try:
        body = desk.picture(url)
    except FetchError:
        abort(404)
    kind = next((kind for start, kind in _KINDS if start.match(body)), None)
    if kind is None:
        abort(404)
    answer = Response(body, content_type=kind)
    answer.headers["Cache-Control"] = f"private, max-age={WEEK}, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return answer


def _signature(url: str) -> str:
    kept = current_app.extensions
    if "picture key" not in kept:  # not at the start: the database may be away then
        kept["picture key"] = this_desk().store.secret()
    key: bytes = kept["picture key"]
    return hmac.new(key, url.encode("utf-8", "surrogatepass"), sha256).hexdigest()
