"""Leases of hubs, what they push, and polling where they do not."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from aggregator.schema import replace

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def leased(town: Any) -> Any:
    """A town whose hub has confirmed a lease of an hour."""
    town.poll()
    town.renew()
    town.hub.verify()
    return town


def test_the_hub_of_a_feed_is_asked_for_the_feed_as_it_calls_itself(town: Any) -> None:
    town.poll()
    town.renew()
    (said,) = town.hub.asked
    assert said["hub.topic"] == f"{town.publisher.url}?a=1&b=2"
    assert said["hub.callback"].startswith(f"{town.settings.web.base_url}/push/")
    assert len(said["hub.secret"]) > 30
    assert said["hub.lease_seconds"] == "864000"


def test_a_hub_in_the_head_of_the_answer_goes_before_the_one_in_the_document(town: Any) -> None:
    own = town.publisher.hub
    town.publisher.hub = "https://other.example/"
    town.publisher.headers = (("Link", f'<{own}>; rel="hub", <https://a.example/topic>; rel=self'),)
    town.poll()
    (lease,) = town.store.leases()
    assert (lease.hub, lease.topic) == (own, "https://a.example/topic")


@pytest.mark.parametrize("web", [{"base_url": ""}, {"access": "local"}])
def test_a_desk_that_hubs_cannot_reach_asks_none(town: Any, web: dict[str, str]) -> None:
    town.set_web(**web)
    town.poll()
    town.renew()
    assert town.store.leases() == ()
    assert town.hub.asked == []


def test_intent_is_confirmed_for_the_right_topic_only(leased: Any) -> None:
    hub = leased.hub
    assert hub.echoes == [(200, "a challenge")]
    hub.verify(**{"hub.topic": "https://evil.example/"})
    hub.verify(**{"hub.mode": "unsubscribe"})
    hub.verify(**{"hub.challenge": "x" * 3_000})
    assert [status for status, _ in hub.echoes[1:]] == [404, 404, 404]
    assert hub.get(f"{leased.settings.web.base_url}/push/guess", {"hub.mode": "subscribe"})[0] == 404


def test_a_lease_is_renewed_when_half_of_it_is_over(leased: Any) -> None:
    (lease,) = leased.store.leases()
    assert lease.until == leased.now + HOUR
    leased.renew(after=29 * MINUTE)
    assert len(leased.hub.asked) == 1
    leased.renew(after=2 * MINUTE)
    leased.hub.verify()
    (renewed,) = leased.store.leases()
    assert len(leased.hub.asked) == 2
    assert (renewed.key, renewed.until) == (lease.key, leased.now + HOUR)


@pytest.mark.parametrize(
    ("granted", "span"), [(1, timedelta(minutes=5)), (10**9, timedelta(days=30)), (None, timedelta(days=10))]
)
def test_a_lease_for_a_moment_or_for_ever_is_taken_with_sense(
    town: Any, granted: int | None, span: timedelta
) -> None:
    town.hub.granted = granted
    town.poll()
    town.renew()
    town.hub.verify()
    (lease,) = town.store.leases()
    assert lease.until == town.now + span


def test_a_hub_that_does_not_confirm_is_asked_again_after_hours(town: Any) -> None:
    town.poll()
    town.renew()
    town.renew(after=HOUR)
    assert len(town.hub.asked) == 1
    town.renew(after=6 * HOUR)
    assert len(town.hub.asked) == 2


def test_a_hub_that_denies_is_left_alone_for_days(town: Any) -> None:
    town.poll()
    town.renew()
    town.hub.deny()
    assert town.hub.echoes == [(200, "")]
    town.renew(after=9 * DAY)
    assert len(town.hub.asked) == 1


def test_a_source_of_the_web_cannot_name_a_hub_inside_our_network(town: Any) -> None:
    town.poll()
    (source,) = town.settings.sources
    town.settings = replace(town.settings, sources=(replace(source, url="https://news.example/rss"),))
    town.renew()
    assert town.hub.asked == []


def test_a_hub_that_fails_is_no_failure_of_the_source_which_is_polled_as_ever(town: Any) -> None:
    town.hub.answer = "500 Internal Server Error"
    town.poll()
    town.renew()
    town.publisher.titles = ("First", "Second")
    town.poll(after=2 * DAY)
    assert town.titles() == ["First", "Second"]
    assert town.store.memory("a").failures == 0


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_what_a_hub_pushes_is_taken_in_like_what_is_polled(leased: Any, method: str) -> None:
    leased.hub.method = method
    before = leased.store.memory("a")
    assert leased.hub.push(leased.publisher.document("Second")) == [202]
    assert leased.titles() == ["First", "Second"]
    after = leased.store.memory("a")
    assert (after.etag, after.last_modified, after.polls) == (
        before.etag,
        before.last_modified,
        before.polls + 1,
    )
    assert after.last_message == "1 entry, 1 new."


def test_a_source_whose_hub_pushes_is_asked_seldom_until_that_ends(town: Any) -> None:
    town.hub.granted = 2 * 86_400
    town.poll()
    town.renew()
    town.hub.verify()
    for span in (DAY, 2 * DAY - 30 * HOUR):  # the longest interval, then what is left of the lease
        town.hub.push(town.publisher.document("Second"))
        town.poller.wait()
        memory = town.store.memory("a")
        assert memory.next_poll == town.now + span
        assert "hub" in memory.reason
        town.now += 30 * HOUR
    town.poll(after=DAY)
    memory = town.store.memory("a")
    assert memory.next_poll < town.now + DAY
    assert "hub" not in memory.reason


def test_the_same_entry_pushed_and_polled_is_one_article(leased: Any) -> None:
    leased.hub.push(leased.publisher.document("Second"))
    leased.hub.push(leased.publisher.document("Second"))
    leased.poller.wait()
    leased.publisher.titles = ("First", "Second")
    leased.poll(after=2 * DAY)
    assert leased.titles() == ["First", "Second"]


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "wrong"},
        {"signature": ""},
        {"signature": "sha256=00"},
        {"signature": "md5=00"},
        {"signature": "sha256=\u00e4"},
    ],
)
def test_what_is_not_signed_by_the_hub_is_ignored_and_not_told(
    leased: Any, forged: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert leased.hub.push(leased.publisher.document("Forged"), **forged) == [202]
    assert leased.titles() == ["First"]
    assert "a: what was pushed is not signed" in caplog.text


def test_rubbish_that_is_signed_makes_the_source_be_asked_and_counts_as_no_failure_of_it(leased: Any) -> None:
    leased.publisher.titles = ("First", "Second")
    assert leased.hub.push(b"rubbish") == [202]
    assert leased.titles() == ["First"]
    assert leased.store.memory("a").failures == 0
    leased.poll()
    assert leased.titles() == ["First", "Second"]


def test_a_document_that_is_too_large_is_refused(leased: Any) -> None:
    limit = leased.settings.fetch.max_bytes
    assert leased.hub.push(b" " * (limit + 1)) == [413]


def test_what_is_pushed_for_a_source_that_is_gone_is_polled_or_nothing(leased: Any) -> None:
    leased.settings = replace(leased.settings, sources=())
    leased.poller.configure(leased.settings)
    assert leased.hub.push(leased.publisher.document("Second")) == [202]
    assert leased.titles() == ["First"]


def test_a_feed_that_names_another_hub_gets_a_lease_under_another_address(leased: Any) -> None:
    (before,) = leased.store.leases()
    leased.publisher.hub += "other"
    leased.publisher.titles = ("First", "Second")
    leased.poll(after=2 * DAY)
    (after,) = leased.store.leases()
    assert (after.hub, after.until) == (leased.publisher.hub, None)
    assert after.key != before.key
    assert after.secret != before.secret


def test_pushes_need_no_account(leased: Any) -> None:
    leased.set_web(access="readers")
    assert leased.hub.push(leased.publisher.document("Second")) == [202]
    assert leased.titles() == ["First", "Second"]
