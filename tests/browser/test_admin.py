"""What an admin does, as an admin would: a real desk, a real browser, a real publisher on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from aggregator import settings
from aggregator.cli.names import names
from aggregator.cli.server import create_server
from aggregator.cli.tools import Tools
from aggregator.locate import Gazetteer
from aggregator.pipeline import Pipeline
from aggregator.poll.poller import Poller
from aggregator.poll.roll import clock
from aggregator.service import Service, report
from aggregator.store import Store
from aggregator.websub import Hubs
from web.app import create_app
from web.desk import Desk

CONFIG = """
[store]
url = "sqlite:///dateline.db"

[fetch]
allow_inside = ["{address}"]
host_delay = "0s"

[[source]]
id = "paper"
url = "http://{address}/paper.xml"
title = "The Paper"
"""
LINK = '<link rel="alternate" type="application/rss+xml" title="Everything" href="/other.xml">'
PAGE = f"<html><head>{LINK}</head></html>"
ITEM = """<item><guid>{n}</guid><link>https://paper.example/{n}</link><title>Ferry {n} sails for Tangier</title>
<description><![CDATA[<p>The ferry sails again after the storm, number {n}.</p><p>Bring your friends to our app</p>
<p>It is full, said the port.</p>]]></description></item>"""


def publisher(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    if environ["PATH_INFO"] == "/":
        start_response("200 OK", [("Content-Type", "text/html")])
        return [PAGE.encode()]
    name = environ["PATH_INFO"].strip("/")
    items = "".join(ITEM.format(n=f"{name[0]}{n}") for n in range(1, 4))
    start_response("200 OK", [("Content-Type", "application/rss+xml")])
    return [f'<rss version="2.0"><channel><title>The {name}</title>{items}</channel></rss>'.encode()]


@pytest.fixture
def publishing(loopback: Any) -> Any:
    return loopback(publisher)


@pytest.fixture
def address(publishing: Any, gazetteer: Gazetteer, tmp_path: Path, stopped: Any) -> Iterator[str]:
    """Where a desk is served that has not asked its one source yet."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(address=publishing.address), encoding="utf-8")
    known = names(gazetteer)
    wanted, pipeline = settings.load(path, known), Pipeline(gazetteer=gazetteer)
    store = Store.open(wanted.store.url.reveal())
    poller = Poller(store, wanted, pipeline, clock=clock, report=report)
    hubs = Hubs(store, feeds=lambda _: [], take=poller.push, clock=clock)
    service = Service(store, wanted, poller, hubs, alone=lambda: True, known=known)
    desk = Desk(
        store=store, settings=lambda: service.settings, problem=lambda: service.problem, names=known,
        now=clock, tools=Tools(store, service, pipeline, known),
    )  # fmt: skip
    server = create_server(create_app(desk), host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    stopped(server, thread)
    service.stop()
    store.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page without JavaScript: all of it works so."""
    context = browser.new_context(base_url=address, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_a_source_is_polled_on_request_and_not_twice(page: Page, publishing: Any) -> None:
    page.goto("/status")
    page.get_by_role("link", name="The Paper").click()
    page.get_by_role("button", name="Poll now").click()
    expect(page.locator(".note")).to_contain_text("3 entries, 3 new")
    page.get_by_role("button", name="Poll now").click()
    expect(page.get_by_role("alert")).to_contain_text("Nobody is asked more often")
    assert [request.path for request in publishing.requests] == ["/paper.xml"]


def test_an_address_is_tried_out_and_its_table_is_there_to_copy(page: Page, publishing: Any) -> None:
    page.goto("/admin/try")
    page.get_by_label("Address").fill(publishing.url)
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.get_by_text('url = "' + publishing.url + '/other.xml"')).to_be_visible()
    expect(page.get_by_role("heading", name="Ferry o1 sails for Tangier")).to_be_visible()
    expect(page.get_by_text("Everything")).to_be_visible()
    page.get_by_label("Address").fill("http://127.0.0.1:9/feed")
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("inside the network")


def test_a_draft_is_planned(page: Page, tmp_path: Path) -> None:
    page.goto("/admin/plan")
    expect(page.locator(".note")).to_contain_text("is in force")
    text = (tmp_path / "config.toml").read_text(encoding="utf-8")
    page.locator("textarea").fill(f'{text}\n[[source]]\nurl = "https://new.example/f"\n')
    page.get_by_role("button", name="Plan").click()
    expect(page.get_by_text("+ source new-example-f: https://new.example/f")).to_be_visible()
    page.locator("textarea").fill(f"{text}\n[fetch]\nintervall = 3")
    page.get_by_role("button", name="Plan").click()
    expect(page.get_by_role("alert")).to_contain_text("config.toml")


def test_a_junk_line_leads_to_the_edit_that_cuts_it(page: Page) -> None:
    page.goto("/admin/source/paper")
    page.get_by_role("button", name="Poll now").click()
    page.goto("/article/1")
    page.get_by_text("Something wrong here?").click()
    page.get_by_role("link", name="A line that is no part").click()
    page.locator("li", has_text="Bring your friends").get_by_role("button").click()
    expect(page.locator(".diff")).to_contain_text('+ cut = ["Bring your friends to our app"]')
    expect(page.get_by_text("It changes 3 of 3 articles")).to_be_visible()


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_for_admins_scrolls_sideways(browser: Browser, address: str, width: int, scheme: Any) -> None:
    size: Any = {"width": width, "height": 900}
    context = browser.new_context(base_url=address, viewport=size, color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    for path in ("/status", "/admin/source/paper", "/admin/try", "/admin/plan", "/admin/figures"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
    assert complaints == []
