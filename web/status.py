"""For admins and machines: how each source does, whether the process lives, whether it is ready."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from difflib import get_close_matches

from flask import Blueprint, Response, current_app, render_template, request

from aggregator.errors import StoreError
from aggregator.health import DAYS, HEALTH_WORDS, rows, tally, with_days
from web.desk import this_desk
from web.paging import sheet
from web.query import BadParameter

blueprint = Blueprint("status", __name__)

ROWS_A_PAGE = 100
MISSED = timedelta(days=7)
"""How long it is told that a notice was given up."""


@blueprint.get("/status")
def overview() -> str:
    desk = this_desk()
    now, settings, store = desk.now(), desk.settings(), desk.store
    wanted = _health()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    made = rows(settings.sources, store.memories(), {}, now)
    words = request.args.get("q", "")
    sought = words.casefold().strip()
    shown = [
        row
        for row in made
        if wanted in ("", row.health) and sought in f"{row.source.title} {row.source.id}".casefold()
    ]
    page = sheet(shown, ROWS_A_PAGE)
    daily = store.daily([row.source.id for row in page.rows], midnight - timedelta(days=DAYS - 1))
    return render_template(
        "status.html",
        problem=desk.problem(),
        trouble=desk.trouble(),
        unheard=store.unheard(now, MISSED),
        sheet=replace(page, rows=[with_days(row, daily, now) for row in page.rows]),
        queue=store.queue(now),
        in_flight=desk.tools.in_flight() if desk.tools else 0,
        tally=tally(made),
        wanted=wanted,
        words=words,
        totals={
            "sources": len(made),
            "articles": store.count(),
            "today": store.published_since(midnight),
            "polls": sum(row.memory.polls for row in made),
            "not_modified": sum(row.memory.not_modified for row in made),
        },
    )


def _health() -> str:
    """The health whose sources are asked for; empty for all. Raises BadParameter."""
    said = request.args.get("health", "")
    if said and said not in HEALTH_WORDS:
        close = get_close_matches(said, HEALTH_WORDS, 1)
        advice = f"did you mean {close[0]}?" if close else f"there are {', '.join(HEALTH_WORDS)}."
        raise BadParameter(f"The parameter health is no health of a source; {advice}", name="health")
    return said


@blueprint.get("/healthz")
def healthz() -> Response:
    """200 while the process lives."""
    return _line("ok", 200)


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 if the database answers, is of this release, and there are sources; else 503 with a sentence."""
    desk = this_desk()
    try:
        desk.store.ping()
    except StoreError as error:
        # Anyone may ask here, and the error may name hosts and paths: the log has it.
        current_app.logger.warning("Not ready: %s", error)
        return _line("The database does not answer or is of another release; the log says more.", 503)
    if not desk.settings().sources:
        return _line("No sources are configured; add one under [[source]] in config.toml.", 503)
    return _line("ready", 200)


def _line(words: str, status: int) -> Response:
    return Response(f"{words}\n", status, content_type="text/plain; charset=utf-8")
