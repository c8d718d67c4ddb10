"""What of a document is new or changed, and the articles made of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

import msgspec

from aggregator.cluster import keys, settle
from aggregator.identity import identities, match, only_link_moved
from aggregator.pipeline import Pipeline, other_uid
from aggregator.poll.kit import Kit
from aggregator.schema import (
    Article,
    Draft,
    Entry,
    Feed,
    Finding,
    Habits,
    Identity,
    Kept,
    Known,
    Polled,
    Source,
)

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What a document holds: entries that were read, and stored ones whose bytes it repeats."""

    feed: Feed
    hashes: tuple[str, ...] = ()
    """Of the bytes of each entry that was read; none where they could not be told apart."""
    same: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is new or changed, understood; and what it taught of the source."""

    findings: tuple[Finding, ...] = ()
    habits: Habits | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entry that is new or changed."""

    entry: Entry
    item_hash: str
    raw_hash: str
    """Of the entry as the feed has it, without its page."""
    identity: Identity
    known: Known | None


def new_or_changed(source: Source, served: Served, kit: Kit, *, is_new: bool) -> list[Found]:
    """The entries of a document that are new or changed."""
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
                Found(entry=entry, item_hash=item_hash, raw_hash=raw_hash, identity=identity, known=known)
            )
    return found


def understood(found: Sequence[Found], source: Source, kit: Kit, now: datetime, *, is_new: bool) -> News:
    """What is new or changed as articles, and what it teaches of the source."""
    if not found:
        return News()
    with kit.turn:
        habits = Habits() if is_new else kit.store.habits(source.id)
    findings = [_finding(one, source, kit, now, habits) for one in found]
    return News(findings=tuple(findings), habits=_learned(habits, findings, kit.pipeline, now))


def _finding(found: Found, source: Source, kit: Kit, now: datetime, habits: Habits) -> Finding:
    first_seen = found.known.first_seen if found.known else now
    with kit.turn:  # entry by entry, so that a large document does not keep the others waiting
        article = kit.pipeline.understand(
            found.entry, found.identity, source, first_seen=first_seen, habits=habits
        )
    return Finding(
        entry=found.entry,
        raw_hash=found.raw_hash,
        item_hash=found.item_hash,
        identity=found.identity,
        known=found.known,
        article=article,
        other_uid=other_uid(article, found.identity),
        keys=() if found.known else keys(article),
    )


def settled(batch: Sequence[Polled], stored: Iterable[Draft], *, kit: Kit) -> Sequence[Draft]:
    """The articles that the findings of a batch belong to, their other entries understood anew where one was edited."""

    def anew(kept: Kept) -> Article:
        with kit.turn.lock:  # what has come in is stored, also when it is over
            return made_anew(kept, kept.source, kit.pipeline)

    return settle(batch, stored, anew=anew)


def made_anew(kept: Kept, source: Source, pipeline: Pipeline) -> Article:
    """The article of a stored entry."""
    (identity,) = identities((kept.entry,))
    return pipeline.understand(kept.entry, identity, source, first_seen=kept.first_seen, habits=kept.habits)


def _learned(habits: Habits, findings: Sequence[Finding], pipeline: Pipeline, now: datetime) -> Habits | None:
    """The habits with what new articles teach; None if that is nothing."""
    learned = habits
    for finding in findings:
        if finding.known is None:
            learned = pipeline.learn(learned, finding.article, now)
    return None if learned is habits else learned
