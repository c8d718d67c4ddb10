"""The map: where and when the articles of a list are, drawn by a script and told in tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from math import ceil
from typing import cast

from flask import Blueprint, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from aggregator.errors import FilterError
from aggregator.filters import Box, Filter, globe, operand
from aggregator.schema import Place, View
from aggregator.store import Point, Spread, Store
from web.address import ListAddress
from web.clusters import Cluster, Placed, around, clusters, placed
from web.desk import this_desk
from web.listing import asked, labels_of, name_of, titles_of, without_empty_fields
from web.query import BadParameter
from web.shelves import good_since, is_personal, standing
from web.timeline import Timeline, timeline
from web.views import view_named
from web.words import number_words, place_words, time_words

blueprint = Blueprint("maps", __name__)

MOST_CLUSTERS = 200
MOST_PLACES = 30
"""Places that the table tells."""
NEWEST = 5
"""Articles that a mark of the map tells."""
STEPS = 5
"""Shades of countries."""
_APART = ("zoom", "within")
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Chart:
    """What a filter finds, as the page tells it."""

    spread: Spread
    points: tuple[Placed, ...]
    """Those with the most articles first."""
    times: Timeline


_NOTHING = Chart(Spread(positions=(), whole=True, points={}, countries=()), (), timeline(()))


@dataclass(frozen=True, slots=True)
class Found:
    """What the address asks for."""

    here: ListAddress
    chart: Chart


@blueprint.get("/map")
def everything() -> Response | str:
    return _page(None)


@blueprint.get("/view/<id>/map")
def view(id: str) -> Response | str:
    return _page(view_named(id))


@blueprint.get("/map/clusters")
@blueprint.get("/view/<id>/map/clusters", endpoint="clusters_of_view")
def clustered(id: str | None = None) -> Response:
    """JSON for the map: the marks in the part of it that is `within` (as a box) at a `zoom`."""
    found = _found(view_named(id) if id else None)
    made = clusters(found.chart.points, _zoom(), _within(), MOST_CLUSTERS + 1)
    names = this_desk().store.places({one.at: one.newest for one in made})
    shown = made[:MOST_CLUSTERS]
    count = sum(one.places for one in shown)
    says = [
        ngettext(
            "One place on the part of the map that is shown.",
            "%(count)s places on the part of the map that is shown.",
            count,
            count=number_words(count),
        )
    ]
    says += [_("The smallest are left out; zoom in to see them.")] if len(made) > MOST_CLUSTERS else []
    return jsonify(
        says=" ".join(says),
        clusters=[_mark(one, names.get(one.at), found.here) for one in shown],
    )


@blueprint.get("/map/articles")
@blueprint.get("/view/<id>/map/articles", endpoint="articles_of_view")
def newest(id: str | None = None) -> Response:
    """JSON for one mark of the map: the newest articles the filter finds."""
    desk, wanted = this_desk(), asked(view_named(id) if id else None, apart=())
    found = desk.store.articles(wanted.where, now=desk.now(), limit=NEWEST)
    titles = titles_of(desk.settings(), desk.store, {id for article in found for id in article.sources})
    return jsonify(
        articles=[
            {
                "title": article.title or article.summary or _("Untitled"),
                "url": url_for("pages.article", number=article.id),
                "language": article.language,
                "source": _(", ").join(titles[id] for id in article.sources[:2]),
                "at": time_words(article.published),
            }
            for article in found
        ]
    )


def _page(view: View | None) -> Response | str:
    """The page of a map; if its address cannot be read, the page without articles and with the reason."""
    if onward := without_empty_fields():
        return onward
    try:
        found = _found(view)
    except BadParameter as problem:
        here = ListAddress.of(view, request.args.items(multi=True)).as_map()
        return make_response(_drawn(here, _NOTHING, {}, problem=problem), 400)
    most = found.chart.points[:MOST_PLACES]
    names = this_desk().store.places({one.point: max(one.articles) for one in most})
    return _drawn(found.here, found.chart, names)


def _drawn(
    here: ListAddress, chart: Chart, names: dict[Point, Place], problem: BadParameter | None = None
) -> str:
    countries, edges = chart.spread.countries, _edges(chart.spread.countries)
    return render_template(
        "map.html",
        here=here,
        name=name_of(here.view),
        chips=() if problem else here.chips(labels_of(this_desk(), here)),
        spread=chart.spread,
        bounds=around(one.point for one in chart.points) if chart.points else "",
        countries=[(code, count, sum(count >= edge for edge in edges)) for code, count in countries],
        edges=edges,
        places=[
            (names[one.point], len(one.articles), around([one.point]))
            for one in chart.points[:MOST_PLACES]
            if one.point in names
        ],
        number_of_places=len(chart.points),
        times=chart.times,
        problem=problem,
    )


def _found(view: View | None) -> Found:
    wanted, store = asked(view, apart=_APART), this_desk().store
    here, where = wanted.here.as_map(), wanted.where
    state = standing() if is_personal(where) else store.state()
    chart = _chart(store, state, where, good_since(where, this_desk().now()))
    boxes = [cast(Box, operand("box", value)) for value in here.values("box")]
    if boxes:  # the other places of these articles are not asked for
        within = (one for one in chart.points if any(globe.holds(box, *one.point) for box in boxes))
        chart = replace(chart, points=tuple(within))
    return Found(here, chart)


@lru_cache(maxsize=16)
def _chart(store: Store, state: str, where: Filter, now: datetime) -> Chart:
    """Until an article changes (`state`), moving and zooming cost the database next to nothing."""
    spread = store.spread(where, now=now)
    points = sorted(placed(spread.points), key=lambda one: (-len(one.articles), one.point))
    return Chart(spread, tuple(points), timeline(spread.positions))


def _mark(one: Cluster, place: Place | None, here: ListAddress) -> dict[str, str | int | float]:
    lat, lon = one.at
    name = place_words(place) if place else f"{lat:.2f}, {lon:.2f}"
    others = one.places - 1
    if others:
        name = ngettext(
            "%(name)s, and one place nearby",
            "%(name)s, and %(count)s places nearby",
            others,
            name=name,
            count=number_words(others),
        )
    return {
        "lat": lat,
        "lon": lon,
        "count": one.articles,
        "places": one.places,
        "name": name,
        "label": ngettext(
            "%(name)s: 1 article",
            "%(name)s: %(count)s articles",
            one.articles,
            name=name,
            count=number_words(one.articles),
        ),
        "box": one.box,
        "list": here.as_list().having("box", one.box),
        "map": here.having("box", one.box),
    }


def _edges(countries: tuple[tuple[str, int], ...]) -> list[int]:
    """From how many articles on a country has each shade: steps of equal ratio."""
    most = max((count for _, count in countries), default=0)
    return sorted({ceil(most ** (step / STEPS)) for step in range(STEPS)}) if most else []


def _zoom() -> float:
    try:
        zoom = float(request.args.get("zoom", ""))
    except ValueError:
        zoom = -1
    if not 0 <= zoom <= _DEEPEST:
        raise BadParameter(f"The parameter zoom is a number from 0 to {_DEEPEST}.", name="zoom")
    return zoom


def _within() -> Box:
    try:
        box = operand("box", request.args.get("within", ""))
    except FilterError as error:
        raise BadParameter(f"In the parameter within: {error}", name="within") from error
    return cast(Box, box)
