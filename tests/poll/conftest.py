"""A poller over a real store, real loopback servers and a clock that tests move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator import cadence
from aggregator.locate import Gazetteer
from aggregator.pipeline import Pipeline
from aggregator.poll.poller import Poller
from aggregator.schema import (
    FetchSettings,
    Polled,
    Secret,
    ServiceSettings,
    Settings,
    Source,
    StoreSettings,
    WebSettings,
    replace,
)
from aggregator.store import Store


@dataclass
class Site:
    """A WSGI app whose answers tests set: path → (status, headers, body)."""

    pages: dict[str, tuple[str, list[tuple[str, str]], bytes]] = field(default_factory=dict)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        path = environ["PATH_INFO"] + (f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else "")
        status, headers, body = self.pages.get(path, ("404 Not Found", [], b""))
        asked, given = environ.get("HTTP_IF_NONE_MATCH"), dict(headers).get("ETag")
        if given and asked == given:
            start_response("304 Not Modified", headers)
            return []
        start_response(status, headers)
        return [body]

    def put(self, path: str, body: bytes | str, status: str = "200 OK", **headers: str) -> None:
        named = [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.pages[path] = (status, named, body.encode() if isinstance(body, str) else body)


class Desk:
    """The polling side of a service, driven by hand."""

    def __init__(self, store: Store, gazetteer: Gazetteer, now: datetime, tmp_path: Path) -> None:
        self.store = store
        self.now = now
        self.polled: list[Polled] = []
        self.settings = Settings(
            path=tmp_path / "config.toml",
            service=ServiceSettings(),
            store=StoreSettings(url=Secret("sqlite://")),
            fetch=FetchSettings(host_delay=timedelta(0)),
            web=WebSettings(),
            sources=(),
            views=(),
            files=(),
        )
        self.poller = Poller(
            store,
            self.settings,
            Pipeline(gazetteer=gazetteer),
            clock=lambda: self.now,
            report=self.polled.append,
        )

    def configure(self, *sources: Source, inside: str = "", **fetch: Any) -> None:
        allowed = (*self.settings.fetch.allow_inside, *([inside] if inside else []))
        self.settings = replace(
            self.settings,
            sources=sources,
            fetch=replace(self.settings.fetch, allow_inside=allowed, **fetch),
        )
        self.store.configure(sources, lambda n: [self.now] * n)
        self.poller.configure(self.settings)

    def poll(self, after: timedelta = timedelta(0)) -> dict[str, Polled]:
        """Polls what is due after a while; gives the polls by source."""
        self.now += after
        self.polled.clear()
        due = self.store.due(self.now, horizon=cadence.HORIZON)
        self.poller.ask(memory for memory in due if cadence.is_due(memory, self.now))
        self.poller.wait()
        return {polled.source.id: polled for polled in self.polled}

    def titles(self) -> list[str]:
        return [article.title for article in self.store.every_article()]


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def desk(store_url: str, gazetteer: Gazetteer, now: datetime, tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(store_url)
    made = Desk(store, gazetteer, now, tmp_path)
    yield made
    made.poller.close()
    store.close()
