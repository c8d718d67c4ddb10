from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from aggregator.schema import Settings

Headers = Callable[[FlaskClient], dict[str, str]]


def test_pages_look_as_usual_until_a_reader_chooses(client: FlaskClient) -> None:
    assert (
        '<html lang="en" dir="ltr" class="layout-full theme-auto size-medium measure-normal font-serif">'
        in (client.get("/").text)
    )


def test_a_choice_is_kept_in_a_cookie_and_leads_back(client: FlaskClient, csrf: Headers) -> None:
    answer = client.post("/look", data={"layout": "cards", "back": "/?country=MA"}, headers=csrf(client))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?country=MA")
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if one.startswith("dateline-look")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert 'class="layout-cards ' in client.get("/").text


def test_one_choice_leaves_the_others(client: FlaskClient, csrf: Headers) -> None:
    client.post("/look", data={"size": "large"}, headers=csrf(client))
    client.post("/look", data={"theme": "dark"}, headers=csrf(client))
    assert "theme-dark size-large" in client.get("/about").text


@pytest.mark.parametrize("said", ["layout=x%22onload%3D1", "colour=red", "%00", "layout", "=" * 3_000])
def test_a_cookie_that_was_made_up_changes_nothing(client: FlaskClient, said: str) -> None:
    client.set_cookie("dateline-look", said)
    assert 'class="layout-full theme-auto' in client.get("/").text


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example",
                                  "https:evil.example", "javascript:alert(1)", "", "evil", "/ x"])  # fmt: skip
def test_no_other_site_is_gone_back_to(client: FlaskClient, csrf: Headers, back: str) -> None:
    answer = client.post("/look", data={"theme": "dark", "back": back}, headers=csrf(client))
    assert answer.headers["Location"] == "/"
    assert (
        '<input type="hidden" name="back" value="/">' in client.get("/look", query_string={"back": back}).text
    )


@pytest.mark.parametrize("said", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_another_site_cannot_choose(client: FlaskClient, said: dict[str, str]) -> None:
    assert client.post("/look", data={"theme": "dark"}, headers=said).status_code == 403


def test_a_stranger_chooses_and_is_given_no_other_cookie(
    client: FlaskClient, client_of: Callable[..., FlaskClient], settings: Callable[..., Settings]
) -> None:
    stranger = client_of(settings(access="public"))
    for page in ("/", "/look", "/map", "/article/1"):
        assert "Set-Cookie" not in stranger.get(page).headers
    answer = stranger.post("/look", data={"theme": "dark"})
    assert [one.partition("=")[0] for one in answer.headers.getlist("Set-Cookie")] == ["dateline-look"]
    assert "theme-dark" in stranger.get("/").text
