"""Readers sign in and out, in real time and against those who should not."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

PASSWORD = "correct horse battery"


def sign_in(client: Any, name: str = "ann", password: str = PASSWORD, **form: str) -> Any:
    return client.change("/sign-in", name=name, password=password, **form)


def secret_of(client: Any) -> str:
    cookie = client.get_cookie("dateline")
    assert cookie is not None
    return cookie.value


def signed_in(desk: Any, name: str = "ann") -> FlaskClient:
    client: Any = desk.client()
    assert sign_in(client, name).status_code == 303
    return client


# --- in and out --------------------------------------------------------------------------------


def test_a_reader_signs_in_and_gets_where_they_wanted(desk: Any) -> None:
    client = desk.client()
    led = client.get("/view/maghreb?q=rabat+fair").headers["Location"]
    page = client.get(led).text
    onward = re.search(r'name="next" value="([^"]*)"', page)
    assert onward is not None
    answer = sign_in(client, next=onward[1])
    assert answer.headers["Location"] == "/view/maghreb?q=rabat+fair"
    assert client.get("/").status_code == 200
    assert "ann" in client.get("/").text


def test_names_are_the_same_however_they_are_typed(desk: Any) -> None:
    assert sign_in(desk.client(), " Ann ").status_code == 303


@pytest.mark.parametrize(
    ("name", "password"),
    [("ann", "wrong horse"), ("nobody", PASSWORD), ("", ""), ("ann", ""), ("a b", PASSWORD)],
)
def test_a_wrong_name_and_a_wrong_password_are_told_alike(desk: Any, name: str, password: str) -> None:
    client = desk.client()
    answer = sign_in(client, name, password)
    assert answer.status_code == 401
    assert "not the name and password of a reader" in answer.text
    assert client.get("/").status_code == 303


def test_a_reader_without_a_password_cannot_sign_in(desk: Any) -> None:
    desk.store.welcome("carl", now=desk.now)
    assert sign_in(desk.client(), "carl", "").status_code == 401


def test_signing_out_ends_the_session_for_good(desk: Any) -> None:
    client = signed_in(desk)
    secret = secret_of(client)
    answer = client.change("/sign-out")
    assert '"cache"' in answer.headers["Clear-Site-Data"]
    assert client.get("/").status_code == 303
    client.set_cookie("dateline", secret)
    assert client.get("/").status_code == 303


def test_signing_out_needs_the_token(desk: Any) -> None:
    client = signed_in(desk)
    assert client.post("/sign-out").status_code == 403
    assert client.get("/").status_code == 200


def test_a_session_ends_a_month_after_its_last_use(desk: Any) -> None:
    client = signed_in(desk)
    desk.now += timedelta(days=29)
    assert client.get("/").status_code == 200
    desk.now += timedelta(days=29)
    assert client.get("/").status_code == 200
    desk.now += timedelta(days=31)
    assert client.get("/").status_code == 303


# --- against those who should not --------------------------------------------------------------


def test_a_secret_planted_before_is_worth_nothing_after_signing_in(desk: Any) -> None:
    victim, thief = desk.client(), desk.client()
    planted = "x" * 43
    victim.set_cookie("dateline", planted)
    assert sign_in(victim).status_code == 303
    assert secret_of(victim) != planted
    thief.set_cookie("dateline", planted)
    assert thief.get("/").status_code == 303


def test_signing_in_again_ends_the_session_before_it(desk: Any) -> None:
    client = signed_in(desk)
    before = secret_of(client)
    token = client.token()
    client.post("/sign-in", data={"csrf": token, "name": "bo", "password": PASSWORD})
    thief = desk.client()
    thief.set_cookie("dateline", before)
    assert thief.get("/").status_code == 303
    assert "bo" in client.get("/me").text


def test_the_database_does_not_hold_the_secret(desk: Any, tmp_path: Any) -> None:
    secret = secret_of(signed_in(desk))
    files = list(tmp_path.rglob("dateline.db*"))
    assert files
    assert not any(secret.encode() in path.read_bytes() for path in files)


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%09/evil.example\n",
        "https:evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        " /",
        "/\r\nSet-Cookie: a=b",
        "evil.example",
        "",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(desk: Any, onward: str) -> None:
    client = desk.client()
    assert sign_in(client, next=onward).headers["Location"] == "/"
    assert client.get("/sign-in", query_string={"next": onward}).headers["Location"] == "/"


def test_a_path_with_escapes_stays_on_the_desk(desk: Any) -> None:
    assert sign_in(desk.client(), next="/%09/evil.example").headers["Location"] == "/%09/evil.example"


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "/%09/evil.example", "///evil.example/a"]
)
def test_the_way_to_the_sign_in_page_leads_nobody_elsewhere(desk: Any, path: str) -> None:
    client = desk.client()
    answer = client.get("/", environ_overrides={"PATH_INFO": path.replace("%09", "\t")})
    location = answer.headers.get("Location", "/sign-in")
    assert location.startswith("/sign-in")
    led = client.get(location)
    onward = re.search(r'name="next" value="([^"]*)"', led.text)
    assert onward is not None
    assert not re.match(r"/[/\\]", onward[1])


def test_the_host_that_is_asked_for_is_nowhere_in_an_answer(desk: Any) -> None:
    client = signed_in(desk)
    for page in ("/", "/me", "/sign-in", "/nowhere", "/sources"):
        answer = client.get(page, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in answer.text + str(answer.headers)


def test_guessing_ends_after_ten_wrong_passwords_for_a_name(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    client = desk.client()
    for _ in range(10):
        assert sign_in(client, "ann", "a wrong guess").status_code == 401
    answer = sign_in(client, "ann", PASSWORD)
    assert answer.status_code == 429
    assert "15 minutes" in answer.text
    assert int(answer.headers["Retry-After"]) <= 901
    assert sign_in(desk.client(), "bo").status_code == 303
    desk.now += timedelta(minutes=16)
    assert sign_in(client).status_code == 303


def test_guessing_ends_after_thirty_wrong_passwords_from_an_address(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    client = desk.client()
    for number in range(30):
        assert sign_in(client, f"reader{number}", "a wrong guess").status_code == 401
    assert sign_in(client, "ann").status_code == 429
    token = client.token()
    form = {"csrf": token, "name": "ann", "password": PASSWORD}
    answer = client.post("/sign-in", data=form, headers={"X-Forwarded-For": "203.0.113.9"})
    assert answer.status_code == 429  # who is no proxy of ours names no other address
    elsewhere = client.post("/sign-in", data=form, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert elsewhere.status_code == 303


def test_signing_in_often_is_no_guessing(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    quick(monkeypatch)
    for _ in range(40):
        assert sign_in(desk.client()).status_code == 303


def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Comparing passwords is slow on purpose; here the number of guesses counts."""
    monkeypatch.setattr("web.sign_in.matches", lambda said, stored: said == PASSWORD and stored is not None)


