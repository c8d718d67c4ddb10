"""One poll of one source: gather, decide, and hand back what is to be saved.

Four gates, each sparing all that lies behind it: 304, the hash of the body, the hash of each entry's bytes,
and whether what was read of it is new or changed.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from aggregator import cadence
from aggregator.errors import (
    AwayError,
    ConnectError,
    DatelineError,
    GoneError,
    LimitError,
    StatusError,
    UnreachableError,
)
from aggregator.logs import poll_id
from aggregator.parse import Document, fast, hub_of, open_document, parse, pieces
from aggregator.poll.kit import Kit
from aggregator.poll.news import News, Served, new_or_changed, understood
from aggregator.poll.pages import with_pages
from aggregator.schema import (
    Download,
    Feed,
    Finding,
    Memory,
    Outcome,
    OutcomeKind,
    Polled,
    Source,
    replace,
)
from aggregator.urls import host_of

FULL_EVERY = timedelta(days=7)
"""How often the validators are left out, to catch an origin that lies about them (rule 4)."""
IN_THREAD = 100_000
"""Bytes up to which a well-formed body is parsed in the polling thread."""
TRUST_MOVE = 3
"""Failures in a row after which a permanent redirect is no longer believed."""

log = logging.getLogger(__name__)


def visit(
    source: Source,
    memory: Memory,
    kit: Kit,
    *,
    now: datetime,
    jitter: float,
    pushed: Download | None = None,
) -> Polled:
    """Polls a source, or takes in what its hub pushed. What the origin does becomes the outcome.

    Raises AwayError if the database is: that is no fault of the source.
    """
    with poll_id() as poll:
        return replace(_visited(source, memory, kit, now, jitter, pushed), poll=poll)


def _visited(
    source: Source, memory: Memory, kit: Kit, now: datetime, jitter: float, pushed: Download | None
) -> Polled:
    news, hub = News(), None
    if memory.url != source.url and memory.failures >= TRUST_MOVE:
        memory = replace(
            memory, url=source.url, moved_to="", moved_count=0, etag="", last_modified="", body_hash=""
        )
    after = memory
    try:
        download, after = (pushed, memory) if pushed else _asked(source, memory, kit, now)
        after, outcome, news = _read(source, after, download, kit, now)
        hub = hub_of(download) if kit.is_reachable and not pushed else None
    except AwayError:
        raise
    except GoneError as error:
        outcome = _failure("gone", error, now)
    except DatelineError as error:
        outcome = _failure("failed", error, now)
    except Exception:
        log.exception("%s: an error of Dateline itself; please report it with these lines", source.id)
        message = "Dateline itself failed on this source; the log says where."
        outcome = Outcome(kind="failed", at=now, message=message)
    remembered = cadence.remember(after, source, outcome, kit.settings, budget=kit.budget, jitter=jitter)
    remembered = _spared(remembered, source, outcome, kit)
    found, habits = news.findings, news.habits
    return Polled(source=source, outcome=outcome, memory=remembered, findings=found, habits=habits, hub=hub)


def _asked(source: Source, memory: Memory, kit: Kit, now: datetime) -> tuple[Download, Memory]:
    """What the origin answers, and the memory of having asked."""
    fresh = memory.last_full is not None and timedelta() <= now - memory.last_full < FULL_EVERY
    with kit.pipeline.timed("fetch"):
        download = kit.fetcher.fetch(source, memory, now=now, conditional=fresh)
    asked_for_all = not (fresh and (memory.etag or memory.last_modified))
    return download, replace(memory, last_full=now) if asked_for_all else memory


def _spared(memory: Memory, source: Source, outcome: Outcome, kit: Kit) -> Memory:
    """The memory of a source whose hub pushes what is new: it is asked as seldom as may be, and when that ends."""
    until = kit.store.leased_until(source.id) if kit.is_reachable else None
    if until is None or source.interval or outcome.kind not in ("news", "unchanged", "not_modified"):
        return memory
    seldom = min(outcome.at + kit.settings.max_interval, until)
    if memory.next_poll is None or memory.next_poll >= seldom:
        return memory
    return replace(memory, next_poll=seldom, reason="Its hub pushes what is new, so it is asked seldom.")


def as_pushed(memory: Memory, body: bytes, content_type: str, now: datetime) -> Download:
    """What a hub pushed, as a download that says only what is new (226) and leaves the validators as they are."""
    return Download(
        url=memory.url,
        final_url=memory.url,
        status=226,
        body=body,
        content_type=content_type,
        etag=memory.etag,
        last_modified=memory.last_modified,
        fresh_for=memory.fresh_for,
        fetched_at=now,
    )


def failed_to_store(polled: Polled, error: DatelineError, kit: Kit, *, before: Memory) -> Polled:
    """The same poll after the database refused what it found: a failure, with the validators of before."""
    outcome = _failure("failed", error, polled.outcome.at)
    memory = cadence.remember(before, polled.source, outcome, kit.settings, budget=kit.budget, jitter=0)
    return Polled(source=polled.source, outcome=outcome, memory=memory, poll=polled.poll)


def offline(polled: Polled, kit: Kit, *, before: Memory, jitter: float) -> Polled:
    """The same poll if our own network is down: no failure of the source, which is asked again soon."""
    outcome = replace(polled.outcome, kind="offline", message=f"Offline: {polled.outcome.message}")
    memory = cadence.remember(before, polled.source, outcome, kit.settings, budget=kit.budget, jitter=jitter)
    return Polled(source=polled.source, outcome=outcome, memory=memory, poll=polled.poll)


def _failure(kind: OutcomeKind, error: DatelineError, now: datetime) -> Outcome:
    if isinstance(error, StatusError):
        return Outcome(
            kind=kind,
            at=now,
            message=str(error),
            status=error.status,
            reached=True,
            retry_after=error.retry_after,
            fresh_for=error.fresh_for,
        )
    answered = isinstance(error, (ConnectError, LimitError)) or None
    reached = answered and not isinstance(error, UnreachableError)
    return Outcome(kind=kind, at=now, message=str(error), reached=reached)


def _read(
    source: Source, memory: Memory, download: Download, kit: Kit, now: datetime
) -> tuple[Memory, Outcome, News]:
    """What a download brings: the memory with its validators, the outcome, and what is new."""
    outcome = Outcome(
        kind="not_modified",
        at=now,
        message="Not modified.",
        status=download.status,
        reached=True if host_of(source.url) else None,
        size=len(download.body),
        elapsed=download.elapsed,
        fresh_for=download.fresh_for,
        permanent_url=download.permanent_url,
        ttl=memory.ttl,
        skip_hours=memory.skip_hours,
        skip_days=memory.skip_days,
        update_period=memory.update_period,
    )
    if download.status == 304:
        kept = replace(
            memory,
            etag=download.etag or memory.etag,
            last_modified=download.last_modified or memory.last_modified,
        )
        return kept, outcome, News()
    validated = replace(memory, etag=download.etag, last_modified=download.last_modified)
    body_hash = blake2b(download.body, digest_size=16).hexdigest()
    if body_hash == memory.body_hash:
        return validated, replace(outcome, kind="unchanged", message="The same bytes as last time."), News()
    is_new = memory.last_new is None
    with kit.pipeline.timed("parse"):
        served = _parse(download, source, kit, is_new=is_new)
    news = _understand(served, source, kit, now, is_new=is_new)
    outcome = _news(outcome, served, news.findings, known_source=not is_new)
    if served.feed.truncated:
        # Validators of a cut document would hide what was cut off.
        return memory, outcome, news
    return replace(validated, body_hash="" if download.status == 226 else body_hash), outcome, news


def _understand(served: Served, source: Source, kit: Kit, now: datetime, *, is_new: bool) -> News:
    """What is new or changed, as articles: read on their own pages first, if the source asks for it."""
    with kit.turn:
        found = new_or_changed(source, served, kit, is_new=is_new)
    if source.full_text:
        with kit.pipeline.timed("pages"):
            entries = with_pages([one.entry for one in found], source, kit.fetcher, kit.parsers, now=now)
        found = [dataclasses.replace(one, entry=entry) for one, entry in zip(found, entries, strict=True)]
    return understood(found, source, kit, now, is_new=is_new)


def _parse(download: Download, source: Source, kit: Kit, *, is_new: bool) -> Served:
    """The feed in a download; entries that the source served before, byte for byte, are not read again."""
    if source.kind == "text":
        return Served(feed=parse(download, source))
    document = open_document(download)
    cut = pieces(document)
    if cut is None:
        return Served(feed=_feed(document, kit))
    with kit.turn:
        known = {} if is_new else kit.store.served_before(source.id, cut.hashes)
    feed = _feed(cut.without(known), kit)
    hashes = tuple(name for name in cut.hashes if name not in known)
    if len(hashes) != len(feed.entries):
        hashes = ()
    return Served(feed=feed, hashes=hashes, same=tuple(known.values()))


def _feed(document: Document, kit: Kit) -> Feed:
    small = len(document.data) <= IN_THREAD
    feed = None
    if small:
        with kit.turn:
            feed = fast(document)
    return kit.parsers.read(document, doubted=small) if feed is None else feed


def _news(outcome: Outcome, served: Served, findings: Sequence[Finding], *, known_source: bool) -> Outcome:
    feed, entries = served.feed, len(served.feed.entries) + len(served.same)
    new = sum(finding.known is None for finding in findings)
    changed = len(findings) - new
    words = [f"{number} {name}" for number, name in ((new, "new"), (changed, "changed")) if number]
    count = "1 entry" if entries == 1 else f"{entries} entries"
    message = f"{count}, {' and '.join(words) or 'none of them new'}."
    return replace(
        outcome,
        kind="news" if findings else "unchanged",
        message=f"{message} {feed.repaired}".strip(),
        entries=entries,
        new=new,
        updated=changed,
        window_slid=known_source and outcome.status != 226 and 0 < entries == new,
        ttl=feed.ttl,
        skip_hours=feed.skip_hours,
        skip_days=feed.skip_days,
        update_period=feed.update_period,
    )
