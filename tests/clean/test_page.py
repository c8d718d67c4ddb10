"""The article is found on its page."""

from __future__ import annotations

from aggregator.clean import clean
from aggregator.clean.page import article_of
from aggregator.clean.text import to_text
from aggregator.schema import Entry

SENTENCE = "The ferry between the two islands will sail again on Thursday, said the harbour office of {}. "
FIRST = [SENTENCE.format(place) * 2 for place in ("Tarn", "Oldhaven", "Breck")]
SECOND = [SENTENCE.format(place) * 2 for place in ("Minster", "Kelling", "Ostrand")]


def paragraphs(texts: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(body: str) -> bytes:
    return f"<html><head><title>Ferry</title></head><body>{body}</body></html>".encode()


def test_the_article_is_found_between_menus() -> None:
    menu = "<nav><ul><li><a href='/a'>World</a></li><li><a href='/b'>Sport</a></li></ul></nav>"
    text = to_text(article_of(page(f"{menu}<article>{paragraphs(FIRST)}</article>")))
    assert "Oldhaven" in text
    assert "Sport" not in text


def test_an_article_in_pieces_is_found_whole() -> None:
    pieces = [f'<div class="article-body">{paragraphs(part)}</div>' for part in (FIRST, SECOND)]
    text = to_text(article_of(page("<article>" + '<div class="ad">Buy</div>'.join(pieces) + "</article>")))
    assert "Breck" in text
    assert "Ostrand" in text


def test_an_element_named_like_furniture_goes() -> None:
    box = f'<div class="newsletter-box"><p>{"Get our letter every morning in your inbox. " * 3}</p></div>'
    found = article_of(page(f"<article>{paragraphs(FIRST + SECOND)}{box}</article>"))
    assert "inbox" not in found


def test_an_element_that_holds_the_article_stays_whatever_its_name() -> None:
    found = article_of(page(f'<div class="share">{paragraphs(FIRST + SECOND)}</div>'))
    assert "Kelling" in found


def test_a_selector_names_the_elements_of_the_article() -> None:
    body = f'<div class="story"><p>One.</p></div><p>{FIRST[0]}</p><div class="story"><p>Two.</p></div>'
    assert to_text(article_of(page(body), "div.story")).split() == ["One.", "Two."]


def test_what_a_selector_matches_twice_comes_once() -> None:
    body = '<div class="story"><div class="story"><p>One.</p></div></div>'
    assert article_of(page(body), ".story").count("One.") == 1


def test_an_empty_page_has_no_article() -> None:
    assert article_of(b"") == ""


def test_the_page_takes_the_place_of_a_shorter_text() -> None:
    entry = clean(Entry(link="https://a.example/1", content="<p>Short.</p>", page="<p>The whole of it.</p>"))
    assert entry.text == "The whole of it."


def test_the_feeds_text_stands_where_the_page_has_less() -> None:
    entry = clean(Entry(link="https://a.example/1", content="<p>The whole of it.</p>", page="<p>Log in.</p>"))
    assert entry.text == "The whole of it."
    assert [one.rule for one in entry.removed] == ["no full text"]


def test_the_article_of_a_page_is_made_safe() -> None:
    entry = clean(
        Entry(link="https://a.example/1", page="<p>Words<script>alert(1)</script> <a href='/b'>b</a></p>")
    )
    assert "script" not in entry.content
    assert 'href="https://a.example/b"' in entry.content
