"""Reading rosters: OPML, broken or not, and lists of URLs."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from aggregator import roster
from aggregator.errors import SettingsError
from aggregator.roster import Roster, RosterLine
from aggregator.schema import Secret

SHARED = Path(__file__).parents[2].parent / "shared" / "sources"
Read = Callable[[str | bytes], Roster]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(content: str | bytes) -> Roster:
        path = tmp_path / "roster"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return roster.read(path)

    return read


def opml(*outlines: str) -> str:
    return "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0"><body>', *outlines, "</body></opml>"]
    )


def outline(url: str, title: str = "T", more: str = "") -> str:
    return f'<outline type="rss" text="{title}" xmlUrl="{url}"{more}/>'


# --- sound OPML --------------------------------------------------------------------------------


def test_an_outline_gives_url_title_and_language(read: Read) -> None:
    found = read(
        opml('<outline text="A &amp; B" xmlUrl="https://x.org/?a=1&amp;b=2" htmlUrl="h" language="pt-br"/>')
    )
    assert found == Roster(
        sources=(RosterLine(url="https://x.org/?a=1&b=2", title="A & B", language="pt-BR"),)
    )


def test_the_title_stands_in_where_there_is_no_text(read: Read) -> None:
    assert read(opml('<outline title="B" text="" xmlUrl="https://x.org/"/>')).sources[0].title == "B"


def test_nested_outlines_are_categories(read: Read) -> None:
    found = read(
        opml(
            '<outline text="News"><outline title="Africa">',
            outline("https://a.org/"),
            "</outline>",
            outline("https://b.org/"),
            "</outline>",
            outline("https://c.org/"),
        )
    )
    assert [line.categories for line in found.sources] == [("News", "Africa"), ("News",), ()]


def test_the_category_attribute_gives_categories_too(read: Read) -> None:
    found = read(
        opml(
            '<outline text="News">',
            outline("https://a.org/", more=' category="/Sport/Golf, News,"'),
            "</outline>",
        )
    )
    assert found.sources[0].categories == ("News", "Sport", "Golf")


def test_a_source_within_a_source_is_no_category(read: Read) -> None:
    found = read(opml('<outline text="A" xmlUrl="https://a.org/">', outline("https://b.org/"), "</outline>"))
    assert [line.categories for line in found.sources] == [(), ()]


def test_names_of_attributes_and_tags_may_be_in_any_case(read: Read) -> None:
    found = read('<OPML><BODY><Outline TEXT="A" XMLURL="https://a.org/"/></BODY></OPML>')
    assert [(line.title, line.url) for line in found.sources] == [("A", "https://a.org/")]


def test_outlines_in_comments_are_not_read(read: Read) -> None:
    found = read(opml(f"<!-- {outline('https://a.org/')}\n & -- -->", outline("https://b.org/")))
    assert [line.url for line in found.sources] == ["https://b.org/"]
    assert found.repairs == ()


def test_an_opml_file_may_be_empty(read: Read) -> None:
    assert read('<opml version="1.0"><body/></opml>') == Roster(sources=())


# --- broken OPML -------------------------------------------------------------------------------


def test_a_bare_ampersand_survives_in_urls_and_titles(read: Read) -> None:
    found = read(
        opml(outline("https://x.org/?a=1&b=2&copy=3&lt=4", "Q&A & R&D"), "", outline("https://y.org/?&"))
    )
    assert [line.url for line in found.sources] == ["https://x.org/?a=1&b=2&copy=3&lt=4", "https://y.org/?&"]
    assert found.sources[0].title == "Q&A & R&D"
    assert found.repairs == ("Lines 3, 5: a bare & was read as it stands.",)


def test_named_entities_of_html_are_read(read: Read) -> None:
    found = read(
        opml(outline("https://x.org/", "Caf&eacute;&nbsp;&lt;b&gt; &#233; &#x153; &#146; &nope; &#0;."))
    )
    assert found.sources[0].title == "Café <b> é œ ’ &nope; \ufffd."
    assert found.repairs == ("Line 3: the unknown entity &nope; was read as it stands.",)


def test_quotation_marks_and_tags_inside_an_attribute_survive(read: Read) -> None:
    found = read(
        opml(
            '<outline text="Press">',
            '<outline text="The "Star" says" description="by <a href="https://z.org/">Z</a>" xmlUrl="https://a.org/"',
            ' type="rss" />',
            "</outline>",
            outline("https://b.org/", "1 < 2 <b>x</b>"),
        )
    )
    assert [line.title for line in found.sources] == ['The "Star" says', "1 < 2 <b>x</b>"]
    assert [line.categories for line in found.sources] == [("Press",), ()]
    assert (
        found.repairs[-1]
        == "Lines 4, 7: the attributes of an outline were broken and were read as far as possible."
    )


def test_a_missing_quotation_mark_costs_a_title_and_no_source(read: Read) -> None:
    found = read(
        opml(
            outline("https://a.org/"),
            '<outline text="B xmlUrl="https://b.org/" type="rss"/>',
            outline("https://c.org/"),
        )
    )
    assert {line.url for line in found.sources} == {"https://a.org/", "https://b.org/", "https://c.org/"}


def test_a_file_cut_off_gives_what_it_has(read: Read) -> None:
    found = read(
        opml(outline("https://a.org/"), outline("https://b.org/")).partition("</body>")[0]
        + '<outline xmlUrl="htt'
    )
    assert [line.url for line in found.sources] == ["https://a.org/", "https://b.org/"]
    assert any("broken XML was read as far as possible" in repair for repair in found.repairs)


def test_wrong_nesting_loses_no_source(read: Read) -> None:
    found = read(
        opml(
            '<outline text="A"></outline></outline></body>',
            outline("https://a.org/"),
            "</opml><x>",
            outline("https://b.org/"),
        )
    )
    assert {line.url for line in found.sources} == {"https://a.org/", "https://b.org/"}


def test_control_characters_are_left_out(read: Read) -> None:
    found = read(opml(outline("https://a\x00.org/\x1b", "A\x08B\x9b")).replace("\x00", "\x01"))
    assert (found.sources[0].url, found.sources[0].title) == ("https://a.org/", "AB")
    assert "Line 3: control characters were left out." in found.repairs


def test_a_doctype_with_entities_is_not_obeyed(read: Read, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2")
    found = read(
        '<?xml version="1.0"?>\n<!DOCTYPE opml [\n<!ENTITY a "aaaa">'
        f'<!ENTITY b SYSTEM "{tmp_path}/secret">\n]>\n'
        f"<opml><body>{outline('https://x.org/', '&a;&b;')}</body></opml>"
    )
    assert found.sources[0].title == "&a;&b;"
    assert found.repairs[0].startswith("Line 5: ")


def test_outlines_nested_absurdly_deep_lose_no_source(read: Read) -> None:
    deep = '<outline text="x">' * 5000 + outline("https://a.org/") + "</outline>" * 5000
    assert [line.url for line in read(opml(deep)).sources] == ["https://a.org/"]


def test_hostile_repetition_is_read_in_moderate_time(read: Read) -> None:
    start = time.process_time()
    for part in ("<!DOCTYPE [", "<!-- ", '<outline text="', "<outline '", "&", '"/> >', "<?", 'xmlUrl="'):
        read("<opml>" + part * 30_000)
    assert time.process_time() - start < 30


# --- encodings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "iso-8859-15"]
)
def test_the_declared_or_marked_encoding_is_read(read: Read, encoding: str) -> None:
    declared = "utf-16" if encoding.startswith("utf-16") else encoding.removesuffix("-sig")
    text = opml(outline("https://x.org/", "Été €")).replace("UTF-8", declared)
    assert read(text.encode(encoding)).sources[0].title == "Été €"


def test_latin_1_is_read_as_windows_1252(read: Read) -> None:
    data = opml(outline("https://x.org/", "L’été")).replace("UTF-8", "ISO-8859-1").encode("windows-1252")
    assert read(data).sources[0].title == "L’été"


def test_lines_in_another_encoding_are_read_and_told(read: Read) -> None:
    data = (
        opml(outline("https://a.org/", "Été")).encode()
        + b'\n<!-- -->\n<outline text="\xc9t\xe9" xmlUrl="https://b.org/"/>'
    )
    found = read(data)
    assert {line.url for line in found.sources} == {"https://a.org/", "https://b.org/"}
    assert "Line 6: bytes that are not UTF-8 were read as Windows-1252." in found.repairs


@pytest.mark.parametrize("declared", ["utf-16", "rot13", "nonsense", "windows-9999"])
def test_an_impossible_declaration_is_overruled(read: Read, declared: str) -> None:
    assert (
        read(opml(outline("https://x.org/", "Été")).replace("UTF-8", declared)).sources[0].url
        == "https://x.org/"
    )


# --- addresses ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("feed:https://x.org/a", "https://x.org/a"),
        ("feed://x.org/a", "http://x.org/a"),
        ("FEED:http://x.org/a", "http://x.org/a"),
        ("//x.org/a", "https://x.org/a"),
        ("www.x.org/a", "https://www.x.org/a"),
        ("https://x.org/a b", "https://x.org/a%20b"),
    ],
)
def test_an_odd_address_is_made_a_usual_one(read: Read, written: str, url: str) -> None:
    found = read(opml(outline(written)))
    assert [line.url for line in found.sources] == [url]
    assert found.repairs == ("Line 3: the address was read as an http or https one.",)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("", '""'),
        ("ftp://x.org/", '"ftp://x.org/"'),
        ("file:///etc/passwd", '"file:///etc/passwd"'),
        ("/etc/passwd", '"/etc/passwd"'),
        ("javascript:alert(1)", '"javascript:alert(1)"'),
        ("https://", '"https://"'),
        ("https://me:hunter2@/", '"https:///"'),
        ("ftp://me:hunter2@x.org/", '"ftp://x.org/"'),
        ("mailto:me:hunter2@x.org", "***"),
        ("https://me:env%3Ahunter2@x.org/", '"https://x.org/"'),
        ("https://env%3Ahunter2@x.org/", '"https://x.org/"'),
        ("https://x.org/" + "a" * 5000, '"https://x.org/aaa'),
    ],
)
def test_an_address_that_cannot_be_polled_is_left_out_with_its_reason(
    read: Read, written: str, shown: str
) -> None:
    found = read(opml(outline("https://a.org/"), outline(written)))
    assert [line.url for line in found.sources] == ["https://a.org/"]
    assert len(found.skipped) == 1
    assert found.skipped[0].startswith(f"Line 4: {shown}")
    assert " was left out: " in found.skipped[0]
    assert "hunter2" not in found.skipped[0]


def test_credentials_are_taken_out_of_the_address(read: Read) -> None:
    (line,) = read(opml(outline("https://me:p%3Aw@x.org/feed"))).sources
    assert (line.url, line.username, line.password) == ("https://x.org/feed", "me", Secret("p:w"))
    assert "p:w" not in repr(line)


def test_one_source_named_twice_is_merged(read: Read) -> None:
    found = read(
        opml(
            '<outline text="A">',
            outline("http://x.org/feed?utm_source=a", ""),
            '</outline><outline text="B">',
            outline("https://X.org/feed", "Title", ' language="fr"'),
            "</outline>",
        )
    )
    assert found.sources == (
        RosterLine(url="https://X.org/feed", title="Title", categories=("A", "B"), language="fr"),
    )
    assert found.merged == 1


def test_addresses_that_differ_in_path_or_query_are_two(read: Read) -> None:
    assert len(read("https://x.org/a\nhttps://x.org/a/\nhttps://x.org/a?b=1\nhttps://x.org/A").sources) == 4


def test_credentials_of_merged_lines_are_never_mixed(read: Read) -> None:
    found = read("https://x.org/\nhttps://me@x.org/\nhttps://you:pw@x.org/")
    assert [(line.username, line.password) for line in found.sources] == [("me", None)]


def test_a_language_that_is_none_is_left_out(read: Read) -> None:
    found = read(opml(outline("https://x.org/", more=' language="English"')))
    assert found.sources[0].language == ""
    assert found.repairs == ("Line 3: the language is no BCP 47 tag and was left out.",)


# --- lists of URLs -----------------------------------------------------------------------------


def test_a_list_has_one_address_a_line(read: Read) -> None:
    found = read(
        "\ufeff# my feeds\r\nhttps://a.org/feed#x\r\n\r\n  https://b.org/  # note\r\n#https://c.org/\r\nd.org/rss\r\n"
    )
    assert [line.url for line in found.sources] == [
        "https://a.org/feed#x",
        "https://b.org/",
        "https://d.org/rss",
    ]
    assert found.repairs == ("Line 6: the address was read as an http or https one.",)


def test_quoted_words_behind_an_address_are_left_out(read: Read) -> None:
    found = read('https://a.org/ "tag one" "~Title"\n"query:Unread:x"\n')
    assert [line.url for line in found.sources] == ["https://a.org/"]
    assert found.repairs == ("Line 1: what follows the address was left out.",)
    assert found.skipped[0].startswith("Line 2: ")


def test_many_repairs_of_one_kind_are_one_sentence(read: Read) -> None:
    found = read("\n".join(f"feed://x{number}.org/" for number in range(15)))
    assert found.repairs == (
        "Lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 5 more: the address was read as an http or https one.",
    )


# --- files that are no roster ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"feeds": []}', "is JSON; give an OPML file or a list of URLs"),
        ("<!doctype html><html><body><p>Hi</p></body></html>", "is no OPML file; export one"),
        (b"\x89PNG\x00\x00", "is no text file"),
    ],
)
def test_another_kind_of_file_is_refused(read: Read, content: str | bytes, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        read(content)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        SettingsError, match=r"feeds\.opml cannot be read: No such file or directory; check its name"
    ):
        roster.read(tmp_path / "feeds.opml")


# --- real files --------------------------------------------------------------------------------


def test_every_address_a_naive_search_finds_is_read(read: Read) -> None:
    written = opml(outline("https://a.org/?x=1&y=2", 'The "A"'), outline("https://b.org/?x=1&amp;y=2"))
    for text in [written, *(path.read_text(errors="replace") for path in SHARED.rglob("*.opml"))]:
        naive = re.findall('xmlUrl="([^"]*)"', text)
        found = read(text)
        assert len(found.sources) + found.merged + len(found.skipped) == len(naive) > 0
        assert {line.url for line in found.sources} == {
            unescape(re.sub("&(?!amp;)", "&amp;", url)) for url in naive
        }
        assert sum(not line.title for line in found.sources) == text.count('<outline text="" ')
