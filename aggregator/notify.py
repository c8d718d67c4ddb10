"""Tells other programs of articles, as rules want it: what waits is sent, and tried again until it was heard."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from aggregator.errors import FetchError, StatusError
from aggregator.fetch import Fetcher
from aggregator.publish import told
from aggregator.schema import FetchSettings, Notice, Notify, Settings
from aggregator.store import Store

AT_ONCE = 100
"""Notices sent at one look at most."""
TRIES = 12
"""After so many tries, about a day after the first, a notice is given up."""
FIRST_RETRY, LAST_RETRY = timedelta(minutes=1), timedelta(hours=6)
"""Each wait is twice the one before."""
_REFUSED = frozenset((400, 413, 415, 422))
"""Answers that mean this notice rather than all of them: it is not sent again."""

log = logging.getLogger(__name__)


class Notifier:
    """Sends what waits whenever `tell` is called; nothing runs by itself.

    A notice may arrive twice if the program ends between its sending and the note of it: its key is the same then.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._fetcher: tuple[FetchSettings, Fetcher] | None = None
        self._stopping = False

    def tell(self, settings: Settings) -> None:
        """Sends what is due, the oldest first; a target that fails is left alone until its next try."""
        targets = {one.id: one for one in settings.notify}
        due = self._store.notices_due(self._clock(), limit=AT_ONCE)
        if not targets.keys() >= {one.target for one in due}:
            self._store.keep_notices(targets)
        failed = {one.target for one in due} - targets.keys()
        for one in due:
            if self._stopping:
                return
            if one.target not in failed and not self._sent(one, targets[one.target], settings):
                failed.add(one.target)

    def stop(self) -> None:
        """Breaks off what is under way; it is sent again at the next start."""
        self._stopping = True
        if self._fetcher:
            self._fetcher[1].stop()

    def close(self) -> None:
        """Closes all connections; nothing may be under way."""
        if self._fetcher:
            self._fetcher[1].close()

    def _sent(self, one: Notice, target: Notify, settings: Settings) -> bool:
        """False if the target is to be left alone for now."""
        page = f"{settings.web.address}/article/{one.article.id}"
        body = told(one.article, target=target.id, page=page, sources=settings.sources)
        try:
            self._fetcher_for(settings.fetch).post_json(
                target.url.reveal(), body, _headers(one, target, body)
            )
        except FetchError as error:
            if self._stopping:
                return False
            log.warning("notify %s: %s", target.id, error)
            if isinstance(error, StatusError) and error.status in _REFUSED:
                self._store.notice_ended(one, str(error))
                return True
            later = self._clock() + min(LAST_RETRY, FIRST_RETRY * 2 ** min(one.tries, 20))
            self._store.notices_failed(target.id, str(error), next_try=later, most=TRIES)
            return False
        self._store.notice_ended(one)
        return True

    def _fetcher_for(self, wanted: FetchSettings) -> Fetcher:
        if self._fetcher is None or self._fetcher[0] != wanted:
            self.close()
            self._fetcher = (wanted, Fetcher(wanted))
        return self._fetcher[1]


def _headers(one: Notice, target: Notify, body: bytes) -> list[tuple[bytes, bytes]]:
    """The key by which a repetition is known, and the signature where there is a secret."""
    key = sha256(f"{target.id}\n{one.article.uid}".encode()).hexdigest()
    headers = [(b"Idempotency-Key", f'"{key}"'.encode())]
    if target.secret:
        signature = hmac.new(target.secret.reveal().encode(), body, sha256).hexdigest()
        headers.append((b"X-Dateline-Signature", f"sha256={signature}".encode()))
    return headers
