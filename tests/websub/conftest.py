"""A desk with a public address, a publisher and a hub, all of them real servers on loopback."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from aggregator import cadence
from aggregator.filters import UNKNOWN
from aggregator.locate import Gazetteer
from aggregator.pipeline import Pipeline
from aggregator.poll.poller import Poller
from aggregator.schema import (
    FetchSettings,
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
from aggregator.websub import Hubs
from web.app import create_app
from web.desk import Desk
from web.feeds import topics


@pytest.fixture(scope="session")
def hub_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("websub_hub", Path(__file__).with_name("hub.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["websub_hub"] = module
    spec.loader.exec_module(module)
    return module


@dataclass
class Publisher:
    """Serves one feed that names the hub."""

    hub: str = ""
    titles: tuple[str, ...] = ("First",)
    headers: tuple[tuple[str, str], ...] = ()
    url: str = ""

    def document(self, *titles: str) -> bytes:
        items = "".join(
            f"<item><title>{title}</title><guid>{title}</guid><link>https://a.example/{title}</link></item>"
            for title in titles
        )
        links = f'<a:link rel="hub" href="{self.hub}"/><a:link rel="self" href="{self.url}?a=1&amp;b=2"/>'
        return (
            f'<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>F</title>{links}{items}'
            "</channel></rss>"
        ).encode()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/rss+xml"), *self.headers])
        return [self.document(*self.titles)]


class Town:
    """A desk, its publisher and the hub between them."""

    def __init__(self, store: Store, gazetteer: Gazetteer, now: datetime, folder: Path, hub: Any) -> None:
        self.store, self.now, self.hub = store, now, hub
        self.publisher = Publisher()
        self.settings = Settings(
            path=folder / "config.toml",
            service=ServiceSettings(),
            store=StoreSettings(url=Secret("")),
            fetch=FetchSettings(host_delay=timedelta(0)),
            web=WebSettings(access="public"),
            sources=(),
            views=(View(id="seconds", title="Seconds", filter="title:second"),),
            files=(),
        )
        self.poller = Poller(
            store, self.settings, Pipeline(gazetteer=gazetteer), clock=self.clock, report=lambda polled: None
        )
        self.hubs = Hubs(
            store, feeds=lambda wanted: topics(wanted, UNKNOWN), take=self.poller.push, clock=self.clock
        )
        self.app = create_app(
            Desk(
                store=store,
                settings=lambda: self.settings,
                problem=lambda: "",
                now=self.clock,
                confirm=self.hubs.confirm,
                receive=self.hubs.receive,
            )
        )

    def clock(self) -> datetime:
        return self.now

    def open(self, loopback: Any) -> None:
        feed, hub, desk = loopback(self.publisher), loopback(self.hub), loopback(self.app)
        self.publisher.url = f"{feed.url}/feed.rss"
        self.publisher.hub = f"{hub.url}/"
        source = Source(id="a", url=self.publisher.url, title="A")
        self.settings = replace(
            self.settings,
            sources=(source,),
            fetch=replace(self.settings.fetch, allow_inside=(feed.address, hub.address)),
        )
        self.set_web(base_url=desk.url, hubs=(f"{hub.url}/",))
        self.store.configure([source], lambda n: [self.now] * n)

    def set_web(self, **changes: Any) -> None:
        self.settings = replace(self.settings, web=replace(self.settings.web, **changes))
        self.poller.configure(self.settings)

    def poll(self, after: timedelta = timedelta(0)) -> None:
        self.now += after
        due = self.store.due(self.now, horizon=cadence.HORIZON)
        self.poller.ask(memory for memory in due if cadence.is_due(memory, self.now))
        self.poller.wait()

    def renew(self, after: timedelta = timedelta(0)) -> None:
        self.now += after
        self.hubs.renew(self.settings)

    def announce(self) -> list[str]:
        """The feeds the hub has been told of at this look, without the address of the desk."""
        self.hub.told.clear()
        self.hubs.announce(self.settings)
        return [url.removeprefix(self.settings.web.base_url) for url in self.hub.told]

    def titles(self) -> list[str]:
        self.poller.wait()
        return sorted(article.title for article in self.store.every_article())


@pytest.fixture
def town(
    store_url: str, gazetteer: Gazetteer, now: datetime, tmp_path: Path, hub_module: ModuleType, loopback: Any
) -> Iterator[Town]:
    store = Store.open(store_url)
    made = Town(store, gazetteer, now, tmp_path, hub_module.Hub())
    made.open(loopback)
    yield made
    made.poller.close()
    made.hubs.stop()
    made.hubs.close()
    store.close()
