"""For subscribers: every view, search and the latest articles in every format, and the sources as OPML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote, urlencode
from uuid import NAMESPACE_URL, uuid5
from wsgiref.types import WSGIEnvironment

from flask import Blueprint, Response, abort, current_app, request
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.http import http_date

from aggregator.filters import Filter, Vocabulary, all_of, moves_with_time, parse, unhidden
from aggregator.publish import CONTENT_TYPES, FORMATS, OPML_TYPE, Head, newest_change, opml
from aggregator.schema import OWN, Article, Settings, Source, View
from aggregator.store import Leaf
from web.cache import Cache
from web.desk import Desk, this_desk
from web.feed_address import NAMELESS, OPTIONS, TOKEN, FeedAddress
from web.feed_cache import Kept
from web.query import from_query
from web.reader import this_reader
from web.views import filter_of, view_named
from web.words import short

blueprint = Blueprint("feeds", __name__)

MAX_AGE = 60
"""Seconds a client need not ask again."""
ARCHIVE_AGE = 3_600
"""Seconds a client need not ask for a page of an archive again: its articles stay, but may be edited."""
ARCHIVE_SIZE = 200
"""Articles on a page of an archive, at most, when it is laid out."""
STEP = timedelta(minutes=5)
"""How often a filter that counts back from now is counted anew, so that it can be kept in between."""

TOLD = ("rss", "atom", "json")
"""Formats that programs subscribe to."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)
_STYLE = "../static/feed.css"
_XML = "application/xml; charset=utf-8"


class Unchanged(Response):
    """A 304 whose headers are complete as they are: nothing is to be worked out for the server."""

    default_mimetype = None

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        return self.headers


@blueprint.get("/feeds/<name>.<extension>")
def feed(name: str, extension: str) -> Response:
    """The feed of a view, or of everything, narrowed by the parameters of the address."""
    desk = this_desk()
    settings, now = desk.settings(), desk.now()
    shelf: Cache[str, Kept] = current_app.extensions["feeds"]
    key = f"{name}.{extension}?{_asked()}"
    state, changed = _standing(desk, name)
    scope = _scope(settings, name)
    before = shelf.get(key)
    if before and before.state == state and before.settings is settings and now < before.good_until:
        return _answer(before, scope, now)
    view = _view(settings, name)
    if extension not in FORMATS:
        abort(404)
    address, where = _read(desk, settings, view, extension)
    kept = _make(desk, settings, address, where, state, changed or _EPOCH)
    if before and before.tag == kept.tag:
        kept = replace(kept, changed=before.changed)
    elif (
        before and before.changed >= kept.changed
    ):  # what changed is no article and no file that is still there
        kept = replace(kept, changed=now)
    shelf.put(key, kept)
    return _answer(kept, scope, now)


@blueprint.get("/feeds/<name>.opml")
def carriers(name: str) -> Response:
    """The sources of a view, or of a search, for another program to subscribe to."""
    desk = this_desk()
    settings = desk.settings()
    view = _view(settings, name)
    address, where = _read(desk, settings, view, "opml")
    ids = set(desk.store.carriers(where, now=desk.now()))
    return _list(settings, [one for one in settings.sources if one.id in ids], _title(settings, address))


@blueprint.get("/sources.opml")
def sources() -> Response:
    """The sources, for another program to subscribe to."""
    settings = this_desk().settings()
    return _list(settings, settings.sources, settings.service.title)


def topics(settings: Settings, known: Vocabulary) -> Iterator[tuple[Filter, tuple[str, ...]]]:
    """The filter of every view, and of everything, with the addresses of the feeds hubs are told of."""
    for view in (None, *settings.views):
        addresses = [FeedAddress(view=view, extension=extension) for extension in TOLD]
        urls = tuple(f"{settings.web.address}{address.path}" for address in addresses)
        yield unhidden(parse(view.filter if view else "", known)), urls


