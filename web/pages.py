"""The pages for readers: the list of articles, one article, the sources, and what this is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from aggregator.filters import Filter, all_of, moves_with_time, parse
from aggregator.schema import Article, Settings, View
from aggregator.store import Facets, Store
from web.address import ListAddress, joined
from web.desk import this_desk
from web.query import BadParameter, from_query
from web.sheet import sheet
from web.words import day_words, told_apart

blueprint = Blueprint("pages", __name__)

_LARGEST_ID = 2**31 - 1
_DIGITS = len(str(_LARGEST_ID))
_LARGEST_POSITION = 2**63 - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FACETS_FOR = timedelta(minutes=5)
"""How long the counts of a filter that counts back from now are good."""
SOURCES_A_PAGE = 300
FEEDS = (
    ("rss", "RSS", "application/rss+xml"),
    ("atom", "Atom", "application/atom+xml"),
    ("json", "JSON Feed", "application/feed+json"),
    ("geojson", "GeoJSON", "application/geo+json"),
    ("csv", "CSV", "text/csv"),
)
"""Extension, name and media type of the feeds each list has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One page of a list, with the positions its neighbours start from (None at the ends)."""

    articles: tuple[Article, ...]
    newer: int | None
    older: int | None


def surroundings() -> dict[str, Any]:
    """What every template may use: the desk's name, its views, the time."""
    desk = this_desk()
    settings = desk.settings()
    hidden = settings.web.access == "public" and settings.web.password is None
    return {
        "desk_title": settings.service.title,
        "views": settings.views,
        "now": desk.now(),
        "shows_status": not hidden,
        "here": None,
    }


@blueprint.get("/")
def front() -> Response | str:
    return _list(None)


@blueprint.get("/view/<id>")
def view(id: str) -> Response | str:
    views = {view.id: view for view in this_desk().settings().views}
    return _list(views[id] if id in views else abort(404))


@blueprint.get("/article/<number>")
def article(number: str) -> str:
    desk = this_desk()
    given = number.isascii() and number.isdecimal() and len(number) <= _DIGITS
    id = int(number) if given else 0
    found = desk.store.article(id) if 0 < id <= _LARGEST_ID else None
    if found is None:
        abort(404)
    return render_template(
        "article.html",
        article=found,
        revisions=desk.store.revisions(id),
        titles=_titles(desk.settings(), desk.store, found.sources),
        front=ListAddress(view=None, pairs=()),
    )


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
    return render_template("about.html")


def _list(view: View | None) -> Response | str:
    desk = this_desk()
    now, settings, store = desk.now(), desk.settings(), desk.store
    here = ListAddress.of(view, request.args.items(multi=True))
    said = [(name, value) for name, value in request.args.items(multi=True) if value.strip()]
    if len(said) < len(list(request.args.items(multi=True))):
        return redirect(joined(here.path, said))  # A form sends its empty fields too.
    asked = from_query(request.args, sources=partial(desk.source_ids, settings))
    where = all_of([parse(view.filter if view else ""), asked])
    stretch = _stretch(store, where, now, settings.web.page_size)
    if stretch is None:
        return redirect(here.url())
    counted_at = now - (now - _EPOCH) % _FACETS_FOR if moves_with_time(where) else _EPOCH
    facets = _facets(store, store.state(), where, counted_at)
    carriers = {id for article in stretch.articles for id in article.sources}
    labels = {
        "source": _titles(settings, store, carriers.union(here.values("source"))),
        "category": {id: name for id, name, _ in facets.categories},
    }
    return render_template(
        "list.html",
        here=here,
        stretch=stretch,
        days=list(_by_day(stretch.articles, now)),
        facets=replace(facets, categories=told_apart(facets.categories, lambda one: (one[0], one[1]))),
        chips=here.chips(labels),
        titles=labels["source"],
        feeds=FEEDS,
        asked=None if stretch.articles else _asked(settings, store),
    )


def _asked(settings: Settings, store: Store) -> dict[str, int]:
    """How many sources there are, and how many of them fail: what an empty list must say."""
    ids = {source.id for source in settings.sources if source.enabled}
    failing = [memory for memory in store.memories() if memory.source_id in ids and memory.failures]
    return {"sources": len(ids), "failing": len(failing)}


def _stretch(store: Store, where: Filter, now: datetime, size: int) -> Stretch | None:
    """The page the address asks for; None if nothing is newer, so that the reader is at the front."""
    before, after = _position("before"), _position("after")
    if after is not None and before is None:
        found = store.articles(where, now=now, limit=size + 1, after=after)
        if len(found) <= size:
            return None
        shown = found[1:]
        return Stretch(articles=shown, newer=shown[0].position, older=shown[-1].position)
    found = store.articles(where, now=now, limit=size + 1, before=before)
    shown = found[:size]
    older = shown[-1].position if len(found) > size else None
    newer = None if before is None else shown[0].position if shown else max(before - 1, 0)
    return Stretch(articles=shown, newer=newer, older=older)


def _position(name: str) -> int | None:
    said = request.args.get(name, "")
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and len(said) < 20 and int(said) <= _LARGEST_POSITION):
        raise BadParameter(
            f"The parameter {name} is no position in the list; leave it out to start at the newest article.",
            name=name,
        )
    return int(said)


@lru_cache(maxsize=64)
def _facets(store: Store, state: str, where: Filter, now: datetime) -> Facets:
    """Counting is the dearest part of a page; until an article changes, the counts stay (`state`)."""
    return store.facets(where, now=now)


def _by_day(articles: Iterable[Article], now: datetime) -> Iterator[tuple[str, list[Article]]]:
    for day, found in groupby(articles, key=lambda article: day_words(article.published, now)):
        yield day, list(found)


def _titles(settings: Settings, store: Store, wanted: Iterable[str]) -> dict[str, str]:
    """Titles of sources by id; of those no longer configured the store remembers them."""
    wanted = set(wanted)
    titles = {source.id: source.title for source in settings.sources if source.id in wanted}
    if wanted - titles.keys():
        stored = store.source_titles()
        titles |= {id: stored.get(id, id) for id in wanted - titles.keys()}
    return titles
