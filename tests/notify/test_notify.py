"""What rules want told is told: once, signed, and again where it was not heard."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from aggregator.cluster import settle
from aggregator.filters import parse
from aggregator.identity import identities, match
from aggregator.notify import TRIES, Notifier
from aggregator.schema import (
    Article,
    Entry,
    FetchSettings,
    Finding,
    Memory,
    Notify,
    Outcome,
    Polled,
    Secret,
    ServiceSettings,
    Settings,
    Source,
    StoreSettings,
    WebSettings,
    replace,
)
from aggregator.store import Store

ALPHA = Source(id="alpha", url="https://alpha.example/feed", title="Alpha")


class Target:
    """Keeps what it is told, and answers as a test says."""

    def __init__(self) -> None:
        self.status = "204 No Content"
        self.fails = b""
        """What has this in it is answered with 500."""
        self.told: list[tuple[dict[str, str], bytes]] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        wanted = ("CONTENT_TYPE", "HTTP_IDEMPOTENCY_KEY", "HTTP_X_DATELINE_SIGNATURE")
        headers = {name: environ[name] for name in wanted if name in environ}
        self.told.append((headers, environ["wsgi.input"].read()))
        failed = self.fails and self.fails in self.told[-1][1]
        start_response("500 Internal Server Error" if failed else self.status, [])
        return []

    def titles(self) -> list[str]:
        return [json.loads(body)["item"]["title"] for _, body in self.told]


class Desk:
    """A store that keeps notices, and what sends them."""

    def __init__(self, store_url: str, now: datetime, address: str, url: str) -> None:
        self.now = now
        self.store_url = store_url
        self.settings = Settings(
            path=Path("config.toml"),
            service=ServiceSettings(),
            store=StoreSettings(url=Secret("")),
            fetch=FetchSettings(host_delay=timedelta(0), allow_inside=(address,)),
            web=WebSettings(base_url="https://desk.example"),
            sources=(ALPHA,),
            views=(),
            files=(),
            notify=(Notify(id="ana", url=Secret(f"{url}/hook/T0KEN"), secret=Secret("hush")),),
        )
        self.open()
        self.store.configure([ALPHA], lambda n: [now] * n)
        self.want("flood")

    def open(self) -> None:
        self.store = Store.open(self.store_url)
        self.notifier = Notifier(self.store, lambda: self.now)

    def close(self) -> None:
        self.notifier.stop()
        self.notifier.close()
        self.store.close()

    def want(self, *filters: str) -> None:
        self.store.tellings = tuple(("ana", parse(text)) for text in filters)

    def serve(self, *titles: str, first: int = 1) -> None:
        """Saves a poll of a source that serves these."""
        entries = [
            Entry(guid=f"g{n}", title=title, link=f"https://alpha.example/{n}")
            for n, title in enumerate(titles, first)
        ]
        named = identities(entries)
        known = self.store.known("alpha", {one.key for one in named})
        found = match(named, known, keys={one.key for one in named}, taken=())
        findings = tuple(
            Finding(
                entry=entry,
                raw_hash=entry.title,
                identity=identity,
                known=before,
                article=Article(
                    uid=f"urn:{entry.guid}",
                    identity=identity,
                    url=entry.link,
                    title=entry.title,
                    published=self.now,
                    first_seen=self.now,
                    html="",
                    text="",
                ),
                other_uid=f"urn:other:{entry.guid}",
            )
            for entry, (identity, before) in zip(entries, found, strict=True)
        )
        outcome = Outcome(kind="news", at=self.now, message="Fine.")
        memory = Memory(source_id="alpha", url=ALPHA.url)
        polled = Polled(source=ALPHA, outcome=outcome, memory=memory, findings=findings)
        self.store.save([polled], settle, now=self.now)

    def tell(self, after: timedelta = timedelta(0)) -> None:
        self.now += after
        self.notifier.tell(self.settings)

    def unheard(self) -> list[tuple[int, int, str]]:
        found = self.store.unheard(self.now, timedelta(days=7))
        return [(one.waiting, one.missed, one.problem) for one in found]


@pytest.fixture
def target() -> Target:
    return Target()


@pytest.fixture
def desk(store_url: str, now: datetime, target: Target, loopback: Any) -> Iterator[Desk]:
    server = loopback(target)
    made = Desk(store_url, now, server.address, server.url)
    yield made
    made.close()


def test_a_new_article_is_told_once_as_signed_json(desk: Desk, target: Target) -> None:
    desk.serve("A flood", "Sun")
    desk.tell()
    desk.tell()
    ((headers, body),) = target.told
    assert headers == {
        "CONTENT_TYPE": "application/json",
        "HTTP_IDEMPOTENCY_KEY": '"' + sha256(b"ana\nurn:g1").hexdigest() + '"',
        "HTTP_X_DATELINE_SIGNATURE": "sha256=" + hmac.new(b"hush", body, sha256).hexdigest(),
    }
    told = json.loads(body)
    assert (told["notify"], told["page"]) == ("ana", "https://desk.example/article/1")
    assert {name: told["item"][name] for name in ("id", "url", "title")} == {
        "id": "urn:g1",
        "url": "https://alpha.example/1",
        "title": "A flood",
    }
    assert desk.unheard() == []


def test_what_was_there_before_the_rule_is_not_told(desk: Desk, target: Target) -> None:
    desk.want()
    desk.serve("A flood")
    desk.want("flood")
    desk.serve("The flood rises")
    desk.tell()
    assert target.titles() == []
    desk.serve("Another flood", first=2)
    desk.tell()
    assert target.titles() == ["Another flood"]


def test_an_edit_that_makes_an_article_one_of_the_rules_is_told(desk: Desk, target: Target) -> None:
    desk.serve("Rain")
    desk.serve("Rain brings a flood")
    desk.serve("Rain")
    desk.serve("Rain brings a flood")
    desk.tell()
    assert target.titles() == ["Rain brings a flood"]


def test_two_rules_of_one_target_tell_it_once(desk: Desk, target: Target) -> None:
    desk.want("flood", "rain")
    desk.serve("Rain and flood")
    desk.tell()
    assert target.titles() == ["Rain and flood"]


def test_a_target_that_fails_is_left_alone_and_tried_again_ever_later(desk: Desk, target: Target) -> None:
    target.status = "503 Service Unavailable"
    desk.serve("A flood", "A second flood")
    desk.tell()
    desk.serve("A third flood", first=3)
    desk.tell(after=timedelta(seconds=59))
    assert target.titles() == ["A flood"]
    ((waiting, missed, problem),) = desk.unheard()
    assert (waiting, missed) == (3, 0)
    assert problem.endswith("answered 503 Service Unavailable.")
    desk.tell(after=timedelta(seconds=1))
    desk.tell(after=timedelta(seconds=119))
    assert target.titles() == ["A flood", "A second flood"]
    target.status = "204 No Content"
    desk.tell(after=timedelta(seconds=1))
    assert target.titles()[2:] == ["A third flood", "A flood", "A second flood"]
    assert desk.unheard() == []


def test_what_is_never_heard_is_given_up_and_said(desk: Desk, target: Target) -> None:
    target.status = "500 Internal Server Error"
    desk.serve("A flood")
    for _ in range(TRIES + 2):
        desk.tell(after=timedelta(hours=6))
    assert len(target.told) == TRIES
    ((waiting, missed, _),) = desk.unheard()
    assert (waiting, missed) == (0, 1)
    desk.now += timedelta(days=8)
    assert desk.unheard() == []


def test_a_notice_that_always_fails_keeps_no_other_waiting_for_long(desk: Desk, target: Target) -> None:
    target.fails = b"A bad flood"
    desk.serve("A bad flood", "A second flood", "A third flood")
    desk.tell()
    assert target.titles() == ["A bad flood"]
    desk.tell(after=timedelta(minutes=1))
    assert target.titles()[1:] == ["A second flood", "A third flood", "A bad flood"]
    for n in range(4, 4 + 2 * TRIES):
        desk.serve("A flood", first=n)
        desk.tell(after=timedelta(hours=6))
    assert target.titles().count("A bad flood") == TRIES
    desk.tell(after=timedelta(minutes=1))
    assert target.titles().count("A flood") == 2 * TRIES
    assert [(waiting, missed) for waiting, missed, _ in desk.unheard()] == [(0, 1)]


def test_what_was_not_sent_is_not_given_up_with_what_was(desk: Desk, target: Target) -> None:
    target.status = "403 Forbidden"
    titles = [f"Flood {n}" for n in range(9)]
    desk.serve(*titles)
    for _ in range(TRIES + 2):
        desk.tell(after=timedelta(hours=6))
    assert len(target.told) == TRIES + 2
    assert [(waiting, missed) for waiting, missed, _ in desk.unheard()] == [(9, 0)]
    target.status = "204 No Content"
    desk.tell(after=timedelta(hours=6))
    assert sorted(target.titles()[TRIES + 2 :]) == titles


def test_a_notice_that_the_target_refuses_keeps_no_other_waiting(desk: Desk, target: Target) -> None:
    target.status = "422 Unprocessable Entity"
    desk.serve("A flood", "A second flood")
    desk.tell()
    assert target.titles() == ["A flood", "A second flood"]
    assert [(waiting, missed) for waiting, missed, _ in desk.unheard()] == [(0, 2)]


def test_what_waits_outlives_the_program(desk: Desk, target: Target) -> None:
    desk.serve("A flood")
    desk.close()
    desk.open()
    desk.tell()
    assert target.titles() == ["A flood"]


def test_a_notice_sent_but_not_noted_is_sent_again_with_the_same_key(
    desk: Desk, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    desk.serve("A flood")
    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "notice_ended", killed)
        with pytest.raises(KeyboardInterrupt):
            desk.tell()
    desk.tell()
    first, second = target.told
    assert first == second


def test_an_inside_address_is_asked_only_where_the_admin_allows_it(desk: Desk, target: Target) -> None:
    desk.settings = replace(desk.settings, fetch=FetchSettings())
    desk.serve("A flood")
    desk.tell()
    assert target.told == []
    assert [waiting for waiting, _, _ in desk.unheard()] == [1]


def test_no_word_of_the_address_but_its_host_is_logged_or_shown(
    desk: Desk, target: Target, caplog: pytest.LogCaptureFixture
) -> None:
    target.status = "404 Not Found"
    desk.serve("A flood")
    desk.tell()
    said = caplog.text + repr(desk.settings) + desk.unheard()[0][2]
    assert "404 Not Found" in caplog.text
    assert "T0KEN" not in said
    assert "hush" not in said


def test_what_waits_for_a_target_that_is_no_more_is_forgotten(desk: Desk, target: Target) -> None:
    desk.serve("A flood")
    gone, desk.settings = desk.settings, replace(desk.settings, notify=())
    desk.tell()
    desk.settings = gone
    desk.tell()
    assert target.told == []


def test_an_article_that_goes_takes_its_notice_along(desk: Desk, target: Target) -> None:
    desk.serve("A flood")
    desk.store.expired = (parse("flood"),)
    desk.store.expire(desk.now)
    desk.tell()
    assert target.told == []
