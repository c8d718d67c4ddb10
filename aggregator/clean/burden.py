"""Whether HTML can be parsed in bearable time: an HTML5 parser takes quadratic time and space over depth.

A hundred thousand nested elements keep the parser busy for minutes, and unclosed formatting elements are
repeated in every paragraph that follows. Both are foreseen by keeping a stack of open elements.
"""

from __future__ import annotations

import re

_SMALL = 400
"""Tags in a document that cannot become a burden."""
_BEARABLE = 20_000_000
"""Bytes of open elements, summed over all tags: about what a parser visits and a serialiser may write."""
_ELEMENT = 32
"""Bytes an element costs besides its own text."""
# A comment, or a tag as the HTML standard reads it (13.2.5): attributes may hold ">" in quotes.
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?--!?>|.*)"
    r"|<(/?)([a-z][^ \t\n\f\r/>]*+)"
    r"(?:[ \t\n\f\r/]++|[^ \t\n\f\r/>][^ \t\n\f\r/>=]*+(?:[ \t\n\f\r]*+=[ \t\n\f\r]*+"
    r"""(?:"[^"]*+"?|'[^']*+'?|[^ \t\n\f\r>"'][^ \t\n\f\r>]*+)?)?)*+>?""",
    re.I | re.S,
)
# These close themselves or one another, so leaving them open builds no depth.
_SHALLOW = frozenset({"br", "hr", "img", "meta", "embed", "p", "li", "dd", "dt"})


def is_bearable(html: str) -> bool:
    """False if the document nests so deep that parsing it would stall."""
    if html.count("<") <= _SMALL:
        return True
    if "<![CDATA[" in html:
        # Inside SVG this hides end tags, elsewhere it does not; nobody needs it in news.
        return False
    stack: list[tuple[str, int]] = []
    open_bytes = burden = 0
    for token in _TOKEN.finditer(html):
        name = (token[2] or "").lower()
        burden += open_bytes
        if burden > _BEARABLE:
            return False
        if not name or name in _SHALLOW:
            continue
        if not token[1]:
            weight = token.end() - token.start() + _ELEMENT
            stack.append((name, weight))
            open_bytes += weight
        elif stack and stack[-1][0] == name:
            open_bytes -= stack.pop()[1]
    return True
