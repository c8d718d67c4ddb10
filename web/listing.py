"""The list of articles: what the address asks for, a page at a time, with what it can be narrowed to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from flask import make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from aggregator.filters import Filter, Kind, Vocabulary, all_of, operand, spoken, unhidden
from aggregator.schema import Article, Collapse, Settings, View
from aggregator.store import Store
from web.address import OF_READERS, ListAddress, joined
from web.counting import facets_at_once, facets_of
from web.desk import MOST_HIDDEN, Desk, this_desk
from web.did_you_mean import mended
from web.noting import notes_of
from web.query import PAGING, BadParameter, from_query
from web.shelves import Part, is_personal, shelves
from web.subjects import Subject, panel_of, with_parts
from web.suggest import Suggestion, suggestions
from web.views import by_reader, filter_of
from web.words import category_name, day_words

_LARGEST_POSITION = 2**63 - 1
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
    oldest_first: bool = False

    def onward(self, order: dict[str, str]) -> dict[str, str]:
        """The parameters of the page that follows."""
        return {"after" if self.oldest_first else "before": str(self.older)} | order


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The list an address asks for."""

    here: ListAddress
    every: Filter
    """All it asks for, with what rules hide."""
    where: Filter


def answer(view: View | None, subject: Subject | None = None) -> Response | str:
    """The list the address asks for; if it cannot be read, the list without articles and with the reason."""
    try:
        return _found(view, subject)
    except BadParameter as problem:
        page = render_template(
            "list.html",
            here=ListAddress.of(view, request.args.items(multi=True), subject.condition if subject else None),
            subject=subject,
            name=name_of(view, subject),
            stretch=Stretch(articles=(), newer=None, older=None),
            days=[],
            said=(),
            meant=[],
            order={},
            panel=None,
            chips=(),
            titles={},
            feeds=FEEDS,
            hidden=0,
            notes={},
            shelves=[],
            upto=0,
            problem=problem,
            mended=mended(request.path, list(request.args.items(multi=True)), problem),
        )
        return make_response(page, 400)


def asked(view: View | None, subject: Subject | None = None, apart: Collection[str] = PAGING) -> Asked:
    """What the address of this request asks for, but for the parameters in `apart`. Raises BadParameter."""
    known = _known()
    condition = subject.condition if subject else None
    parts = [filter_of(view, known), from_query(request.args, known=known, apart=apart)]
    parts += [operand(*condition, known)] if condition else []
    every = all_of(parts)
    here = ListAddress.of(view, request.args.items(multi=True), condition)
    return Asked(here=here, every=every, where=unhidden(every))


def without_empty_fields() -> Response | None:
    """Leads to this address without the empty fields that a form sends too; None if it has none."""
    given = list(request.args.items(multi=True))
    said = [pair for pair in given if pair[1].strip()]
    return redirect(joined(request.path, said)) if len(said) < len(given) else None


def _found(view: View | None, subject: Subject | None) -> Response | str:
    if onward := without_empty_fields():
        return onward
    desk = this_desk()
    now, settings, store = desk.now(), desk.settings(), desk.store
    wanted = asked(view, subject)
    here, where = wanted.here, wanted.where
    words, order = spoken(where), _order()
    best = order == "relevance" and words
    pages = _relevant if best else _oldest if order == "oldest" else _stretch
    upto = store.newest()  # asked first: what arrives meanwhile is new
    stretch = pages(store, where, now, settings.web.page_size, view.collapse if view else "article")
    if stretch is None:
        return redirect(here.url())
    facets = (facets_at_once if subject else facets_of)(store, where, now)
    labels = labels_of(desk, here, {id for article in stretch.articles for id in article.sources})
    return render_template(
        "list.html",
        here=here,
        subject=subject and facets and with_parts(subject, desk, facets),
        name=name_of(view, subject),
        stretch=stretch,
        days=[("", list(stretch.articles))] if best else list(by_day(stretch.articles, now)),
        said=words,
        meant=_meant(desk, settings, here),
        order={"order": order} if best or order == "oldest" else {},
        panel=facets and panel_of(facets, desk),
        chips=here.chips(labels),
        titles=labels["source"],
        sizes=store.story_sizes(article.story for article in stretch.articles if article.story),
        feeds=FEEDS if not is_personal(where) or (view and view.is_own) else (),
        hidden=desk.hidden(wanted.every),
        most_hidden=MOST_HIDDEN,
        notes=notes_of(stretch.articles),
        shelves=shelves_of(here),
        upto=upto,
        asked=None if stretch.articles else _asked(settings, store, subject),
        problem=None,
        mended=None,
    )


def shelves_of(here: ListAddress) -> list[Part]:
    """The shelves of a list, whichever of them it is itself."""
    known = _known()
    others = [pair for pair in here.conditions if pair[0] != "is" or pair[1].lower() not in OF_READERS]
    return shelves(here, all_of([filter_of(here.view, known), from_query(MultiDict(others), known=known)]))


def _known() -> Vocabulary:
    desk = this_desk()
    return by_reader(desk.vocabulary(desk.settings()))


def name_of(view: View | None, subject: Subject | None = None) -> str:
    """What a list is called."""
    return subject.name if subject else view.title if view else str(_("All news"))


def labels_of(desk: Desk, here: ListAddress, carriers: Iterable[str] = ()) -> dict[str, dict[str, str]]:
    """The names of what a list asks for and of these sources, by parameter and value."""
    kinds: tuple[Kind, ...] = ("category", "place")
    named: dict[str, dict[str, str]] = {kind: desk.store.key_names(kind, here.values(kind)) for kind in kinds}
    named["category"] = {id: category_name(id, name) for id, name in named["category"].items()}
    sources = {*carriers, *here.values("source")}
    return named | {"source": titles_of(desk.settings(), desk.store, sources)}


def _asked(settings: Settings, store: Store, subject: Subject | None) -> dict[str, int]:
    """How many sources there are and fail, and whether that of the list does: what an empty list must say."""
    ids = {source.id for source in settings.sources if source.enabled}
    failing = {memory.source_id for memory in store.memories() if memory.failures or memory.gone_count} & ids
    fails = bool(subject and subject.condition[0] == "source" and subject.condition[1] in failing)
    return {"sources": len(ids), "failing": len(failing), "fails": fails}


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


def _relevant(store: Store, where: Filter, now: datetime, size: int, collapse: Collapse) -> Stretch:
    """The page of the articles that answer best, after the one at `before`."""
    found = store.relevant(where, now=now, limit=size + 1, after=_position("before"))
    shown = found[:size]
    return Stretch(articles=shown, newer=None, older=shown[-1].position if len(found) > size else None)


def _position(name: str) -> int | None:
    said = request.args.get(name, "")
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and len(said) < 20 and int(said) < _LARGEST_POSITION):
        raise BadParameter(
            f"The parameter {name} is no position in the list; leave it out to start at the newest article.",
            name=name,
        )
    return int(said)


def by_day(articles: Iterable[Article], now: datetime) -> Iterator[tuple[str, list[Article]]]:
    for day, found in groupby(articles, key=lambda article: article.published.date()):
        yield day_words(day, now), list(found)


def titles_of(settings: Settings, store: Store, wanted: Iterable[str]) -> dict[str, str]:
    """Titles of sources by id; of those no longer configured the store remembers them."""
    wanted = set(wanted)
    titles = {source.id: source.title for source in settings.sources if source.id in wanted}
    if wanted - titles.keys():
        stored = store.source_titles(wanted - titles.keys())
        titles |= {id: stored.get(id, id) for id in wanted - titles.keys()}
    return titles
