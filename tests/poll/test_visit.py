"""One source, poll after poll, against a real server under a moved clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aggregator.schema import Source

DAY = timedelta(days=1)


def item(n: int, title: str = "", date: str = "Mon, 12 Jan 2026 10:00:00 GMT") -> str:
    return (
        f"<item><title>{title or f'Title {n}'}</title><link>https://news.example/{n}</link>"
        f"<guid>https://news.example/{n}</guid><pubDate>{date}</pubDate>"
        f"<description>Rabat – Words of {n}.</description></item>"
    )


def rss(*items: str, head: str = "") -> str:
    body = "".join(items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{head}{body}</channel></rss>'


@pytest.fixture
def server(loopback: Any, site: Any, desk: Any) -> Any:
    started = loopback(site)
    source = Source(id="alpha", url=f"{started.url}/feed", title="Alpha", categories=("politics",))
    desk.configure(source, inside=started.address)
    return started


def test_an_entry_becomes_an_article_with_categories_and_places(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1, "The court of Rabat")))
    desk.poll()
    (article,) = desk.store.every_article()
    assert (article.title, article.url) == ("The court of Rabat", "https://news.example/1")
    assert "politics" in [category.id for category in article.categories]
    assert [mention.place.country for mention in article.mentions if mention.role == "dateline"] == ["MA"]


def test_what_a_source_writes_about_is_learned_from_its_articles(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1, "The court of Rabat"), item(2, "The port of Rabat")))
    desk.poll()
    assert dict(desk.store.habits("alpha").places.names)["rabat"] == 2


def test_lines_that_recur_in_a_source_are_learned_and_go(server: Any, site: Any, desk: Any) -> None:
    line = "Read the Times of the Valley every day"
    titles = (
        "Harbour closes",
        "Library opens",
        "Bakers strike",
        "Ferry sinks",
        "Mayor resigns",
        "Rain falls",
    )
    items = [
        item(n, title).replace(f"of {n}.", f"of {n}.&lt;p>{line}&lt;/p>") for n, title in enumerate(titles)
    ]
    site.put("/feed", rss(*items[1:]))
    desk.poll()
    site.put("/feed", rss(*items))
    desk.poll(DAY)
    (article,) = (one for one in desk.store.every_article() if one.title == titles[0])
    assert article.text == "Words of 0."
    assert ("recurring line", line) in [(one.rule, one.text) for one in article.removed]


def test_an_entry_served_again_byte_for_byte_is_not_read_again(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1), item(2)))
    desk.poll()
    site.put(
        "/feed", rss(item(3), item(1), item(2, "Another title"), head="<lastBuildDate>now</lastBuildDate>")
    )
    outcome = desk.poll(DAY)["alpha"].outcome
    assert (outcome.entries, outcome.new, outcome.updated) == (3, 1, 1)
    assert sorted(article.title for article in desk.store.every_article()) == [
        "Another title",
        "Title 1",
        "Title 3",
    ]


def test_rule_01_validators_come_back_byte_for_byte(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1)), ETag='W/"odd -gzip"', Last_Modified="yesterday, more or less")
    desk.poll()
    polled = desk.poll(DAY)["alpha"]
    asked = server.requests[-1].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == (
        'W/"odd -gzip"',
        "yesterday, more or less",
    )
    assert polled.outcome.kind == "not_modified"


def test_rule_02_an_answer_without_validators_drops_the_old_ones(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1)), ETag='"1"', Last_Modified="Mon, 12 Jan 2026 10:00:00 GMT")
    desk.poll()
    site.put("/feed", rss(item(2)))
    desk.poll(DAY)
    desk.poll(DAY)
    assert "if-none-match" not in server.requests[-1].headers
    assert "if-modified-since" not in server.requests[-1].headers


def test_rule_02_a_304_without_validators_keeps_the_stored_ones(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1)), ETag='"1"')
    desk.poll()
    site.put("/feed", b"", status="304 Not Modified")
    desk.poll(DAY)
    desk.poll(DAY)
    assert server.requests[-1].headers["if-none-match"] == '"1"'


def test_rule_03_validators_of_a_cut_document_are_not_stored(server: Any, site: Any, desk: Any) -> None:
    whole = rss(item(1), item(2))
    site.put("/feed", whole[: whole.index("Title 2") + 3], ETag='"cut"')
    desk.poll()
    assert desk.store.memory("alpha").etag == ""
    assert desk.titles() == ["Title 1"]
    site.put("/feed", whole, ETag='"cut"')
    desk.poll(DAY)
    assert sorted(desk.titles()) == ["Title 1", "Title 2"]


def test_rule_03_validators_of_what_is_no_feed_are_not_stored(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", "<html><body>Maintenance</body></html>", ETag='"page"', Content_Type="text/html")
    polled = desk.poll()["alpha"]
    assert polled.outcome.kind == "failed"
    assert desk.store.memory("alpha").etag == ""


def test_rule_04_the_same_bytes_are_not_parsed_again(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1)))
    desk.poll()
    polled = desk.poll(DAY)["alpha"]
    assert (polled.outcome.kind, polled.outcome.entries) == ("unchanged", 0)


def test_rule_04_changed_bytes_under_the_same_etag_are_read(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1)), ETag='"lies"')
    desk.poll()
    desk.poll(4 * DAY)
    site.put("/feed", rss(item(2), item(1)), ETag='"lies"')
    desk.poll(4 * DAY)
    assert "if-none-match" not in server.requests[-1].headers
    assert sorted(desk.titles()) == ["Title 1", "Title 2"]


def test_rule_05_a_delta_is_merged(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1)), ETag='"1"')
    desk.poll()
    site.put("/feed", rss(item(2)), status="226 IM Used", ETag='"2"', IM="feed")
    polled = desk.poll(DAY)["alpha"]
    assert server.requests[-1].headers["a-im"] == "feed"
    assert sorted(desk.titles()) == ["Title 1", "Title 2"]
    assert not polled.outcome.window_slid


def test_rule_06_max_age_puts_the_next_poll_off(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1)), Cache_Control="max-age=21600")
    memory = desk.poll()["alpha"].memory
    assert memory.next_poll >= desk.now + timedelta(hours=6)
    assert "max-age" in memory.reason


def test_rule_08_ttl_of_the_feed_is_obeyed_also_after_a_304(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1), head="<ttl>600</ttl>"), ETag='"1"')
    assert desk.poll()["alpha"].memory.next_poll >= desk.now + timedelta(minutes=600)
    assert desk.poll(DAY)["alpha"].memory.next_poll >= desk.now + timedelta(minutes=600)


def test_rule_10_a_failing_source_recovers_by_itself(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", b"", status="500 Oops")
    for _ in range(5):
        desk.poll(DAY)
    assert desk.store.memory("alpha").failures >= 3
    site.put("/feed", rss(item(1)))
    desk.poll(7 * DAY)
    assert desk.titles() == ["Title 1"]
    assert desk.store.memory("alpha").failures == 0


def test_rule_10_at_most_36_requests_in_72_hours_to_a_failing_source(
    server: Any, site: Any, desk: Any
) -> None:
    site.put("/feed", b"", status="503 Busy")
    for _ in range(72 * 12):
        desk.poll(timedelta(minutes=5))
    assert 2 <= len(server.requests) <= 36


def test_rule_11_a_gone_source_is_confirmed_and_then_sleeps(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", b"", status="410 Gone")
    for _ in range(40 * 24):
        desk.poll(timedelta(hours=1))
    assert 3 <= len(server.requests) <= 6
    assert desk.store.memory("alpha").last_kind == "gone"


def test_rule_12_a_permanent_redirect_is_used_once_three_polls_agree(
    server: Any, site: Any, desk: Any
) -> None:
    site.put("/feed", b"", status="301 Moved Permanently", Location="/new")
    site.put("/new", rss(item(1)))
    for _ in range(4):
        desk.poll(DAY)
    assert [request.path for request in server.requests] == ["/feed", "/new"] * 3 + ["/new"]


def test_rule_12_a_redirect_to_a_parked_page_is_not_stored(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", b"", status="301 Moved Permanently", Location="/parked")
    site.put("/parked", "<html><title>Buy this domain</title></html>", Content_Type="text/html")
    for _ in range(6):
        desk.poll(31 * DAY)
    assert server.requests[-2].path == "/feed"


def test_rule_12_a_moved_address_that_dies_is_given_up_for_the_old_one(
    server: Any, site: Any, desk: Any
) -> None:
    site.put("/feed", b"", status="301 Moved Permanently", Location="/new")
    site.put("/new", rss(item(1)))
    for _ in range(3):
        desk.poll(DAY)
    site.put("/feed", rss(item(2)))
    site.put("/new", b"", status="404 Not Found")
    for _ in range(5):
        desk.poll(31 * DAY)
    assert server.requests[-1].path == "/feed"
    assert sorted(desk.titles()) == ["Title 1", "Title 2"]


def test_rule_13_a_poll_in_which_everything_is_new_is_seen_as_such(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1), item(2)))
    assert not desk.poll()["alpha"].outcome.window_slid
    site.put("/feed", rss(item(3), item(4)))
    assert desk.poll(DAY)["alpha"].outcome.window_slid


def test_rule_15_a_new_source_costs_one_request(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1)))
    desk.poll()
    assert [(request.method, request.path) for request in server.requests] == [("GET", "/feed")]


def test_rule_16_nothing_is_asked_before_it_is_due(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1)))
    desk.poll()
    desk.poll(timedelta(minutes=1))
    assert len(server.requests) == 1


def test_rule_16_a_long_sleep_leads_to_one_poll(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1)))
    desk.poll()
    desk.poll(30 * DAY)
    desk.poll()
    assert len(server.requests) == 2


def test_rule_22_edited_text_updates_the_article(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1)))
    desk.poll()
    site.put("/feed", rss(item(1, "Title 1, corrected")))
    polled = desk.poll(DAY)["alpha"]
    assert desk.titles() == ["Title 1, corrected"]
    assert (polled.outcome.new, polled.outcome.updated) == (0, 1)


def test_rule_22_a_link_with_a_new_token_each_time_is_one_article(server: Any, site: Any, desk: Any) -> None:
    for n in range(10):
        tokened = item(1).replace("<guid>https://news.example/1</guid>", "")
        site.put("/feed", rss(tokened.replace("/1</link>", f"/1?sid={n}</link>")))
        desk.poll(DAY)
    assert desk.titles() == ["Title 1"]


def test_rule_23_2000_entries_are_stored_once_each(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(*(item(n) for n in range(2000))))
    desk.poll()
    site.put("/feed", rss(*(item(n) for n in reversed(range(2000)))))
    desk.poll(DAY)
    assert desk.store.count() == 2000


def test_rule_23_a_link_in_two_sources_is_one_article(
    loopback: Any, server: Any, site: Any, desk: Any
) -> None:
    other = Source(id="beta", url=f"{server.url}/other", title="Beta")
    desk.configure(*desk.settings.sources, other)
    site.put("/feed", rss(item(1)))
    site.put("/other", rss(item(1)))
    desk.poll()
    (article,) = desk.store.every_article()
    assert sorted(article.sources) == ["alpha", "beta"]


def test_rule_24_odd_dates_are_kept_once_and_sorted_sanely(server: Any, site: Any, desk: Any) -> None:
    dates = ["Tue, 15 Jan 2036 10:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "soon", "12 Jan 26 10:00 EST"]
    site.put("/feed", rss(*(item(n, date=date) for n, date in enumerate(dates))))
    desk.poll()
    desk.poll(DAY)
    articles = list(desk.store.every_article())
    assert len(articles) == 4
    assert all(article.published <= desk.now for article in articles)


def test_rule_24_a_backfilled_old_entry_is_kept(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1)))
    desk.poll()
    site.put("/feed", rss(item(1), item(2, date="Mon, 12 Jan 2015 10:00:00 GMT")))
    desk.poll(DAY)
    assert sorted(desk.titles()) == ["Title 1", "Title 2"]


def test_rule_25_one_bad_entry_never_loses_the_others(server: Any, site: Any, desk: Any) -> None:
    bad = "<item><title>&#xD800;\x0b</title><pubDate>\x00</pubDate><link>ht!tp://[</link></item>"
    site.put("/feed", rss(item(1), bad, item(2)))
    desk.poll()
    assert {"Title 1", "Title 2"} <= set(desk.titles())


def test_rule_27_credentials_are_in_no_message(server: Any, desk: Any) -> None:
    source = Source(id="alpha", url=f"{server.url}/missing", title="Alpha", username="me")
    desk.configure(source)
    polled = desk.poll()["alpha"]
    assert polled.outcome.kind == "failed"
    assert "me:" not in polled.outcome.message


def test_a_failing_source_does_not_stop_the_others(server: Any, site: Any, desk: Any) -> None:
    sources = [Source(id=f"s{n}", url=f"{server.url}/{n}", title="S") for n in range(20)]
    for n in range(0, 20, 2):
        site.put(f"/{n}", rss(item(n)))
    desk.configure(*sources)
    polls = desk.poll()
    assert sum(polled.outcome.kind == "news" for polled in polls.values()) == 10
    assert sum(polled.outcome.kind == "failed" for polled in polls.values()) == 10
    assert desk.store.count() == 10


def test_a_text_file_is_a_source(desk: Any, tmp_path: Any) -> None:
    path = tmp_path / "article.txt"
    path.write_text("A title of its own\n\nRabat – The words of the article.\n", encoding="utf-8")
    desk.configure(Source(id="text", url=str(path), title="Text", kind="text"))
    desk.poll()
    assert desk.titles() == ["A title of its own"]


def test_a_large_document_is_parsed_elsewhere_and_read_whole(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(*(item(n, "x" * 2000) for n in range(100))))
    assert desk.poll()["alpha"].outcome.new == 100


def test_a_copy_rewritten_leaves_its_article_with_what_the_others_say(
    server: Any, site: Any, desk: Any
) -> None:
    def told(n: int, text: str) -> str:
        return rss(
            item(n, "Last trip of the ferry").replace("</item>", f"<description>{text}</description></item>")
        )

    ferry = (
        "The old ferry across the bay will sail for the last time on Sunday, the council said. It has carried "
        "4,200 people a day since 1961, and its captain retires with it. A bridge takes its place."
    )
    other = Source(id="beta", url=f"{server.url}/other", title="Beta")
    desk.configure(*desk.settings.sources, other)
    site.put("/feed", told(1, ferry))
    site.put("/other", told(2, ferry))
    desk.poll()
    assert desk.store.count() == 1
    site.put(
        "/feed",
        told(
            1,
            "Farmers brought in the smallest harvest of wheat in ten years after a spring without any rain.",
        ),
    )
    desk.poll(DAY)
    found = {article.sources: article.text for article in desk.store.every_article()}
    assert found[("beta",)] == ferry
    assert found[("alpha",)].startswith("Farmers")
    desk.poll(DAY)
    assert desk.store.count() == 2


def test_each_poll_is_known_to_the_log_by_an_id_of_its_own(server: Any, site: Any, desk: Any) -> None:
    site.put("/feed", rss(item(1)))
    first = desk.poll()["alpha"].poll
    site.put("/feed", "Oops", status="500 Oops")
    second = desk.poll(after=DAY)["alpha"].poll
    assert len(first) == len(second) == 8
    assert first != second
