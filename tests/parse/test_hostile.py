"""Attacks: each is a clear error, or entries saved, in little time and memory; nothing is ever loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator.errors import ParseError
from aggregator.parse import fast, thorough
from aggregator.schema import Download, Feed

Read = Callable[..., Feed]
RSS = '"<rss><channel><title>c</title>%s</channel></rss>"'
BODIES = {
    "billion laughs": '\'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">\' + "".join(f\'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">\' '
    "for n in range(9)) + ']><rss><channel><item><title>&j;</title></item></channel></rss>'",
    "quadratic blow-up": '\'<!DOCTYPE r [<!ENTITY a "\' + "a" * 60_000 + \'">]>\' + ' + RSS + ' % ("<item>" + "&a;" * 100_000 + "</item>")',
    "small entity used often": '\'<!DOCTYPE r [<!ENTITY a "\' + "a" * 900 + \'">]>\' + ' + RSS + ' % ("<item>" + "&a;" * 100_000 + "</item>")',
    "endless document type": '"<!DOCTYPE r [" + "<!--" * 3_000_000',
    "100,000 nested elements": RSS + ' % ("<item>" + "<a>" * 100_000 + "</a>" * 100_000 + "</item>")',
    "100,000 unclosed elements": RSS + ' % ("<item>" + "<a>" * 100_000)',
    "nested and malformed": RSS + ' % ("<item><title>a & b<br></title>" + "<a>" * 100_000)',
    "nested markup in a text": RSS + ' % ("<item><description>" + "<a>" * 100_000 + "</a>" * 100_000 + "</description></item>")',
    "3,700,000 tiny elements": RSS + ' % ("<item>" + "<a/>" * 3_700_000 + "</item>")',
    "2,000,000 empty items": RSS + ' % ("<item/>" * 2_000_000)',
    "one text of 14 MB": RSS + ' % ("<item><title>t</title><description>" + "x " * 7_000_000 + "</description></item>")',
    "200,000 categories": RSS + ' % ("<item><title>t</title>" + "".join(f"<category>{n}</category>" for n in range(200_000)) + "</item>")',
    "200,000 namespaces": RSS + ' % ("<item><title>t</title>" + "".join(f\'<n{n}:a xmlns:n{n}="u:{n}"/>\' for n in range(200_000)))',
    "600,000 attributes": '"<rss " + " ".join(f\'n{n}="u"\' for n in range(600_000)) + "><channel/></rss>"',
    "14,000,000 ampersands": RSS + ' % ("<item><title>" + "&" * 14_000_000 + "</title></item>")',
    "unclosed marked sections": RSS + ' % ("<item><title>a & b</title>" + "<![CDATA[" * 1_500_000)',
    "unclosed comments": RSS + ' % ("<item><br><title>a</title>" + "<!--" * 70_000)',
    "unclosed tags": RSS + ' % ("<item><br><title>a</title>" + "<a" * 140_000)',
    "unclosed quotes": RSS + ' % ("<item><br><title>a</title><a " + "b=\\\'" * 90_000)',
    "a long name of an author": RSS + ' % ("<item><tags>x</tags><title>t</title><author>" + "a" * 3_900_000 + "</author></item>")',
    "utf-16": '(' + RSS + ' % ("<item><title>é</title><description>" + "é " * 3_400_000 + "</description></item>")).encode("utf-16")',
    "punycode": '\'<?xml version="1.0" encoding="punycode"?>\' + ' + RSS + ' % ("<item><title>" + "é-a" * 3_000_000 + "</title></item>")',
    "json of 4,000,000 objects": '\'{"items":[\' + "{}," * 4_000_000 + "{}]}"',
    "json nested deeply": '\'{"items":[{"id":"1"},\' + "[" * 400_000',
    "junk of 14 MB": '"x" * 14_000_000',
    "a page of links": '"<!DOCTYPE html><html>" + "<link " * 2_000_000',
}  # fmt: skip
CHILD = """
import json, resource, sys
from datetime import UTC, datetime
from aggregator.errors import ParseError
from aggregator.parse import parse
from aggregator.schema import Download, Source
body = {body}
body = body if isinstance(body, bytes) else body.encode()
address = "https://example.org/feed"
download = Download(url=address, final_url=address, status=200, body=body, fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
try:
    said = f"saved {{len(parse(download, Source(id='s', url=address, title='S')).entries)}}"
except ParseError as error:
    said = str(error)
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([said, used.ru_utime - before, used.ru_maxrss / 1024]))
"""


@pytest.mark.parametrize("name", BODIES)
def test_an_attack_costs_little_time_and_memory_and_is_answered_in_words(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD.format(body=BODIES[name])],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    said, seconds, megabytes = json.loads(done.stdout)
    assert said.startswith("saved ") or said.endswith(".")
    assert megabytes < 300
    assert seconds < 20


@pytest.mark.parametrize("reader", [fast, thorough])
@pytest.mark.parametrize("name", ["billion laughs", "quadratic blow-up", "small entity used often"])
def test_both_readers_refuse_entities_that_explode(
    fetched: Callable[..., Download], reader: Callable[[Download], Feed | None], name: str
) -> None:
    body = eval(BODIES[name])
    with pytest.raises(ParseError, match=r"entities"):
        reader(fetched(body))


@pytest.mark.parametrize("reader", [fast, thorough])
def test_external_entities_are_never_loaded(
    fetched: Callable[..., Download], reader: Callable[[Download], Feed | None], tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOPSECRET")
    feed = reader(
        fetched(
            f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY % p SYSTEM "file://{secret}"> %p;]>'
            "<rss><channel><item><title>a &x; b</title></item></channel></rss>"
        )
    )
    assert feed is not None
    assert [entry.title for entry in feed.entries] == ["a &x; b"]


@pytest.mark.parametrize("reader", [fast, thorough])
def test_inclusions_stylesheets_and_external_dtds_are_never_loaded(
    fetched: Callable[..., Download], reader: Callable[[Download], Feed | None], tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOPSECRET")
    feed = reader(
        fetched(
            f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="file://{secret}"?>'
            f'<!DOCTYPE rss SYSTEM "file://{secret}"><rss xmlns:xi="http://www.w3.org/2001/XInclude"><channel>'
            f'<item><title>t</title><xi:include href="file://{secret}" parse="text"/></item></channel></rss>'
        )
    )
    assert feed is not None
    assert [entry.title for entry in feed.entries] == ["t"]
    assert "TOPSECRET" not in repr(feed)


def test_harmless_entities_are_expanded(read: Read) -> None:
    feed = read(
        "<!DOCTYPE rss [<!ENTITY co \"Dateline &#38; Co\"> <!-- ]> --> <!ENTITY lt2 '<b>'>]>"
        "<rss><channel><item><title>&co; &lt2;</title></item></channel></rss>"
    )
    assert feed.entries[0].title == "Dateline & Co <b>"


def test_a_document_type_without_entities_is_no_reason_to_complain(read: Read) -> None:
    feed = read(
        '<!DOCTYPE rss SYSTEM "rss.dtd" [<!ELEMENT rss ANY>]><rss><channel><item><title>t</title></item></channel></rss>'
    )
    assert (len(feed.entries), feed.repaired) == (1, "")
