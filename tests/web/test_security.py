from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from aggregator.schema import Settings

Clients = Callable[..., FlaskClient]
Sets = Callable[..., Settings]

EVERYWHERE = (
    "/",
    "/article/1",
    "/sources",
    "/about",
    "/status",
    "/feeds/latest.rss",
    "/static/dateline.css",
    "/no",
)
STRANGER = {"REMOTE_ADDR": "203.0.113.7"}


# --- headers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/", "/article/1", "/status", "/healthz", "/nowhere", "/?since=x",
                                     "/static/dateline.css"])  # fmt: skip
def test_every_answer_carries_the_security_headers(client: FlaskClient, address: str) -> None:
    with client.get(address) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "style-src 'self'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Permissions-Policy" in headers


def test_strangers_are_given_no_cookie_where_there_is_no_form(client_of: Clients, settings: Sets) -> None:
    client = client_of(settings(access="public"))
    for address in ("/about", "/feeds/latest.rss", "/nowhere"):
        assert "Set-Cookie" not in client.get(address).headers


def test_the_style_sheet_is_kept_for_a_year_under_an_address_of_its_content(client: FlaskClient) -> None:
    page = client.get("/").text
    address = page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    assert "?v=" in address
    with client.get(address) as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_what_is_asked_in_another_way_than_it_can_be_is_told_which_ways_there_are(
    client: FlaskClient, csrf: Callable[[FlaskClient], dict[str, str]]
) -> None:
    answer = client.post("/", headers=csrf(client))
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    answer = client.get("/me/tokens")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")
    assert "is not asked in this way" in answer.text


@pytest.mark.parametrize(
    "path", ["//article/1", "/article//1", "/about/", "/notes/list", "/arrivals/1", "//evil.example"]
)
def test_no_answer_leads_to_the_host_that_the_client_named(
    client_of: Clients, settings: Sets, path: str
) -> None:
    answer = client_of(settings(access="public")).get(path, headers={"Host": "evil.example"})
    assert "evil.example" not in answer.headers.get("Location", "").partition("/sign-in")[0]
    assert "//evil.example" not in answer.text


# --- local -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_local_access_lets_this_machine_in(client: FlaskClient, address: str) -> None:
    assert client.get("/", environ_overrides={"REMOTE_ADDR": address}).status_code == 200


@pytest.mark.parametrize("page", [*EVERYWHERE, "/healthz"])
def test_local_access_keeps_strangers_out_of_everything(client: FlaskClient, page: str) -> None:
    answer = client.get(page, environ_overrides=STRANGER)
    assert answer.status_code == 403
    assert "[web]" in answer.text


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000", "news.localhost"]
)
def test_local_names_are_accepted(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example",
                                  "localhost.evil.example",
                                  "203.0.113.7", "[::1", "0.0.0.0"])  # fmt: skip
def test_another_name_for_this_machine_is_refused(client: FlaskClient, host: str) -> None:
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 400
    assert "Night trains" not in answer.text


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_what_a_proxy_forwards_is_not_local(client: FlaskClient, name: str) -> None:
    assert client.get("/", headers={name: "203.0.113.7"}).status_code == 403


# --- readers -----------------------------------------------------------------------------------


@pytest.fixture
def guarded(client_of: Clients, settings: Sets) -> FlaskClient:
    return client_of(settings(access="readers"))


@pytest.mark.parametrize(
    "page", ["/", "/article/1", "/sources", "/about", "/status", "/no", "/view/maghreb?q=a b"]
)
def test_strangers_are_led_to_where_readers_sign_in(guarded: FlaskClient, page: str) -> None:
    answer = guarded.get(page, environ_overrides=STRANGER)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")


def test_a_stranger_is_asked_for_a_token_where_programs_read(guarded: FlaskClient) -> None:
    for address in ("/feeds/latest.rss", "/feeds/latest.opml", "/feeds/no"):
        answer = guarded.get(address, environ_overrides=STRANGER)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize("page", ["/healthz", "/readyz", "/sign-in", "/static/dateline.css"])
def test_some_things_are_open_to_everyone(guarded: FlaskClient, page: str) -> None:
    with guarded.get(page, environ_overrides=STRANGER) as answer:
        assert answer.status_code == 200


def test_a_stranger_is_told_nothing_of_the_desk(guarded: FlaskClient) -> None:
    for page in ("/nowhere", "/sign-in", "/feeds/no"):
        text = guarded.get(page).text
        assert "Maghreb" not in text
        assert "csrf-token" not in text


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("news.example", 200), ("news.example:8443", 200), ("NEWS.example", 200), ("localhost:8000", 200),
        ("203.0.113.7:8000", 200), ("[2001:db8::1]:8000", 200), ("dateline:8000", 200),
        ("evil.example", 421), ("news.example.evil.example", 421), ("203.0.113.7.evil.example", 421),
    ],
)  # fmt: skip
def test_a_desk_with_a_public_address_answers_under_no_name_of_somebody_else(
    client_of: Clients, settings: Sets, host: str, status: int
) -> None:
    client = client_of(settings(access="public", base_url="https://news.example"))
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == status
    if status == 421:
        assert "https://news.example alone" in answer.text


# --- public ------------------------------------------------------------------------------------


def test_public_reading_is_open(client_of: Clients, settings: Sets) -> None:
    client = client_of(settings(access="public"))
    for page in ("/", "/sources", "/feeds/latest.rss"):
        answer = client.get(page, headers={"Host": "news.example"}, environ_overrides=STRANGER)
        assert answer.status_code == 200


@pytest.mark.parametrize("page", ["/status", "/sources.opml", "/feeds/latest.opml"])
def test_the_public_is_not_shown_addresses_of_sources(client_of: Clients, settings: Sets, page: str) -> None:
    client = client_of(settings(access="public"))
    assert client.get(page).headers["Location"].startswith("/sign-in")
    assert 'href="/status"' not in client.get("/").text
    assert "/sources.opml" not in client.get("/sources").text
    assert "/sources.opml" in client_of(settings()).get("/sources").text


def test_the_settings_in_force_are_asked_on_every_request(
    desk_of: Callable[..., Any], settings: Sets
) -> None:
    desk = desk_of(settings(access="public"))
    client = desk.client()
    assert client.get("/").status_code == 200
    desk.set_web(access="readers")
    assert client.get("/").status_code == 303
