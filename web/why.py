"""For programs: what one article is about, and why it is found where it is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify
from flask_babel import lazy_gettext as _
from msgspec import to_builtins

from aggregator.filters import Verdict, verdicts
from aggregator.schema import Article, all_categories, replace
from web.desk import this_desk
from web.reader import this_reader

blueprint = Blueprint("why", __name__)
GONE = _("There is no such article here; it may have been removed.")


@blueprint.get("/article/<article:number>.json")
def article(number: int) -> Response:
    """Categories and places with their evidence; the views it is in or not, and its rules, with their terms."""
    desk = this_desk()
    settings = desk.settings()
    found = desk.store.article(number) or abort(404, GONE)
    told, is_admin = verdicts_of(found), _is_admin()
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
            "categories": [to_builtins(one) for one in all_categories(found)],
            "places": [to_builtins(one) for one in found.mentions],
            "views": [
                {"id": one.id, "title": one.name, "in": one.holds} | _why(one, is_admin)
                for one in told
                if one.kind == "view"
            ],
            "rules": [{"says": one.name} | _why(one, is_admin) for one in told if one.kind == "rule"],
        }
    )


def verdicts_of(article: Article) -> tuple[Verdict, ...]:
    """Which views and rules find an article, and by which terms; whom rules tell is told to admins alone."""
    desk = this_desk()
    settings = desk.settings()
    if not _is_admin():
        then = {rule: tuple(pair for pair in rule.then if pair[0] != "notify") for rule in settings.rules}
        settings = replace(
            settings, rules=tuple(replace(rule, then=says) for rule, says in then.items() if says)
        )
    return verdicts(article, settings, desk.vocabulary(settings), desk.now())


def _is_admin() -> bool:
    reader = this_reader()
    return reader is not None and reader.is_admin


def _why(one: Verdict, is_admin: bool) -> dict[str, Any]:
    """What decides, and where it is written if that may be told."""
    origin = {"origin": one.origin} if is_admin else {}
    return {"terms": [to_builtins(term) for term in one.terms]} | origin
