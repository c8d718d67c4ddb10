"""An address tried out, against a real server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.cli.preview import preview
from aggregator.locate import Gazetteer
from aggregator.pipeline import Pipeline
from aggregator.schema import (
    FetchSettings,
    Preview,
    Secret,
    ServiceSettings,
    Settings,
    Source,
    StoreSettings,
    WebSettings,
    replace,
)

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
TEXT = "<p>{n}. The ferry to Tangier sails again after the storm, said the ministry of transport.</p><p>Share this</p>"
FEED = """<rss version="2.0"><channel><title>Ferry &amp; Co</title>{items}</channel></rss>""".format(
    items="".join(
        f"<item><guid>{n}</guid><title>Ferry {n} sails for Casablanca</title><category>Shipping</category>"
        f"<description><![CDATA[{TEXT.format(n=n)}]]></description></item>"
        for n in range(12)
    )
)
PAGE = (
    '<html><head><link rel="alternate" type="application/rss+xml" title="All" href="/all.xml"></head></html>'
)


def site(**pages: str) -> Callable[..., list[bytes]]:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        body = pages.get(environ["PATH_INFO"].strip("/").replace(".", "_") or "home")
        kind = "text/html" if body and body.startswith("<html") else "application/rss+xml"
        start_response("404 Not Found" if body is None else "200 OK", [("Content-Type", kind)])
        return [(body or "").encode()]

    return answer


@pytest.fixture
def tried(loopback: Any, gazetteer: Gazetteer, tmp_path: Path) -> Callable[..., Preview]:
    def make(
        path: str = "/", *, sources: tuple[Source, ...] = (), inside: bool = True, **pages: str
    ) -> Preview:
        server = loopback(site(**pages))
        make.server = server  # type: ignore[attr-defined]
        allowed = (server.address,) if inside else ()
        wanted = Settings(
            path=tmp_path / "config.toml", service=ServiceSettings(),
            store=StoreSettings(url=Secret("sqlite://")), web=WebSettings(),
            fetch=replace(FetchSettings(), allow_inside=allowed, host_delay=NOON - NOON),
            sources=tuple(replace(one, url=f"{server.url}{one.url}") for one in sources), views=(), files=(),
        )  # fmt: skip
        return preview(f"{server.url}{path}", wanted, Pipeline(gazetteer=gazetteer), lambda: NOON)

    return make


def test_a_feed_is_shown_with_its_first_articles_after_all_steps(tried: Callable[..., Preview]) -> None:
    found = tried("/all.xml", all_xml=FEED)
    assert found.problem == ""
    assert (found.title, found.entries, len(found.articles)) == ("Ferry & Co", 12, 5)
    article = found.articles[0]
    assert [one.text for one in article.removed] == ["Share this"]
    assert "Shipping" in [one.name for one in article.categories]
    assert {"Tangier", "Casablanca"} <= {one.place.name for one in article.mentions}


def test_the_table_is_ready_for_the_configuration(tried: Callable[..., Preview]) -> None:
    found = tried("/all.xml", all_xml=FEED)
    assert found.table == (
        f'[[source]]\nid = "ferry-co"\nurl = "{found.url}"\ntitle = "Ferry & Co"\nlanguage = "en"'
    )


def test_a_page_leads_to_the_feed_it_names(tried: Callable[..., Preview]) -> None:
    found = tried(home=PAGE, all_xml=FEED)
    assert found.url.endswith("/all.xml")
    assert [one.title for one in found.offers] == ["All"]


def test_usual_paths_are_asked_only_if_the_page_names_no_feed(tried: Callable[..., Preview]) -> None:
    assert tried(home="<html></html>", rss_xml=FEED).url.endswith("/rss.xml")
    tried(home=PAGE)
    assert [one.path for one in tried.server.requests] == ["/", "/all.xml"]  # type: ignore[attr-defined]


def test_an_address_without_a_feed_is_told_in_sentences(tried: Callable[..., Preview]) -> None:
    assert "No feed was found" in tried(home="<html><p>Words.</p></html>").problem
    assert "404" in tried("/nothing").problem


def test_what_is_inside_is_not_asked(tried: Callable[..., Preview]) -> None:
    found = tried("/all.xml", inside=False, all_xml=FEED)
    assert "inside the network" in found.problem
    assert tried.server.requests == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("asked", ["", "/etc/passwd", "file:///etc/passwd", "ftp://a.example/f", "https://"])
def test_what_is_no_web_address_is_refused(asked: str, gazetteer: Gazetteer, tmp_path: Path) -> None:
    wanted = Settings(
        path=tmp_path / "c", service=ServiceSettings(), store=StoreSettings(url=Secret("sqlite://")),
        web=WebSettings(), fetch=FetchSettings(), sources=(), views=(), files=(),
    )  # fmt: skip
    found = preview(asked, wanted, Pipeline(gazetteer=gazetteer), lambda: NOON)
    assert found.problem
    assert "root" not in found.problem


def test_a_feed_that_is_configured_already_is_named_and_understood_as_it_is_configured(
    tried: Callable[..., Preview],
) -> None:
    source = Source(id="ferries", url="/all.xml", title="F", categories=("Sea",), origin="config.toml:3")
    found = tried("/all.xml", sources=(source,), all_xml=FEED)
    assert all("sea" in {one.id for one in article.categories} for article in found.articles)
    assert "This feed is configured already, as ferries (config.toml:3)." in found.notes
    assert found.table == ""
