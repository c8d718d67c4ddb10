from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient

from aggregator.cadence import remember
from aggregator.cluster import settle
from aggregator.filters import parse
from aggregator.health import DAYS, HEALTH_WORDS, health_of, proposed_change, rows, silence, usual_rate
from aggregator.metrics import Metrics
from aggregator.schema import FetchSettings, Memory, Outcome, Settings, Source, replace
from aggregator.store import Store
from aggregator.store.notices import keep_notices_of
from web.app import create_app
from web.desk import Desk

Clients = Callable[..., FlaskClient]
SOURCE = Source(id="a", url="https://a.example/rss", title="A", origin="config.toml:7")


def memory(**given: Any) -> Memory:
    return Memory(**({"source_id": "a", "url": SOURCE.url} | given))


# --- health ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "health"),
    [
        ({}, "waiting"),
        ({"last_kind": "news"}, "ok"),
        ({"last_kind": "not_modified"}, "ok"),
        ({"last_kind": "failed", "failures": 1}, "failing"),
        ({"last_kind": "gone", "gone_count": 1, "failures": 1}, "gone"),
        ({"last_kind": "news", "crashes": 3}, "failing"),
    ],
)
def test_the_health_of_a_source_follows_its_last_polls(
    now: datetime, given: dict[str, Any], health: str
) -> None:
    polled = {"last_poll": now} if given else {}
    assert health_of(SOURCE, memory(**polled, **given), now) == health


def test_a_source_turned_off_is_off_whatever_happened(now: datetime) -> None:
    failing = memory(last_poll=now, failures=3, last_kind="failed")
    assert health_of(replace(SOURCE, enabled=False), failing, now) == "off"


@pytest.mark.parametrize(
    ("a_day", "days", "health"), [(4.0, 3, "silent"), (4.0, 1, "ok"), (0.2, 7, "ok"), (0.2, 41, "silent")]
)
def test_a_source_is_silent_once_it_misses_eight_articles(
    now: datetime, a_day: float, days: int, health: str
) -> None:
    quiet = memory(last_poll=now, last_kind="not_modified", last_new=now - timedelta(days=days),
                   news=a_day * 10, span=10.0)  # fmt: skip
    assert health_of(SOURCE, quiet, now) == health


def watched(a_day: float, days: int, then_silent_for: int, now: datetime) -> Memory:
    """The memory of a source polled every six hours, which brought news evenly and then none."""
    first = now - timedelta(days=days + then_silent_for)
    found, owed = memory(), 0.0
    for step in range(4 * (days + then_silent_for) + 1):
        at = first + timedelta(hours=6 * step)
        owed += a_day / 4 if at <= now - timedelta(days=then_silent_for) else 0
        new, owed = int(owed), owed % 1
        poll = Outcome(kind="news" if new else "unchanged", at=at, message="", new=new)
        found = remember(found, SOURCE, poll, FetchSettings(), budget=1.0, jitter=0.0)
    return found


@pytest.mark.parametrize("days", [4, 10, 60, 400])
def test_the_usual_is_what_it_was_before_the_silence(now: datetime, days: int) -> None:
    found = watched(1.0, days=40, then_silent_for=days, now=now)
    assert usual_rate(found) == pytest.approx(1.0, rel=0.2)
    times = re.match(r"Silent (\d+) times longer than usual: nothing new", silence(found, now))
    assert times is not None
    assert int(times[1]) == pytest.approx(days, rel=0.3)
    assert health_of(SOURCE, found, now) == ("silent" if days > 8 else "ok")


def test_an_archive_is_no_rate_that_silence_could_be_held_against(now: datetime) -> None:
    found = watched(0.0, days=0, then_silent_for=30, now=now)
    assert silence(replace(found, last_new=now - timedelta(days=30)), now) == ""


def test_a_source_watched_for_hours_is_never_called_silent(now: datetime) -> None:
    quiet = memory(
        last_poll=now, last_kind="unchanged", last_new=now - timedelta(days=3), news=40.0, span=0.5
    )
    assert health_of(SOURCE, quiet, now) == "ok"


def test_rows_have_a_count_for_each_day_today_last(now: datetime) -> None:
    (row,) = rows([SOURCE], [], {"a": {date(2026, 1, 15): 3, date(2026, 1, 14): 2}}, now)
    assert len(row.daily) == DAYS
    assert row.daily[-2:] == (2, 3)


def test_lately_is_the_mean_of_the_last_seven_whole_days(now: datetime) -> None:
    (row,) = rows(
        [SOURCE], [], {"a": {date(2026, 1, 15): 90, date(2026, 1, 14): 7, date(2026, 1, 8): 7}}, now
    )
    assert row.lately == 2.0


def test_sources_that_need_a_person_come_first(now: datetime) -> None:
    sources = [replace(SOURCE, id=id, title=id) for id in ("b", "c", "d")]
    memories = [
        memory(source_id="b", last_poll=now, last_kind="news"),
        memory(source_id="d", last_poll=now, last_kind="failed", failures=2),
    ]
    assert [row.health for row in rows(sources, memories, {}, now)] == ["failing", "waiting", "ok"]


