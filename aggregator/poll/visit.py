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
from aggregator.poll.pages import with_pages
from aggregator.schema import (
    Download,
    Entry,
    Feed,
    FetchSettings,
    Finding,
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
    findings: tuple[Finding, ...] = ()
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
        after, outcome, findings = _read(source, after, download, kit, now)
    except GoneError as error:
        outcome = _failure("gone", error, now)
    except DatelineError as error:
        outcome = _failure("failed", error, now)
    except Exception:
        log.exception("%s: an error of Dateline itself; please report it with these lines", source.id)
        message = "Dateline itself failed on this source; the log says where."
        outcome = Outcome(kind="failed", at=now, message=message)
    remembered = cadence.remember(after, source, outcome, kit.settings, budget=kit.budget, jitter=jitter)
    return Polled(source=source, outcome=outcome, memory=remembered, findings=findings)


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
) -> tuple[Memory, Outcome, tuple[Finding, ...]]:
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
        return kept, outcome, ()
    validated = replace(memory, etag=download.etag, last_modified=download.last_modified)
    body_hash = blake2b(download.body, digest_size=16).hexdigest()
    if body_hash == memory.body_hash:
        return validated, replace(outcome, kind="unchanged", message="The same bytes as last time."), ()
    served = _parse(download, source, kit, is_new=memory.last_new is None)
    with kit.turn:
        found = _new_or_changed(source, served, kit, is_new=memory.last_new is None)
    if source.full_text:
        entries = with_pages([one.entry for one in found], source, kit.fetcher, kit.parsers, now=now)
        found = [replace(one, entry=entry) for one, entry in zip(found, entries, strict=True)]
    with kit.turn:
        findings = tuple(_understood(one, source, kit, now) for one in found)
    feed = served.feed
    outcome = _news(outcome, served, findings, known_source=memory.last_new is not None)
    if feed.truncated:
        # Validators of a cut document would hide what was cut off.
        return memory, outcome, findings
    return replace(validated, body_hash="" if download.status == 226 else body_hash), outcome, findings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    """What a document holds: entries that were read, and stored ones whose bytes it repeats."""

    feed: Feed
    hashes: tuple[str, ...] = ()
    """Of the bytes of each entry that was read; none where they could not be told apart."""
    same: tuple[Known, ...] = ()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """An entry that is new or changed."""

    entry: Entry
    item_hash: str
    raw_hash: str
    """Of the entry as the feed has it, without its page."""
    identity: Identity
    known: Known | None


def _new_or_changed(source: Source, served: _Served, kit: Kit, *, is_new: bool) -> list[_Found]:
    entries = served.feed.entries
    if not entries:
        return []
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
    found = []
    for (_, entry, item_hash), (identity, known) in zip(once.values(), matched, strict=True):
        raw_hash = blake2b(_encode(entry), digest_size=10).hexdigest()
        if not (known and (known.raw_hash == raw_hash or only_link_moved(identity, known))):
            found.append(
                _Found(entry=entry, item_hash=item_hash, raw_hash=raw_hash, identity=identity, known=known)
            )
    return found


def _understood(found: _Found, source: Source, kit: Kit, now: datetime) -> Finding:
    first_seen = found.known.first_seen if found.known else now
    article = kit.pipeline.understand(found.entry, found.identity, source, first_seen=first_seen)
    return Finding(
        entry=found.entry,
        raw_hash=found.raw_hash,
        item_hash=found.item_hash,
        identity=found.identity,
        known=found.known,
        article=article,
        other_uid=other_uid(article, found.identity),
    )
