"""Plain text out of what feeds put into titles, names and labels."""

from __future__ import annotations

import html
import re

import nh3

from aggregator.clean.characters import printable

# Only references with a semicolon: "Q&notes" in a title is no reference.
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Once unescaped, "Use <b>" is meant as words, while these are markup that was escaped once too often:
# a pair, a tag with attributes (closed or not), a comment or declaration.
_MARKUP = re.compile(
    r"<([a-z][a-z0-9]*)\b[^<>]*>(?=.*</\1\s*>)"
    r"|<[a-z/][^\s<>/]*[\s/][^<>]*>"
    r"|<[a-z/][^>]{0,300}?(?:\bon[^\s<>=]{2,40}|src|href|style|data|action)\s*(?:=|%3d)"
    r"|<[!?]|</[^a-z]",
    re.I | re.S,
)
# Said alone these are words too ("Why <script> is slow"), but not worth the risk that one does not escape.
_ACTIVE = re.compile(
    r"<(/?\s*(?:script|style|iframe|frame|object|embed|applet|svg|math|img|image|video|audio|link|meta|base|form"
    r"|input|button|textarea|template|xmp|plaintext|noscript|title|body)[^\w>]*)>?",
    re.I,
)
_PASSES = 4
_LONGEST = 4_000
"""Characters of markup that are read; no title, name or label has more."""
_STRIP = nh3.Cleaner(tags=set(), attributes={}, clean_content_tags={"script", "style"}, link_rel=None)


def plain(markup: str) -> str:
    """The words alone: tags stripped, references resolved (twice where a feed escaped twice), one line."""
    text = markup = markup[:_LONGEST]
    if "<" in text:
        text = _stripped(text)
    if "&" in text:
        text = _REFERENCE.sub(_resolved, _REFERENCE.sub(_resolved, text) if text is markup else text)
    for _ in range(_PASSES):
        if "<" not in text or not _MARKUP.search(text):
            break
        text = _stripped(text)
    else:
        text = text.replace("<", " ")
    if "<" in text:
        text = _ACTIVE.sub(r"\1", text)
    return " ".join(printable(text).split())


def _stripped(text: str) -> str:
    return html.unescape(_STRIP.clean(printable(text)))


def _resolved(found: re.Match[str]) -> str:
    return html.unescape(found[0])
