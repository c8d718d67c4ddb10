"""The store's SQL and `matches` in memory must find the same articles, on both databases."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.filters import (
    And,
    Box,
    Filter,
    Keys,
    Near,
    Not,
    Noted,
    Notes,
    Or,
    Ruling,
    Since,
    Text,
    Until,
    fold,
    marked,
    matches,
    parse,
)
from aggregator.filters.keys import PARTS
from aggregator.schema import (
    Article,
    Enclosure,
    Entry,
    Finding,
    Memory,
    Outcome,
    Place,
    Polled,
    Source,
    replace,
)
from aggregator.schema import Draft as Drafted
from aggregator.store import Store, where
from aggregator.store.tables import article_story

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
WORDS = [
    "Peace",
    "talks",
    "Genève",
    "jean-luc",
    "東京都",
    "🤣lol",
    "l'Iran",
    "مُحَمَّد",
    "1e5",
    "x_y",
    "3rd",
    "0x1f",
    "हिन्दी",
]
CATEGORIES = ["world", "sport", "medtop:04000000"]
PLACES = [
    Place(name="São Paulo", kind="city", geonameid=1, country="BR", code="BR.27", lat=-23.55, lon=-46.63),
    Place(name="Paris", kind="city", geonameid=2, country="FR", regions=("Europe",), lat=48.85, lon=2.35),
    Place(name="Paris", kind="city", geonameid=3, country="US", code="US.TX", lat=33.66, lon=-95.55),
    Place(name="Suva", kind="city", geonameid=4, country="FJ", lat=-18.14, lon=178.44),
    Place(name="Taveuni", kind="feature", country="FJ", lat=-16.9, lon=-179.97),
    Place(name="St. John's", kind="street", country="CA"),
    Place(name="Europe", kind="region", lat=48.69, lon=9.14),
    Place(name="France", kind="country", geonameid=5, country="FR", code="FR", regions=("Europe",)),
    Place(name="South Pole", kind="point", lat=-90.0, lon=0.0),
]
LANGUAGES = ["", "en", "en-GB", "pt-BR", "enm"]
SOURCES = ["one", "two", "three"]
AUTHORS = ["Ana Silva", "José", "talks", ""]


def some_articles(build: Callable[..., Article]) -> list[Article]:
    dice = random.Random(7)

    def phrase(most: int) -> str:
        return " ".join(dice.choices(WORDS, k=dice.randint(0, most)))

    return [
        build(
            f"urn:uuid:{n}",
            title=phrase(3),
            text=phrase(6),
            dateline=phrase(1),
            url=f"https://example.org/{phrase(2)}" if dice.random() < 0.7 else "",
            authors=tuple(dice.sample(AUTHORS, dice.randint(0, 2))),
            language=dice.choice(LANGUAGES),
            categories=dice.sample(CATEGORIES, dice.randint(0, 2)),
            places=(chosen := dice.sample(PLACES, dice.randint(0, 3))),
            opens=dice.random() < 0.5,
            focus=chosen[0] if chosen else None,
            sources=tuple(sorted(dice.sample(SOURCES, dice.randint(1, 3)))),
            published=NOW - timedelta(hours=dice.randint(0, 72)),
            published_given=dice.random() < 0.9,
            story=dice.choice(["", *STORIES]),
            image=dice.choice(["", "https://example.org/a.png"]),
            enclosures=dice.choice([(), (Enclosure(url="https://example.org/a.mp3"),)]),
        )
        for n in range(120)
    ]


def fill(store: Store, articles: Sequence[Article]) -> None:
    sources = [Source(id=id, url=f"https://{id}.example/feed", title=id) for id in SOURCES]
    store.configure(sources, lambda n: [NOW] * n)
    polled = [
        Polled(
            source=source,
            outcome=Outcome(kind="news", at=NOW, message="Read."),
            memory=Memory(source_id=source.id, url=source.url),
            findings=tuple(found(article) for article in articles if source.id in article.sources),
        )
        for source in sources
    ]

    def settle(batch: Sequence[Polled], neighbours: object) -> list[Drafted]:
        carried: dict[str, Drafted] = {}
        for poll in batch:
            for finding in poll.findings:
                draft = carried.setdefault(finding.article.uid, Drafted(article=finding.article))
                findings = (*draft.findings, (poll.source.id, finding))
                carried[finding.article.uid] = replace(draft, findings=findings)
        return list(carried.values())

    store.save(polled, settle, now=NOW)
    told = {article.uid: article.story for article in articles if article.story}
    with store.engine.begin() as connection:
        connection.execute(
            sa.insert(article_story),
            [
                {"article_id": one.id, "story": told[one.uid], "position": one.position}
                | {"score": 1.0, "nearest": None, "evidence": b"[]"}
                for one in store.every_article()
                if one.uid in told
            ],
        )


def found(article: Article) -> Finding:
    return Finding(
        entry=Entry(),
        raw_hash="",
        identity=article.identity,
        known=None,
        article=article,
        other_uid=article.uid,
    )


RULINGS = (
    Ruling("is", "hidden", parse("talks OR place:BR")),
    Ruling("tag", "x", parse("-source:one")),
    Ruling("tag", "x", parse("lang:en")),
    Ruling("tag", "y", parse("category:sport")),
    Ruling("category", "sport", parse("peace")),
    Ruling("has", "category", parse("peace")),
)


def note(store: Store) -> dict[str, Notes]:
    """Lets two readers note things, the second one after all was marked as read; what they noted, by uid."""
    dice = random.Random(11)
    every = list(store.every_article())
    notes: dict[str, set[tuple[int, str]]] = {one.uid: set() for one in every}

    def some(reader: int, what: str, share: float, *, on: bool = True) -> None:
        chosen = [one for one in every if dice.random() < share]
        store.note(reader, [one.id or 0 for one in chosen], what, on=on, now=NOW)
        for one in chosen:
            (notes[one.uid].add if on else notes[one.uid].discard)((reader, what))

    upto = sorted(one.id or 0 for one in every)[100]
    store.read_all(2, upto=upto, now=NOW)
    for one in every:
        if (one.id or 0) <= upto:
            notes[one.uid].add((2, "read"))
    some(2, "read", 0.2, on=False)
    some(2, "read", 0.1)
    for reader in (1, 2):
        for what in ("read", "starred", "saved", "tag:x", "tag:own"):
            some(reader, what, 0.3 if reader == 1 else 0.05)
            some(reader, what, 0.05, on=False)
    return {uid: frozenset(noted) for uid, noted in notes.items()}


instants = st.one_of(
    st.tuples(st.integers(-80, 10).map(lambda hours: NOW + timedelta(hours=hours)), st.none()),
    st.tuples(st.none(), st.integers(0, 80).map(lambda hours: timedelta(hours=hours))),
)
spoken = st.lists(
    st.sampled_from(
        [*WORDS, "peace", "東京", "iran", "lol", "geneve", "JOHN", "tal", "example", "silva", "jos"]
    ),
    min_size=1,
    max_size=3,
).map(lambda words: tuple(fold(" ".join(words)).split()))


def keys(kind: str, *values: str) -> st.SearchStrategy[Filter]:
    some = st.sets(st.sampled_from(values), min_size=1, max_size=3)
    return some.map(lambda chosen: Keys(kind, tuple(sorted(chosen))))  # type: ignore[arg-type]


STORIES = ("a1", "b2")
PLACE_KEYS = ("BR", "FR", "US", "DE", "BR.27", "US.TX", "1", "2", "3", "region:europe", "name:st john s", "9")
CENTRES = [(-23.55, -46.63), (48.0, 3.0), (-17.0, 179.9), (-89.9, 100.0), (0.0, 0.0)]
leaves: st.SearchStrategy[Filter] = st.one_of(
    st.builds(Text, spoken, st.sampled_from(["any", "title", "text", "author", "url"]), st.booleans()),  # type: ignore[arg-type]
    instants.map(lambda pair: Since(*pair)),
    instants.map(lambda pair: Until(*pair)),
    keys("source", *SOURCES, "none"),
    keys("story", *STORIES, "0"),
    keys("category", *CATEGORIES, "none"),
    keys("place", *PLACE_KEYS),
    keys("about", *PLACE_KEYS),
    keys("dateline", *PLACE_KEYS),
    keys("lang", "en", "en-GB", "pt", "de"),
    keys("has", *PARTS),
    keys("is", "undated", "edited", "hidden"),
    keys("tag", "x", "y", "none"),
    st.builds(Noted, st.sampled_from([1, 2, 3]), st.sampled_from(["read", "starred", "saved"])),
    st.builds(
        Noted, st.sampled_from([1, 2, 3]), st.just("tagged"), st.sampled_from(["", "x", "own", "none"])
    ),
    st.builds(Noted, st.none(), st.sampled_from(["starred", "saved"])),
    st.builds(
        lambda centre, metres: Near(*centre, metres),
        st.sampled_from(CENTRES),
        st.sampled_from([1.0, 15e3, 1e5, 1.1e6, 9e6, 2e7]),
    ),
    st.sampled_from(
        [Box(-30, -60, 0, -40), Box(40, 0, 50, 2.35), Box(-20, 178, -10, -170), Box(-90, 0, -90, 0)]
    ),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)


def test_the_database_and_memory_find_the_same_articles(
    store_url: str, article: Callable[..., Article], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, "FIRST_WINDOW", 5)
    monkeypatch.setattr(where, "EXCLUSIONS", 20)
    monkeypatch.setattr(where, "THIN", 5)
    store = Store.open(store_url)
    store.obey(RULINGS)
    articles = [marked(one, RULINGS) for one in some_articles(article)]
    fill(store, articles)
    notes = note(store)

    @settings(max_examples=200, deadline=None)
    @given(trees)
    def agree(tree: Filter) -> None:
        in_store = [item.uid for item in store.articles(tree, now=NOW, limit=1000)]
        assert sorted(in_store) == sorted(
            item.uid for item in articles if matches(tree, item, now=NOW, notes=notes[item.uid])
        )
        arrived = {item.uid for item in store.arrivals(tree, now=NOW, limit=1000)}
        assert arrived == set(in_store)

    @settings(max_examples=25, deadline=None)
    @given(trees, st.integers(11, 60))
    def pages(tree: Filter, size: int) -> None:
        every = [item.position for item in store.articles(tree, now=NOW, limit=1000)]
        assert every == sorted(every, reverse=True)
        forth, last = [], None
        while page := store.articles(tree, now=NOW, limit=size, before=last):
            forth += [item.position for item in page]
            last = forth[-1]
        back, last = [], 0
        while page := store.articles(tree, now=NOW, limit=size, after=last):
            back += [item.position for item in page[::-1]]
            last = back[-1]
        assert forth == every == back[::-1]

    try:
        agree()
        pages()
    finally:
        store.close()
