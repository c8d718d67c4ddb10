"""The store's SQL and `matches` in memory must find the same articles, on both databases."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.filters import (
    And,
    CategoryIs,
    CountryIs,
    Filter,
    LanguageIs,
    Not,
    Or,
    PlaceIs,
    Since,
    SourceIs,
    Text,
    Until,
    matches,
)
from aggregator.schema import Article, Entry, Finding, Memory, Outcome, Polled, Source
from aggregator.schema import Draft as Drafted
from aggregator.store import Store

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
CATEGORIES = ["world", "sport"]
PLACES = [("São Paulo", "BR"), ("Paris", "FR"), ("Paris", "US"), ("St. John's", "CA")]
LANGUAGES = ["", "en", "en-GB", "pt-BR", "enm"]
SOURCES = ["one", "two", "three"]


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
            language=dice.choice(LANGUAGES),
            categories=dice.sample(CATEGORIES, dice.randint(0, 2)),
            places=dice.sample(PLACES, dice.randint(0, 2)),
            sources=tuple(sorted(dice.sample(SOURCES, dice.randint(1, 3)))),
            published=NOW - timedelta(hours=dice.randint(0, 72)),
        )
        for n in range(80)
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


def found(article: Article) -> Finding:
    return Finding(
        entry=Entry(),
        raw_hash="",
        identity=article.identity,
        known=None,
        article=article,
        other_uid=article.uid,
    )


instants = st.one_of(
    st.tuples(st.integers(-80, 10).map(lambda hours: NOW + timedelta(hours=hours)), st.none()),
    st.tuples(st.none(), st.integers(0, 80).map(lambda hours: timedelta(hours=hours))),
)
spoken = st.lists(
    st.sampled_from([*WORDS, "peace", "東京", "京都", "iran", "lol", "geneve", "JOHN"]),
    min_size=1,
    max_size=3,
)
leaves: st.SearchStrategy[Filter] = st.one_of(
    st.builds(Text, spoken.map(" ".join), st.booleans(), st.sampled_from(["any", "title"])),  # type: ignore[arg-type]
    instants.map(lambda pair: Since(*pair)),
    instants.map(lambda pair: Until(*pair)),
    st.sampled_from([*SOURCES, "none"]).map(SourceIs),
    st.sampled_from([*CATEGORIES, "none"]).map(CategoryIs),
    st.sampled_from(["BR", "FR", "US", "DE"]).map(CountryIs),
    st.sampled_from(["sao paulo", "PARIS", "st johns", "St John s", "Rome"]).map(PlaceIs),
    st.sampled_from(["en", "en-GB", "pt", "de"]).map(LanguageIs),
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
    store_url: str, article: Callable[..., Article]
) -> None:
    store = Store.open(store_url)
    articles = some_articles(article)
    fill(store, articles)

    @settings(max_examples=300, deadline=None)
    @given(trees)
    def agree(tree: Filter) -> None:
        in_store = {item.uid for item in store.articles(tree, now=NOW, limit=1000)}
        assert in_store == {item.uid for item in articles if matches(tree, item, now=NOW)}

    try:
        agree()
    finally:
        store.close()
