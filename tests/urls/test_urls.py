from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.urls import canonical_url, host_of, resolve, without_credentials

CANONICAL = {
    "HTTP://Example.COM:80/A": "http://example.com/A",
    "https://example.com:443": "https://example.com/",
    "https://example.com:8443/": "https://example.com:8443/",
    "https://example.com./a": "https://example.com/a",
    "https://example.com/%7euser/%c3%a9%2f?q=%2a%41": "https://example.com/~user/%C3%A9%2F?q=%2AA",
    "https://example.com/é b?ü": "https://example.com/%C3%A9%20b?%C3%BC",
    "https://example.com/100%/x": "https://example.com/100%25/x",
    "https://example.com/a/./b/../c": "https://example.com/a/c",
    "https://example.com/../..": "https://example.com/",
    "https://bücher.example/": "https://xn--bcher-kva.example/",
    "https://faß.example/": "https://xn--fa-hia.example/",
    "https://مثال.إختبار/": "https://xn--mgbh0fb.xn--kgbechtv/",
    "https://[2001:DB8::0:1]:80/": "https://[2001:db8::1]:80/",
    "https://example.com/a#part": "https://example.com/a",
    "https://example.com/#!/story/1": "https://example.com/#!/story/1",
    "https://user:secret@example.com/a": "https://example.com/a",
    "  https://example.com/a\nb\t ": "https://example.com/ab",
    "https:\\\\example.com\\a": "https://example.com/a",
    "https://example.com/?b=2&a=1&&": "https://example.com/?b=2&a=1",
}
NO_ADDRESS = [
    "", " ", "/a", "//example.com/a", "example.com", "ftp://example.com/", "javascript:alert(1)", "http://",
    "http:///a", "https://[::1", "https://[zz]/", "https://exa mple.com/", "https://a..b/", "https://x:y/",
    "https://example.com:99999/", "https://example.com:0/", "https://example.com:-1/", "https://[fe80::1%25eth0]/",
    "https://" + "a" * 64 + ".com/", "https://" + "é" * 2000 + ".com/", "mailto:a@example.com", "http://%00/",
    "https://\ud800.com/",
]  # fmt: skip
TRACKING = [
    "utm_source=rss", "UTM_Medium=x", "fbclid=1", "gclid=1", "dclid=1", "msclkid=1", "mc_cid=1",
    "mc_eid=1", "igshid=1", "_hsenc=1", "at_medium=RSS", "at_campaign=1", "xtor=RSS-1", "ns_campaign=1",
    "ns_mchannel=rss", "ns_source=x", "CMP=rss", "cmpid=x", "ocid=w", "ref_src=twsrc", "wt_mc=1", "ito=1490",
    "smid=tw", "partner=rss", "amp;utm_campaign=x", "%75tm_source=x",
]  # fmt: skip
MEANINGFUL = [
    "id=1",
    "p=2",
    "ref=3",
    "source=home",
    "partner=4",
    "page=2",
    "at=1",
    "cid=5",
    "feed=rss",
    "utm=1",
]


@pytest.mark.parametrize(("given_url", "expected"), CANONICAL.items())
def test_an_address_has_one_canonical_spelling(given_url: str, expected: str) -> None:
    assert canonical_url(given_url) == expected


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_what_is_no_absolute_web_address_is_empty(text: str) -> None:
    assert canonical_url(text) == ""


@pytest.mark.parametrize("parameter", TRACKING)
def test_a_tracking_parameter_is_dropped_and_its_neighbours_stay(parameter: str) -> None:
    assert canonical_url(f"https://example.com/a?x=1&{parameter}&y=2") == "https://example.com/a?x=1&y=2"


@pytest.mark.parametrize("parameter", MEANINGFUL)
def test_a_parameter_that_may_choose_the_page_is_kept(parameter: str) -> None:
    assert canonical_url(f"https://example.com/a?{parameter}") == f"https://example.com/a?{parameter}"


@given(
    st.text() | st.text().map(lambda rest: "https://example.com/" + rest) | st.from_regex(r"https?://.{0,80}")
)
def test_canonical_urls_never_raise_and_stay_as_they_are(text: str) -> None:
    once = canonical_url(text)
    assert canonical_url(once) == once
    assert once == "" or (once.startswith(("http://", "https://")) and once.isascii() and " " not in once)


@given(st.text(), st.text())
def test_no_text_makes_the_other_functions_raise(base: str, url: str) -> None:
    assert resolve("https://" + base, url) == "" or host_of(resolve("https://" + base, url)) != ""
    assert "secret@" not in without_credentials(f"https://secret@{url}")


def test_a_link_is_resolved_against_its_base() -> None:
    assert resolve("https://example.com/a/b", "../c?d#e") == "https://example.com/c?d#e"
    assert resolve("https://example.com/a", "//other.example/x") == "https://other.example/x"
    assert resolve("", "https://example.com/a b") == "https://example.com/a%20b"


@pytest.mark.parametrize(
    "url", ["", "  ", "javascript:alert(1)", "data:text/html,x", "java\nscript:x", "http://["]
)
def test_what_leads_nowhere_resolves_to_nothing(url: str) -> None:
    assert resolve("https://example.com/", url) == ""


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("https://u:p@example.com/x", "https://example.com/x"),
        ("postgresql+psycopg://u:p@db/x", "postgresql+psycopg://db/x"),
        ("https://u:p/w?d@example.com/x", "https://example.com/x"),
        ("https://example.com/@name", "https://example.com/@name"),
        ("https://example.com:8080/@name", "https://example.com:8080/@name"),
        ("/home/news.txt", "/home/news.txt"),
    ],
)
def test_credentials_leave_an_address_and_nothing_else_does(url: str, bare: str) -> None:
    assert without_credentials(url) == bare


def test_the_host_is_the_same_for_http_and_https() -> None:
    assert host_of("http://Example.com/a") == host_of("https://u:p@example.com:443") == "example.com"
    assert host_of("http://127.0.0.1:8080/a") == "127.0.0.1:8080"
    assert host_of("/home/news.txt") == ""


def test_a_very_long_address_takes_no_time_to_speak_of() -> None:
    started = time.process_time()
    for unit in ("a/../", "%", "&utm_x=1", "@", "[", "é", "a."):
        canonical_url("https://example.com/" + unit * 10_000)
        canonical_url("https://" + unit * 10_000)
    assert time.process_time() - started < 3
