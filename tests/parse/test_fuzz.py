"""Whatever the bytes: a feed or a ParseError, and strings that any database takes."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import fields

from aggregator.errors import ParseError
from aggregator.parse import parse
from aggregator.schema import Download, Feed, Source

SEEDS = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>c</title><item><title>a &amp; b</title><link>http://e.org/1</link>'
    b"<pubDate>Thu, 15 Jan 2026 10:00:00 GMT</pubDate><description><![CDATA[<p>x</p>]]></description></item>"
    b"<item><guid>2</guid></item></channel></rss>",
    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title type="html">t</title>'
    b"<author><name>n</name></author>"
    b'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x<br/></p></div></content></entry></feed>',
    b'{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"t","tags":["a"]},{"id":"2"}]}',
)
PIECES = (
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"<!DOCTYPE x [",
    b"<?",
    b"\x00",
    b"\xff",
    b"&#0;",
    b"<item>",
)
PIECES += (
    b"</item>",
    b"<entry/>",
    b'"',
    b"&#xD800;",
    b"<a:b c:d='e'>",
    b"</rss>",
    b"{",
    b"[",
    b"\\ud800",
    b"\xef\xbb\xbf",
    b"&x;",
)
SOURCE = Source(id="s", url="https://example.org/f", title="S")


def parsed(body: bytes) -> Feed | None:
    download = Download(
        url="https://example.org/f",
        final_url="https://example.org/f",
        status=200,
        body=body,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    try:
        return parse(download, SOURCE)
    except ParseError:
        return None


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    body = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 4))):
        begin = draw(st.integers(0, len(body)))
        end = min(len(body), begin + draw(st.integers(0, 40)))
        body = body[:begin] + draw(st.sampled_from(PIECES) | st.binary(max_size=6)) + body[end:]
    return body


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(damaged() | st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_parse_error(body: bytes) -> None:
    feed = parsed(body)
    for entry in feed.entries if feed else ():
        for field in fields(entry):
            value = getattr(entry, field.name)
            if isinstance(value, str):
                value.encode("utf-8")
                assert "\x00" not in value
