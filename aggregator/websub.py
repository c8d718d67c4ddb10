"""WebSub (w3.org/TR/websub): asks hubs to push what is new in sources, and tells hubs what is new here."""

from __future__ import annotations

import hmac
import logging
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from aggregator.errors import FetchError
from aggregator.fetch import Fetcher
from aggregator.filters import Filter
from aggregator.schema import FetchSettings, Lease, Settings, replace
from aggregator.store import Store
from aggregator.urls import host_of

LEASE = timedelta(days=10)
"""What a hub is asked for; it may grant less or more."""
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=30)
"""What is made of a lease that a hub grants for a moment, or for ever."""
RETRY = timedelta(hours=6)
"""When a hub that does not confirm is asked again; meanwhile the source is polled as ever."""
MARKED = 100
"""Articles of a feed whose coming, going and edits are worth telling a hub."""
_METHODS = ("sha256", "sha384", "sha512", "sha1")
_SECONDS = re.compile(r"[0-9]{1,10}")

Feeds = Callable[[Settings], Iterable[tuple[Filter, tuple[str, ...]]]]
"""The filter of every list a hub may know, and the addresses of its feeds."""
Take = Callable[[str, bytes, str], None]
"""What takes in a document that was pushed: id of the source, body, media type."""

log = logging.getLogger(__name__)


class Hubs:
    """Both sides of WebSub. What is due is looked for by `renew` and `announce`; nothing runs by itself."""

    def __init__(self, store: Store, *, feeds: Feeds, take: Take, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._fetchers: dict[FetchSettings, Fetcher] = {}
        self._stopping = False
        self._feeds = feeds
        self._take = take
        self._clock = clock
        self._marks: dict[str, str] = {}
        self._seen: tuple[str, Settings] | None = None

    def renew(self, settings: Settings) -> None:
        """Asks for the leases that are due. The hub answers later, to `confirm`."""
        if not settings.web.is_reachable:
            return
        for lease in self._store.leases_due(self._clock()):
            if self._stopping:
                return
            # Written down first: a hub may confirm before it answers.
            self._store.set_lease(lease.key, next_ask=self._clock() + RETRY, until=lease.until)
            asked = {
                "hub.mode": "subscribe",
                "hub.topic": lease.topic,
                "hub.callback": f"{settings.web.base_url}/push/{lease.key}",
                "hub.secret": lease.secret,
                "hub.lease_seconds": str(int(LEASE.total_seconds())),
            }
            self._post(_reach(settings, lease), lease.hub, asked, lease.source_id)

    def confirm(self, key: str, said: Mapping[str, str]) -> str | None:
        """What to answer a hub that asks whether the lease is wanted (5.3); None if it is not."""
        lease = self._store.lease(key)
        if lease is None or said.get("hub.topic") != lease.topic:
            return None
        now = self._clock()
        if said.get("hub.mode") == "denied":
            log.warning("%s: its hub %s refuses to push; it is polled.", lease.source_id, lease.hub)
            self._store.set_lease(key, next_ask=now + LEASE, until=None)
            return ""
        if said.get("hub.mode") != "subscribe" or not said.get("hub.challenge"):
            return None
        seconds = said.get("hub.lease_seconds", "")
        granted = timedelta(seconds=int(seconds)) if _SECONDS.fullmatch(seconds) else LEASE
        granted = min(max(granted, SHORTEST), LONGEST)
        self._store.set_lease(key, next_ask=now + granted / 2, until=now + granted)
        return said["hub.challenge"]

    def receive(self, key: str, body: bytes, *, signature: str, content_type: str) -> bool:
        """Takes in what a hub pushed, if it is signed as agreed (7.1); False if there is no such lease.

        A wrong signature is ignored and not told: whoever guesses shall learn nothing.
        """
        lease = self._store.lease(key)
        if lease is None:
            return False
        if is_signed(lease, body, signature):
            self._take(lease.source_id, body, content_type)
        else:
            log.warning("%s: what was pushed is not signed by its hub and is ignored.", lease.source_id)
        return True

    def announce(self, settings: Settings) -> None:
        """Tells the hubs which feeds have changed since the last look; at the first look nothing has."""
        if not settings.web.hubs or not settings.web.is_reachable or settings.web.access != "public":
            return
        state, _ = self._store.standing()
        if self._seen == (state, settings):
            return
        failed = 0
        for filter, urls in self._feeds(settings):
            mark = self._store.mark(filter, now=self._clock(), limit=MARKED)
            for url in urls:
                if self._marks.setdefault(url, mark) != mark:
                    missed = [hub for hub in settings.web.hubs if not self._tell(settings, hub, url)]
                    failed += len(missed)
                    self._marks[url] = self._marks[url] if missed else mark
        self._seen = None if failed else (state, settings)

    def stop(self) -> None:
        """Breaks off what is under way."""
        with self._lock:
            self._stopping = True
            for fetcher in self._fetchers.values():
                fetcher.stop()

    def close(self) -> None:
        """Closes all connections; nothing may be under way."""
        for fetcher in self._fetchers.values():
            fetcher.close()

    def _tell(self, settings: Settings, hub: str, url: str) -> bool:
        """One ping; hubs differ in what they call the feed."""
        return self._post(settings.fetch, hub, {"hub.mode": "publish", "hub.url": url, "hub.topic": url}, url)

    def _post(self, fetch: FetchSettings, hub: str, form: Mapping[str, str], about: str) -> bool:
        with self._lock:
            fetcher = self._fetchers.get(fetch) or self._fetchers.setdefault(fetch, Fetcher(fetch))
        try:
            fetcher.post(hub, form)
        except FetchError as error:
            if not self._stopping:
                log.warning("%s: its hub was asked in vain: %s", about, error)
            return False
        return True


def _reach(settings: Settings, lease: Lease) -> FetchSettings:
    """Where the hub of a source may be: inside our network only if the source itself is."""
    inside = settings.fetch.allow_inside
    own = any(host_of(source.url) in inside for source in settings.sources if source.id == lease.source_id)
    return settings.fetch if own else replace(settings.fetch, allow_inside=())


def is_signed(lease: Lease, body: bytes, signature: str) -> bool:
    """Whether `X-Hub-Signature` is that of the body under the secret of the lease."""
    method, _, given = signature.partition("=")
    if method not in _METHODS:
        return False
    wanted = hmac.new(lease.secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(wanted.encode(), given.strip().lower().encode("utf-8", "replace"))