def test_a_moved_source_proposes_the_new_address() -> None:
    change = proposed_change(SOURCE, memory(moved_to="https://b.example/rss", moved_count=2))
    assert change is not None
    assert (change.old, change.new) == ('url = "https://a.example/rss"', 'url = "https://b.example/rss"')
    assert change.where == "config.toml:7"
    assert "2 polls" in change.why


def test_nothing_is_proposed_for_a_source_that_is_turned_off() -> None:
    off = replace(SOURCE, enabled=False)
    assert proposed_change(off, memory(last_kind="gone", gone_count=3)) is None
    assert proposed_change(off, memory(moved_to="https://b.example/rss", moved_count=3)) is None


def test_a_moved_source_already_asked_there_still_proposes_the_edit() -> None:
    change = proposed_change(SOURCE, memory(url="https://b.example/rss"))
    assert change is not None
    assert "already used" in change.why


def test_a_proposed_address_never_shows_credentials() -> None:
    change = proposed_change(SOURCE, memory(moved_to="https://me:secret@b.example/rss"))
    assert change is not None
    assert "secret" not in change.new


def test_a_proposed_address_cannot_break_out_of_its_line() -> None:
    change = proposed_change(SOURCE, memory(moved_to='https://b.example/"\nenabled = false'))
    assert change is not None
    assert "\n" not in change.new


def test_a_gone_source_proposes_to_turn_it_off() -> None:
    change = proposed_change(SOURCE, memory(last_kind="gone", gone_count=3))
    assert change is not None
    assert (change.old, change.new) == ("", "enabled = false")


def test_a_source_that_stays_proposes_nothing() -> None:
    assert proposed_change(SOURCE, memory(moved_to=SOURCE.url)) is None


# --- the page ----------------------------------------------------------------------------------


@pytest.fixture
def troubled(client: FlaskClient, store: Store, newsroom: ModuleType, now: datetime) -> FlaskClient:
    """A desk with one failing, one gone and one moved source."""
    by_id = {source.id: source for source in newsroom.SOURCES}
    batch = [
        newsroom.polled(now, by_id["ufuq"], [], last_kind="failed", failures=4,
                        last_message="The origin answered <503>.", last_ok=now - timedelta(hours=19),
                        next_poll=now + timedelta(hours=4), reason="It failed 4 times in a row."),
        newsroom.polled(now, by_id["littoral"], [], last_kind="gone", gone_count=2),
        newsroom.polled(now, by_id["stadtpost"], [], moved_to="https://stadtpost.example/new"),
    ]  # fmt: skip
    store.save(batch, settle, now=now)
    return client


def test_failing_sources_stand_first_with_outcome_and_reason(troubled: FlaskClient) -> None:
    page = troubled.get("/status").text
    assert re.findall(r'<tr class="(\w+)">', page)[:4] == ["failing", "gone", "change", "ok"]
    assert "The origin answered &lt;503&gt;." in page
    assert "It failed 4 times in a row." in page
    assert "4 failed in a row" in page


def test_a_target_that_does_not_hear_is_named_with_its_reason(
    client: FlaskClient, store: Store, newsroom: ModuleType, now: datetime
) -> None:
    assert "were not heard" not in client.get("/status").text
    store.tellings = (("ana", parse("")),)
    (article, *_) = store.articles(parse(""), now=now, limit=1)
    with store.engine.begin() as connection:
        keep_notices_of(connection, [(None, article)], store.tellings, now - timedelta(minutes=5))
    (one,) = store.notices_due(now, limit=9)
    later = now + timedelta(hours=1)
    store.notice_failed(one, "hook.example answered <503>.", next_try=later, rest=later)
    page = " ".join(client.get("/status").text.split())
    assert (
        "<strong>ana</strong>: hook.example answered &lt;503&gt;.</p> <p>1 notice waits for the next try"
        in page
    )


def test_the_share_of_not_modified_polls_is_shown(troubled: FlaskClient) -> None:
    assert "78% of 40" in troubled.get("/status").text


def test_proposed_edits_are_shown_as_diffs(troubled: FlaskClient) -> None:
    page = troubled.get("/status").text
    assert "<del>- url = &#34;https://stadtpost.example/rss.xml&#34;</del>" in page
    assert "<ins>+ url = &#34;https://stadtpost.example/new&#34;</ins>" in page
    assert "<ins>+ enabled = false</ins>" in page


def test_the_days_are_drawn_with_their_numbers_in_words(client: FlaskClient) -> None:
    page = client.get("/status").text
    assert f'aria-label="Articles a day, last {DAYS} days: 0, 0' in page
    assert " style=" not in page


def test_sources_can_be_narrowed_by_health_and_name(troubled: FlaskClient) -> None:
    assert re.findall(r'<tr class="(\w+)">', troubled.get("/status?health=failing").text) == ["failing"]
    assert re.findall(r'<tr class="(\w+)">', troubled.get("/status?q=science").text) == ["ok"]
    assert "No source is like that" in troubled.get("/status?q=zzz").text


