"""Safe HTML as the lines a reader sees, and a way to cut text out that leaves the markup balanced."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Sequence
from dataclasses import dataclass

_BLOCK_TAG = re.compile(
    r"(</?(?:p|div|blockquote|pre|h[1-6]|ul|ol|li|dl|dt|dd|table|caption|thead|tbody|tfoot|tr|td|th|figure|figcaption"
    r"|section|details|summary|hr|br)(?:\s[^>]*)?>)"
)
_PIECE = re.compile(r"<(/?)([a-z0-9]+)[^>]*>|&[^;<]*;|[^<&]+")
_TAG = re.compile(r"<[^>]*>")
_VOID = frozenset({"br", "hr", "img", "wbr", "col"})
_EMPTY = re.compile(
    r"<(p|div|li|ul|ol|h[1-6]|section|blockquote|a|b|i|em|strong|span|small|u)(?: [^>]*)?>(?:\s|<br>)*</\1>"
)
_LEADING_BREAKS = re.compile(r"(?:\s|<br>)++")
_NESTED = 8
"""How deep elements emptied by a cut are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Text between two block tags; `start` and `end` are offsets into the HTML."""

    text: str
    start: int
    end: int


def all_lines(html: str) -> list[Line]:
    """Every line that has text."""
    found: list[Line] = []
    end = 0
    for n, piece in enumerate(_BLOCK_TAG.split(html)):
        start, end = end, end + len(piece)
        if n % 2 or not piece or piece.isspace():
            continue
        text = _TAG.sub("", piece) if "<" in piece else piece
        if text and not text.isspace():
            found.append(Line(text=entities.unescape(text), start=start, end=end))
    return found


def cut_all(html: str, lines: Sequence[Line]) -> str:
    """The HTML without these lines, which are in order."""
    for line in reversed(lines):
        html = cut(html, line)
    return html


def cut(html: str, line: Line, offset: int = 0) -> str:
    """The HTML without the text of the line from `offset` on; tags that the rest needs stay, empty or not."""
    position, seen = line.start, 0
    if offset:
        for piece in _PIECE.finditer(html, line.start, line.end):
            if piece[2]:
                continue
            length = 1 if piece[0][0] == "&" else len(piece[0])
            if seen + length > offset:
                position = piece.start() + (offset - seen if length > 1 else 0)
                break
            seen += length
    kept = "".join(_unmatched_tags(html, position, line.end))
    return html[:position] + kept + html[line.end :]


def _unmatched_tags(html: str, start: int, end: int) -> list[str]:
    """Tags between the offsets that are opened or closed elsewhere."""
    kept: list[str] = []
    opened: list[int] = []
    for piece in _PIECE.finditer(html, start, end):
        if not piece[2] or piece[2] in _VOID:
            continue
        if not piece[1]:
            opened.append(len(kept))
            kept.append(piece[0])
        elif opened:
            del kept[opened.pop()]
        else:
            kept.append(piece[0])
    return kept


def tidy(html: str) -> str:
    """The HTML without elements that cuts have emptied, and without breaks at its ends."""
    for _ in range(_NESTED):
        shorter = _EMPTY.sub("", html)
        if shorter == html:
            break
        html = shorter
    start, end = 0, len(html)
    if found := _LEADING_BREAKS.match(html):
        start = found.end()
    while end > start and (html[end - 1].isspace() or html.endswith("<br>", start, end)):
        end -= 1 if html[end - 1].isspace() else 4
    return html[start:end]
