"""For admins who read feeds: the sources that need them."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice, takewhile
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from flask import Blueprint, Response, abort, request, url_for

from aggregator.health import rows
from aggregator.needs import MOST, Run, article, needs
from aggregator.publish import CONTENT_TYPES, FORMATS, Head, newest_change
from web.desk import Desk, this_desk
from web.reader import admins_only

blueprint = Blueprint("needs", __name__)
blueprint.before_request(admins_only)

TOLD = ("atom", "rss", "json")
MAX_AGE = 300
"""Seconds a client need not ask again."""
LOOKED_BACK = 200
"""Polls of a source among which the first that ended like the latest is looked for."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@blueprint.get("/feeds/needs.<extension>")
def feed(extension: str) -> Response:
    """One entry for each source and trouble, changed when the trouble changes, gone when it is over."""
    if extension not in TOLD:
        abort(404)
    desk = this_desk()
    settings = desk.settings()
    made = rows(settings.sources, desk.store.memories(), {}, desk.now())
    found = needs(made, lambda id: _run(desk, id), desk.problem(), settings.edited or _EPOCH)
    base = settings.web.address
    articles = tuple(article(need, base) for need in islice(found, MOST))
    head = Head(
        title=f"Sources that need you – {settings.service.title}",
        url=f"{base}{url_for('needs.feed', extension=extension)}",
        page_url=f"{base}{url_for('status.overview')}",
        description="Sources that fail, are gone, silent or moved, and why the configuration is refused.",
        updated=newest_change(articles) or settings.edited or _EPOCH,
        id=uuid5(NAMESPACE_URL, f"dateline:{quote(settings.service.title)}/needs").urn,
        language="en",
        style="../static/feed.css",
    )
    body = FORMATS[extension](articles, head)
    response = Response(body, content_type=CONTENT_TYPES[extension])
    response.set_etag(sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = f"private, max-age={MAX_AGE}"
    response.make_conditional(request)
    return response


def _run(desk: Desk, source_id: str) -> Run | None:
    """The latest polls of a source that ended alike; None if the log has none of it."""
    polls = desk.store.last_polls(source_id, LOOKED_BACK)
    if not polls:
        return None
    last = polls[0]
    alike = takewhile(lambda poll: (poll.kind, poll.status) == (last.kind, last.status), polls)
    *_, first = alike
    return Run(since=first.at)
