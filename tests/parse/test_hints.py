"""What a feed says about itself and about polling it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from aggregator.parse import fast, open_document, thorough
from aggregator.schema import Download, Feed

Rss = Callable[[str], Feed]


def test_title_link_and_language_are_read(rss: Rss) -> None:
    feed = rss("<link>https://example.org/</link><language>en-us</language>")
    assert (feed.title, feed.link, feed.language) == ("News", "https://example.org/", "en-us")


def test_the_title_of_a_feed_is_plain_text(read: Callable[..., Feed]) -> None:
    feed = read("<rss><channel><title>Tom &amp;amp; &lt;b&gt;Jerry&lt;/b&gt;</title></channel></rss>")
    assert feed.title == "Tom & Jerry"


def test_the_address_of_the_feed_itself_is_not_its_link(rss: Rss) -> None:
    feed = rss("<atom:link rel='self' href='https://example.org/feed'/><link>https://example.org/home</link>")
    assert feed.link == "https://example.org/home"


@pytest.mark.parametrize(("ttl", "minutes"), [("60", 60), (" 1440 ", 1440)])
def test_ttl_is_in_minutes(rss: Rss, ttl: str, minutes: int) -> None:
    assert rss(f"<ttl>{ttl}</ttl>").ttl == timedelta(minutes=minutes)


@pytest.mark.parametrize("ttl", ["", "soon", "-5", "0", "1e9", "99999999999", "६०", "60 min"])
def test_a_ttl_that_is_garbage_is_none(rss: Rss, ttl: str) -> None:
    assert rss(f"<ttl>{ttl}</ttl>").ttl is None


def test_hours_and_days_to_skip_are_read(rss: Rss) -> None:
    feed = rss(
        "<skipHours><hour>0</hour><hour>23</hour><hour>24</hour></skipHours>"
        "<skipDays><day>Saturday</day><day>sunday</day></skipDays>"
    )
    assert (feed.skip_hours, feed.skip_days) == ({0, 23}, {5, 6})


def test_hours_and_days_that_are_garbage_are_left_out(rss: Rss) -> None:
    feed = rss(
        "<skipHours><hour>-1x</hour><hour>77</hour></skipHours><skipDays><day>Someday</day></skipDays>"
    )
    assert feed.skip_days == frozenset()
    assert feed.skip_hours <= {1}


def test_a_feed_that_skips_every_hour_skips_none(rss: Rss) -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(24))
    assert rss(f"<skipHours>{hours}</skipHours>").skip_hours == frozenset()


@pytest.mark.parametrize(
    ("inside", "period"),
    [
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(hours=1)),
        (
            "<sy:updatePeriod>\n daily \n</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            timedelta(hours=6),
        ),
        (
            "<sy:updatePeriod>weekly</sy:updatePeriod><sy:updateFrequency>zero</sy:updateFrequency>",
            timedelta(days=7),
        ),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            timedelta(days=1),
        ),
        ("<sy:updatePeriod>sometimes</sy:updatePeriod>", None),
        ("<sy:updateFrequency>4</sy:updateFrequency>", timedelta(hours=6)),
    ],
)
def test_the_update_period_is_divided_by_the_frequency(
    rss: Rss, inside: str, period: timedelta | None
) -> None:
    assert rss(inside).update_period == period


def test_both_readers_find_the_same_hints(fetched: Callable[..., Download]) -> None:
    download = fetched(
        "<rss xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel><title>T &amp;amp; U</title>"
        "<link>https://example.org/</link><language>de</language><ttl>30</ttl><skipHours><hour>3</hour><hour>4</hour>"
        "</skipHours><skipDays><day>Monday</day></skipDays><sy:updatePeriod>daily</sy:updatePeriod></channel></rss>"
    )
    assert fast(open_document(download)) == thorough(open_document(download))