def test_a_refused_edit_is_an_alert_on_top(client_of: Clients, settings: Callable[..., Settings]) -> None:
    page = client_of(settings(), problem="config.toml:3: <b> is no key.").get("/status").text
    assert 'role="alert"' in page
    assert "config.toml:3: &lt;b&gt; is no key." in page


def test_polls_that_could_not_be_stored_are_an_alert_of_their_own(
    client_of: Clients, settings: Callable[..., Settings]
) -> None:
    said = "The disk is <full>."
    page = client_of(settings(), trouble=said, problem="config.toml:3: No.").get("/status").text
    assert page.count('role="alert"') == 2
    assert "Polls could not be stored" in page
    assert "The disk is &lt;full&gt;." in page


def test_an_article_of_two_sources_is_counted_once(client: FlaskClient, store: Store, now: datetime) -> None:
    today = [article for article in store.every_article() if article.published.date() == now.date()]
    assert any(len(article.sources) > 1 for article in today)
    assert f"<dt>Published today</dt><dd>{len(today)}</dd>" in client.get("/status").text


def test_without_a_refused_edit_there_is_no_alert(client: FlaskClient) -> None:
    assert 'role="alert"' not in client.get("/status").text


def test_many_sources_are_shown_a_sheet_at_a_time(
    client_of: Clients, settings: Callable[..., Settings]
) -> None:
    many = tuple(replace(SOURCE, id=f"s{n}", title=f"Source {n:03}") for n in range(250))
    client = client_of(replace(settings(), sources=many))
    page = client.get("/status?page=3").text
    assert "Page 3 of 3" in page
    assert page.count("<tr class=") == 50
    assert "Page 3 of 3" in client.get("/status?page=99").text
    assert "Page 1 of 3" in client.get("/status?page=").text


@pytest.mark.parametrize("page", ["/status", "/sources"])
@pytest.mark.parametrize("odd", ["0", "-1", "x", "9" * 30, "١"])
def test_a_sheet_that_is_no_number_is_refused(client: FlaskClient, page: str, odd: str) -> None:
    answer = client.get(f"{page}?page={odd}")
    assert answer.status_code == 400
    assert "The parameter page" in answer.text


def test_a_health_there_is_not_is_refused(client: FlaskClient) -> None:
    answer = client.get("/status?health=fialing")
    assert answer.status_code == 400
    assert "The parameter health" in answer.text
    assert "did you mean failing?" in answer.text
    assert client.get("/status?health=").status_code == 200


def test_every_health_has_words() -> None:
    assert all(words.endswith(".") for words in HEALTH_WORDS.values())


# --- figures for Prometheus --------------------------------------------------------------------


@pytest.fixture
def measured(store: Store, now: datetime, settings: Callable[..., Settings]) -> Callable[..., FlaskClient]:
    """A client of a desk that counts."""

    def make(**web: Any) -> FlaskClient:
        wanted = settings(**web)
        desk = Desk(
            store=store, settings=lambda: wanted, problem=lambda: "", now=lambda: now,
            metrics=Metrics(store, lambda: now),
        )  # fmt: skip
        return create_app(desk).test_client()

    return make


def test_figures_of_a_local_desk_are_for_its_own_machine(measured: Clients) -> None:
    client = measured()
    assert "dateline_database_up 1" in client.get("/metrics").text
    assert client.get("/metrics").content_type == "text/plain; version=0.0.4; charset=utf-8"
    for stranger in ({"REMOTE_ADDR": "203.0.113.9"}, {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}):
        assert client.get("/metrics", environ_overrides=stranger).status_code == 403


@pytest.mark.parametrize("access", ["readers", "public"])
def test_figures_of_an_open_desk_are_for_its_admins_and_their_programs(
    measured: Clients, store: Store, now: datetime, access: str
) -> None:
    client = measured(access=access)
    for address in ("127.0.0.1", "203.0.113.9"):
        refused = client.get("/metrics", environ_overrides={"REMOTE_ADDR": address})
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"].startswith("Basic ")
    ann = store.welcome("ann", now=now)
    eve = store.welcome("eve", role="admin", now=now)
    said = {
        "reader": store.add_token(ann, view="", label="phone", now=now),
        "view": store.add_token(eve, view="latest", label="phone", now=now),
        "admin": store.add_token(eve, view="", label="prometheus", now=now),
    }
    assert client.get("/metrics", auth=("ann", said["reader"])).status_code == 403
    assert client.get("/metrics", auth=("eve", said["view"])).status_code == 401
    assert "dateline_database_up 1" in client.get("/metrics", auth=("eve", said["admin"])).text


def test_answers_to_readers_are_counted_and_those_to_machines_are_not(measured: Clients) -> None:
    client = measured()
    for address in ("/", "/about", "/nowhere", "/feeds/latest.rss", "/healthz", "/metrics"):
        client.get(address)
    text = client.get("/metrics").text
    counted = dict(re.findall(r"dateline_answer_seconds_count\{(.*?)\} (\S+)", text))
    assert counted == {
        'kind="page",status="2xx"': "2.0",
        'kind="page",status="4xx"': "1.0",
        'kind="feed",status="2xx"': "1.0",
    }
