"""Entries as rows: what each source serves, raw, which article it belongs to, and what it goes by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from aggregator.schema import Draft, Entry, Finding, Habits, Kept, Source
from aggregator.store import dialect
from aggregator.store.columns import to_ms
from aggregator.store.keys import chunks
from aggregator.store.rows import deflated, inflated
from aggregator.store.tables import alias, article_source, entry, habit, source
from aggregator.store.writing import count_up

_encode = msgspec.json.Encoder().encode
_decode_entry = msgspec.json.Decoder(Entry).decode
_decode_source = msgspec.json.Decoder(Source).decode
_decode_habits = msgspec.json.Decoder(Habits).decode
_NONE = Habits()
_KEPT = (entry.c.article_id, entry.c.source_n, entry.c.n, entry.c.raw_hash, entry.c.first_seen)


def kept_of(connection: sa.Connection, ids: Sequence[Any]) -> Mapping[int, tuple[Kept, ...]]:
    """The raw entries of these articles, by the number of the article, the oldest entry first."""
    found: defaultdict[int, tuple[Kept, ...]] = defaultdict(tuple)
    for some in chunks(ids):
        for one in kept_where(connection, entry.c.article_id.in_(some)):
            found[one.article_id] += (one,)
    return found


def kept_where(connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[Kept, ...]:
    """Raw entries in the order of article numbers, the oldest entry first."""
    query = (
        sa.select(*_KEPT, source.c.config, entry.c.raw)
        .join(source, source.c.n == entry.c.source_n)
        .where(which)
        .order_by(entry.c.article_id, entry.c.n)
    )
    rows = connection.execute(query).all()
    habits = _habits_of(connection, sorted({row.source_n for row in rows}))
    return tuple(
        Kept(
            article_id=row.article_id,
            entry_n=row.n,
            raw_hash=row.raw_hash,
            source=_decode_source(row.config),
            entry=_decode_entry(inflated(row.raw)),
            first_seen=row.first_seen,
            habits=habits.get(row.source_n, _NONE),
        )
        for row in rows
    )


def _habits_of(connection: sa.Connection, numbers: Sequence[int]) -> Mapping[int, Habits]:
    """What these sources usually do, as far as it has been learned."""
    found: dict[int, Habits] = {}
    for some in chunks(numbers):
        query = sa.select(habit.c.source_n, habit.c.habits).where(habit.c.source_n.in_(some))
        found |= {row.source_n: _decode_habits(row.habits) for row in connection.execute(query)}
    return found


def drop_left(connection: sa.Connection, drafts: Sequence[Draft], numbers: Mapping[str, int]) -> None:
    """Takes articles out of the lists of the sources whose entry went to another article."""
    for draft in drafts:
        for source_id in draft.left:
            theirs = article_source.c.source_n == numbers[source_id]
            connection.execute(
                sa.delete(article_source).where(theirs, article_source.c.article_id == draft.article.id)
            )


def save_entries(connection: sa.Connection, drafts: Sequence[Draft], numbers: Mapping[str, int]) -> None:
    served = [
        (numbers[source_id], draft.article, finding)
        for draft in drafts
        for source_id, finding in draft.findings
    ]
    n = count_up(connection, "entry", sum(finding.known is None for _, _, finding in served))
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    carried: list[dict[str, Any]] = []
    names: list[tuple[int, Finding, int]] = []
    for source_n, made, finding in served:
        row = _entry_row(finding) | {"article_id": made.id}
        if finding.known is None:
            n += 1
            which = n
            new.append(
                row | {"n": n, "source_n": source_n, "first_seen": to_ms(finding.article.first_seen)},
            )
        else:
            which = finding.known.entry_n
            changed.append({"which": which} | {f"new_{key}": row[key] for key in row})
        carried.append(
            {"source_n": source_n, "position": made.position, "article_id": made.id, "entry_n": which}
        )
        names.append((source_n, finding, which))
    dialect.insert_rows(connection, entry, new)
    dialect.insert_rows(connection, article_source, carried, "ON CONFLICT DO NOTHING")
    if changed:
        values: dict[str, Any] = {
            key.removeprefix("new_"): sa.bindparam(key) for key in changed[0] if key != "which"
        }
        connection.execute(sa.update(entry).where(entry.c.n == sa.bindparam("which")).values(values), changed)
    _save_names(connection, names)


def _save_names(connection: sa.Connection, names: Sequence[tuple[int, Finding, int]]) -> None:
    """Stores what each entry goes by: its key for sure, an alias where no other entry has it."""
    last = {(s, finding.identity.key): n for s, finding, n in names}
    keys = [{"source_n": s, "alias": key, "entry_n": n} for (s, key), n in last.items()]
    others = [
        {"source_n": s, "alias": other, "entry_n": n}
        for s, finding, n in names
        for other in finding.identity.aliases
    ]
    taken = "ON CONFLICT (source_n, alias) DO"
    dialect.insert_rows(connection, alias, keys, f"{taken} UPDATE SET entry_n = excluded.entry_n")
    dialect.insert_rows(connection, alias, others, f"{taken} NOTHING")


def _entry_row(finding: Finding) -> dict[str, Any]:
    traits = ("key", "guid", "link", "path", "title", "content", "published")
    return {name: getattr(finding.identity, name) for name in traits} | {
        "raw_hash": finding.raw_hash,
        "item_hash": finding.item_hash,
        "raw": deflated(_encode(finding.entry)),
    }
