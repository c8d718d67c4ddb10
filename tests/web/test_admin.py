"""The pages for admins, over a real store; what stands behind them is tried in tests/cli."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient

from aggregator.schema import (
    Corrected,
    Correction,
    Errand,
    Moved,
    Offer,
    Planned,
    Preview,
)
from aggregator.store import Store

Csrf = Callable[[FlaskClient], dict[str, str]]


@pytest.fixture
def client(
    newsroom: ModuleType,
    store: Store,
    now: datetime,
    desk_of: Callable[..., Any],
    bench: Any,
) -> Any:
    newsroom.fill(store, now)
    newsroom.trouble(store, now)
    return desk_of(tools=bench).client()


# --- a source ----------------------------------------------------------------------------------


def test_a_source_has_a_page_with_its_health_its_polls_and_what_to_change(client: FlaskClient) -> None:
    page = client.get("/admin/source/stadtpost").text
    assert "Die Stadtpost" in page
    assert "<ins>+ url = &#34;https://stadtpost.example/neu/feed.xml&#34;</ins>" in page
    assert "Latest polls" in page
    assert " style=" not in page
    assert client.get("/admin/source/nobody").status_code == 404


def test_a_source_is_polled_on_request_and_the_answer_shown(
    client: FlaskClient, bench: Any, csrf: Csrf, now: datetime
) -> None:
    bench.errand = Errand(since=now - timedelta(seconds=1))
    answer = client.post("/admin/source/atlas-wire/poll", headers=csrf(client))
    assert answer.status_code == 303
    assert bench.asked == ["atlas-wire"]
    assert re.search(r'role="status">Asked .*new articles', client.get(answer.location).text)


def test_a_poll_that_is_not_over_yet_is_said_to_be_in_line(
    client: FlaskClient, bench: Any, csrf: Csrf, now: datetime
) -> None:
    bench.errand = Errand(since=now + timedelta(seconds=1))
    answer = client.post("/admin/source/atlas-wire/poll", headers=csrf(client))
    assert "Look again" in client.get(answer.location).text


def test_a_refused_poll_says_why(client: FlaskClient, bench: Any, csrf: Csrf) -> None:
    bench.errand = Errand(refused="Nobody is asked more often than every 5 minutes.")
    answer = client.post("/admin/source/atlas-wire/poll", headers=csrf(client))
    assert answer.status_code == 409
    assert 'Not asked now. <bdi lang="en">Nobody is asked more often' in answer.text


def test_the_status_page_has_the_queue_and_a_button_for_each_source(client: FlaskClient) -> None:
    page = client.get("/status").text
    assert "<dt>Being polled</dt><dd>7</dd>" in page
    assert page.count(">Poll now<") == 7


# --- figures -----------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_database(client: FlaskClient, store: Store) -> None:
    page = client.get("/admin/figures").text
    assert f"<dt>Articles</dt><dd>{store.count()}</dd>" in page
    assert "<code>article_key</code>" in page


# --- an address tried out ----------------------------------------------------------------------


def test_an_address_is_only_asked_when_the_form_is_sent(client: FlaskClient, bench: Any) -> None:
    page = client.get("/admin/try?url=https://a.example/%22%3E%3Cb%3E").text
    assert 'value="https://a.example/&#34;&gt;&lt;b&gt;"' in page
    assert bench.asked == []


def test_what_was_found_is_shown_escaped_with_the_table_to_copy(
    client: FlaskClient, bench: Any, csrf: Csrf, store: Store
) -> None:
    article = store.article(1)
    assert article is not None
    bench.found = Preview(
        asked="", url="https://a.example/f", title="<i>A</i>", entries=9, articles=(article,),
        offers=(Offer(url="https://a.example/f", title="<b>All</b>", kind="RSS"), Offer(url="https://a.example/g")),
        notes=("It is <u>known</u>.",), table='[[source]]\nurl = "https://a.example/f"',
    )  # fmt: skip
    page = client.post("/admin/try", data={"url": "a.example"}, headers=csrf(client)).text
    assert bench.asked == ["a.example"]
    assert "<i>A" not in page
    assert "<b>All" not in page
    assert "<u>" not in page
    assert "[[source]]\nurl = &#34;https://a.example/f&#34;" in page
    assert article.title in page
    assert 'name="url" value="https://a.example/g"' in page


def test_why_there_is_no_feed_is_an_alert(client: FlaskClient, bench: Any, csrf: Csrf) -> None:
    bench.found = Preview(asked="", problem="No feed was found at <a.example>.")
    page = client.post("/admin/try", data={"url": "a.example"}, headers=csrf(client)).text
    assert 'role="alert"><p lang="en" dir="ltr">No feed was found at &lt;a.example&gt;.' in page


def test_addresses_are_tried_out_in_turn_and_not_too_often(
    client: FlaskClient, bench: Any, csrf: Csrf
) -> None:
    headers = csrf(client)
    answers = [client.post("/admin/try", data={"url": "a.example"}, headers=headers) for _ in range(41)]
    assert [answer.status_code for answer in answers] == [200] * 40 + [429]
    assert "wait a little" in answers[-1].text


# --- the configuration -------------------------------------------------------------------------


def test_the_files_on_disk_are_planned(client: FlaskClient, bench: Any) -> None:
    assert "is in force as it stands on disk" in client.get("/admin/plan").text
    bench.planned = Planned(changes=("+ source new: https://a.example/<f>",))
    assert "+ source new: https://a.example/&lt;f&gt;" in client.get("/admin/plan").text
    bench.planned = Planned(problem="config.toml:3: <b> is no key.")
    assert "config.toml:3: &lt;b&gt; is no key." in client.get("/admin/plan").text
    assert bench.asked == [None] * 3


def test_a_draft_is_planned_and_stays_in_its_box(client: FlaskClient, bench: Any, csrf: Csrf) -> None:
    draft = "[web]\nport = 1 # </textarea>"
    page = client.post("/admin/plan", data={"draft": draft}, headers=csrf(client)).text
    assert bench.asked == [draft]
    assert "Nothing would change." in page
    assert "port = 1 # &lt;/textarea&gt;</textarea>" in page


# --- corrections -------------------------------------------------------------------------------


def test_an_article_has_a_button_for_each_place_and_category(client: FlaskClient, store: Store) -> None:
    article = store.article(1)
    assert article is not None
    page = client.get("/article/1").text
    assert "Something wrong here?" in page
    for category in article.categories:
        assert f'name="what" value="{category.id}"' in page


def test_every_line_of_an_article_may_be_junk(client: FlaskClient, store: Store) -> None:
    article = store.article(1)
    assert article is not None
    page = client.get("/article/1/correct").text
    assert page.count('name="fault" value="line"') == len(
        [one for one in article.text.split("\n") if one.strip()]
    )


def test_an_edit_is_shown_with_what_it_changes(client: FlaskClient, bench: Any, csrf: Csrf) -> None:
    moved = Moved(id=2, title="<i>Other</i>", before="Reading (GB)", after="")
    edits = (
        Correction(why="“Reading” is never meant as a place.", where="config.toml", old="",
                   new='[places]\n"Reading" = { block = true }', looked=12, changed=3, samples=(moved,)),
    )  # fmt: skip
    bench.edits = Corrected(edits=edits)
    data = {"fault": "place", "what": "name:reading"}
    page = client.post("/article/1/correct", data=data, headers=csrf(client)).text
    assert bench.asked == [(1, "place", "name:reading")]
    assert "<ins>+ &#34;Reading&#34; = { block = true }</ins>" in page
    assert "It changes 3 of 12 articles of the last 30 days" in page
    assert 'loses <q dir="auto">Reading (GB)</q>' in page
    assert "<i>" not in page


def test_if_no_edit_helps_it_is_said(client: FlaskClient, csrf: Csrf) -> None:
    data = {"fault": "category", "what": "science"}
    page = client.post("/article/1/correct", data=data, headers=csrf(client)).text
    assert "No edit of the configuration was found" in page


def test_what_is_gone_already_needs_no_edit(client: FlaskClient, bench: Any, csrf: Csrf) -> None:
    bench.edits = Corrected(is_gone=True)
    data = {"fault": "category", "what": "science"}
    page = client.post("/article/1/correct", data=data, headers=csrf(client)).text
    assert "dateline reprocess --from 1</code> brings the stored one up to date" in page


@pytest.mark.parametrize("data", [{}, {"fault": "x", "what": "y"}, {"fault": "line", "what": " "}])
def test_a_fault_that_says_nothing_is_refused(client: FlaskClient, csrf: Csrf, data: dict[str, str]) -> None:
    assert client.post("/article/1/correct", data=data, headers=csrf(client)).status_code == 400
    assert client.get("/article/99999/correct").status_code == 404
