"""The plain text of one article."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator.errors import ParseError
from aggregator.parse import parse
from aggregator.schema import Download, Source

SHARED = Path(__file__).parents[2].parent / "shared"
SOURCE = Source(id="essays", url="/texts/essay.txt", title="Essays", kind="text", language="en")
Fetched = Callable[..., Download]


def test_a_text_is_one_entry_with_its_first_line_as_title(fetched: Fetched) -> None:
    feed = parse(
        fetched("\n\n A ship & crew \n\nRabat – They sailed.\nAnd <came> back.\n", "text/plain"), SOURCE
    )
    [entry] = feed.entries
    assert (entry.title, entry.guid, entry.language) == ("A ship &amp; crew", "text:essays", "en")
    assert entry.content == (
        "<p>A ship &amp; crew</p>\n<p>Rabat – They sailed.</p>\n<p>And &lt;came&gt; back.</p>\n"
    )


def test_a_local_text_has_no_link(fetched: Fetched) -> None:
    [entry] = parse(fetched("One line", "", "/texts/essay.txt"), SOURCE).entries
    assert (entry.link, entry.base) == ("", "")


def test_a_text_from_the_web_has_its_address_as_link(fetched: Fetched) -> None:
    [entry] = parse(fetched("One line", "", "https://example.org/a.txt"), SOURCE).entries
    assert entry.link == "https://example.org/a.txt"


def test_a_windows_text_is_decoded(fetched: Fetched) -> None:
    [entry] = parse(fetched("Café – “fin”".encode("cp1252"), "text/plain"), SOURCE).entries
    assert entry.title == "Café – “fin”"


def test_a_blank_text_is_an_error(fetched: Fetched) -> None:
    with pytest.raises(ParseError, match="blank"):
        parse(fetched(" \n\t\n"), SOURCE)


def test_every_line_of_a_real_article_is_kept(fetched: Fetched) -> None:
    texts = ["First\n\nSecond\n"]
    if SHARED.exists():
        texts.append((SHARED / "seed" / "morocco-2018.txt").read_text("utf-8"))
    for text in texts:
        [entry] = parse(fetched(text), SOURCE).entries
        assert entry.content.count("<p>") == sum(1 for line in text.splitlines() if line.strip())
