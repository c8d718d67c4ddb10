"""For subscribers: every view, every search and the latest articles as RSS, Atom and JSON Feed; OPML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from urllib.parse import quote, urlencode
from uuid import NAMESPACE_URL, uuid5

from flask import Blueprint, Response, abort, request

from aggregator import __version__
from aggregator.filters import all_of, moves_with_time, parse
from aggregator.publish import CONTENT_TYPES, OPML_TYPE, Head, atom, json_feed, opml, rss
from aggregator.schema import Article, Settings, View, WebSettings
from web.address import ListAddress
from web.desk import this_desk
from web.query import from_query
from web.words import short

blueprint = Blueprint("feeds", __name__)

FEED_SIZE = 100
"""Articles in a feed, the newest."""
MAX_AGE = 60
"""Seconds a client need not ask again."""
STEP = timedelta(minutes=5)
"""How often a filter that counts back from now is counted anew, so that it can be cached in between."""
NAMELESS = ("latest", "search")
"""Feeds of no view: everything, narrowed by the parameters of the address."""

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104
"""Hosts to listen on that are no address to ask."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PUBLISH: dict[str, Callable[[Iterable[Article], Head], bytes]] = {
    "rss": rss,
    "atom": atom,
    "json": json_feed,
}


@blueprint.get("/feeds/<name>.<extension>")
def feed(name: str, extension: str) -> Response:
    """The feed of a view, or of everything, narrowed by the parameters of the address."""
    desk = this_desk()
    settings, now = desk.settings(), desk.now()
    view = next((view for view in settings.views if view.id == name), None)
    if extension not in _PUBLISH or (view is None and name not in NAMELESS):
        abort(404)
    asked = from_query(request.args, apart=(), sources=partial(desk.source_ids, settings))
    where = all_of([parse(view.filter if view else ""), asked])
    counted_at, changed = now, max(desk.store.changed_at() or _EPOCH, settings.edited or _EPOCH)
    if moves_with_time(where):
        counted_at = now - (now - _EPOCH) % STEP
        changed = max(changed, counted_at)
    head = _head(settings, view, f"/feeds/{quote(name)}", extension, changed)
    tag = _tag(desk.store.state(), extension, repr(where), repr(head))
    response = _unread(CONTENT_TYPES[extension], tag, settings)
    if changed < now - timedelta(seconds=1):  # else another change may come in the same second
        response.last_modified = changed
    if response.make_conditional(request).status_code != 304:
        articles = desk.store.articles(
            where, now=counted_at, limit=FEED_SIZE, collapse=view.collapse if view else "article"
        )
        response.set_data(_PUBLISH[extension](articles, replace(head, language=_language(articles))))
    return response


@blueprint.get("/sources.opml")
def sources() -> Response:
    """The sources, for another program to subscribe to."""
    settings = this_desk().settings()
    body = opml(settings.sources, title=settings.service.title)
    response = _unread(OPML_TYPE, _tag(body.hex()), settings)
    response.set_data(body)
    response.make_conditional(request)
    return response


def _head(settings: Settings, view: View | None, path: str, extension: str, changed: datetime) -> Head:
    base = _base(settings.web)
    said = list(request.args.items(multi=True))
    query = f"?{urlencode(said)}" if said else ""
    conditions = short(", ".join(f"{name} {value}" for name, value in said))
    title = " – ".join(filter(None, [view.title if view else "", conditions, settings.service.title]))
    return Head(
        title=title,
        url=f"{base}{path}.{extension}{query}",
        page_url=f"{base}/{f'view/{quote(view.id)}' if view else ''}{query}",
        description=f"The newest articles: {title}",
        updated=changed,
        id=_id(settings, view),
    )


def _base(web: WebSettings) -> str:
    """Where readers find the desk: if it listens everywhere and has no public address, where it was asked."""
    if web.base_url or web.host not in _EVERYWHERE or not request.host:
        return web.address
    return f"{request.scheme}://{request.host}"


def _id(settings: Settings, view: View | None) -> str:
    """Made of what is in the feed, so that it stays wherever the desk is served and asked from."""
    conditions = urlencode(sorted(ListAddress.of(view, request.args.items(multi=True)).pairs))
    about = f"view/{quote(view.id)}" if view else "all"
    return uuid5(NAMESPACE_URL, f"dateline:{quote(settings.service.title)}/{about}?{conditions}").urn


def _unread(content_type: str, tag: str, settings: Settings) -> Response:
    """An answer that has its validators and no body yet."""
    response = Response(content_type=content_type)
    response.set_etag(tag)
    scope = "public" if settings.web.access == "public" else "private"
    response.headers["Cache-Control"] = f"{scope}, max-age={MAX_AGE}"
    return response


def _tag(*parts: str) -> str:
    """A strong validator: the same parts give the same bytes from this version of the program."""
    return sha256("\n".join([__version__, *parts]).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _language(articles: Iterable[Article]) -> str:
    languages = {article.language for article in articles}
    return languages.pop() if len(languages) == 1 else ""
