"""Attacks: each is a clear error, or entries saved, in little time and memory; nothing is ever loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator.errors import ParseError
from aggregator.parse import Document, fast, open_document, thorough
from aggregator.schema import Download, Feed

Read = Callable[..., Feed]


def rss(inside: str, doctype: str = "") -> str:
    return f"{doctype}<rss><channel><title>c</title>{inside}</channel></rss>"


def item(inside: str, doctype: str = "") -> str:
    return rss(f"<item><title>t</title>{inside}</item>", doctype)


def laughs() -> str:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return item("&e9;", f'<!DOCTYPE r [<!ENTITY e0 "aaaaaaaaaa">{entities}]>')


def repeated(length: int) -> str:
    return item("&a;" * 100_000, f'<!DOCTYPE r [<!ENTITY a "{"a" * length}">]>')


ATTACKS: dict[str, Callable[[], str | bytes]] = {
    "billion laughs": laughs,
    "quadratic blow-up": lambda: repeated(60_000),
    "small entity used often": lambda: repeated(900),
    "endless document type": lambda: "<!DOCTYPE r [" + "<!--" * 3_000_000,
    "100,000 nested elements": lambda: item("<a>" * 100_000 + "</a>" * 100_000),
    "100,000 unclosed elements": lambda: item("<a>" * 100_000),
    "nested and malformed": lambda: item("<guid>a & b<br></guid>" + "<a>" * 100_000),
    "nested in a text": lambda: item("<description>" + "<a>" * 100_000 + "</a>" * 100_000 + "</description>"),
    "3,700,000 tiny elements": lambda: item("<a/>" * 3_700_000),
    "2,000,000 empty items": lambda: rss("<item/>" * 2_000_000),
    "one text of 14 MB": lambda: item("<description>" + "x " * 7_000_000 + "</description>"),
    "200,000 categories": lambda: item("".join(f"<category>{n}</category>" for n in range(200_000))),
    "100,000 categories and a doubt": lambda: item(
        "<tags/>" + "".join(f"<category>{n}</category>" for n in range(100_000))
    ),
    "200,000 namespaces": lambda: item("".join(f'<n{n}:a xmlns:n{n}="u:{n}"/>' for n in range(200_000))),
    "400,000 attributes": lambda: (
        "<rss " + " ".join(f'n{n}="u"' for n in range(400_000)) + "><channel/></rss>"
    ),
    "14,000,000 ampersands": lambda: item("&" * 14_000_000),
    "unclosed marked sections": lambda: item("a & b" + "<![CDATA[" * 1_500_000),
    "unclosed comments": lambda: item("<br>" + "<!--" * 70_000),
    "unclosed tags": lambda: item("<br>" + "<a" * 140_000),
    "unclosed quotes": lambda: item("<br><a " + "b='" * 90_000),
    "a long name of an author": lambda: item("<tags/><author>" + "a" * 3_900_000 + "</author>"),
    "utf-16": lambda: item("<description>" + "é " * 3_400_000 + "</description>").encode("utf-16"),
    "punycode": lambda: '<?xml version="1.0" encoding="punycode"?>' + item("é-a" * 3_000_000),
    "json of 4,000,000 objects": lambda: '{"items":[' + "{}," * 4_000_000 + "{}]}",
    "json nested deeply": lambda: '{"items":[{"id":"1"},' + "[" * 400_000,
    "junk of 14 MB": lambda: "x" * 14_000_000,
    "a page of links": lambda: "<!DOCTYPE html><html>" + "<link " * 2_000_000,
}
CHILD = """
import json, resource, sys
from datetime import UTC, datetime
from aggregator.errors import ParseError
from aggregator.parse import parse
from aggregator.schema import Download, Source
url = "https://example.org/feed"
now = datetime(2026, 1, 1, tzinfo=UTC)
download = Download(url=url, final_url=url, status=200, body=sys.stdin.buffer.read(), fetched_at=now)
before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
try:
    said = f"saved {len(parse(download, Source(id='s', url=url, title='S')).entries)}"
except ParseError as error:
    said = str(error)
seconds = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
# Not ru_maxrss: that of a child starts with the size of the parent that made it.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]
print(json.dumps([said, seconds, int(peak) / 1024]))
"""


@pytest.mark.parametrize("name", ATTACKS)
def test_rule_17_an_attack_costs_little_time_and_memory_and_is_answered_in_words(name: str) -> None:
    body = ATTACKS[name]()
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=body if isinstance(body, bytes) else body.encode(),
        capture_output=True,
        check=True,
        timeout=120,
    )
    said, seconds, megabytes = json.loads(done.stdout)
    assert said.startswith("saved ") or said.endswith(".")
    assert megabytes < 300
    assert seconds < 20


@pytest.mark.parametrize("reader", [fast, thorough])
@pytest.mark.parametrize("name", ["billion laughs", "quadratic blow-up", "small entity used often"])
def test_rule_17_both_readers_refuse_entities_that_explode(
    fetched: Callable[..., Download], reader: Callable[[Document], Feed | None], name: str
) -> None:
    with pytest.raises(ParseError, match="entities"):
        reader(open_document(fetched(ATTACKS[name]())))


@pytest.mark.parametrize("reader", [fast, thorough])
def test_rule_18_external_entities_are_never_loaded(
    fetched: Callable[..., Download], reader: Callable[[Document], Feed | None], tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOPSECRET")
    declared = f'<!ENTITY x SYSTEM "file://{secret}"><!ENTITY % p SYSTEM "file://{secret}"> %p;'
    feed = reader(
        open_document(fetched(rss("<item><title>a &x; b</title></item>", f"<!DOCTYPE rss [{declared}]>")))
    )
    assert feed is not None
    assert [entry.title for entry in feed.entries] == ["a &x; b"]


@pytest.mark.parametrize("reader", [fast, thorough])
def test_rule_18_inclusions_stylesheets_and_external_dtds_are_never_loaded(
    fetched: Callable[..., Download], reader: Callable[[Document], Feed | None], tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOPSECRET")
    document = open_document(
        fetched(
            f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="file://{secret}"?>'
            f'<!DOCTYPE rss SYSTEM "file://{secret}"><rss xmlns:xi="http://www.w3.org/2001/XInclude"><channel>'
            f'<item><title>t</title><xi:include href="file://{secret}" parse="text"/></item></channel></rss>'
        )
    )
    feed = reader(document)
    assert feed is not None
    assert [entry.title for entry in feed.entries] == ["t"]
    assert "TOPSECRET" not in repr(feed)


def test_harmless_entities_are_expanded(read: Read) -> None:
    doctype = """<!DOCTYPE rss [<!ENTITY co "Dateline &#38; Co"> <!-- ]> --> <!ENTITY b '<b>'>]>"""
    feed = read(rss("<item><title>&co; &b;</title></item>", doctype))
    assert feed.entries[0].title == "Dateline & Co <b>"


def test_a_document_type_without_entities_is_no_reason_to_complain(read: Read) -> None:
    feed = read(rss("<item><title>t</title></item>", '<!DOCTYPE rss SYSTEM "r.dtd" [<!ELEMENT rss ANY>]>'))
    assert (len(feed.entries), feed.repaired) == (1, "")
