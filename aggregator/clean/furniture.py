"""Takes page furniture out of title and safe HTML, rule by rule, and writes down what went."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aggregator.clean import head, tail
from aggregator.clean.lines import Line, cut, first_lines, last_line
from aggregator.clean.text import to_text
from aggregator.schema import Removal

_HEAD_LINES = 4
_TAIL_CUTS = 6
_REACH = 800
"""Characters at the end of a line in which the tail rules look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A title and the HTML below it; what was found before the title, and what was removed."""

    title: str
    html: str
    breadcrumb: tuple[str, ...] = ()
    removed: tuple[Removal, ...] = ()


def without_furniture(title: str, html: str) -> Page:
    """The page of a plain title and safe HTML, without what belongs to the website around the article."""
    page = _without_breadcrumb(Page(title=title, html=html))
    if page.html:
        page = _without_tail(_without_head(page, as_given=title))
    return page


def _without_breadcrumb(page: Page) -> Page:
    found = head.breadcrumb_before(page.title, [line.text for line in first_lines(page.html, _HEAD_LINES)])
    if not found:
        return page
    names, true = found
    trail = page.title[: len(page.title) - len(true)].strip()
    return replace(page, title=true, breadcrumb=names, removed=(Removal(rule="breadcrumb", text=trail),))


def _without_head(page: Page, *, as_given: str) -> Page:
    for _ in range(_HEAD_LINES):
        lines = first_lines(page.html, 2)
        if not lines:
            break
        rule = _head_rule(page, lines, as_given)
        if not rule:
            break
        if rule == "breadcrumb" and not page.breadcrumb:
            page = replace(page, breadcrumb=head.section_names(lines[0].text, page.title))
        page = _removed(page, rule, lines[0])
    return page


def _head_rule(page: Page, lines: list[Line], as_given: str) -> str:
    """Which rule takes the first line; empty if it belongs to the article."""
    first = lines[0].text
    if len(first) > _REACH:
        return ""
    if head.is_repeated_title(first, page.title, as_given):
        return "repeated title"
    if head.is_breadcrumb_line(first, page.title):
        return "breadcrumb"
    if head.is_labelled_link(first) and len(lines) > 1:
        return "related link"
    # Only where the page has shown its furniture already does a headline more look like a link.
    if page.removed and len(lines) > 1:
        rest = to_text(page.html[lines[0].end :])
        if head.is_stray_headline(first, page.title, rest):
            return "related link"
    return ""


def _without_tail(page: Page) -> Page:
    for _ in range(_TAIL_CUTS):
        line = last_line(page.html)
        if not line:
            break
        shift = max(0, len(line.text) - _REACH)
        text = line.text[shift:]
        linked = "<a " in page.html[max(line.start, line.end - 2 * _REACH) : line.end]
        for name, rule in tail.RULES:
            offset = rule(text, page.title, linked)
            if offset is not None:
                page = _removed(page, name, line, offset + shift)
                break
        else:
            if not (head.is_labelled_link(line.text) and line.start > 0):
                break
            page = _removed(page, "related link", line)
    return page


def _removed(page: Page, rule: str, line: Line, offset: int = 0) -> Page:
    text = " ".join(line.text[offset:].split())
    return replace(
        page, html=cut(page.html, line, offset), removed=(*page.removed, Removal(rule=rule, text=text))
    )
