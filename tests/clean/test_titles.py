from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.clean import clean
from aggregator.clean.titles import plain
from aggregator.schema import Entry, Point, Term


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("AT&T and Q&notes", "AT&T and Q&notes"),
        ("1 &lt; 2", "1 < 2"),
        ("1 < 2", "1 < 2"),
        ("I <3 Rabat", "I <3 Rabat"),
        ("Use &lt;b&gt;", "Use <b>"),
        ("Use &amp;lt;b&amp;gt;", "Use <b>"),
        ("<b>Bold</b> news", "Bold news"),
        ("&lt;em&gt;Bold&lt;/em&gt; news", "Bold news"),
        ("&#8220;Yes&#8221; &#146;s", "“Yes” ’s"),
        ("  a\n\t b\u00a0c ", "a b c"),
        ("a\u202eb\u2066c\x00d\x1be\ufefff", "abcdef"),
        ("half \ud800 pair", "half ? pair"),
        ("مرحبا\u200f بالعالم", "مرحبا\u200f بالعالم"),
        ("News<script>alert(1)</script>", "News"),
        ("&lt;img src=x onerror=alert(1)&gt;News", "News"),
        ("Why &lt;script&gt; is slow", "Why script is slow"),
        ("", ""),
    ],
)
def test_a_title_becomes_the_words_it_means(markup: str, text: str) -> None:
    assert plain(markup) == text


@given(st.text(alphabet="<>&;/abimgsrc=x#38lt\"' !-\x00\ud800é"))
def test_no_title_makes_it_raise(markup: str) -> None:
    text = plain(markup)
    assert text == " ".join(text.split())
    text.encode()


def test_a_title_of_half_a_million_characters_is_cut() -> None:
    assert len(plain("<div>" * 100_000 + "&lt;b&gt;" * 10_000 + "word " * 10_000)) <= 4_000


def test_names_and_labels_become_plain_text_too() -> None:
    entry = clean(
        Entry(
            authors=("Tom &amp; <b>Eve</b>",),
            terms=(Term(label="R&amp;D", scheme="s"),),
            points=(Point(lat=1.0, lon=2.0, name="<i>Rabat</i>"),),
        )
    )
    assert entry.authors == ("Tom & Eve",)
    assert entry.terms == (Term(label="R&D", scheme="s"),)
    assert entry.points[0].name == "Rabat"
