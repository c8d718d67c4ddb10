"""Stories told after polls: new articles in the order they arrived, a page at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

import msgspec

from aggregator.cluster import LARGEST, NEAR, SPAN, Seen, Window, own_story
from aggregator.schema import Article, Told, replace
from aggregator.store import Store

PAGE = 500
"""Articles whose stories are stored in one transaction."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Seen).decode

log = logging.getLogger(__name__)


class Teller:
    """Tells the stories of new articles, with the recent ones in mind.

    It may be stopped anywhere: what is not stored is told again. Another program that tells or forgets stories
    meanwhile is noticed, and the recent articles are then read anew.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._window: Window | None = None
        self._last = 0
        """The latest article the window holds."""
        self._stopping = False

    def tell(self) -> int:
        """Tells the story of each article that has none; returns of how many. Raises StoreError."""
        done = 0
        while not self._stopping and (articles := self._store.untold(PAGE)):
            window = self._recalled(articles[0].first_seen)
            self._window = None  # until all of the page is stored
            told = [(article, _told(window, article)) for article in articles]
            self._store.keep_told(told, now=self._clock())
            self._window, self._last = window, articles[-1].id or 0
            done += len(told)
        return done

    def stop(self) -> None:
        """Ends a telling that is under way after the page it is at."""
        self._stopping = True

    def tidy(self) -> None:
        """Forgets by what copies of articles and their stories are found, once they arrived too long ago."""
        self._store.forget_seen(self._clock() - SPAN, LARGEST)
        self._store.forget_fingerprints(self._clock() - 2 * NEAR)

    def _recalled(self, now: datetime) -> Window:
        if self._window is not None and self._last == self._store.last_told():
            return self._window
        window = Window()
        for seen in self._store.seen_lately(now - SPAN):
            window.recall(_decode(seen))
        return window


def _told(window: Window, article: Article) -> Told:
    """The story of an article, with what the next teller compares it by.

    One of its own if we fail on it, so that it does not keep back all that follow.
    """
    try:
        told = window.tell(article)
        return replace(told, seen=_encode(window.latest))
    except Exception:
        log.exception(
            "An error of Dateline itself on article %s; please report it with these lines", article.id
        )
        return Told(article_id=article.id or 0, story=own_story(article))
