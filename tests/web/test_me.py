"""A reader's own page."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

PASSWORD = "correct horse battery"


# --- sessions ----------------------------------------------------------------------------------


def test_sessions_are_listed_and_ended_one_by_one(desk: Any) -> None:
    here, there = desk.signed_in("ann"), desk.signed_in("ann", "Chrome/140 (Windows NT 10.0)")
    page = here.get("/me").text
    assert "Firefox on Linux" in page
    assert "Chrome on Windows" in page
    assert page.count("this browser") == 1
    (end,) = re.findall(r'action="(/me/sessions/\w+/end)"', page)
    assert here.change(end).headers["Location"] == "/me#sessions"
    assert there.get("/me").status_code == 303
    assert here.get("/me").status_code == 200


def test_signing_out_everywhere_ends_this_session_too(desk: Any) -> None:
    here, there, other = desk.signed_in("ann"), desk.signed_in("ann"), desk.signed_in("bo")
    assert here.change("/me/sessions/end").status_code == 303
    assert [one.get("/me").status_code for one in (here, there, other)] == [303, 303, 200]


def test_what_is_another_readers_cannot_be_ended(desk: Any) -> None:
    ann, bo = desk.signed_in("ann"), desk.signed_in("bo")
    bo.change("/me/tokens", label="phone")
    reader = desk.store.reader("bo")
    (session,) = desk.store.sessions(reader, "", desk.now)
    (token,) = desk.store.tokens(reader)
    assert ann.change(f"/me/sessions/{session.id}/end").status_code == 404
    assert ann.change(f"/me/tokens/{token.id}/end").status_code == 404
    assert bo.get("/me").status_code == 200
    assert len(desk.store.tokens(reader)) == 1
    assert "phone" not in ann.get("/me").text


def test_who_has_no_password_gives_themselves_none(desk: Any) -> None:
    desk.store.welcome("cy", subject="https://id.example 7", now=desk.now)
    answer = desk.signed_in("cy").change("/me/password", password="cy", new="a new long password")
    assert answer.status_code == 404
    assert desk.store.password_of("cy") is None


# --- app passwords and tokens ------------------------------------------------------------------


def test_an_app_password_is_shown_once_and_opens_feeds_until_it_is_revoked(desk: Any) -> None:
    client, program = desk.signed_in("ann"), desk.client()
    answer = client.change("/me/tokens", label=" My   phone ")
    assert answer.headers["Cache-Control"] == "no-store"
    said = re.search(r'<code dir="ltr">([\w-]{43})</code>', answer.text)
    assert said is not None
    assert said[1] not in client.get("/me").text
    assert "not used yet" in client.get("/me").text
    assert program.get("/feeds/latest.rss", auth=("ann", said[1])).status_code == 200
    page = client.get("/me").text
    assert "My phone" in page
    assert "last used" in page
    (end,) = re.findall(r'action="(/me/tokens/\w+/end)"', page)
    assert client.change(end).status_code == 303
    assert program.get("/feeds/latest.rss", auth=("ann", said[1])).status_code == 401


def test_a_token_is_for_the_feeds_of_one_view(desk: Any) -> None:
    client, program = desk.signed_in("ann"), desk.client()
    answer = client.change("/me/tokens", label="phone", view="latest")
    address = re.search(r'<code dir="ltr">http://[^/]+(/feeds/latest.atom\?token=[\w-]+)</code>', answer.text)
    assert address is not None
    assert program.get(address[1]).status_code == 200
    assert program.get(address[1].replace("latest", "maghreb")).status_code == 401
    assert client.change("/me/tokens", label="phone", view="no").status_code == 400
    assert client.change("/me/tokens", label=" ", view="latest").status_code == 400


# --- password ----------------------------------------------------------------------------------


def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(desk: Any) -> None:
    here, there = desk.signed_in("ann"), desk.signed_in("ann")
    assert "not your password" in here.change("/me/password", password="x", new="another horse").text
    assert "10 to 1000" in here.change("/me/password", password=PASSWORD, new="short").text
    before = here.get_cookie("dateline").value
    answer = here.change("/me/password", password=PASSWORD, new="another horse")
    assert answer.headers["Location"] == "/me#password"
    assert here.get("/me").status_code == 200
    assert here.get_cookie("dateline").value != before
    assert there.get("/me").status_code == 303
    here.change("/me/password", password="another horse", new=PASSWORD)
    assert here.get("/me").status_code == 200


@pytest.mark.parametrize(("said", "status"), [({}, 200), ({"revoke": "on"}, 401)])
def test_a_new_password_leaves_programs_theirs_unless_they_are_to_lose_it(
    desk: Any, said: dict[str, str], status: int
) -> None:
    here = desk.signed_in("ann")
    made = desk.store.add_token(desk.store.reader("ann"), view="", label="phone", now=desk.now)
    program = desk.client()
    assert program.get("/feeds/latest.rss", auth=("ann", made)).status_code == 200
    here.change("/me/password", password=PASSWORD, new="another horse", **said)
    assert program.get("/feeds/latest.rss", auth=("ann", made)).status_code == status


def test_the_password_cannot_be_guessed_by_whoever_has_the_session(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.sign_in.matches", lambda said, stored: said == PASSWORD)
    client = desk.signed_in("ann")
    for _ in range(10):
        client.change("/me/delete", password="a wrong guess")
    assert "too many wrong passwords" in client.change("/me/delete", password=PASSWORD).text
    assert desk.store.reader("ann") is not None


# --- data --------------------------------------------------------------------------------------


def test_the_export_is_all_that_is_the_readers_and_nothing_of_others(desk: Any) -> None:
    ann, bo = desk.signed_in("ann"), desk.signed_in("bo")
    ann.change("/me/tokens", label="ann's phone")
    bo.change("/me/tokens", label="bo's phone")
    answer = ann.get("/me/export")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    told = json.loads(answer.data)
    assert told["reader"][0]["name"] == "ann"
    assert told["reader"][0]["created"] == desk.now.isoformat()
    assert [one["label"] for one in told["token"]] == ["ann's phone"]
    assert len(told["session"]) == 1
    assert "bo" not in [one["name"] for one in told["reader"]]
    assert "argon2" not in answer.text


def test_an_account_is_deleted_by_its_reader_with_the_password(desk: Any) -> None:
    here, there, bo = desk.signed_in("ann"), desk.signed_in("ann"), desk.signed_in("bo")
    assert here.change("/me/delete", password="no").status_code == 400
    assert here.change("/me/delete", password=PASSWORD).headers["Location"] == "/"
    assert [one.get("/me").status_code for one in (here, there, bo)] == [303, 303, 200]
    assert desk.store.reader("ann") is None
    assert desk.store.tokens() == []


def test_at_its_own_machine_the_owner_has_a_page_without_signing_in(client: Any) -> None:
    page = client.get("/me").text
    assert "nobody has to sign in" in page
    assert "Sign out" not in page
    assert "Your name here, to confirm" in page
    assert client.change("/me/delete", password="someone").status_code == 400
    assert client.change("/me/delete", password="owner").status_code == 303
    assert client.get("/me").status_code == 200


def test_times_on_the_page_say_how_long_ago(desk: Any) -> None:
    client = desk.signed_in("ann")
    desk.now += timedelta(days=3)
    (said,) = re.findall(r'signed in <time datetime="([^"]+)"[^>]*>([^<]+)</time>', client.get("/me").text)
    assert said == ("2026-01-15T12:00:00Z", "3 days ago")
