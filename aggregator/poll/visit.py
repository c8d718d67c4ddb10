"""One poll of one source: gather, decide, and hand back what is to be saved.

Four gates, each sparing all that lies behind it: 304, the hash of the body, the hash of each entry's bytes,
and whether what was read of it is new or changed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

import msgspec

from aggregator import cadence
from aggregator.errors import (
    ConnectError,
    DatelineError,
    GoneError,
    LimitError,
    StatusError,
    UnreachableError,
)
from aggregator.fetch import Fetcher
from aggregator.identity import identities, match, only_link_moved
from aggregator.parse import Document, fast, open_document, parse, pieces
from aggregator.pipeline import Pipeline, other_uid
from aggregator.poll.apart import Parsers
from aggregator.schema import (
    Download,
    Entry,
    Feed,
    FetchSettings,
    Finding,
    Habits,
    Identity,
    Known,
    Memory,
    Outcome,
    OutcomeKind,
    Polled,
    Source,
    replace,
)
from aggregator.store import Store
from aggregator.urls import host_of

FULL_EVERY = timedelta(days=7)
"""How often the validators are left out, to catch an origin that lies about them (rule 4)."""
IN_THREAD = 100_000
"""Bytes up to which a well-formed body is parsed in the polling thread."""
TRUST_MOVE = 3
"""Failures in a row after which a permanent redirect is no longer believed."""

log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What a visit works with."""

    store: Store
    fetcher: Fetcher
    parsers: Parsers
    pipeline: Pipeline
    settings: FetchSettings
    turn: AbstractContextManager[object]
    """Held while entries are read and understood: two at once would only fight for interpreter and memory."""
    budget: float
    """Factor by which intervals are stretched, 1 or more."""


def visit(source: Source, memory: Memory, kit: Kit, *, now: datetime, jitter: float) -> Polled:
    """Polls a source. Never raises for what the origin does: that becomes the outcome."""
    news = _News()
    if memory.url != source.url and memory.failures >= TRUST_MOVE:
        memory = replace(
            memory, url=source.url, moved_to="", moved_count=0, etag="", last_modified="", body_hash=""
        )
    after = memory
    try:
        fresh = memory.last_full is not None and timedelta() <= now - memory.last_full < FULL_EVERY
        download = kit.fetcher.fetch(source, memory, now=now, conditional=fresh)
        if not (fresh and (memory.etag or memory.last_modified)):
            after = replace(memory, last_full=now)
        after, outcome, news = _read(source, after, download, kit, now)
    except GoneError as error:
        outcome = _failure("gone", error, now)
    except DatelineError as error:
        outcome = _failure("failed", error, now)
    except Exception:
        log.exception("%s: an error of Dateline itself; please report it with these lines", source.id)
        message = "Dateline itself failed on this source; the log says where."
        outcome = Outcome(kind="failed", at=now, message=message)
    remembered = cadence.remember(after, source, outcome, kit.settings, budget=kit.budget, jitter=jitter)
    return Polled(
        source=source, outcome=outcome, memory=remembered, findings=news.findings, habits=news.habits
    )


def failed_to_store(polled: Polled, error: DatelineError, kit: Kit, *, before: Memory) -> Polled:
    """The same poll after the database refused what it found: a failure, with the validators of before."""
    outcome = _failure("failed", error, polled.outcome.at)
    memory = cadence.remember(before, polled.source, outcome, kit.settings, budget=kit.budget, jitter=0)
    return Polled(source=polled.source, outcome=outcome, memory=memory)


