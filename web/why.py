"""For programs: what one article is about, and why it is found where it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, abort, jsonify

from aggregator.filters import Verdict, verdicts
from aggregator.schema import all_categories
from web.desk import this_desk
from web.reader import surroundings

blueprint = Blueprint("why", __name__)


@blueprint.get("/article/<int(min=1, max=2147483647):number>.json")
def article(number: int) -> Response:
    """Categories and places with their evidence; the views it is in or not, and its rules, with their terms."""
    desk = this_desk()
    settings = desk.settings()
    found = desk.store.article(number) or abort(404)
    told = verdicts(found, settings, desk.vocabulary(settings), desk.now())
    shows_origin = surroundings()["shows_status"]
    return jsonify(
        {
            "id": found.id,
            "uid": found.uid,
            "title": found.title,
            "url": found.url,
            "page": f"{settings.web.address}/article/{found.id}",
            "sources": found.sources,
            "published": found.published.isoformat(),
            "language": found.language,
            "story": found.story,
            "marks": [{"kind": kind, "value": value} for kind, value in found.marks],
            "categories": [asdict(one) for one in all_categories(found)],
            "places": [asdict(one) for one in found.mentions],
            "views": [
                {"id": one.id, "title": one.name, "in": one.holds} | _why(one, shows_origin)
                for one in told
                if one.kind == "view"
            ],
            "rules": [{"says": one.name} | _why(one, shows_origin) for one in told if one.kind == "rule"],
        }
    )


def _why(one: Verdict, shows_origin: bool) -> dict[str, Any]:
    """What decides, and where it is written if that may be told."""
    origin = {"origin": one.origin} if shows_origin else {}
    return {"terms": [asdict(term) for term in one.terms]} | origin
