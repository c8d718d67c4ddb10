"""The pages for readers: the list of articles, one article, the sources, and what this is."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from aggregator.errors import FilterError
from aggregator.filters import Text, Vocabulary, parse, spoken
from aggregator.schema import Mention
from web.address import ListAddress
from web.counting import facets_at_once
from web.desk import this_desk
from web.images import proxied
from web.listing import answer, asked, by_day, labels_of, name_of, titles_of
from web.noting import mark_opened, notes_of
from web.page_cache import kept
from web.paging import sheet
from web.preferences import preferred
from web.subjects import panel_of, scope_of, source_of, subject_of
from web.views import own_views, view_named
from web.why import GONE, verdicts_of
from web.words import places_of

blueprint = Blueprint("pages", __name__)

SOURCES_A_PAGE = 300
STORY_SIZE = 200
"""Articles of a story that its page shows, the latest."""
PLACES_OF_A_STORY = 12
_STORY = re.compile(r"[0-9a-f]{1,32}")


def surroundings() -> dict[str, Any]:
    """What every template may use: the desk's name, its views, the time."""
    desk = this_desk()
    settings = desk.settings()
    return {
        "desk_title": settings.service.title,
        "views": settings.views,
        "own_views": own_views,
        "now": desk.now(),
        "here": None,
    }


@blueprint.get("/")
def front() -> Response | str:
    return kept(lambda: answer(None))


@blueprint.get("/view/<id>")
def view(id: str) -> Response | str:
    return kept(lambda: answer(view_named(id)))


@blueprint.get("/source/<id>")
def source(id: str) -> Response | str:
    return kept(lambda: answer(None, source_of(this_desk(), id)))


@blueprint.get("/category/<path:id>")
def category(id: str) -> Response | str:
    return kept(lambda: answer(None, subject_of(this_desk(), "category", id)))


@blueprint.get("/place/<path:id>")
def place(id: str) -> Response | str:
    return kept(lambda: answer(None, subject_of(this_desk(), "place", id)))


@blueprint.get("/browse", defaults={"kind": "", "id": ""})
@blueprint.get("/<any(view, source, category, place):kind>/<path:id>/browse")
def browse(kind: str, id: str) -> Response | str:
    """Everything a list can be narrowed to, with counts."""
    desk = this_desk()
    view, subject = scope_of(desk, kind, id)
    wanted = asked(view, subject)
    return render_template(
        "browse.html",
        here=wanted.here,
        name=name_of(view, subject),
        panel=panel_of(facets_at_once(desk.store, wanted.where, desk.now()), desk),
        chips=wanted.here.chips(labels_of(desk, wanted.here)),
    )


@blueprint.get("/article/<article:number>")
def article(number: int) -> str:
    desk = this_desk()
    found = desk.store.article(number) or abort(404, GONE)
    if _is_opened() and preferred()["opening_reads"]:
        mark_opened(found)
    return render_template(
        "article.html",
        article=found,
        notes=notes_of([found]),
        said=_sought(desk.vocabulary(desk.settings())),
        revisions=desk.store.revisions(number),
        titles=titles_of(desk.settings(), desk.store, found.sources),
        copies=desk.store.apart([found])[1:],
        verdicts=verdicts_of(found),
        size=desk.store.story_sizes([found.story]).get(found.story, 0) if found.story else 0,
        front=ListAddress(view=None, pairs=()),
    )


def _is_opened() -> bool:
    """Whether somebody looks: a browser that fetches ahead of a click, or for another page, does not."""
    asked_as = request.headers.get("Sec-Fetch-Mode", "navigate")
    ahead = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return request.method == "GET" and asked_as == "navigate" and "prefetch" not in ahead


def _sought(known: Vocabulary) -> tuple[Text, ...]:
    """The words of the search that led here; none if it is no filter, for the article is there all the same."""
    try:
        return spoken(parse(request.args.get("q", ""), known))
    except FilterError:
        return ()


@blueprint.get("/story/<id>")
def story(id: str) -> str:
    """What is told of one event: when, by whom, where, and why these articles are one story."""
    desk = this_desk()
    found = desk.store.story(id, STORY_SIZE) if _STORY.fullmatch(id) else ()
    if not found:
        abort(404, _("There is no such story here; its articles may have been removed."))
    numbers = [article.id for article in found if article.id is not None]
    carriers = Counter(id for article in found for id in article.sources)
    places = {_key(mention): mention for article in found for mention in places_of(article)}
    named = Counter(key for article in found for key in {_key(mention) for mention in places_of(article)})
    return render_template(
        "story.html",
        story=found,
        notes=notes_of(found),
        told={number: told for number in numbers if (told := desk.store.told(number))},
        copies={article.id: desk.store.apart([article])[1:] for article in found},
        days=list(by_day(found, desk.now())),
        carriers=carriers.most_common(),
        places=[(places[key], count) for key, count in named.most_common(PLACES_OF_A_STORY)],
        titles=titles_of(desk.settings(), desk.store, carriers),
        front=ListAddress(view=None, pairs=()),
    )


def _key(mention: Mention) -> tuple[str, str]:
    return mention.place.name, mention.place.country


@blueprint.get("/sources")
def sources() -> str:
    words = request.args.get("q", "").casefold().strip()
    found = [
        source
        for source in this_desk().settings().sources
        if words in source.title.casefold() or words in source.id
    ]
    found.sort(key=lambda source: (source.title.casefold(), source.id))
    return render_template(
        "sources.html",
        sheet=sheet(found, SOURCES_A_PAGE),
        words=request.args.get("q", ""),
        front=ListAddress(view=None, pairs=()),
    )


@blueprint.get("/about")
def about() -> str:
    return render_template("about.html", asks_for_pictures=proxied())
