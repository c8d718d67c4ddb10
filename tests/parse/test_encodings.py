"""Charsets: what the bytes are, whatever is claimed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aggregator.schema import Feed

Read = Callable[..., Feed]
TITLES = {
    "windows-1252": "Café “naïve” €",
    "windows-1251": "Привет, мир",
    "windows-1256": "السلام عليكم",
    "iso-8859-1": "Café",
    "iso-8859-2": "Žluťoučký kůň",
    "koi8-r": "Привет, мир",
    "shift_jis": "日本語のニュース",
    "iso-2022-jp": "日本語のニュース",
    "euc-kr": "안녕하세요",
    "gb2312": "新闻",
    "gb18030": "新闻😀",
    "big5": "新聞",
    "utf-8": "Ünï 😀",
    "utf-16": "Ünï 😀",
    "utf-16-le": "Ünï 😀",
    "utf-16-be": "Ünï 😀",
    "utf-32": "Ünï 😀",
    "utf-32-be": "Ünï 😀",
}


def document(title: str, encoding: str = "") -> str:
    declared = f' encoding="{encoding}"' if encoding else ""
    return (
        f'<?xml version="1.0"{declared}?>\n<rss><channel><item><title>{title}</title></item></channel></rss>'
    )


def title_of(feed: Feed) -> str:
    [entry] = feed.entries
    return entry.title


@pytest.mark.parametrize("encoding", TITLES)
def test_a_declared_encoding_is_read(read: Read, encoding: str) -> None:
    assert title_of(read(document(TITLES[encoding], encoding).encode(encoding))) == TITLES[encoding]


@pytest.mark.parametrize("encoding", ["windows-1251", "iso-8859-2", "shift_jis", "gb18030"])
def test_the_charset_of_the_header_is_read(read: Read, encoding: str) -> None:
    body = document(TITLES[encoding]).encode(encoding)
    assert title_of(read(body, f'text/xml; charset="{encoding}"')) == TITLES[encoding]


@pytest.mark.parametrize(
    "claim", ["iso-8859-1", "us-ascii", "windows-1251", "utf-16", "x-unknown", "punycode", "zip"]
)
def test_valid_utf8_is_utf8_whatever_is_claimed(read: Read, claim: str) -> None:
    assert title_of(read(document("Été 😀", claim).encode(), f"text/xml; charset={claim}")) == "Été 😀"


def test_a_declaration_counts_more_than_a_default_charset_of_the_server(read: Read) -> None:
    body = document("Привет", "windows-1251").encode("windows-1251")
    assert title_of(read(body, "text/xml; charset=ISO-8859-1")) == "Привет"


def test_rule_19_a_header_that_wrongly_says_utf8_is_not_believed(read: Read) -> None:
    body = document("Café “x”", "windows-1252").encode("windows-1252")
    assert title_of(read(body, "application/xml; charset=utf-8")) == "Café “x”"


def test_a_windows_text_that_claims_to_be_utf8_is_read(read: Read) -> None:
    assert title_of(read(document("Brøndby", "utf-8").encode("cp1252"))) == "Brøndby"


def test_a_few_bad_bytes_do_not_spoil_a_utf8_document(read: Read) -> None:
    body = document("é" * 200 + "BAD" + "ü" * 200).encode().replace(b"BAD", b"\xff")
    feed = read(body)
    assert title_of(feed) == "é" * 200 + "\ufffd" + "ü" * 200
    assert "UTF-8" in feed.repaired


def test_a_byte_order_mark_and_blanks_before_the_declaration_do_no_harm(read: Read) -> None:
    feed = read(b"\xef\xbb\xbf \r\n\n" + document("é").encode())
    assert (title_of(feed), feed.repaired) == ("é", "")


@pytest.mark.parametrize(
    "kind", ["text/html", "text/plain", "application/octet-stream", "", "image/png", "text/html; charset="]
)
def test_rule_19_the_content_type_does_not_matter(read: Read, kind: str) -> None:
    assert title_of(read(document("é").encode(), kind)) == "é"


def test_rule_19_control_characters_are_removed_and_the_entry_is_read(read: Read) -> None:
    feed = read(document("a\x00b\x0bc\x1fd\ufffee").encode())
    assert title_of(feed) == "abcde"
    assert "control characters" in feed.repaired


def test_references_to_forbidden_characters_are_removed(read: Read) -> None:
    assert title_of(read(document("a&#0;b&#x1F;c&#xD800;d&#99999999;e"))) == "abcde"


def test_a_character_written_as_two_surrogates_is_one(read: Read) -> None:
    assert title_of(read(document("a&#55357;&#56832;b"))) == "a😀b"


def test_rule_19_encoded_surrogates_are_replaced(read: Read) -> None:
    body = document("é" * 100 + "XX").encode().replace(b"XX", b"\xed\xa0\x80x")
    title = title_of(read(body))
    assert title.startswith("é" * 100)
    assert title.endswith("x")
    title.encode("utf-8")
