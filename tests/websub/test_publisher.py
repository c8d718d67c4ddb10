"""Hubs are told which feeds have changed."""

from datetime import timedelta
from typing import Any

import pytest

ALL = ["/feeds/latest.rss", "/feeds/latest.atom", "/feeds/latest.json"]
SECONDS = ["/feeds/seconds.rss", "/feeds/seconds.atom", "/feeds/seconds.json"]


@pytest.fixture
def started(town: Any) -> Any:
    """A town whose desk has one article, and has looked once."""
    town.poll()
    assert town.announce() == []
    return town


def more(town: Any, *titles: str) -> None:
    town.publisher.titles = ("First", *titles)
    town.poll(after=timedelta(days=2))


def test_a_hub_is_told_of_every_feed_that_has_a_new_article_once(started: Any) -> None:
    more(started, "Third")
    assert started.announce() == ALL
    assert started.announce() == []
    more(started, "Third", "Second")
    assert started.announce() == ALL + SECONDS


def test_the_hub_finds_the_feed_it_was_told_of_and_in_it_itself(started: Any) -> None:
    more(started, "Second")
    for address in started.announce():
        answer = started.app.test_client().get(address)
        assert answer.status_code == 200
        assert f'<{started.settings.web.base_url}{address}>; rel="self"' in answer.headers["Link"]
        assert f'<{started.settings.web.hubs[0]}>; rel="hub"' in answer.headers["Link"]
        assert "Second" in answer.text


def test_a_hub_that_fails_is_told_again(started: Any) -> None:
    more(started, "Third")
    started.hub.answer = "503 Service Unavailable"
    started.announce()
    started.hub.answer = "204 No Content"
    assert started.announce() == ALL
    assert started.announce() == []


@pytest.mark.parametrize("web", [{"access": "readers"}, {"hubs": ()}, {"base_url": ""}])
def test_a_desk_whose_feeds_a_hub_could_not_read_tells_nothing(started: Any, web: dict[str, Any]) -> None:
    started.set_web(**web)
    more(started, "Third")
    assert started.announce() == []


def test_one_desk_is_pushed_to_by_the_hub_another_one_tells(started: Any) -> None:
    """The whole way round: the desk's own feed is a topic, and its hub pushes what the desk serves."""
    client = started.app.test_client()
    more(started, "Second")
    (address,) = [one for one in started.announce() if one == "/feeds/seconds.atom"]
    started.store.configure(started.settings.sources, lambda n: [started.now] * n)
    started.renew()
    started.hub.verify()
    body = client.get(address).data.replace(b"Second", b"Fourth").replace(b"urn:uuid:", b"urn:x-uuid:")
    assert started.hub.push(body) == [202]
    assert started.titles() == ["First", "Fourth", "Second"]
