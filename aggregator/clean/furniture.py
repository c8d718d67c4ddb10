"""Takes page furniture out of title and safe HTML, rule by rule, and writes down what went."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aggregator.clean import captions, head, notices, recurring, related, tail
from aggregator.clean.lines import Line, all_lines, cut, cut_all, tidy
from aggregator.clean.notices import first_word
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

_NONE: frozenset[int] = frozenset()
_OPENERS = notices.OPENERS | related.OPENERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A title and the HTML below it; what was found before the title, and what was removed."""

    title: str
    html: str
    breadcrumb: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    removed: tuple[Removal, ...] = ()


def without_furniture(title: str, html: str, usual: frozenset[int] = _NONE) -> Page:
    """The page of a plain title and safe HTML, without what belongs to the website around the article.

    `usual` are the keys of the lines that recur at the edges of the source's articles.
    """
    lines = all_lines(html)
    page = _without_breadcrumb(Page(title=title, html=html), lines[:_TITLE_LINES])
    if not lines:
        return page
    page, first = _without_head(page, lines, usual, as_given=title)
    page, rest = _without_tail(page, lines[first:], usual)
    page = _without_between(page, lines[:first], rest)
    return page if page.html == html else replace(page, html=tidy(page.html))


def _without_breadcrumb(page: Page, lines: list[Line]) -> Page:
    found = head.breadcrumb_before(page.title, [line.text for line in lines])
    if not found:
        return page
    names, true = found
    trail = page.title[: len(page.title) - len(true)].strip()
    return replace(page, title=true, breadcrumb=names, removed=(Removal(rule="breadcrumb", text=trail),))


def _without_head(page: Page, lines: list[Line], usual: frozenset[int], *, as_given: str) -> tuple[Page, int]:
    """The page with what its first lines tell, and how many of them go; they are still in the HTML."""
    for n, line in enumerate(lines[:_HEAD_LINES]):
        rule = _head_rule(page, line, as_given, usual, alone=n + 1 == len(lines))
        if not rule:
            return page, n
        if rule == "breadcrumb" and not page.breadcrumb:
            page = replace(page, breadcrumb=head.section_names(line.text, page.title))
        if rule == "byline" and not page.authors:
            page = replace(page, authors=opening(line.text)[1])
        page = _with_removal(page, rule, line.text)
    return page, min(len(lines), _HEAD_LINES)


def _head_rule(page: Page, line: Line, as_given: str, usual: frozenset[int], *, alone: bool) -> str:
    """Which rule takes the first line; empty if it belongs to the article, or might be all of it (`alone`)."""
    if len(line.text) > _REACH:
        return ""
    if head.is_repeated_title(line.text, page.title, as_given):
        return "repeated title"
    if head.is_breadcrumb_line(line.text, page.title):
        return "breadcrumb"
    if alone:
        return ""
    if rule := _line_rule(page.html, line) or opening(line.text)[0] or _usual_rule(line, usual):
        return rule
    # Only where the page has shown its furniture already does a headline more look like a link.
    shown = any(one.rule != recurring.RULE for one in page.removed)
    if shown and head.is_stray_headline(line.text, page.title, to_text(page.html[line.end :])):
        return "related link"
    return ""


def _line_rule(html: str, line: Line) -> str:
    """Which rule takes a line wherever it stands."""
    if html.startswith("<figcaption", html.rfind("<", 0, line.start)):
        return "caption"
    if len(line.text) > _SHORT:
        return ""
    word = first_word(line.text)
    captioned = not word or word in captions.OPENERS or captions.is_signed(line.text)
    # Nearly every line of an article ends here, before the costly rules.
    if not (captioned or word in _OPENERS or word[:1].isdigit() or line.text.lstrip()[0] == "@"):
        return ""
    if word in related.OPENERS:
        markup = html[line.start : line.end]
        if related.is_labelled_link(line.text, markup) or related.is_labelled_anchor(markup):
            return "related link"
    return "caption" if captioned and captions.is_caption(line.text) else notices.notice(line.text)


def _usual_rule(line: Line, usual: frozenset[int]) -> str:
    return recurring.RULE if usual and recurring.key_of(line.text) in usual else ""


def _without_tail(page: Page, lines: list[Line], usual: frozenset[int]) -> tuple[Page, list[Line]]:
    """The page without what its last lines hold of furniture, and the lines left."""
    for _ in range(_TAIL_CUTS):
        found = _tail_rule(page, lines[-1], usual, alone=len(lines) == 1) if lines else None
        if not found:
            break
        rule, offset = found
        last = lines[-1]
        page = _with_removal(page, rule, last.text[offset:])
        html = cut(page.html, last, offset)
        # What follows the line is shorter now; what stands before it has not moved.
        end = last.end - (len(page.html) - len(html))
        left = last.text[:offset]
        lines = lines[:-1] + ([] if left.isspace() or not left else [replace(last, text=left, end=end)])
        page = replace(page, html=html)
    return page, lines


def _tail_rule(page: Page, line: Line, usual: frozenset[int], *, alone: bool) -> tuple[str, int] | None:
    """Which rule takes the end of the last line, and where it begins."""
    shift = max(0, len(line.text) - _REACH)
    text = line.text[shift:]
    linked = "<a " in page.html[max(line.start, line.end - 2 * _REACH) : line.end]
    for name, rule in tail.RULES:
        offset = rule(text, page.title, linked)
        if offset is not None:
            return name, offset + shift
    if found := tail.last_words(text):
        return (found[0], found[1] + shift) if found[1] + shift or not alone else None
    if not alone and related.is_heading(line.text):
        return "related link", 0
    if not alone and (rule_name := _line_rule(page.html, line) or _usual_rule(line, usual)):
        return rule_name, 0
    return None


def _without_between(page: Page, gone: list[Line], lines: list[Line]) -> Page:
    """The page without the lines `gone`, those that are furniture wherever they stand, and links below a heading."""
    found: list[tuple[str, Line]] = []
    links = 0
    for n, line in enumerate(lines):
        word = first_word(line.text) if len(line.text) <= _SHORT else ""
        if word in related.OPENERS and related.is_heading(line.text):
            links = _LINKS
            found.append(("related link", line))
            below = lines[n + 1 :]
            if len(below) <= _LINKS and all(related.is_headline(one.text) for one in below):
                found += [("related link", one) for one in below]
                break
        elif links and related.is_whole_link(page.html[line.start : line.end]):
            links -= 1
            found.append(("related link", line))
        else:
            links = 0
            if rule := _line_rule(page.html, line):
                found.append((rule, line))
    if len(found) == len(lines):
        found = []
    for rule, line in found:
        page = _with_removal(page, rule, line.text)
    gone = gone + [line for _, line in found]
    return replace(page, html=cut_all(page.html, gone)) if gone else page


def _with_removal(page: Page, rule: str, text: str) -> Page:
    return replace(page, removed=(*page.removed, Removal(rule=rule, text=" ".join(text.split()))))
