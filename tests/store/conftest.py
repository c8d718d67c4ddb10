"""A store on each database, and polls to save in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import NAMESPACE_URL, uuid5

import pytest
import sqlalchemy as sa

from aggregator.cluster import keys, settle
from aggregator.filters import Ruling, parse
from aggregator.identity import identities, match
from aggregator.schema import (
    Article,
    Category,
    Entry,
    Evidence,
    Finding,
    Kept,
    Memory,
    Mention,
    Outcome,
    Place,
    Polled,
    Source,
    Term,
    Told,
    replace,
)
from aggregator.store import Store
from aggregator.store.backups import closing_engine
from aggregator.store.copying import fill
from aggregator.store.dialect import writing
from aggregator.store.engines import connect
from aggregator.store.layout import layouts, snapshot
from aggregator.store.migrate import bring_up
from aggregator.store.rule_tables import applied
from aggregator.store.tables import habit, lease, turn

RABAT = Place(name="Rabat", kind="city", geonameid=2538475, country="MA", lat=34.01, lon=-6.83)


class Newsroom:
    """A store with sources, polled by hand: entries in, articles out."""

    def __init__(self, store: Store, now: datetime, sources: tuple[str, ...]) -> None:
        self.store = store
        self.now = now
        self.sources = {
            id: Source(id=id, url=f"https://{id}.example/feed", title=id.title()) for id in sources
        }
        store.configure(list(self.sources.values()), lambda n: [now] * n)

    def serve(self, source_id: str, *entries: Entry, etag: str = "") -> None:
        """Saves a poll in which the source served these entries."""
        self.save(self.polled(source_id, *entries, etag=etag))

    def save(self, *batch: Polled) -> None:
        self.store.save(batch, lambda polled, stored: settle(polled, stored, anew=self.anew), now=self.now)

    def anew(self, kept: Kept) -> Article:
        (identity,) = identities((kept.entry,))
        made = self.article(kept.source, kept.entry, identity.key, own=identity.link_is_own)
        return replace(made, first_seen=kept.first_seen)

    def polled(self, source_id: str, *entries: Entry, etag: str = "") -> Polled:
        source = self.sources[source_id]
        served = identities(entries)
        names = {name for one in served for name in (one.key, one.reuse_key, *one.aliases)}
        known = self.store.known(source_id, names)
        matched = match(served, known, keys={one.key for one in served}, taken=())
        memory = replace(
            self.store.memory(source_id) or Memory(source_id=source_id, url=source.url),
            etag=etag,
            next_poll=self.now + timedelta(hours=1),
            last_poll=self.now,
        )
        findings = tuple(
            Finding(
                entry=entry,
                raw_hash=blake2b(repr(entry).encode(), digest_size=10).hexdigest(),
                identity=identity,
                known=found,
                article=self.article(source, entry, identity.key, own=identity.link_is_own),
                other_uid=uuid5(NAMESPACE_URL, source.url + identity.key).urn,
                keys=keys(self.article(source, entry, identity.key, own=identity.link_is_own)),
            )
            for entry, (identity, found) in zip(entries, matched, strict=True)
        )
        outcome = Outcome(
            kind="news", at=self.now, message="Fine.", status=200, entries=len(entries), new=len(entries)
        )
        return Polled(source=source, outcome=outcome, memory=memory, findings=findings)

    def article(self, source: Source, entry: Entry, key: str, *, own: bool) -> Article:
        name = entry.link if own else source.url + key
        return Article(
            uid=uuid5(NAMESPACE_URL, name).urn,
            identity=identities((entry,))[0],
            url=entry.link,
            guid=entry.guid,
            authors=entry.authors,
            title=entry.title,
            published=entry.published or self.now,
            first_seen=self.now,
            language=entry.language,
            html=f"<p>{entry.content}</p>",
            text=entry.content,
            categories=tuple(
                Category(
                    id=term.label.lower(),
                    name=term.label,
                    score=0.8,
                    evidence=(Evidence(kind="feed term", text=term.label),),
                    broader=(term.scheme,) if term.scheme else (),
                )
                for term in entry.terms
            ),
            mentions=(Mention(place=RABAT, role="dateline", text="Rabat", score=0.9, evidence=()),)
            if entry.content.startswith("Rabat")
            else (),
        )


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = Store.open(store_url)
    yield opened
    opened.close()


@pytest.fixture
def newsroom(store: Store, now: datetime) -> Newsroom:
    return Newsroom(store, now, ("alpha", "beta"))


@pytest.fixture
def stocked(newsroom: Newsroom, now: datetime) -> Store:
    """A store with rows in every table: articles, and all that polling, rules, hubs and readers leave."""
    store = newsroom.store
    store.obey((Ruling("tag", "water", parse("dam")), Ruling("is", "hidden", parse("sport"))))
    store.tellings = (("bell", parse("dam")),)
    while store.remark(now):
        pass
    serve(newsroom, now)
    for one in store.untold(9):
        why = Told(article_id=one.id or 0, story=one.uid, seen=b"seen")
        store.keep_told(((one, why),), now=now)
    read_by(store, now)
    store.configure(list(newsroom.sources.values()), lambda n: [now] * n)
    with store.engine.begin() as connection:
        connection.execute(
            sa.insert(lease).values(
                source_n=1, hub="https://hub.example/", topic="https://alpha.example/feed", key="k", secret="s",
                next_ask=now,
            )
        )  # fmt: skip
        connection.execute(sa.insert(turn).values(host="alpha.example", free=7))
        connection.execute(sa.insert(habit).values(source_n=1, habits=b"{}"))
        connection.execute(sa.insert(applied).values(n=1, config=b"{}"))
    return store


def serve(newsroom: Newsroom, now: datetime) -> None:
    """Thirty articles of two sources, one of them with an earlier version."""
    newsroom.serve("alpha", *(told(n, now) for n in range(20)), etag='"1"')
    newsroom.serve("beta", *(told(n, now) for n in range(20, 30)), etag='"2"')
    newsroom.serve("alpha", replace(told(0, now), content="Rabat – The dam of 0 holds again. " * 20))


def told(n: int, now: datetime) -> Entry:
    """An entry with words beyond ASCII, a place and a category."""
    return Entry(
        guid=f"g{n}",
        link=f"https://alpha.example/{n}",
        title=f"The dam of Ouarzazate, día {n} – سدّ",
        content=f"Rabat – The dam {n} has stood for {n} years. " * 20,
        language="fr",
        authors=("Ana Silva",),
        terms=(Term(label="Water" if n % 2 else "Sport"),),
        published=now - timedelta(hours=n),
    )


def read_by(store: Store, now: datetime) -> None:
    """Two readers, one who is gone, and what they noted."""
    for name in ("ann", "ben", "gone"):
        store.add_reader(name, role="reader", password=f"hash of {name}", now=now)
    ann, ben, gone = (store.reader(name) for name in ("ann", "ben", "gone"))
    assert ann is not None
    assert ben is not None
    assert gone is not None
    store.remove_reader(gone)
    store.note(ann.n, [1, 2], "read", on=True, now=now)
    store.note(ann.n, [3], "tag:later", on=True, now=now)
    store.note(ben.n, [1, 4], "starred", on=True, now=now)
    store.read_all(ben.n, upto=9, now=now)
    store.prefer(ben.n, {"size": "large"}, now=now)
    store.save_view(ben.n, "dams", title="Dams", filter="dam", now=now)
    store.add_token(ann, view="", label="phone", now=now)
    store.begin_session(ben, "secret", agent="A browser", now=now)


@pytest.fixture
def earlier() -> Callable[[Store, str, str], set[str]]:
    return in_an_earlier_release


def in_an_earlier_release(store: Store, url: str, to: str) -> set[str]:
    """A database of an earlier release, made by its own migrations, that holds what the store does as far as it can.

    Returns the tables that have the columns they still have.
    """
    with (
        closing_engine(connect(url)) as engine,
        snapshot(store.engine) as read,
        writing(engine) as connection,
    ):
        bring_up(connection, to)
        now = {layout.name: layout for layout in layouts(read)}
        then = [layout for layout in layouts(connection) if layout.name in now]
        if to < "0013":
            then = [layout for layout in then if layout.name not in ("token", "session")]
        common = [
            dataclasses.replace(
                layout, columns=tuple(name for name in layout.columns if name in now[layout.name].columns)
            )
            for layout in then
        ]
        fill(read, lambda: nullcontext(connection), common, lambda *_: None)
        if "0007" <= to < "0013":
            connection.execute(
                sa.text("INSERT INTO token (id, reader, view, hash, made) VALUES ('t', 'ann', '', 'hash', 7)")
            )
    return {layout.name for layout in then if layout.columns == now[layout.name].columns}
