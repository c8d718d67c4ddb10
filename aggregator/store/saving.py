"""Saving polls: many sources in one transaction, so that a crash loses or doubles nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import msgspec
import sqlalchemy as sa

from aggregator.filters import Filter, Ruling, marked, matches
from aggregator.schema import Article, Draft, Memory, Polled, replace
from aggregator.store import dialect
from aggregator.store.alone import one_writer
from aggregator.store.bequest import leave_notes
from aggregator.store.columns import to_ms
from aggregator.store.entries import drop_left, kept_of, save_entries
from aggregator.store.fingerprints import (
    Having,
    having_keys,
    keep_fingerprints,
    likely_copies,
    renew_fingerprints,
)
from aggregator.store.keys import chunks
from aggregator.store.leases import keep_hubs
from aggregator.store.marking import mark_articles
from aggregator.store.notices import Wish, keep_notices_of
from aggregator.store.rows import load
from aggregator.store.tables import article, entry, habit, poll, source
from aggregator.store.writing import (
    change_articles,
    count_up,
    drop_articles,
    insert_articles,
    keep_revisions,
)
from aggregator.urls import host_of

_encode = msgspec.json.Encoder().encode
_LOGGED = ("kind", "status", "entries", "new", "updated", "size", "elapsed")
_REMEMBERED = [name for name in Memory.__struct_fields__ if name not in ("source_id", "title", "crashes")]
_POSITION_BITS = 20
_ASKED = {"id": source.c.source_id, "asked": source.c.config_url}
_KEPT = {f"new_{name}": source.c[name] for name in (*_REMEMBERED, "host")}
_ROWS = dialect.recordset("rows", _ASKED | _KEPT)
# Held in the order of their numbers, so that two that write at once never wait for each other.
_NUMBERS = (
    sa.select(source.c.source_id, source.c.n, source.c.config_url)
    .where(source.c.source_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(source.c.n)
    .with_for_update(key_share=True)
)

Settle = Callable[[Sequence[Polled], Iterable[Draft]], Sequence[Draft]]


# Made once: a statement costs more to put together than to run.
@cache
def _remember_all() -> sa.Update:
    """The statement that keeps the memory of all sources of `_ROWS` at once: PostgreSQL alone."""
    return _remember(dict(_ROWS.c))


@lru_cache(maxsize=8)
def _remember_one(kind: sa.Dialect) -> str:
    """The statement that keeps the memory of one source, in the words of its driver."""
    return dialect.spelled(_remember({name: sa.bindparam(name) for name in _ASKED | _KEPT}), kind)


def _remember(new: Mapping[str, Any]) -> sa.Update:
    return (
        sa.update(source)
        .where(source.c.source_id == new["id"], source.c.config_url == new["asked"])
        .values(
            {column.name: new[name] for name, column in _KEPT.items()} | {"crashes": sa.literal_column("0")}
        )
    )


class Saving:
    """The writing side of the store."""

    engine: sa.Engine
    expired: tuple[Filter, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    tellings: tuple[Wish, ...] = ()

    def save(self, batch: Sequence[Polled], settle: Settle, *, now: datetime) -> None:
        """Stores articles, raw entries, source memories (with validators) and the poll log, all or nothing.

        `settle` decides, with the stored neighbours at hand, which article each finding belongs to (see
        `cluster.settle`). Raises StoreError; then nothing of the batch is stored.
        """
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            if any(polled.findings for polled in batch):
                one_writer(connection)
            asked = {"ids": [polled.source.id for polled in batch]}
            rows = {row.source_id: row for row in connection.execute(_NUMBERS, asked)}
            numbers = {id: row.n for id, row in rows.items()}
            batch = [_of_now(polled, rows[polled.source.id].config_url) for polled in batch]
            if any(polled.findings for polled in batch):
                having = having_keys(connection, [one for polled in batch for one in polled.findings])
                neighbours = _neighbours(connection, batch, having)
                settled = settle(batch, neighbours)
                drafts = [draft for draft in settled if draft.stored or self._wants(draft, now)]
                saved = _save_articles(connection, drafts, numbers, having, now)
                mark_articles(connection, [new for _, new in saved], self.rulings)
                keep_notices_of(connection, saved, self.tellings, now)
                emptied = _emptied(neighbours, drafts, [new for _, new in saved])
                for old, heir in emptied:
                    leave_notes(connection, old, heir)
                drop_articles(connection, [old.position or 0 for old, _ in emptied], now)
            keep_hubs(connection, batch, numbers, now)
            _save_polls(connection, batch, numbers)

    def _wants(self, draft: Draft, now: datetime) -> bool:
        """False for what would be taken out again at once: feeds go on serving what is long gone here."""
        if not self.expired:
            return True
        made = marked(_carried(draft), self.rulings)
        return not any(matches(tree, made, now=now) for tree in self.expired)


def _of_now(polled: Polled, address: str) -> Polled:
    """The poll, without what it found if the source was given another address meanwhile: that one says anew."""
    return polled if polled.source.url == address else replace(polled, findings=(), habits=None)


def _neighbours(connection: sa.Connection, batch: Sequence[Polled], having: Having) -> list[Draft]:
    """The stored articles that the findings of a batch may belong to."""
    findings = [finding for polled in batch for finding in polled.findings]
    copies = likely_copies(having, findings)
    edited = {finding.known.article_id for finding in findings if finding.known}
    uids = {uid for finding in findings for uid in (finding.article.uid, finding.other_uid)}
    stored = {found.id: found for found in load(connection, article.c.id, edited | set(copies))}
    stored |= {found.id: found for found in load(connection, article.c.uid, uids)}
    owners: dict[int, int] = {}
    for some in chunks(sorted(stored)):
        query = _owners_query().where(entry.c.article_id.in_(some))
        owners |= {row.article_id: row.n for row in connection.execute(query)}
    shared = [id for id, found in stored.items() if id in edited and len(found.sources) > 1]
    kept = kept_of(connection, shared)
    return [
        Draft(
            article=found,
            stored=found,
            owner=owners.get(id or 0),
            keys=copies.get(id or 0, ()),
            kept=kept.get(id or 0, ()),
        )
        for id, found in stored.items()
    ]


def _emptied(
    neighbours: Sequence[Draft], drafts: Sequence[Draft], saved: Sequence[Article]
) -> list[tuple[Article, Article]]:
    """The stored articles whose last entry has gone to another one, each with that one."""
    heirs = {
        finding.known.article_id: draft.article.uid
        for draft in drafts
        for _, finding in draft.findings
        if finding.known and finding.known.article_id != draft.article.id
    }
    there = {one.uid: one for one in saved}
    stay = {one.id for one in saved}
    gone = [one.stored for one in neighbours if one.stored and one.stored.id not in stay]
    return [(old, there[heirs[old.id]]) for old in gone if old.id in heirs]


def _owners_query() -> sa.Select[Any]:
    """For each article the number of the entry that gives it its words: its first."""
    return sa.select(entry.c.article_id, sa.func.min(entry.c.n).label("n")).group_by(entry.c.article_id)


def _save_articles(
    connection: sa.Connection,
    drafts: Sequence[Draft],
    numbers: Mapping[str, int],
    having: Having,
    now: datetime,
) -> list[tuple[Article | None, Article]]:
    """The articles as they were stored before and are now, with the sources that carry them."""
    fresh = [draft for draft in drafts if draft.stored is None]
    first = count_up(connection, "article", len(fresh)) + 1
    numbered = [_come_late(draft, now) for draft in _numbered(connection, fresh, first)]
    insert_articles(connection, [draft.article for draft in numbered], now)
    keep_fingerprints(connection, numbered, having)
    changed = [_marked(draft, now) for draft in drafts if draft.stored is not None]
    edits = [(draft.stored, draft.article) for draft in changed if draft.stored is not None]
    keep_revisions(connection, edits, now)
    change_articles(connection, edits, now)
    renew_fingerprints(connection, changed)
    drop_left(connection, changed, numbers)
    save_entries(connection, numbered + changed, numbers)
    return [(draft.stored, _carried(draft)) for draft in numbered + changed]


def _carried(draft: Draft) -> Article:
    before = draft.stored.sources if draft.stored else ()
    sources = dict.fromkeys([*before, *(source_id for source_id, _ in draft.findings)])
    return replace(draft.article, sources=tuple(id for id in sources if id not in draft.left))


def _come_late(draft: Draft, now: datetime) -> Draft:
    """A new article, marked as edited if it is one because its entry was edited and left another one."""
    if any(finding.known for _, finding in draft.findings):
        return replace(draft, article=replace(draft.article, edited=now))
    return draft


def _numbered(connection: sa.Connection, drafts: Sequence[Draft], first: int) -> list[Draft]:
    """The drafts with their numbers, and positions that no other article has."""
    positions = [
        to_ms(draft.article.published) << _POSITION_BITS | id & (1 << _POSITION_BITS) - 1
        for id, draft in enumerate(drafts, start=first)
    ]
    taken: set[int] = set()
    for some in chunks(positions):
        taken |= set(
            connection.execute(sa.select(article.c.position).where(article.c.position.in_(some))).scalars()
        )
    numbered = []
    for id, (draft, position) in enumerate(zip(drafts, positions, strict=True), start=first):
        while position in taken:
            position += 1
            if connection.execute(sa.select(article.c.id).where(article.c.position == position)).first():
                taken.add(position)
        taken.add(position)
        numbered.append(replace(draft, article=replace(draft.article, id=id, position=position)))
    return numbered


def _marked(draft: Draft, now: datetime) -> Draft:
    """The draft, marked as edited if its words changed."""
    old, new = draft.stored, draft.article
    if old is None or (old.title, old.html) == (new.title, new.html):
        return draft
    return replace(draft, article=replace(new, edited=now))


def _save_polls(connection: sa.Connection, batch: Sequence[Polled], numbers: Mapping[str, int]) -> None:
    """Stores what is remembered of each source (unless its address was just changed) and the poll log."""
    remembered = [
        {"id": polled.source.id, "asked": polled.source.url, "new_host": host_of(polled.memory.url)}
        | {f"new_{name}": getattr(polled.memory, name) for name in _REMEMBERED}
        for polled in batch
    ]
    held = dialect.as_held(connection, _ROWS, remembered)
    if dialect.is_sqlite(connection):
        connection.exec_driver_sql(_remember_one(connection.dialect), held)
    else:
        connection.execute(_remember_all(), {"rows": json.dumps(held)})
    learned = [
        {"source_n": numbers[polled.source.id], "habits": _encode(polled.habits)}
        for polled in batch
        if polled.habits is not None
    ]
    if learned:
        row = dialect.upsert(connection, habit)
        connection.execute(
            row.on_conflict_do_update(index_elements=["source_n"], set_={"habits": row.excluded.habits}),
            learned,
        )
    dialect.insert_rows(
        connection,
        poll,
        [
            {"source_n": numbers[polled.source.id], "at": to_ms(polled.outcome.at)}
            | {name: getattr(polled.outcome, name) for name in _LOGGED}
            for polled in batch
        ],
    )
