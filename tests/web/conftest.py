"""A desk over a real store with a small made-up newsroom."""

from __future__ import annotations

import http.client
import importlib.util
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from waitress.wasyncore import close_all

from aggregator.cli.run import listen
from aggregator.passwords import hashed
from aggregator.schema import Settings
from aggregator.store import Store
from web.app import create_app
from web.desk import Desk

TOKEN = re.compile(r'name="csrf(?:-token)?" (?:value|content)="([0-9a-f]{64})"')
FIREFOX = "Firefox/140.0 (X11; Linux x86_64)"


def token_in(page: str) -> str:
    """What a form of the page proves with that it is the desk's."""
    found = TOKEN.search(page)
    assert found is not None
    return found[1]


class Visitor(FlaskClient):
    """A browser without scripts."""

    token_in = staticmethod(token_in)

    def token(self, **headers: str) -> str:
        """The token of a page that everyone is led to: that of what readers prefer, or where to sign in."""
        return token_in(self.get("/preferences", follow_redirects=True, headers=headers).text)

    def change(self, address: str, headers: dict[str, str] | None = None, **form: str) -> Any:
        """Sends a form as a page of the desk holds it."""
        held = {"csrf": self.token(**(headers or {}))}
        return self.post(address, data=held | form, headers=headers)


@dataclass
class Served:
    """A desk whose clock and settings a test may change."""

    store: Store
    settings: Settings
    now: datetime
    remade: Callable[..., Settings]
    password_hash: str
    given: dict[str, Any]
    """More of what `Desk` takes."""
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        usual: dict[str, Any] = {"store": self.store, "problem": lambda: ""} | self.given
        self.app = create_app(Desk(settings=lambda: self.settings, now=lambda: self.now, **usual))
        self.app.test_client_class = Visitor

    def set_web(self, **web: Any) -> None:
        self.settings = self.remade(**web)

    def client(self) -> Any:
        """A browser that was never here."""
        return self.app.test_client()

    def add_readers(self) -> None:
        """The reader ann and the admin bo, who have one password."""
        for name, role in (("ann", "reader"), ("bo", "admin")):
            self.store.add_reader(name, role=role, password=self.password_hash, now=self.now)

    def signed_in(self, name: str, agent: str = FIREFOX) -> Any:
        """A browser in which a reader has signed in."""
        reader, browser = self.store.reader(name), self.client()
        assert reader is not None
        secret = f"{name}{len(self.store.sessions(reader, '', self.now))}".ljust(43, "x")
        self.store.begin_session(reader, secret, agent=agent, now=self.now)
        browser.set_cookie("dateline", secret)
        return browser


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


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hashed("correct horse battery")


@pytest.fixture
def desk_of(
    store: Store, now: datetime, settings: Callable[..., Settings], password_hash: str
) -> Callable[..., Served]:
    """Makes a desk over the store, for settings and whatever else `Desk` is to be given."""

    def make(wanted: Settings | None = None, *, store: Any = store, **given: Any) -> Served:
        return Served(store, wanted or settings(), now, settings, password_hash, given)

    return make


@pytest.fixture
def desk(desk_of: Callable[..., Served], settings: Callable[..., Settings]) -> Served:
    """A desk for readers: ann, and the admin bo."""
    made = desk_of(settings(access="readers"))
    made.add_readers()
    return made


@pytest.fixture
def client_of(desk_of: Callable[..., Served]) -> Callable[..., FlaskClient]:
    """A client of a desk over the store, for these settings."""

    def make(settings: Settings, *, problem: str = "", trouble: str = "", **given: Any) -> Any:
        return desk_of(settings, problem=lambda: problem, trouble=lambda: trouble, **given).client()

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
        return {"X-CSRF-Token": token_in(client.get("/about").text)}

    return headers


@pytest.fixture
def bench(newsroom: ModuleType) -> Any:
    return newsroom.Bench()


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
        return token_in(self.ask(path)[1])


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