def test_no_password_and_no_name_is_logged(desk: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        sign_in(desk.client(), "my secret in the wrong field", "a wrong guess")
        secret = secret_of(signed_in(desk))
    assert "A wrong name or password was given from 127.0.0.1." in caplog.text
    for word in ("wrong guess", "my secret", PASSWORD, secret):
        assert word not in caplog.text


# --- roles -------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/status", "/sources.opml", "/feeds/latest.opml"])
def test_pages_of_admins_are_for_admins(desk: Any, page: str) -> None:
    answer = signed_in(desk).get(page)
    assert answer.status_code == 403
    assert "admins" in answer.text
    assert signed_in(desk, "bo").get(page).status_code == 200


def test_a_role_holds_from_the_next_request_on(desk: Any) -> None:
    client = signed_in(desk)
    desk.store.set_role(desk.store.reader("ann"), "admin")
    assert client.get("/status").status_code == 200


def test_a_public_desk_is_read_by_all_and_acted_on_by_readers(desk: Any) -> None:
    desk.set_web(access="public")
    stranger = desk.client()
    assert stranger.get("/").status_code == 200
    assert stranger.get("/me").headers["Location"] == "/sign-in?next=/me"
    assert "Sign in" in stranger.get("/").text
    assert stranger.post("/me/tokens").status_code == 403
    assert signed_in(desk).get("/me").status_code == 200


# --- a proxy that signs readers in -------------------------------------------------------------


PROXY = {"REMOTE_ADDR": "10.0.0.7"}


@pytest.fixture
def proxied(desk: Any) -> Any:
    desk.set_web(access="readers", trusted_proxies=("10.0.0.0/24",), trusted_header="X-Remote-User")
    return desk


def test_a_proxy_never_signs_in_the_owner_of_the_machine(proxied: Any) -> None:
    proxied.store.owner(proxied.now)
    said = {"X-Remote-User": "owner"}
    answer = proxied.client().get("/me", headers=said, environ_overrides=PROXY)
    assert answer.headers["Location"] == "/sign-in?next=/me"


def test_a_trusted_proxy_says_who_reads(proxied: Any) -> None:
    client = proxied.client()
    said = {"X-Remote-User": "Carla@example.org"}
    assert "carla@example.org" in client.get("/me", headers=said, environ_overrides=PROXY).text
    assert client.get("/status", headers=said, environ_overrides=PROXY).status_code == 403
    assert proxied.store.reader("carla@example.org").role == "reader"


@pytest.mark.parametrize("address", ["10.0.1.7", "127.0.0.1", "::1", "::ffff:10.0.1.7", "", "unknown"])
def test_the_header_of_anyone_else_says_nothing(proxied: Any, address: str) -> None:
    client = proxied.client()
    answer = client.get("/", headers={"X-Remote-User": "bo"}, environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == 303


def test_a_proxy_that_names_nobody_lets_nobody_in(proxied: Any) -> None:
    for said in ({}, {"X-Remote-User": ""}, {"X-Remote-User": "a b"}, {"X-Remote-User": "ann,bo"}):
        assert proxied.client().get("/", headers=said, environ_overrides=PROXY).status_code == 303


def test_behind_a_trusted_proxy_guesses_are_counted_by_the_address_it_names(
    proxied: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    client = proxied.client()
    token = client.token()

    def guess(address: str, name: str) -> int:
        form = {"csrf": token, "name": name, "password": "a wrong guess"}
        headers = {"X-Forwarded-For": f"198.51.100.1, {address}"}
        return int(client.post("/sign-in", data=form, headers=headers, environ_overrides=PROXY).status_code)

    assert {guess("203.0.113.9", f"reader{number}") for number in range(30)} == {401}
    assert guess("203.0.113.9", "ann") == 429
    assert guess("203.0.113.10", "ann") == 401
