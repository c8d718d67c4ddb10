from __future__ import annotations

import pytest

from aggregator.clean import LONGEST, clean
from aggregator.clean.text import to_text
from aggregator.schema import Entry


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("a &amp; b\n c", "a & b c"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<p>a\n b</p>\n\n<div><p>c</p></div>", "a b\n\nc"),
        ("a<br>b", "a\nb"),
        ("<ul><li>a</li><li>b</li></ul><p>c</p>", "• a\n• b\n\nc"),
        ("<p>a <b>b</b><i>c</i></p>", "a bc"),
        ("<h2>a</h2>b", "a\n\nb"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("<pre>a\n b</pre>", "a\nb"),
        ("1 &lt; 2", "1 < 2"),
        ('<img alt="x > y" src="https://e.example/">a'.replace(" > ", " &gt; "), "a"),
    ],
)
def test_markup_becomes_paragraphs_and_lines(html: str, text: str) -> None:
    assert to_text(html) == text


def test_rule_17_what_is_longer_than_any_article_is_cut_and_said_to_be() -> None:
    whole = clean(Entry(title="A", content="word " * 200_000))
    assert len(whole.content) <= LONGEST
    assert [removal.rule for removal in whole.removed] == ["too long"]
