"""The article on its page: what trafilatura finds, helped where pages are built in pieces.

Slow to load and to run, and C code over hostile pages: for a process of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cssselect import HTMLTranslator
from lxml import etree, html
from trafilatura import extract, load_html

_PIECE = 400
"""Characters of paragraphs from which an element counts as a piece of the article."""
_LEAST = 0.25
"""If the careful reading finds less than this part of the usual one, it has taken the wrong element."""
_ASIDE = 0.2
"""Part of the page's paragraphs up to which an element named like furniture is taken for it."""
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:related|newsletter|promo|recirc|recommend\w*|read-?more|more-?on|most-?(?:read|popular)"
    r"|trending|share|sharing|social|subscribe|sign-?up|comments?|disqus|author-?bio|about-?author|outbrain"
    r"|taboola|tags?-?list|breadcrumbs?|copyright|disclaimer)(?:$|[\s_-])",
    re.I,
)
_MARKED = ("div", "section", "aside", "ul", "p", "span", "figure")


def article_of(page: bytes, selector: str = "") -> str:
    """HTML of the article on a page, unsafe still; what a CSS selector matches, if given. Empty if none."""
    tree = load_html(page)
    if tree is None:
        return ""
    if selector:
        return "\n".join(_outermost(tree.xpath(HTMLTranslator().css_to_xpath(selector))))
    _join_pieces(tree)
    _drop_furniture(tree)
    source = etree.tostring(tree, encoding="unicode", method="html")
    careful = _extracted(source, careful=True)
    usual = _extracted(source, careful=False)
    return usual if len(careful) < _LEAST * len(usual) else careful


def _extracted(page: str, *, careful: bool) -> str:
    found = extract(
        page,
        output_format="html",
        include_comments=False,
        include_links=True,
        favor_precision=careful,
    )
    return found or ""


def _outermost(found: list[html.HtmlElement]) -> list[str]:
    """The elements as HTML, without those inside others."""
    chosen = set(found)
    return [
        html.tostring(one, encoding="unicode", with_tail=False)
        for one in found
        if chosen.isdisjoint(one.iterancestors())
    ]


def _join_pieces(tree: html.HtmlElement) -> None:
    """Makes one of an article that advertisements cut into elements of the same class."""
    alike: dict[object, list[html.HtmlElement]] = {}
    for one in tree.iter("div", "section"):
        name = one.get("class")
        if name and _length(one.iterchildren("p")) >= _PIECE:
            within = next(one.iterancestors("article", "main", "body"), None)
            alike.setdefault((one.tag, name, within), []).append(one)
    for first, *others in alike.values():
        nested = not {first, *others}.isdisjoint(above for one in others for above in one.iterancestors())
        if others and not nested and all(one.find(".//h1") is None for one in others):
            for one in others:
                first.extend(list(one))
            return


def _drop_furniture(tree: html.HtmlElement) -> None:
    """Drops elements whose class or id names them as furniture, unless they hold much of the text."""
    most = _ASIDE * _length(tree.iter("p"))
    for one in list(tree.iter(*_MARKED)):
        name = f"{one.get('class') or ''} {one.get('id') or ''}"
        if _FURNITURE.search(name) and one.getparent() is not None and _length(one.iter("p")) < most:
            one.drop_tree()


def _length(paragraphs: Iterable[html.HtmlElement]) -> int:
    return sum(len(text) for one in paragraphs for text in one.itertext())