def _list(settings: Settings, found: Iterable[Source], title: str) -> Response:
    body = opml(found, title=title)
    response = Response(body, content_type=OPML_TYPE)
    response.set_etag(sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = f"{_scope(settings)}, max-age={MAX_AGE}"
    response.make_conditional(request)
    return response


def _standing(desk: Desk, name: str) -> tuple[str, datetime | None]:
    """What a feed is made of changes with this, and when that last was; a reader's own changes with all they note."""
    state, changed = desk.store.standing()
    if not name.startswith(OWN):
        return state, changed
    reader = this_reader() or abort(404)
    noted = desk.store.noted_at(reader.n)
    return f"{state} {reader.n} {noted}", max(changed or _EPOCH, _EPOCH + timedelta(milliseconds=noted))


def _view(settings: Settings, name: str) -> View | None:
    """The view of this name; None for the feeds of no view."""
    if name.startswith(OWN):
        return view_named(name)
    view = next((view for view in settings.views if view.id == name), None)
    if view is None and name not in NAMELESS:
        abort(404)
    return view


def _read(desk: Desk, settings: Settings, view: View | None, extension: str) -> tuple[FeedAddress, Filter]:
    """The address as it is asked for, and which articles it means. Raises BadParameter."""
    args: MultiDict[str, str] = request.args
    address = FeedAddress.of(view, extension, args)
    known = desk.vocabulary(settings)
    asked = from_query(args, apart=(*OPTIONS, TOKEN), known=known)
    return address, unhidden(all_of([filter_of(view, known), asked]))


def _asked() -> str:
    """The query of the address, without a token: that is told to nobody, and nothing depends on it."""
    if TOKEN not in request.args:
        return request.query_string.decode("latin-1")
    return urlencode([pair for pair in request.args.items(multi=True) if pair[0] != TOKEN])


def _make(
    desk: Desk, settings: Settings, address: FeedAddress, where: Filter, state: str, changed: datetime
) -> Kept:
    moving = moves_with_time(where)
    now = desk.now()
    counted_at = now - (now - _EPOCH) % STEP if moving else now
    if address.archive is None:
        found, head = _newest(desk, settings, address, where, counted_at)
    else:
        found, head = _page_of_archive(desk, settings, address, where, counted_at)
    body = FORMATS[address.extension](found, _with_articles(head, settings, found))
    return Kept(
        state=state,
        settings=settings,
        good_until=counted_at + STEP if moving else _NEVER,
        body=body,
        tag=sha256(body).hexdigest()[:32],
        changed=max(changed, settings.edited or _EPOCH, counted_at if moving else _EPOCH),
        content_type=CONTENT_TYPES[address.extension],
        location=address.path,
        links=", ".join(f'<{url}>; rel="{relation}"' for relation, url in head.links),
        lasts=address.archive is not None,
    )


def _newest(
    desk: Desk, settings: Settings, address: FeedAddress, where: Filter, now: datetime
) -> tuple[tuple[Article, ...], Head]:
    """What the feed itself has. What counts back from now has no archive: its pages would not stay."""
    head = _head(settings, address)
    found = desk.store.selection(
        where,
        now=now,
        order=address.order,
        limit=address.limit,
        per_source=address.per_source,
        collapse=address.collapse,
    )
    if address.has_archive and not moves_with_time(where):
        shown = max((one.id or 0 for one in found), default=0)
        leaf = desk.store.newest_leaf(where, size=ARCHIVE_SIZE, now=now, shown=shown)
        head = replace(head, older=_address_of(settings, address, leaf))
    return found, head


def _page_of_archive(
    desk: Desk, settings: Settings, address: FeedAddress, where: Filter, now: datetime
) -> tuple[tuple[Article, ...], Head]:
    page = None
    if address.archive is not None and not moves_with_time(where):
        page = desk.store.archive_page(where, address.archive, size=ARCHIVE_SIZE, now=now)
    if page is None:
        abort(404)
    head = replace(
        _head(settings, address),
        archive=True,
        older=_address_of(settings, address, page.older),
        current=f"{settings.web.address}{address.newest().path}",
    )
    return page.articles, head


def _answer(kept: Kept, scope: str, now: datetime) -> Response:
    """The feed, or 304 where the client has it."""
    age = f"max-age={ARCHIVE_AGE if kept.lasts else MAX_AGE}"
    headers = [
        ("ETag", f'"{kept.tag}"'),
        ("Cache-Control", f"{scope}, {age}"),
        ("Content-Location", f"{request.script_root}{kept.location}"),
        ("Link", kept.links),
        ("Content-Type", _shown_as(kept.content_type)),
        ("Vary", "Accept"),
    ]
    if kept.changed < now - timedelta(seconds=1):  # else another change may come in the same second
        headers.append(("Last-Modified", http_date(kept.changed)))
    asked = request.headers
    if "If-None-Match" not in asked and "If-Modified-Since" not in asked:
        return Response(kept.body, headers=headers)
    if asked.get("If-None-Match") == headers[0][1]:  # what nearly every client sends: no need to look further
        return Unchanged(status=304, headers=[pair for pair in headers if pair[0] != "Content-Type"])
    response = Response(headers=headers)
    if response.make_conditional(request).status_code != 304:
        response.set_data(kept.body)
    return response


def _shown_as(content_type: str) -> str:
    """The media type; to a browser feeds are XML, for as feeds it would show them as plain text or save them."""
    styled = content_type in (CONTENT_TYPES["rss"], CONTENT_TYPES["atom"])
    return _XML if styled and "text/html" in request.headers.get("Accept", "") else content_type


def _scope(settings: Settings, name: str = "") -> str:
    return "public" if settings.web.access == "public" and not name.startswith(OWN) else "private"


def _head(settings: Settings, address: FeedAddress) -> Head:
    base = settings.web.address
    title = _title(settings, address)
    # Made of what is in the feed, so that it stays wherever the desk is served and asked from.
    reader = this_reader() if address.view and address.view.is_own else None
    owner = f"{quote(reader.name)}/" if reader else ""
    name = f"dateline:{quote(settings.service.title)}/{owner}{address.about}"
    return Head(
        title=title,
        url=f"{base}{address.path}",
        page_url=f"{base}{address.page}",
        description=f"{'Older' if address.archive else 'The newest'} articles: {title}",
        updated=_EPOCH,
        id=uuid5(NAMESPACE_URL, name).urn,
        content=address.content,
        style=_STYLE,
        hubs=settings.web.hubs if _scope(settings, address.name) == "public" else (),  # a hub has no password
    )


def _title(settings: Settings, address: FeedAddress) -> str:
    conditions = short(", ".join(f"{name} {value}" for name, value in address.conditions))
    view = address.view.title if address.view else ""
    return " – ".join(filter(None, [view, conditions, settings.service.title]))


def _with_articles(head: Head, settings: Settings, articles: tuple[Article, ...]) -> Head:
    """The head with what its articles make of it: date, language, sources."""
    languages = {article.language for article in articles}
    wanted = {id for article in articles for id in article.sources}
    return replace(
        head,
        updated=newest_change(articles) or _EPOCH,
        language=languages.pop() if len(languages) == 1 else "",
        sources={source.id: source for source in settings.sources if source.id in wanted},
    )


def _address_of(settings: Settings, address: FeedAddress, leaf: Leaf | None) -> str:
    return f"{settings.web.address}{address.page_of_archive(leaf).path}" if leaf else ""
