"""Lines that recur at the edges of a source's articles are learned and go; the news stays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.clean import clean, learn_lines
from aggregator.clean.recurring import FULL, LINES, MORE
from aggregator.identity import identities
from aggregator.normalise import normalise
from aggregator.schema import Entry, Lines, Removal, Source

NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
SOURCE = Source(id="times", url="https://times.example/feed", title="Times")
LINE = "The Example Times is read in twelve towns of the valley"
TITLES = (
    "Harbour closes after storm",
    "Library opens new reading room",
    "Cyclists demand wider lanes",
    "Bakers strike over flour prices",
    "Museum returns stolen painting",
    "Pupils plant hundred trees",
    "Ferry timetable changes again",
    "Mayor resigns without warning",
)


def entry(number: int, *more: str, title: str = "") -> Entry:
    """An article of three lines of its own, then more."""
    lines = (f"News {number} of the day.", f"More of {number} is known.", f"So ends {number}.", *more)
    return Entry(
        guid=str(number),
        title=title or TITLES[number % len(TITLES)],
        content="".join(f"<p>{line}</p>" for line in lines),
    )


def learned(*entries: Entry, known: Lines | None = None) -> Lines:
    lines = known or Lines()
    for one in entries:
        (identity,) = identities((one,))
        lines = learn_lines(
            lines, normalise(clean(one, lines), identity, SOURCE, first_seen=NOON, is_place=bool)
        )
    return lines


def after(articles: int, *more: str) -> Lines:
    """What is known after so many articles that end with these lines."""
    return learned(*(entry(number, *more) for number in range(articles)))


def test_a_line_that_ends_most_articles_goes_and_is_recorded() -> None:
    got = clean(entry(9, LINE), after(6, LINE))
    assert got.text.endswith("So ends 9.")
    assert got.removed == (Removal(rule="recurring line", text=LINE),)


def test_a_line_that_opens_most_articles_goes_too() -> None:
    entries = [
        Entry(guid=title, title=title, content=f"<p>{LINE}</p><p>{title}, it was said.</p>")
        for title in TITLES
    ]
    assert clean(entries[0], learned(*entries)).text == "Harbour closes after storm, it was said."


def test_several_lines_go_from_the_edge_inwards() -> None:
    more = ("Write to the desk of the Times at any hour", LINE)
    assert clean(entry(9, *more), after(6, *more)).text.endswith("So ends 9.")


def test_a_notice_between_recurring_lines_does_not_keep_them() -> None:
    more = ("Write to the desk of the Times at any hour", "Share on Facebook", LINE)
    assert clean(entry(9, *more), after(6, *more)).text.endswith("So ends 9.")


def test_a_line_of_few_articles_stays() -> None:
    assert clean(entry(9, LINE), after(4, LINE)).text.endswith(LINE)


def test_a_line_of_a_small_part_of_the_articles_stays() -> None:
    entries = [entry(number, *([LINE] if number % 4 == 0 else [])) for number in range(60)]
    assert clean(entry(9, LINE), learned(*entries)).text.endswith(LINE)


def test_a_sentence_that_one_story_repeats_stays() -> None:
    """An agency ends all that it writes on a matter with the same sentence."""
    titles = (
        "Bridge collapse: rescuers search river",
        "Rescuers end search after bridge collapse",
        "Bridge collapse: engineers search for cause",
        "Cause of bridge collapse still unknown",
        "River bridge collapse: what engineers know",
        "Search for cause of river bridge collapse goes on",
    )
    background = "The bridge over the Tarn collapsed on Monday morning, killing nine people."
    entries = [entry(n, background, title=title) for n, title in enumerate(titles * 3)]
    assert clean(entry(9, background), learned(*entries)).text.endswith(background)


def test_a_recurring_line_above_the_last_words_of_an_article_stays() -> None:
    got = clean(entry(9, LINE, "But that is not all."), after(6, LINE))
    assert LINE in got.text


def test_the_same_words_inside_a_sentence_stay() -> None:
    sentence = f"{LINE}, its owner said on Friday."
    assert clean(entry(9, sentence), after(6, LINE)).text.endswith(sentence)


def test_an_article_that_is_the_line_alone_stays() -> None:
    known = after(6, LINE)
    assert clean(Entry(title="Title", content=f"<p>{LINE}</p>"), known).text == LINE


@pytest.mark.parametrize(
    "line",
    ["Depth: 10 km", "Robbery", "Tsunami warning: none", "What comes next", "* * *", "Ort: Nordhausen"],
)
def test_values_and_headings_stay_however_often_they_come(line: str) -> None:
    assert clean(entry(9, line), after(8, line)).text == clean(entry(9, line)).text


def test_another_number_makes_another_line() -> None:
    line = "The reading at the gauge was {} centimetres at noon"
    known = learned(*(entry(n, line.format(100 + n)) for n in range(8)))
    assert clean(entry(9, line.format(109)), known).text.endswith("109 centimetres at noon")


def test_a_line_that_goes_is_learned_on() -> None:
    assert LINE not in clean(entry(9, LINE), after(300, LINE)).text


def test_a_line_that_is_no_longer_used_is_forgotten() -> None:
    known = learned(*(entry(number) for number in range(FULL)), known=after(8, LINE))
    assert clean(entry(9, LINE), known).text.endswith(LINE)


def test_a_line_that_a_source_takes_up_later_is_learned_all_the_same() -> None:
    known = learned(*(entry(number, LINE) for number in range(FULL)), known=after(3 * FULL))
    assert LINE not in clean(entry(9, LINE), known).text


def test_what_is_kept_of_a_source_is_bounded_and_holds_no_words() -> None:
    known = after(FULL - 1)
    assert LINES <= len(known.lines) <= LINES + MORE
    assert all(isinstance(value, int) for line in known.lines for value in line)


def test_titles_without_words_tell_no_story() -> None:
    entries = [entry(number, LINE, title="12/01") for number in range(8)]
    assert clean(entry(9, LINE), learned(*entries)).text.endswith(LINE)
