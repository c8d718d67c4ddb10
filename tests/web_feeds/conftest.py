from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from aggregator.filters import Filter
from aggregator.schema import (
    Article,
    Category,
    Draft,
    Entry,
    FetchSettings,
    Finding,
    Identity,
    Memory,
    Outcome,
    Polled,
    Secret,
    ServiceSettings,
    Settings,
    Source,
    StoreSettings,
    View,
    WebSettings,
    replace,
)
from aggregator.store import Store
from web.app import create_app
from web.desk import Desk

NOW = datetime(2026, 1, 15, 12, 0, 30, tzinfo=UTC)
SOURCE = Source(id="bbc", url="https://bbc.example/rss", title="BBC & co", categories=("world",))


class CountingStore(Store):
    """The real store, counting how often articles are read."""

    reads = 0

    def selection(self, where: Filter, **asked: Any) -> tuple[Article, ...]:
        self.reads += 1
        return super().selection(where, **asked)


def story(n: int, **given: Any) -> Article:
    usual: dict[str, Any] = {
        "uid": f"urn:uuid:00000000-0000-5000-8000-{n:012}",
        "identity": Identity(key=f"g:{n}"),
        "url": f"https://bbc.example/{n}",
        "title": f"Story {n}",
        "published": NOW - timedelta(hours=n),
        "first_seen": NOW - timedelta(minutes=30),
        "language": "en",
        "categories": (Category(id="world", name="World", score=1.0, evidence=()),) if n % 2 else (),
    }
    return Article(**(usual | given))


@dataclass
class Newsroom:
    """A desk whose clock and settings a test may change, and its client."""

    store: CountingStore
    settings: Settings
    now: datetime = NOW
    client: FlaskClient = field(init=False)
    story = staticmethod(story)

    def __post_init__(self) -> None:
        desk = Desk(
            store=self.store, settings=lambda: self.settings, problem=lambda: "", now=lambda: self.now
        )
        self.client = create_app(desk).test_client()

    def set_web(self, **changes: Any) -> None:
        self.settings = replace(self.settings, web=replace(self.settings.web, **changes))

    def save(self, *articles: Article, at: datetime) -> None:
        polled = Polled(
            source=SOURCE,
            outcome=Outcome(kind="news", at=at, message="Read."),
            memory=Memory(source_id=SOURCE.id, url=SOURCE.url),
            findings=tuple(_found(article) for article in articles),
        )
        self.store.save([polled], _settle, now=at)


def _found(article: Article) -> Finding:
    return Finding(
        entry=Entry(),
        raw_hash="",
        identity=article.identity,
        known=None,
        article=article,
        other_uid=article.uid,
    )


def _settle(batch: Sequence[Polled], neighbours: object) -> list[Draft]:
    return [
        Draft(article=finding.article, findings=((polled.source.id, finding),))
        for polled in batch
        for finding in polled.findings
    ]


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    """Three stories: 1 and 3 are of the category world; story 3 tells of peace."""
    opened = CountingStore.open(f"sqlite:///{tmp_path / 'dateline.db'}")
    store = CountingStore(opened.engine)
    store.configure([SOURCE], lambda n: [NOW] * n)
    settings = Settings(
        path=tmp_path / "config.toml",
        service=ServiceSettings(title="My <desk>"),
        store=StoreSettings(url=Secret("")),
        fetch=FetchSettings(),
        web=WebSettings(),
        sources=(SOURCE,),
        views=(
            View(id="world", title="World & more", filter="category:world"),
            View(id="fresh", title="Fresh", filter="since:90m"),
        ),
        files=(),
    )
    room = Newsroom(store=store, settings=settings)
    room.save(story(1), story(2), story(3, title="Peace talks"), at=NOW - timedelta(minutes=30))
    yield room
    store.close()
