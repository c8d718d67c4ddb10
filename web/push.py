"""Where hubs confirm leases and push what is new (WebSub). Only whoever knows the address finds anything here."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from web.desk import this_desk

blueprint = Blueprint("push", __name__)

_LONGEST_CHALLENGE = 2_000


@blueprint.get("/push/<key>")
def confirm(key: str) -> Response:
    """Answers a hub that asks whether its lease is wanted."""
    answer = this_desk().confirm(key, request.args)
    if answer is None or len(answer) > _LONGEST_CHALLENGE:
        abort(404)
    return Response(answer, content_type="text/plain; charset=utf-8")


@blueprint.post("/push/<key>")
def receive(key: str) -> Response:
    """Takes in a document a hub pushes; it is worked on later."""
    desk = this_desk()
    request.max_content_length = desk.settings().fetch.max_bytes
    taken = desk.receive(
        key,
        request.get_data(),
        signature=request.headers.get("X-Hub-Signature", ""),
        content_type=request.headers.get("Content-Type", ""),
    )
    return Response(status=202) if taken else abort(404)
