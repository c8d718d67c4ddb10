"""Safe HTML to plain text, and to the lines a reader sees."""

from __future__ import annotations

import html as entities
import re

_PREFORMATTED = re.compile(r"<pre[^>]*>(.*?)</pre>", re.S)
_TAG = re.compile(r"<((?:/?[a-z][a-z0-9]*(?=[\s>]))?)[^>]*>")
_PARAGRAPHS = """
    p div blockquote pre h1 h2 h3 h4 h5 h6 ul ol dl table figure figcaption section details summary hr caption
"""
_BREAK = "\0"
"""A line break while white space is folded: no text holds this sign."""
_BETWEEN = {
    **{f"{end}{name}": _BREAK * 2 for name in _PARAGRAPHS.split() for end in ("", "/")},
    **dict.fromkeys(("br", "tr", "dt", "dd"), _BREAK),
    **dict.fromkeys(("/td", "/th"), " "),
    "li": f"{_BREAK}• ",
}
"""What a tag becomes; the others leave nothing."""


def to_text(html: str) -> str:
    """Plain text of safe HTML: paragraphs separated by a blank line, list items and breaks on own lines."""
    if "<" not in html:
        return " ".join(entities.unescape(html).split())
    if "<pre" in html:
        html = _PREFORMATTED.sub(lambda found: found[0].replace("\n", "<br>"), html)
    pieces = _TAG.split(html)
    pieces[1::2] = [_BETWEEN.get(name, "") for name in pieces[1::2]]
    text = " ".join(entities.unescape("".join(pieces)).split())
    text = text.replace(f" {_BREAK}", _BREAK).replace(f"{_BREAK} ", _BREAK)
    while _BREAK * 3 in text:
        text = text.replace(_BREAK * 3, _BREAK * 2)
    return text.replace(_BREAK, "\n").strip()
