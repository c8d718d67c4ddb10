"""Figures for Prometheus: how long answers take, and the page that tells them all."""

from __future__ import annotations

import time

from flask import Blueprint, Flask, Response, abort, g, request

from web.desk import this_desk

blueprint = Blueprint("figures", __name__)
_KINDS = {"feeds": "feed", "static": "static", "status.healthz": "", "status.readyz": "", "figures": ""}
"""By endpoint or blueprint; what is of none is a page, and what has no name here is not counted."""


def install(app: Flask) -> None:
    """Measures every answer of the app; to be installed before all else that takes time."""
    app.before_request(_begin)
    app.after_request(_end)


@blueprint.get("/metrics")
def metrics() -> Response:
    """All figures, in the text format of Prometheus. Guarded like all that is for admins (`web.security`)."""
    meter = this_desk().metrics or abort(404)
    return Response(meter.page(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    meter = this_desk().metrics
    kind = _KINDS.get(request.endpoint or "", _KINDS.get(request.blueprint or "", "page"))
    if meter is not None and kind:
        meter.answered(kind, response.status_code, time.perf_counter() - g.began)
    return response
