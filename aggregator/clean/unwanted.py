"""Lines the admin has named as furniture of a source's website (`cut` of a [[source]])."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.clean.lines import all_lines, cut_all, tidy
from aggregator.schema import Removal

RULE = "cut"


def without_unwanted(html: str, unwanted: Sequence[str]) -> tuple[str, tuple[Removal, ...]]:
    """Safe HTML without the lines of these texts, and what went; `*` at an end of a text stands for anything."""
    if not unwanted:
        return html, ()
    wanted = [_folded(text) for text in unwanted]
    lines = [line for line in all_lines(html) if any(is_line(_folded(line.text), text) for text in wanted)]
    if not lines:
        return html, ()
    removed = tuple(Removal(rule=RULE, text=" ".join(line.text.split())) for line in lines)
    return tidy(cut_all(html, lines)), removed


def is_line(line: str, text: str) -> bool:
    """Whether a line is that text, both folded."""
    match text.startswith("*"), text.endswith("*"):
        case True, True:
            return text.strip("*") in line
        case True, False:
            return line.endswith(text[1:])
        case False, True:
            return line.startswith(text[:-1])
    return line == text


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
