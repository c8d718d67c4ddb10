"""Author, date and dateline before the first sentence go from text and HTML, and are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.normalise.opening import opening, without_opening

OPENINGS = {
    "Rabat – The council": (["dateline"], "Rabat", (), "The council"),
    "By Jane Doe – The council": (["byline"], "", ("Jane Doe",), "The council"),
    "By Jane Doe, RABAT (AP) — The council": (["byline", "dateline"], "RABAT", ("Jane Doe",), "The council"),
    "Par Jeanne Dupont et Luc Petit | Le conseil": (
        ["byline"],
        "",
        ("Jeanne Dupont", "Luc Petit"),
        "Le conseil",
    ),
    "Von Anna Schmidt – Der Rat": (["byline"], "", ("Anna Schmidt",), "Der Rat"),
    "Por Ana de Souza – O conselho": (["byline"], "", ("Ana de Souza",), "O conselho"),
    "بقلم محمد العلوي – صوت المجلس": (["byline"], "", ("محمد العلوي",), "صوت المجلس"),
    "5 January 2026 – The council": (["date"], "", (), "The council"),
    "January 5, 2026 – RABAT – The council": (["date", "dateline"], "RABAT", (), "The council"),
    "Jan 5 (Reuters) - The council": (["date"], "", (), "The council"),
    "Publié le 5 janvier 2026 | Le conseil": (["date"], "", (), "Le conseil"),
    "5 de enero de 2026 – El consejo": (["date"], "", (), "El consejo"),
    "5 January 2026, RABAT – The council": (["date", "dateline"], "RABAT", (), "The council"),
    "05.01.2026 – Der Rat": (["date"], "", (), "Der Rat"),
    "5 de janeiro de 2026 – O conselho": (["date"], "", (), "O conselho"),
    "5 يناير 2026 – صوت المجلس": (["date"], "", (), "صوت المجلس"),
    "(AFP) - Le conseil": (["dateline"], "", (), "Le conseil"),
}
NONE = [
    "By Monday – The day of the vote", "By Jane Doe, the mayor, the council", "5 January was cold – it snowed",
    "Par ailleurs – Le conseil", "The council – Rabat", "2026 – The council", "",
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), OPENINGS.items())
def test_what_opens_a_text_is_told_by_its_kind(
    text: str, found: tuple[list[str], str, tuple[str, ...], str]
) -> None:
    got = opening(text, bool)
    rules = [removal.rule for removal in got.removed]
    assert (rules, got.dateline, got.authors, text[got.length :]) == found


@pytest.mark.parametrize("text", NONE)
def test_a_text_may_open_with_its_first_sentence(text: str) -> None:
    assert opening(text, bool).length == 0


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>Rabat – The council.</p>", "<p>The council.</p>"),
        ("<p><b>Rabat</b> &#8211; The council.</p>", "<p>The council.</p>"),
        ("<p><strong>Rabat – </strong>The council.</p>", "<p>The council.</p>"),
        ("<p>Rabat</p>\n<p>– The council.</p>", "<p>The council.</p>"),
        (
            '<img src="https://e.example/1"><p>Rabat –\nThe &amp;</p>',
            '<img src="https://e.example/1"><p>The &amp;</p>',
        ),
        ("<p>Other words</p>", "<p>Other words</p>"),
        ("Rabat", "Rabat"),
    ],
)
def test_the_words_leave_the_html_and_the_markup_stays_balanced(html: str, left: str) -> None:
    assert without_opening(html, "Rabat – ") == left


@given(st.text(alphabet="By RabtJ,.-–—()/15é<>&; ") | st.text(), st.text(alphabet="<b>&a;x "))
def test_no_text_makes_it_raise(text: str, html: str) -> None:
    assert opening(text, bool).length <= len(text)
    assert len(without_opening(html, text[:8])) <= len(html)
