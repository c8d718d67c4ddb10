"""A desk over a real store with a small made-up newsroom."""

from __future__ import annotations

import http.client
import importlib.util
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from waitress.wasyncore import close_all

from aggregator.cli.run import listen
from aggregator.schema import Settings
from aggregator.store import Store
from web.app import create_app
from web.desk import Desk


@pytest.fixture(scope="session")
def newsroom() -> ModuleType:
    spec = importlib.util.spec_from_file_location("newsroom", Path(__file__).with_name("newsroom.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["newsroom"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    store = Store.open(f"sqlite:///{tmp_path / 'dateline.db'}")
    yield store
    store.close()


@pytest.fixture
def settings(newsroom: ModuleType, tmp_path: Path) -> Callable[..., Settings]:
    """Settings of the newsroom; the arguments are those of WebSettings."""

    def make(**web: Any) -> Settings:
        made: Settings = newsroom.settings(tmp_path, **web)
        return made

    return make


@pytest.fixture
def client_of(store: Store, now: datetime) -> Callable[..., FlaskClient]:
    """A client of a desk over the store, for these settings."""

    def make(settings: Settings, *, problem: str = "", trouble: str = "", store: Any = store) -> FlaskClient:
        desk = Desk(
            store=store,
            settings=lambda: settings,
            problem=lambda: problem,
            trouble=lambda: trouble,
            now=lambda: now,
        )
        return create_app(desk).test_client()

    return make


@pytest.fixture
def client(
    newsroom: ModuleType,
    store: Store,
    now: datetime,
    settings: Callable[..., Settings],
    client_of: Callable[..., FlaskClient],
) -> FlaskClient:
    """A client of a desk that has the newsroom's articles."""
    newsroom.fill(store, now)
    return client_of(settings())


@pytest.fixture
def csrf() -> Callable[[FlaskClient], dict[str, str]]:
    """What a script of ours sends with a change: gives the client a cookie, returns the headers."""

    def headers(client: FlaskClient) -> dict[str, str]:
        page = client.get("/about").text
        return {"X-CSRF-Token": page.partition('name="csrf-token" content="')[2].partition('"')[0]}

    return headers


class Browser:
    """Asks a server byte for byte, and keeps its cookies."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie = port, ""

    def ask(self, path: str, *, form: dict[str, str] | None = None, **headers: str) -> tuple[Any, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        said = {"Connection": "close"} | headers
        if self.cookie:
            said["Cookie"] = self.cookie
        if form is not None:
            said["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(form) if form is not None else None
        connection.request("GET" if form is None else "POST", path, body, said)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        kept = dict(pair.split("=", 1) for pair in self.cookie.split("; ") if pair)
        for given in answer.headers.get_all("Set-Cookie", ()):
            name, _, value = given.partition(";")[0].partition("=")
            kept[name] = value
        self.cookie = "; ".join(f"{name}={value}" for name, value in kept.items() if value)
        connection.close()
        return answer, text

    def token(self, path: str = "/sign-in") -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.ask(path)[1])
        assert found is not None
        return found[1]


@pytest.fixture
def serve(store: Store, settings: Callable[..., Settings], now: datetime) -> Iterator[Callable[..., Browser]]:
    """Serves a desk as `dateline run` does; gives a browser."""
    running: list[tuple[Any, threading.Thread]] = []

    def start(provider: Any = None, **web: Any) -> Browser:
        wanted = settings(port=0, **web)
        desk = Desk(
            store=store, settings=lambda: wanted, problem=lambda: "", now=lambda: now, provider=provider
        )
        app = create_app(desk)
        server = listen(app, wanted)
        thread = threading.Thread(target=server.run)
        thread.start()
        running.append((server, thread))
        return Browser(server.effective_port)

    yield start
    for server, thread in running:
        # In the server's own thread, which ends when nothing is left to listen to. If it wakes by itself meanwhile, the
        # trigger is closed before it is pulled.
        with suppress(OSError):
            server.trigger.pull_trigger(lambda server=server: close_all(server._map))
        thread.join()
        server.task_dispatcher.shutdown()
