"""Takes page furniture out of title and safe HTML, rule by rule, and writes down what went."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aggregator.clean import head, related, tail
from aggregator.clean.captions import is_caption
from aggregator.clean.lines import Line, all_lines, cut, cut_all, first_lines, last_line
from aggregator.clean.notices import notice
from aggregator.clean.openings import opening
from aggregator.clean.text import to_text
from aggregator.schema import Removal

_HEAD_LINES = 12
_TITLE_LINES = 4
_TAIL_CUTS = 20
_LINKS = 12
"""Links below a heading ("Related articles") that go with it, at most."""
_REACH = 800
"""Characters at the end of a line in which the tail rules look."""
_SHORT = 300
"""Characters of a line that may be furniture as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A title and the HTML below it; what was found before the title, and what was removed."""

    title: str
    html: str
    breadcrumb: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    removed: tuple[Removal, ...] = ()


def without_furniture(title: str, html: str) -> Page:
    """The page of a plain title and safe HTML, without what belongs to the website around the article."""
    page = _without_breadcrumb(Page(title=title, html=html))
    if page.html:
        page = _without_tail(_without_head(page, as_given=title))
        page = _without_between(page)
    return page


def _without_breadcrumb(page: Page) -> Page:
    found = head.breadcrumb_before(page.title, [line.text for line in first_lines(page.html, _TITLE_LINES)])
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
        if rule == "byline" and not page.authors:
            page = replace(page, authors=opening(lines[0].text)[1])
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
    if len(lines) < 2:
        return ""
    if rule := _line_rule(page.html, lines[0]) or opening(first)[0]:
        return rule
    # Only where the page has shown its furniture already does a headline more look like a link.
    if page.removed and head.is_stray_headline(first, page.title, to_text(page.html[lines[0].end :])):
        return "related link"
    return ""


def _line_rule(html: str, line: Line) -> str:
    """Which rule takes a line wherever it stands."""
    if html.startswith("<figcaption", html.rfind("<", 0, line.start)):
        return "caption"
    if len(line.text) > _SHORT:
        return ""
    if related.is_labelled_link(line.text) or related.is_labelled_anchor(html[line.start : line.end]):
        return "related link"
    return "caption" if is_caption(line.text) else notice(line.text)


def _without_tail(page: Page) -> Page:
    for _ in range(_TAIL_CUTS):
        line = last_line(page.html)
        if not line:
            break
        found = _tail_rule(page, line)
        if not found:
            break
        page = _removed(page, found[0], line, found[1])
    return page


def _tail_rule(page: Page, line: Line) -> tuple[str, int] | None:
    """Which rule takes the end of the last line, and where it begins."""
    shift = max(0, len(line.text) - _REACH)
    text = line.text[shift:]
    linked = "<a " in page.html[max(line.start, line.end - 2 * _REACH) : line.end]
    for name, rule in tail.RULES:
        offset = rule(text, page.title, linked)
        if offset is not None:
            return name, offset + shift
    if found := tail.last_words(text):
        return (found[0], found[1] + shift) if found[1] + shift or not _is_first(page.html, line) else None
    if not _is_first(page.html, line) and (rule_name := _line_rule(page.html, line)):
        return rule_name, 0
    return None


def _is_first(html: str, line: Line) -> bool:
    return first_lines(html, 1)[0].start == line.start


def _without_between(page: Page) -> Page:
    """The page without lines that are furniture wherever they stand, and without links below a heading."""
    lines = all_lines(page.html)
    found: list[tuple[str, Line]] = []
    links = 0
    for line in lines:
        if related.is_heading(line.text):
            links = _LINKS
            found.append(("related link", line))
        elif links and related.is_whole_link(page.html[line.start : line.end]):
            links -= 1
            found.append(("related link", line))
        else:
            links = 0
            if rule := _line_rule(page.html, line):
                found.append((rule, line))
    if not found or len(found) == len(lines):
        return page
    gone = tuple(Removal(rule=rule, text=" ".join(line.text.split())) for rule, line in found)
    return replace(page, html=cut_all(page.html, [line for _, line in found]), removed=(*page.removed, *gone))


def _removed(page: Page, rule: str, line: Line, offset: int = 0) -> Page:
    text = " ".join(line.text[offset:].split())
    return replace(
        page, html=cut(page.html, line, offset), removed=(*page.removed, Removal(rule=rule, text=text))
    )
