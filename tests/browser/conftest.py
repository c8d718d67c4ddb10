"""A real server with a small newsroom, and a real browser to look at it."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright
from waitress.server import create_server

from aggregator.passwords import hashed
from aggregator.store import Store
from web.app import create_app
from web.desk import Desk

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
PASSWORD = "a long enough password"
BLOCKED = "Service Worker registration blocked by Playwright"
PICTURES = Path(__file__).parent / "pictures"


def _newsroom() -> ModuleType:
    path = Path(__file__).parents[1] / "web" / "newsroom.py"
    spec = importlib.util.spec_from_file_location("newsroom", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["newsroom"] = module
    spec.loader.exec_module(module)
    return module


@contextmanager
def serve(directory: Path, **web: Any) -> Iterator[tuple[str, Store]]:
    """A desk with the newsroom's articles, eight to a page, and two accounts: where it is served, and its store."""
    newsroom = _newsroom()
    store = Store.open(f"sqlite:///{directory / 'dateline.db'}")
    newsroom.fill(store, NOW)
    newsroom.trouble(store, NOW)
    for name, role in (("ada", "reader"), ("grace", "admin")):
        store.add_reader(name, role=role, password=hashed(PASSWORD), now=NOW)
    settings = newsroom.settings(directory, page_size=8, **web)
    desk = Desk(store=store, settings=lambda: settings, problem=lambda: newsroom.PROBLEM, now=lambda: NOW)
    server = create_server(create_app(desk), host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}", store
    server.close()
    thread.join()
    store.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a desk is served that all tests look at."""
    with serve(tmp_path_factory.mktemp("desk")) as (where, _):
        yield where


@pytest.fixture(scope="session")
def open_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a desk is served to readers who sign in: ada, and the admin grace."""
    with serve(tmp_path_factory.mktemp("open-desk"), access="readers") as (where, _):
        yield where


@pytest.fixture
def own(browser: Browser, tmp_path: Path) -> Iterator[tuple[Callable[..., Page], Callable[[], None]]]:
    """Opens pages of a desk that nobody has read at yet; and lets two articles arrive there."""
    with serve(tmp_path) as (where, store):
        contexts = []

        def open_page(path: str, **given: Any) -> Page:
            context = browser.new_context(viewport={"width": 1280, "height": 800}, **given)
            contexts.append(context)
            context.route("**/*", lambda route: route.abort())
            context.route(f"{where}/**", lambda route: route.continue_())
            page = context.new_page()
            page.goto(f"{where}{path}", wait_until="load")
            return page

        def arrive() -> None:
            newsroom = _newsroom()
            late = [story | {"title": f"Late {n}"} for n, story in enumerate(newsroom.STORIES[:2])]
            newsroom.fill(store, NOW, late)

        yield open_page, arrive
        for context in contexts:
            context.close()


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def look(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a page of the desk; afterwards nothing must have been complained of on the console."""
    complaints: list[str] = []
    contexts = []

    def picture(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[1].replace(".jpg", ".svg")
        route.fulfill(content_type="image/svg+xml", body=(PICTURES / name).read_text(encoding="utf-8"))

    def open_page(path: str, *, width: int = 1280, height: int = 800, **given: Any) -> Page:
        # What a worker asks for passes the routes below by: only tests of the worker have one.
        context = browser.new_context(
            viewport={"width": width, "height": height}, **{"service_workers": "block", **given}
        )
        contexts.append(context)
        context.route("**/*", lambda route: route.abort())
        context.route(f"{address}/**", lambda route: route.continue_())
        context.route("https://pictures.example/**", picture)
        page = context.new_page()
        page.on("console", lambda message: message.text != BLOCKED and complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}{path}", wait_until="load")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
