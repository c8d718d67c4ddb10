"""Only pages of the desk itself change anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from aggregator.schema import Settings
from web.csrf import csrf_token
from web.reader import admins_only, this_reader

Headers = Callable[[FlaskClient], dict[str, str]]


@pytest.fixture
def app_of(desk_of: Callable[..., Any], settings: Callable[..., Settings]) -> Callable[..., Flask]:
    """An app with two addresses that change something."""

    def make(**web: object) -> Flask:
        app: Flask = desk_of(settings(**web)).app
        app.add_url_rule("/change", "change", view_func=lambda: "changed", methods=["POST", "PUT", "DELETE"])
        app.add_url_rule("/form", "form", view_func=csrf_token)
        app.add_url_rule("/who", "who", view_func=lambda: this_reader().name if this_reader() else "nobody")  # type: ignore
        app.add_url_rule("/admins", "admins", view_func=lambda: admins_only() or "yes")
        return app

    return make


@pytest.fixture
def client(app_of: Callable[..., Flask]) -> FlaskClient:
    return app_of().test_client()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_change_needs_the_token(client: FlaskClient, method: str) -> None:
    answer = client.open("/change", method=method)
    assert answer.status_code == 403
    assert "load the page again" in answer.text
    token = client.get("/form").text
    assert client.open("/change", method=method).status_code == 403
    assert client.open("/change", method=method, headers={"X-CSRF-Token": token}).text == "changed"


def test_a_form_says_the_token_in_a_field(client: FlaskClient) -> None:
    token = client.get("/form").text
    assert client.post("/change", data={"csrf": token}).text == "changed"
    assert client.post("/change", data={"csrf": token[:-1]}).status_code == 403
    assert client.post(f"/change?csrf={token}").status_code == 403


def test_pages_of_a_reader_hold_the_token_for_scripts(client: FlaskClient, csrf: Headers) -> None:
    assert client.post("/change", headers=csrf(client)).text == "changed"


def test_a_token_of_another_browser_changes_nothing(app_of: Callable[..., Flask]) -> None:
    app = app_of()
    mine, another = app.test_client(), app.test_client()
    token = another.get("/form").text
    mine.get("/form")
    assert mine.post("/change", headers={"X-CSRF-Token": token}).status_code == 403


@pytest.mark.parametrize("cookie", ["", "x", "x" * 42, "x" * 44, "é" * 43])
def test_a_cookie_that_is_none_of_ours_is_replaced(client: FlaskClient, cookie: str) -> None:
    client.set_cookie("dateline", cookie)
    token = client.get("/form").text
    assert client.post("/change", headers={"X-CSRF-Token": token}).text == "changed"


def test_the_token_stays_while_the_cookie_does(client: FlaskClient) -> None:
    first = client.get("/form")
    again = client.get("/form")
    assert first.text == again.text
    assert "Set-Cookie" not in again.headers


def test_the_cookie_is_for_the_server_alone(app_of: Callable[..., Flask]) -> None:
    cookie = app_of().test_client().get("/form").headers["Set-Cookie"]
    assert cookie.startswith("dateline=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    cookie = app_of(base_url="https://news.example").test_client().get("/form").headers["Set-Cookie"]
    assert cookie.startswith("__Host-dateline=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "http://localhost:9999"}, 403),
    ],
)
def test_what_the_browser_says_of_the_page_counts_too(
    client: FlaskClient, csrf: Headers, said: dict[str, str], status: int
) -> None:
    assert client.post("/change", headers=csrf(client) | said).status_code == status


def test_a_hub_needs_no_token(client: FlaskClient) -> None:
    assert client.post("/push/unknown", data=b"<rss/>").status_code == 404


def test_at_its_own_machine_the_visitor_is_the_owner_and_an_admin(client: FlaskClient) -> None:
    assert client.get("/who").text == "owner"
    assert client.get("/admins").text == "yes"


def test_on_a_public_desk_a_stranger_is_nobody_and_no_admin(app_of: Callable[..., Flask]) -> None:
    client = app_of(access="public").test_client()
    assert client.get("/who").text == "nobody"
    assert client.get("/admins").headers["Location"] == "/sign-in?next=/admins"
