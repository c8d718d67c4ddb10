"""The list of articles: what the address asks for, a page at a time, with what it can be narrowed to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby

from flask import make_response, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from aggregator.filters import Filter, all_of, parse, spoken, unhidden
from aggregator.schema import Article, Collapse, Settings, View
from aggregator.store import Facets, Store
from web.address import SHELVES, ListAddress, joined
from web.desk import Desk, this_desk
from web.noting import notes_of
from web.query import BadParameter, from_query
from web.shelves import Part, by_reader, good_since, is_personal, shelves, standing
from web.suggest import Suggestion, suggestions
from web.words import day_words, told_apart

_LARGEST_POSITION = 2**63 - 1
FEEDS = (
    ("rss", "RSS", "application/rss+xml"),
    ("atom", "Atom", "application/atom+xml"),
    ("json", "JSON Feed", "application/feed+json"),
    ("geojson", "GeoJSON", "application/geo+json"),
    ("csv", "CSV", "text/csv"),
)
"""Extension, name and media type of the feeds each list has."""
_NO_FACETS = Facets()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One page of a list, with the positions its neighbours start from (None at the ends)."""

    articles: tuple[Article, ...]
    newer: int | None
    older: int | None
    oldest_first: bool = False

    def onward(self, order: dict[str, str]) -> dict[str, str]:
        """The parameters of the page that follows."""
        return {"after" if self.oldest_first else "before": str(self.older)} | order


def answer(view: View | None) -> Response | str:
    """The list the address asks for; if it cannot be read, the list without articles and with the reason."""
    try:
        return _found(view)
    except BadParameter as problem:
        page = render_template(
            "list.html",
            here=ListAddress.of(view, request.args.items(multi=True)),
            stretch=Stretch(articles=(), newer=None, older=None),
            days=[],
            said=(),
            meant=[],
            order={},
            facets=_NO_FACETS,
            chips=(),
            titles={},
            feeds=FEEDS,
            hidden="",
            notes={},
            shelves=[],
            upto=0,
            problem=problem,
        )
        return make_response(page, 400)


def _found(view: View | None) -> Response | str:
    desk = this_desk()
    now, settings, store = desk.now(), desk.settings(), desk.store
    here = ListAddress.of(view, request.args.items(multi=True))
    said = [(name, value) for name, value in request.args.items(multi=True) if value.strip()]
    if len(said) < len(list(request.args.items(multi=True))):
        return redirect(joined(here.path, said))  # A form sends its empty fields too.
    every = asked_for(view, request.args)
    where = unhidden(every)
    words, order = spoken(where), _order()
    size, collapse = settings.web.page_size, view.collapse if view else "article"
    upto = store.newest()
    best = order == "relevance" and words
    if best:
        stretch: Stretch | None = _relevant(store, where, now, size)
    elif order == "oldest":
        stretch = _oldest(store, where, now, size, collapse)
    else:
        stretch = _stretch(store, where, now, size, collapse)
    if stretch is None:
        return redirect(here.url())
    facets = _facets(
        store, standing() if is_personal(where) else store.state(), where, good_since(where, now)
    )
    carriers = {id for article in stretch.articles for id in article.sources}
    labels = {
        "source": titles_of(settings, store, carriers.union(here.values("source"))),
        "category": {id: name for id, name, _ in facets.categories},
    }
    return render_template(
        "list.html",
        here=here,
        stretch=stretch,
        days=[("", list(stretch.articles))] if best else list(by_day(stretch.articles, now)),
        said=words,
        meant=_meant(desk, settings, here),
        order={"order": order} if best or order == "oldest" else {},
        facets=replace(facets, categories=told_apart(facets.categories, lambda one: (one[0], one[1]))),
        chips=here.chips(labels),
        titles=labels["source"],
        sizes=store.story_sizes(article.story for article in stretch.articles if article.story),
        feeds=() if is_personal(where) else FEEDS,
        hidden=desk.hidden(every),
        notes=notes_of(stretch.articles),
        shelves=shelves_of(here, view, request.args),
        upto=upto,
        asked=None if stretch.articles else _asked(settings, store),
        problem=None,
    )


