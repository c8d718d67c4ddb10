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
        self._failed: dict[str, tuple[int, datetime]] = {}
        """Targets that failed, how often in a row, and until when each is left alone."""

    def tell(self, settings: Settings) -> None:
        """Sends what is due, the least tried first; a target that fails is left alone until its next try."""
        targets = {one.id: one for one in settings.notify}
        now = self._clock()
        resting = [id for id, (_, until) in self._failed.items() if id in targets and until > now]
        due = self._store.notices_due(now, limit=AT_ONCE, resting=resting)
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
            self._rest(one, str(error))
            return False
        self._store.notice_ended(one)
        self._failed.pop(target.id, None)
        return True

    def _rest(self, one: Notice, problem: str) -> None:
        """Leaves a target alone the longer, the more often it failed in a row; and likewise the notice."""
        now = self._clock()
        before, _ = self._failed.get(one.target, (0, now))
        rest = now + _wait(before)
        self._failed[one.target] = (before + 1, rest)
        again = max(rest, now + _wait(one.tries)) if one.tries + 1 < TRIES else None
        self._store.notice_failed(one, problem, next_try=again, rest=rest)

    def _fetcher_for(self, wanted: FetchSettings) -> Fetcher:
        if self._fetcher is None or self._fetcher[0] != wanted:
            self.close()
            self._fetcher = (wanted, Fetcher(wanted))
        return self._fetcher[1]


def _wait(failures: int) -> timedelta:
    return min(LAST_RETRY, FIRST_RETRY * (1 << min(failures, 20)))


def _headers(one: Notice, target: Notify, body: bytes) -> list[tuple[bytes, bytes]]:
    """The key by which a repetition is known, and the signature where there is a secret."""
    key = sha256(f"{target.id}\n{one.article.uid}".encode()).hexdigest()
    headers = [(b"Idempotency-Key", f'"{key}"'.encode())]
    if target.secret:
        signature = hmac.new(target.secret.reveal().encode(), body, sha256).hexdigest()
        headers.append((b"X-Dateline-Signature", f"sha256={signature}".encode()))
    return headers
