"""The feed of sources that need a person."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient

from aggregator.cluster import settle
from aggregator.schema import Outcome, Settings, replace
from aggregator.store import Store

Clients = Callable[..., FlaskClient]


def items(client: FlaskClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(client.get("/feeds/needs.json").data)["items"]
    return found


def titles(client: FlaskClient) -> list[str]:
    return sorted(item["title"] for item in items(client))


@pytest.fixture
def poll(store: Store, newsroom: ModuleType, now: datetime) -> Callable[..., None]:
    """Stores a poll of a source that ended so, at so many hours from now."""

    def make(id: str, kind: str, *, hours: int = 0, status: int | None = None, **memory: Any) -> None:
        source = next(one for one in newsroom.SOURCES if one.id == id)
        at = now + timedelta(hours=hours)
        made = newsroom.polled(now, source, [], last_poll=at, last_kind=kind, **memory)
        outcome = Outcome(kind=kind, at=at, message="", status=status)  # type: ignore[arg-type]
        store.save([replace(made, outcome=outcome)], settle, now=at)

    return make


def test_there_is_an_entry_for_each_source_and_trouble(
    client: FlaskClient, store: Store, newsroom: ModuleType, now: datetime
) -> None:
    assert items(client) == []
    newsroom.trouble(store, now)
    assert titles(client) == [
        "Die Stadtpost has moved",
        "El Faro del Sur fails",
        "Harbour Times is silent",
        "Le Courrier du Littoral is gone for good",
    ]
    by_title = {item["title"]: item for item in items(client)}
    assert "The origin answered 503" in by_title["El Faro del Sur fails"]["content_text"]
    assert (
        'url = "https://stadtpost.example/neu/feed.xml"'
        in by_title["Die Stadtpost has moved"]["content_text"]
    )
    assert by_title["El Faro del Sur fails"]["url"].endswith("/admin/source/faro-sur")


def test_failures_that_pass_by_themselves_need_nobody(client: FlaskClient, poll: Callable[..., None]) -> None:
    poll("ufuq", "failed", failures=2)
    assert items(client) == []


def test_an_entry_stays_the_same_while_the_trouble_does(
    client: FlaskClient, poll: Callable[..., None]
) -> None:
    given: dict[str, Any] = {"status": 503, "last_message": "It answered 503.", "last_ok": None}
    poll("ufuq", "failed", failures=3, **given)
    (first,) = items(client)
    poll("ufuq", "failed", failures=4, hours=5, **given)
    assert items(client) == [first]


def test_an_entry_changes_with_the_trouble_and_keeps_its_id(
    client: FlaskClient, poll: Callable[..., None], now: datetime
) -> None:
    ok = now - timedelta(days=1)
    poll("ufuq", "failed", failures=3, status=503, last_message="It answered 503.", last_ok=ok)
    (first,) = items(client)
    poll("ufuq", "failed", failures=4, hours=5, status=404, last_message="It answered 404.", last_ok=ok)
    (second,) = items(client)
    assert second["id"] == first["id"]
    assert second["date_published"] == first["date_published"]
    assert second["date_modified"] > first["date_modified"]
    assert "404" in second["content_text"]


def test_what_is_over_drops_out_and_comes_back_as_another(
    client: FlaskClient, poll: Callable[..., None], now: datetime
) -> None:
    poll("ufuq", "failed", failures=3, last_ok=now - timedelta(days=1))
    (first,) = items(client)
    poll("ufuq", "news", hours=1, last_ok=now)
    assert items(client) == []
    poll("ufuq", "failed", failures=3, hours=2, last_ok=now)
    (second,) = items(client)
    assert second["id"] != first["id"]


def test_a_refused_configuration_is_an_entry(client_of: Clients, settings: Callable[..., Settings]) -> None:
    client = client_of(settings(), problem="config.toml:3: <b> is no key.")
    (item,) = items(client)
    assert item["title"] == "The last edit of the configuration was refused"
    assert "config.toml:3: &lt;b&gt; is no key." in item["content_html"]


@pytest.mark.parametrize(
    ("extension", "kind"),
    [("atom", "application/atom+xml"), ("rss", "application/rss+xml"), ("json", "application/feed+json")],
)
def test_it_comes_in_each_format_and_is_not_sent_twice(
    client: FlaskClient, store: Store, newsroom: ModuleType, now: datetime, extension: str, kind: str
) -> None:
    newsroom.trouble(store, now)
    answer = client.get(f"/feeds/needs.{extension}")
    assert answer.content_type.startswith(kind)
    assert "El Faro del Sur fails" in answer.text
    assert answer.headers["Cache-Control"].startswith("private")
    again = client.get(f"/feeds/needs.{extension}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert client.get("/feeds/needs.csv").status_code == 404


@pytest.mark.parametrize("access", ["public", "readers"])
def test_on_an_open_desk_it_is_for_the_programs_of_admins(
    client_of: Clients, settings: Callable[..., Settings], store: Store, now: datetime, access: str
) -> None:
    client = client_of(settings(access=access))
    answer = client.get("/feeds/needs.atom")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    tokens = {
        role: store.add_token(store.welcome(role, role=role, now=now), view="needs", label="", now=now)  # type: ignore[arg-type]
        for role in ("admin", "reader")
    }
    assert client.get(f"/feeds/needs.atom?token={tokens['admin']}").status_code == 200
    assert client.get("/feeds/needs.atom", auth=("x", tokens["reader"])).status_code == 403
