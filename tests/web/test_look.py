from __future__ import annotations

import pytest
from flask.testing import FlaskClient


def test_pages_look_as_usual_until_a_reader_chooses(client: FlaskClient) -> None:
    assert '<html lang="en" class="layout-full theme-auto size-medium measure-normal font-serif">' in (
        client.get("/").text
    )


def test_a_choice_is_kept_in_a_cookie_and_leads_back(client: FlaskClient) -> None:
    answer = client.post("/look", data={"layout": "cards", "back": "/?country=MA"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?country=MA")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    assert 'class="layout-cards ' in client.get("/").text


def test_one_choice_leaves_the_others(client: FlaskClient) -> None:
    client.post("/look", data={"size": "large"})
    client.post("/look", data={"theme": "dark"})
    assert "theme-dark size-large" in client.get("/about").text


@pytest.mark.parametrize("said", ["layout=x%22onload%3D1", "colour=red", "%00", "layout", "=" * 3_000])
def test_a_cookie_that_was_made_up_changes_nothing(client: FlaskClient, said: str) -> None:
    client.set_cookie("dateline-look", said)
    assert 'class="layout-full theme-auto' in client.get("/").text


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example",
                                  "https:evil.example", "javascript:alert(1)", "", "evil", "/ x"])  # fmt: skip
def test_no_other_site_is_gone_back_to(client: FlaskClient, back: str) -> None:
    assert client.post("/look", data={"theme": "dark", "back": back}).headers["Location"] == "/"
    assert f'href="{back}"' not in client.get("/look", query_string={"back": back}).text or not back
