"""Articles as lines of JSON, for the commands that show what Dateline makes of many at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from aggregator.clean import clean
from aggregator.cli.desk import source_of
from aggregator.errors import ParseError
from aggregator.identity import identities
from aggregator.pipeline import Pipeline
from aggregator.poll.roll import clock
from aggregator.schema import Article, Entry, Habits, Settings, Source, Term, replace

_TEXTS = ("source", "title", "link", "language")
_HTML = re.compile(r"</[a-z]|<(?:br|p|div|hr|img|li|tr|td|h[1-6])\b[^<>]*>", re.I)
"""By which a text is seen to be HTML: the end of an element, or one that needs none."""


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    """The articles of a file. Raises ParseError with the number of the first line that is none."""
    with file.open(encoding="utf-8") as lines:
        try:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    one = json.loads(line)
                except ValueError as error:
                    raise ParseError(f"{file}:{number}: this line is no JSON ({error}).") from None
                if not isinstance(one, dict) or "id" not in one or not isinstance(one.get("text"), str):
                    raise ParseError(f'{file}:{number}: write an object with "id" and "text" on each line.')
                yield one
        except UnicodeDecodeError as error:
            raise ParseError(f"{file} is not in UTF-8 ({error}).") from error


def article_of(
    line: dict[str, Any], wanted: Settings | None, pipeline: Pipeline, no_clean: bool, habits: Habits
) -> Article:
    """The article of a line, after all steps."""
    texts = {name: str(line.get(name) or "") for name in _TEXTS}
    source_id = texts["source"] or "understand"
    source = source_of(wanted, source_id) if wanted else None
    source = source or Source(id=source_id, url=f"https://{source_id}/", title=source_id)
    text = line["text"]
    tags = line.get("tags") or []
    entry = Entry(
        guid=str(line["id"]),
        link=texts["link"],
        language=texts["language"],
        terms=tuple(Term(label=str(tag)) for tag in (tags if isinstance(tags, list) else [tags])),
        title=texts["title"] if no_clean else escape(texts["title"], quote=False),
        published=_instant(line),
        content="" if no_clean else text if _HTML.search(text) else _paragraphs(text),
        text=text if no_clean else "",
        excerpt=text[:1000] if no_clean else "",
    )
    (identity,) = identities((entry,))
    article = pipeline.normalised(
        entry if no_clean else clean(entry, habits.lines), identity, source, first_seen=clock()
    )
    if no_clean:
        article = replace(article, text=text)
    if not texts["title"].strip():
        article = replace(article, title="")  # one made of the text would say its places twice
    return pipeline.finish(article, source, habits)


def _paragraphs(text: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"<p>{escape(line, quote=False)}</p>\n" for line in lines if line)


def _instant(line: dict[str, Any]) -> datetime | None:
    """When a line says it was published. Raises ParseError if that is no time of ISO 8601."""
    said = line.get("published")
    if not said:
        return None
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        raise ParseError(
            f"The line {line['id']!r} has the published {said!r}; write 2026-01-15T12:00:00Z."
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
