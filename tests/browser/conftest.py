"""A real server with a small newsroom, and a real browser to look at it."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright
from waitress.wasyncore import close_all

from aggregator.cli.server import create_server
from aggregator.passwords import hashed
from aggregator.schema import (
    Corrected,
    Correction,
    Evidence,
    Moved,
    Offer,
    OidcSettings,
    Planned,
    Preview,
    Secret,
    Told,
)
from aggregator.store import Store
from web.app import create_app
from web.desk import Desk

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
PASSWORD = "a long enough password"
BLOCKED = "Service Worker registration blocked by Playwright"
AXE = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags } });
  // Marks on a map may overlap: the table beside it has the same links (2.5.8, "equivalent").
  const onMap = ({ target }) => document.querySelector(target[0])?.closest(".leaflet-marker-pane");
  return violations.flatMap(({ id, nodes }) => nodes.filter(node => id !== "target-size" || !onMap(node)).map(node =>
    `${id}: ${node.html.slice(0, 120)} ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message}`));
}"""
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
def serve(
    directory: Path,
    *,
    stories: Sequence[Any] = (),
    settings: Callable[..., Any] | None = None,
    given: Callable[[ModuleType, Store], dict[str, Any]] | None = None,
    **web: Any,
) -> Iterator[tuple[str, Store]]:
    """A desk with articles, usually the newsroom's, and two accounts: where it is served, and its store.

    `given` makes what else the desk is given, once its articles are stored.
    """
    newsroom = _newsroom()
    store = Store.open(f"sqlite:///{directory / 'dateline.db'}")
    newsroom.fill(store, NOW, stories or newsroom.STORIES)
    newsroom.trouble(store, NOW)
    for name, role in (("ada", "reader"), ("grace", "admin")):
        store.add_reader(name, role=role, password=hashed(PASSWORD), now=NOW)
    made = settings(newsroom, directory) if settings else newsroom.settings(directory, page_size=8, **web)
    more = given(newsroom, store) if given else {}
    desk = Desk(store=store, settings=lambda: made, problem=lambda: newsroom.PROBLEM, now=lambda: NOW, **more)
    server = create_server(create_app(desk), host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}", store
    finally:
        stop(server, thread)
        store.close()


def stop(server: Any, thread: threading.Thread) -> None:
    """Ends a server in its own thread: closed in another, it may be waiting for what is closed already."""
    with suppress(OSError):
        server.trigger.pull_trigger(lambda: close_all(server._map))
    thread.join()
    server.task_dispatcher.shutdown()


@pytest.fixture
def stopped() -> Callable[[Any, threading.Thread], None]:
    return stop


def advice(newsroom: ModuleType, store: Store) -> dict[str, Any]:
    """Tools that have something to say wherever an admin asks."""
    shown = store.article(12)
    assert shown is not None
    found = Preview(
        asked="", url="https://a.example/f", title="A paper", entries=9, articles=(shown,),
        offers=(Offer(url="https://a.example/f", title="All", kind="RSS"), Offer(url="https://a.example/g")),
        notes=("It is known already.",), table='[[source]]\nurl = "https://a.example/f"',
    )  # fmt: skip
    planned = Planned(changes=("+ source new: https://a.example/f", "- view courts"))
    moved = Moved(id=5, title="Another article", before="Reading (GB)", after="")
    edit = Correction(why="“Reading” is never meant as a place.", where="config.toml", old='cut = ["x"]',
                      new='[places]\n"Reading" = { block = true }', looked=12, changed=3, samples=(moved,))  # fmt: skip
    return {"tools": newsroom.Bench(found=found, planned=planned, edits=Corrected(edits=(edit,)))}


@pytest.fixture(scope="session")
def serving() -> Callable[..., Any]:
    """`serve`, for tests that fill a desk themselves."""
    return serve


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a desk is served that all tests look at."""
    with serve(tmp_path_factory.mktemp("desk")) as (where, _):
        yield where


@pytest.fixture(scope="session")
def open_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a desk is served to readers who sign in, here or with a provider: ada, and the admin grace."""
    oidc = OidcSettings(issuer="https://id.example", client_id="dateline", client_secret=Secret("secret"))
    made = tmp_path_factory.mktemp("open-desk")
    with serve(made, given=lambda *_: {"provider": object()}, access="readers", oidc=oidc) as (where, _):
        yield where


@pytest.fixture(scope="session")
def told_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a desk is served whose articles 5 and 12 tell one story, ab12; its owner has the view ~home."""
    with serve(tmp_path_factory.mktemp("told-desk"), given=advice, access="local") as (where, store):
        store.save_view(store.owner(NOW).n, "home", title="Home", filter="country:MA", now=NOW)
        why = (Evidence(kind="place", text="Casablanca"), Evidence(kind="word", text="eleven years"))
        told = [
            Told(article_id=12, story="ab12"),
            Told(article_id=5, story="ab12", score=0.61, nearest=12, evidence=why),
        ]
        articles = {article.id: article for article in store.untold(99)}
        store.keep_told([(articles[one.article_id], one) for one in told], now=NOW)
        yield where


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """What axe-core finds against WCAG 2.2 A and AA in a page as it is shown now: a line for each rule and place."""
    script = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")

    def violations(page: Page) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(script)
        found: list[str] = page.evaluate(AXE)
        return found

    return violations


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
