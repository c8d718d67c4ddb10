from __future__ import annotations

import html
import time
from pathlib import Path
from urllib.parse import urlsplit

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.clean import clean
from aggregator.clean.burden import is_bearable
from aggregator.clean.markup import safe_html
from aggregator.clean.titles import plain
from aggregator.schema import Entry

PAYLOADS = Path(__file__).parents[2].parent / "shared" / "eval" / "xss"
BASE = "https://example.com/news/1"
OWN_PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='java\nscript:alert(1)'>x</a>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,x'></object><embed src=x><base href='//evil.example'>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a><img src='data:image/svg+xml,x'>",
    "<img src=x onerror=alert(1)//",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&lt;img src=x onerror=alert(1)&gt;",
    "&lt;svg/onload=alert(1)&gt;",
]
ACTIVE = {
    "script", "style", "iframe", "frame", "object", "embed", "applet", "svg", "math", "form", "input",
    "button", "textarea", "base", "link", "meta", "video", "audio", "template", "isindex", "marquee", "body",
}  # fmt: skip


def alive(markup: str) -> list[str]:
    """What in the markup a browser would run or load otherwise than as a plain link or image."""
    found = []
    if "<" not in markup:
        return found
    for element in lxml.html.fragment_fromstring(markup, create_parent="div").iter():
        if not isinstance(element.tag, str):
            found.append("comment")
            continue
        found += [element.tag] if element.tag in ACTIVE else []
        for name, value in element.attrib.items():
            if name.startswith("on") or name in ("style", "srcdoc", "srcset", "formaction", "id", "name"):
                found.append(f"{element.tag} {name}")
            if name in ("href", "src") and urlsplit(value).scheme not in ("http", "https", "mailto"):
                found.append(f"{element.tag} {name}={value}")
    return found


def payloads() -> list[str]:
    given_lines = [
        line
        for path in sorted(PAYLOADS.rglob("*.txt"))
        for line in path.read_text("utf-8", "replace").splitlines()
        if line.strip()
    ]
    plain_ones = OWN_PAYLOADS + given_lines
    return plain_ones + [html.escape(payload) for payload in plain_ones]


def test_no_payload_is_alive_in_summary_or_content() -> None:
    survivors = [payload for payload in payloads() if alive(safe_html(payload, BASE))]
    assert survivors == []


def test_no_payload_is_alive_in_a_title_even_where_it_is_not_escaped() -> None:
    survivors = [payload for payload in payloads() if alive(plain(payload))]
    assert survivors == []


@pytest.mark.parametrize(
    ("hostile", "safe"),
    [
        ("<p onclick=x class=y id=z style=w>a</p>", "<p>a</p>"),
        ("a<form><input></form><svg><path/></svg><iframe>x</iframe>b", "ab"),
        ("<center><font color=red>a</font></center>", "a"),
        ("a & b", "a &amp; b"),
        ("a > b", "a &gt; b"),
        ("<p dir=rtl lang=ar>a</p>", '<p dir="rtl" lang="ar">a</p>'),
        ("  ", ""),
    ],
)
def test_only_what_news_needs_is_kept(hostile: str, safe: str) -> None:
    assert safe_html(hostile, BASE) == safe


def test_links_become_absolute_and_tell_nobody_where_the_reader_comes_from() -> None:
    assert safe_html('<a href="../x" target="_blank" ping="/p">a</a>', BASE) == (
        '<a href="https://example.com/x" rel="noopener noreferrer nofollow">a</a>'
    )


@pytest.mark.parametrize("base", ["", "not a url", "http://[", "/home/x.txt"])
def test_a_relative_link_without_a_base_loses_its_address(base: str) -> None:
    assert "href" not in safe_html('<a href="/x">a</a>', base)


def test_an_image_is_loaded_late_and_without_a_referrer() -> None:
    image = safe_html('<img src="/i.png" alt="a" srcset="x 2x" width="300">', BASE)
    assert 'src="https://example.com/i.png"' in image
    assert 'loading="lazy"' in image
    assert 'referrerpolicy="no-referrer"' in image
    assert "srcset" not in image


@pytest.mark.parametrize(
    "image",
    [
        '<img src="https://count.example/x.gif" width="1" height="1">',
        '<img src="https://feeds.feedburner.com/~r/x/~4/abc">',
        '<img src="data:image/png;base64,AAAA">',
        '<div class="feedflare"><a href="https://feeds.feedburner.com/~ff/x?a=1"><img src="https://x.example/a"></a></div>',
    ],
)
def test_images_that_count_readers_are_removed(image: str) -> None:
    assert "<img" not in safe_html(f"a{image}", BASE)
    assert "<a " not in safe_html(f"a{image}", BASE)


def test_an_image_of_a_hundred_pixels_is_no_counter() -> None:
    assert "<img" in safe_html('<img src="/i.png" width="100" height="11">', BASE)


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000,
        "<div>" * 100_000 + "</div>" * 100_000,
        "<span><div></span></div>" * 50_000,
        '<div title="></div>">' * 50_000,
        "<div><!--</div>-->" * 50_000,
        "".join(f"<b id={n}>" for n in range(20_000)) + "<p>x" * 20_000,
        "<svg>" + "<g>" * 100_000,
        "&" * 200_000,
        "a&amp;" * 100_000,
        "<a b='" * 50_000,
        "<" * 200_000,
        "<br> " * 50_000,
    ],
    ids=lambda markup: markup[:12],
)
def test_no_markup_takes_more_than_seconds(markup: str) -> None:
    started = time.process_time()
    clean(Entry(title=markup, summary=markup, content=markup + "end"))
    assert time.process_time() - started < 8


def test_an_ordinary_long_article_is_bearable() -> None:
    assert is_bearable("<div><p>a <b>c</b> <a href='x'>d</a><br></p><ul><li>e</ul></div>" * 5_000)


def test_too_deep_an_article_keeps_its_words() -> None:
    assert safe_html("<div>" * 50_000 + "words &amp; more", BASE) == "words &amp; more"


def test_twenty_thousand_ampersands_stay_what_they_are() -> None:
    safe = safe_html("<p>" + "R&D &amp; caf&eacute; &#38; " * 5_000 + '<a href="/x?a=1&b=2">x</a>', BASE)
    assert safe.startswith("<p>R&amp;D &amp; café &amp; R&amp;D")
    assert '"https://example.com/x?a=1&amp;b=2"' in safe


@given(st.text(alphabet="<>/ pbaimgdivsrc=href\"'&;:#x0\n\x00\ud800é-!"), st.text())
def test_no_markup_makes_it_raise_and_the_result_is_stable(markup: str, base: str) -> None:
    once = safe_html(markup, base)
    assert alive(once) == []