def asked_for(view: View | None, args: MultiDict[str, str]) -> Filter:
    """The filter of a list; raises BadParameter if what narrows it cannot be read."""
    desk = this_desk()
    known = by_reader(desk.vocabulary(desk.settings()))
    return all_of([parse(view.filter if view else "", known), from_query(args, known=known)])


def shelves_of(here: ListAddress, view: View | None, args: MultiDict[str, str]) -> list[Part]:
    """The shelves of a list, whichever of them it is itself."""
    others = [pair for pair in args.items(multi=True) if pair[0] != "is" or pair[1].lower() not in SHELVES]
    return shelves(here, asked_for(view, MultiDict(others)))


def _asked(settings: Settings, store: Store) -> dict[str, int]:
    """How many sources there are, and how many of them fail: what an empty list must say."""
    ids = {source.id for source in settings.sources if source.enabled}
    failing = [memory for memory in store.memories() if memory.source_id in ids and memory.failures]
    return {"sources": len(ids), "failing": len(failing)}


def _stretch(store: Store, where: Filter, now: datetime, size: int, collapse: Collapse) -> Stretch | None:
    """The page the address asks for; None if nothing is newer, so that the reader is at the front."""
    before, after = _position("before"), _position("after")
    newest = after is None or before is not None
    found = store.articles(
        where, now=now, limit=size + 1, before=before, after=None if newest else after, collapse=collapse
    )
    places = list(dict.fromkeys(article.position for article in found))
    if not newest and len(places) <= size:
        return None
    kept = places[:size] if newest else places[1:]
    shown = tuple(article for article in found if article.position in kept)
    if not newest:
        return Stretch(articles=shown, newer=kept[0], older=kept[-1])
    older = kept[-1] if len(places) > size else None
    newer = None if before is None else kept[0] if kept else max(before - 1, 0)
    return Stretch(articles=shown, newer=newer, older=older)


def _meant(desk: Desk, settings: Settings, here: ListAddress) -> list[Suggestion]:
    """What the words of a plain search may name; nothing once there are other conditions."""
    alone = len(here.pairs) == 1
    return suggestions(desk, settings, here.value("q")) if alone and here.value("q") else []


def _order() -> str:
    order = request.args.get("order", "newest")
    if order not in ("newest", "oldest", "relevance"):
        raise BadParameter("The parameter order is newest, oldest or relevance.", name="order")
    return order


def _oldest(store: Store, where: Filter, now: datetime, size: int, collapse: Collapse) -> Stretch:
    """The page of a list that begins with the oldest article, after the one at `after`."""
    after = _position("after") or 0
    found = store.articles(where, now=now, limit=size + 1, after=after, collapse=collapse)[::-1]
    places = list(dict.fromkeys(article.position for article in found))
    shown = tuple(article for article in found if article.position in places[:size])
    onward = places[size - 1] if len(places) > size else None
    return Stretch(articles=shown, newer=None, older=onward, oldest_first=True)


def _relevant(store: Store, where: Filter, now: datetime, size: int) -> Stretch:
    """The page of the articles that answer best, after the one at `before`."""
    found = store.relevant(where, now=now, limit=size + 1, after=_position("before"))
    shown = found[:size]
    return Stretch(articles=shown, newer=None, older=shown[-1].position if len(found) > size else None)


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


def by_day(articles: Iterable[Article], now: datetime) -> Iterator[tuple[str, list[Article]]]:
    for day, found in groupby(articles, key=lambda article: day_words(article.published, now)):
        yield day, list(found)


def titles_of(settings: Settings, store: Store, wanted: Iterable[str]) -> dict[str, str]:
    """Titles of sources by id; of those no longer configured the store remembers them."""
    wanted = set(wanted)
    titles = {source.id: source.title for source in settings.sources if source.id in wanted}
    if wanted - titles.keys():
        stored = store.source_titles()
        titles |= {id: stored.get(id, id) for id in wanted - titles.keys()}
    return titles
