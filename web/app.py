"""The app: blueprints, guards, error pages and the words its templates use."""

from __future__ import annotations

import re

from flask import Flask, abort, request
from jinja2 import StrictUndefined
from werkzeug.routing import IntegerConverter, Map

from aggregator.filters import shown
from aggregator.publish import is_right_to_left
from aggregator.schema import NO_FULL_TEXT, shown_categories
from web import (
    admin,
    csrf,
    errors,
    feeds,
    figures,
    images,
    language,
    look,
    maps,
    me,
    needs,
    noting,
    offline,
    oidc,
    page_cache,
    pages,
    preferences,
    push,
    reader,
    saving,
    security,
    sign_in,
    status,
    suggest,
    terms,
    whole_list,
    why,
    words,
)
from web.assets import version_of
from web.attempts import Attempts
from web.desk import Desk
from web.feed_cache import shelf
from web.query import MAX_CHARS, BadParameter, measure

_YEAR = 365 * 24 * 3600
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_MOST_SENT = 1_000_000
"""Bytes of a form; where more may come, the view says so."""


class ArticleNumber(IntegerConverter):
    """The number of an article in an address: ASCII digits, within what the store counts to."""

    regex = "[0-9]{1,10}"

    def __init__(self, map: Map) -> None:
        super().__init__(map, min=1, max=2**31 - 1)


def create_app(desk: Desk) -> Flask:
    """A WSGI app that shows this desk."""
    app = Flask(__name__)
    app.extensions["desk"] = desk
    app.extensions["feeds"] = shelf()
    app.extensions["attempts"] = Attempts()
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _YEAR
    app.config["MAX_CONTENT_LENGTH"] = _MOST_SENT
    app.url_map.converters["article"] = ArticleNumber
    # No redirect that is made without us: it would lead to whatever host the client named.
    app.url_map.merge_slashes = app.url_map.strict_slashes = app.url_map.redirect_defaults = False
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    _give_words(app)
    language.install(app, lambda: look.chosen()["language"])
    for room in (pages, look, reader, preferences):
        app.context_processor(room.surroundings)
    for room in (pages, maps, status, admin, feeds, needs, push, suggest, look, saving, sign_in, me, why):
        app.register_blueprint(room.blueprint)
    for room in (noting, whole_list, preferences, images, oidc, figures):
        app.register_blueprint(room.blueprint)
    figures.install(app)
    security.install(app)
    app.before_request(_refuse_unwritable)
    csrf.install(app)
    app.before_request(_measure)
    errors.install(app)
    page_cache.install(app)
    offline.install(app)
    return app


def _give_words(app: Flask) -> None:
    """What templates say things with."""
    app.jinja_env.filters.update(
        category=words.category_name,
        country=words.country_name,
        place=words.place_name,
        place_within=words.place_words,
        language=words.language_name,
        date=words.date_words,
        time=words.time_words,
        distance=words.distance,
        clock=words.clock_words,
        span=words.span_words,
        stamp=words.stamp,
        term=terms.term,
        meaning=terms.meaning,
        short=words.short,
        marked=words.marked,
        marked_html=words.marked_html,
        excerpt=words.excerpt,
        host=words.host_name,
        size=words.size_words,
        number=words.number_words,
        percent=words.percent_words,
        browser=words.browser_words,
        picture=images.picture,
        over_tls=images.over_tls,
        pictures=images.pictures,
    )
    app.jinja_env.tests.update(web_address=words.is_web_address, right_to_left=is_right_to_left)
    app.jinja_env.globals.update(
        categories_of=shown_categories,
        places_of=words.places_of,
        no_full_text=NO_FULL_TEXT,
        style_version=version_of("dateline.css"),
        version_of=version_of,
    )


def _refuse_unwritable() -> None:
    """Refuses what no text of a database holds: PostgreSQL knows no NUL, and UTF-8 no half of a surrogate pair."""
    if _UNWRITABLE.search(request.path):
        abort(404)
    # A hub is no form of ours: what it sends is read as it is.
    sent = () if request.endpoint == "push.receive" else request.form.items(multi=True)
    for name, value in (*request.args.items(multi=True), *sent):
        if _UNWRITABLE.search(name) or _UNWRITABLE.search(value):
            raise BadParameter(
                f"The parameter {shown(name)} holds a character that is in no text; leave it out."
            )


def _measure() -> None:
    """Refuses an address that says too much; one that is short even when it is encoded does not."""
    if len(request.query_string) > MAX_CHARS:
        measure(request.args)