def offline(polled: Polled, kit: Kit, *, before: Memory, jitter: float) -> Polled:
    """The same poll if our own network is down: no failure of the source, which is asked again soon."""
    outcome = replace(polled.outcome, kind="offline", message=f"Offline: {polled.outcome.message}")
    memory = cadence.remember(before, polled.source, outcome, kit.settings, budget=kit.budget, jitter=jitter)
    return Polled(source=polled.source, outcome=outcome, memory=memory)


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
) -> tuple[Memory, Outcome, _News]:
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
        return kept, outcome, _News()
    validated = replace(memory, etag=download.etag, last_modified=download.last_modified)
    body_hash = blake2b(download.body, digest_size=16).hexdigest()
    if body_hash == memory.body_hash:
        return validated, replace(outcome, kind="unchanged", message="The same bytes as last time."), _News()
    served = _parse(download, source, kit, is_new=memory.last_new is None)
    with kit.turn:
        news = _findings(source, served, kit, now, is_new=memory.last_new is None)
    feed = served.feed
    outcome = _news(outcome, served, news.findings, known_source=memory.last_new is not None)
    if feed.truncated:
        # Validators of a cut document would hide what was cut off.
        return memory, outcome, news
    return replace(validated, body_hash="" if download.status == 226 else body_hash), outcome, news


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    """What a document holds: entries that were read, and stored ones whose bytes it repeats."""

    feed: Feed
    hashes: tuple[str, ...] = ()
    """Of the bytes of each entry that was read; none where they could not be told apart."""
    same: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    """What is new or changed, understood; and what it taught of the source."""

    findings: tuple[Finding, ...] = ()
    habits: Habits | None = None


def _parse(download: Download, source: Source, kit: Kit, *, is_new: bool) -> _Served:
    """The feed in a download; entries that the source served before, byte for byte, are not read again."""
    if source.kind == "text":
        return _Served(feed=parse(download, source))
    document = open_document(download)
    cut = pieces(document)
    if cut is None:
        return _Served(feed=_feed(document, kit))
    known = {} if is_new else kit.store.served_before(source.id, cut.hashes)
    feed = _feed(cut.without(known), kit)
    hashes = tuple(name for name in cut.hashes if name not in known)
    if len(hashes) != len(feed.entries):
        hashes = ()
    return _Served(feed=feed, hashes=hashes, same=tuple(known.values()))


def _feed(document: Document, kit: Kit) -> Feed:
    small = len(document.data) <= IN_THREAD
    feed = None
    if small:
        with kit.turn:
            feed = fast(document)
    return kit.parsers.read(document, doubted=small) if feed is None else feed


def _news(outcome: Outcome, served: _Served, findings: Sequence[Finding], *, known_source: bool) -> Outcome:
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


def _findings(source: Source, served: _Served, kit: Kit, now: datetime, *, is_new: bool) -> _News:
    """The entries that are new or changed, understood."""
    entries = served.feed.entries
    if not entries:
        return _News()
    hashes = served.hashes or ("",) * len(entries)
    once: dict[str, tuple[Identity, Entry, str]] = {}
    for identity, entry, item_hash in zip(identities(entries, served.same), entries, hashes, strict=True):
        once.setdefault(identity.key, (identity, entry, item_hash))
    given = [identity for identity, _, _ in once.values()]
    names = {name for one in given for name in (one.key, one.reuse_key, *one.aliases)}
    matched = match(
        given,
        {} if is_new else kit.store.known(source.id, names),
        keys=once.keys() | {known.key for known in served.same},
        taken={known.entry_n for known in served.same},
    )
    habits = Habits() if is_new else kit.store.habits(source.id)
    findings = []
    for (_, entry, item_hash), (identity, known) in zip(once.values(), matched, strict=True):
        raw_hash = blake2b(_encode(entry), digest_size=10).hexdigest()
        if known and (known.raw_hash == raw_hash or only_link_moved(identity, known)):
            continue
        first_seen = known.first_seen if known else now
        article = kit.pipeline.understand(entry, identity, source, first_seen=first_seen, habits=habits)
        findings.append(
            Finding(
                entry=entry,
                raw_hash=raw_hash,
                item_hash=item_hash,
                identity=identity,
                known=known,
                article=article,
                other_uid=other_uid(article, identity),
            )
        )
    return _News(findings=tuple(findings), habits=_learned(habits, findings, kit.pipeline, now))


def _learned(habits: Habits, findings: Sequence[Finding], pipeline: Pipeline, now: datetime) -> Habits | None:
    """The habits with what new articles teach; None if that is nothing."""
    learned = habits
    for finding in findings:
        if finding.known is None:
            learned = pipeline.learn(learned, finding.article, now)
    return None if learned is habits else learned
