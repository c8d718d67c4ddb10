"""The plain text of one article, as one entry."""

from __future__ import annotations

from html import escape

from aggregator.errors import ParseError
from aggregator.parse.dates import parse_date
from aggregator.parse.decode import to_utf8
from aggregator.schema import Download, Entry, Feed, Source
from aggregator.urls import resolve


def read(download: Download, source: Source) -> Feed:
    """A feed of one entry: the first line is its title, all lines are paragraphs of its content.

    The guid names the source, so that the edited text is the same article. Raises ParseError if the text
    is blank.
    """
    data, _ = to_utf8(download.body, download.content_type)
    lines = [line.strip() for line in data.decode("utf-8").splitlines() if line.strip()]
    if not lines:
        raise ParseError("The text is blank, so there is no article to read; check the file.")
    address = resolve(download.final_url, download.final_url)
    entry = Entry(
        guid=f"text:{source.id}",
        link=address,
        title=escape(lines[0], quote=False),
        updated=parse_date(download.last_modified),
        content="".join(f"<p>{escape(line, quote=False)}</p>\n" for line in lines),
        base=address,
        language=source.language or "",
    )
    return Feed(entries=(entry,), title=source.title, link=address, language=source.language or "")
