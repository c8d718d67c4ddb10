"""The desk as an app of the device: how it is installed, and what is read without a network."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from flask import Blueprint, Flask, Response, g, render_template, url_for

from web.assets import STATIC, version_of
from web.desk import this_desk

blueprint = Blueprint("offline", __name__)

WHOSE = "Dateline-Reader"
"""Names the reader a page was made for, so that the worker keeps none for the next one on the same device."""
PAPER, ACCENT = "#fbfaf6", "#8f1d21"
"""Of the sheet of styles."""


def install(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.after_request(say_whose)


@blueprint.get("/sw.js")
def worker() -> Response:
    """The script that answers when the network does not; under this address it may answer for every page.

    It names the files of the desk by their versions, so it is another one when any of them is.
    """
    files = [_address(path.name) for path in sorted(STATIC.iterdir()) if path.suffix in (".css", ".js")]
    shell = ["/offline", *(file for file in files if "worker.js" not in file)]
    version = sha256("".join([*files, _page()]).encode()).hexdigest()[:12]
    head = f"const VERSION = {json.dumps(version)}, FILES = {json.dumps(shell)};\n"
    text = head + (STATIC / "worker.js").read_text(encoding="utf-8")
    return Response(
        text, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


@blueprint.get("/offline")
def page() -> str:
    return _page()


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a device must know to install the desk (W3C Web Application Manifest)."""
    title = this_desk().settings().service.title
    said: dict[str, Any] = {
        "name": title,
        "short_name": title,
        "id": "/",
        "start_url": url_for("pages.front"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": ACCENT,
        "icons": [
            _icon("icon-192.png", "192x192", "any"),
            _icon("icon-512.png", "512x512", "any"),
            _icon("icon-maskable.png", "512x512", "maskable"),
        ],
    }
    return Response(json.dumps(said, ensure_ascii=False), content_type="application/manifest+json")


def say_whose(response: Response) -> Response:
    if response.mimetype == "text/html" and "reader" in g:
        who = f"{g.reader.n} {g.reader.name}" if g.reader else ""
        response.headers[WHOSE] = sha256(who.encode()).hexdigest()[:16]
    return response


def _page() -> str:
    """The same for every reader: the worker keeps it when they have gone."""
    nobody: dict[str, Any] = {
        "reader": None,
        "shows_news": False,
        "shows_status": False,
        "has_accounts": False,
    }
    return render_template("offline.html", **nobody)


def _icon(name: str, sizes: str, purpose: str) -> dict[str, str]:
    return {"src": _address(name), "sizes": sizes, "type": "image/png", "purpose": purpose}


def _address(name: str) -> str:
    return url_for("static", filename=name, v=version_of(name))
