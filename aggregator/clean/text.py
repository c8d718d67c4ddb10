"""Safe HTML to plain text, and to the lines a reader sees."""

from __future__ import annotations

import html as entities
import re

_PREFORMATTED = re.compile(r"<pre[^>]*>(.*?)</pre>", re.S)
_PARAGRAPH = re.compile(
    r"</?(?:p|div|blockquote|pre|h[1-6]|ul|ol|dl|table|figure|figcaption|section|details|summary|hr|caption)(?:\s[^>]*)?>"
)
_ITEM = re.compile(r"<li(?:\s[^>]*)?>")
_LINE = re.compile(r"<br(?:\s[^>]*)?>|<(?:tr|dt|dd)(?:\s[^>]*)?>")
_CELL = re.compile(r"</t[dh]>")
_TAG = re.compile(r"<[^>]*>")


def to_text(html: str) -> str:
    """Plain text of safe HTML: paragraphs separated by a blank line, list items and breaks on own lines."""
    if "<" not in html:
        return " ".join(entities.unescape(html).split())
    if "<pre" in html:
        html = _PREFORMATTED.sub(lambda found: found[0].replace("\n", "<br>"), html)
    text = " ".join(html.split())
    text = _PARAGRAPH.sub("\n\n", text)
    if "<li" in text:
        text = _ITEM.sub("\n• ", text)
    text = _LINE.sub("\n", text)
    text = _TAG.sub("", _CELL.sub(" ", text) if "</t" in text else text)
    text = "\n".join(" ".join(line.split()) for line in entities.unescape(text).split("\n"))
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text.strip()
