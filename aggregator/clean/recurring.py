"""Lines that a source puts at the edges of its articles again and again: learned, then taken out.

A line of the website stands below articles about anything, a sentence of the news in those about one story. So a line
is the website's only where it stood in a good part of a source's articles and their titles had little in common.
It goes as a whole, and only with nothing of the article's own between it and the edge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from zlib import crc32

from aggregator.clean.lines import all_lines
from aggregator.schema import Article, Line, Lines

RULE = "recurring line"
NO_LINES = Lines()
LINES = 100
"""Lines remembered of a source, at most."""
FADES = 0.99
"""What a count is worth one article later: a hundred articles count."""
ENOUGH, SHARE = 4.0, 0.3
"""A line recurs if it stood in more than so many articles, and in such a part of them,"""
STORIES = 4
"""and so many of them told a story of their own."""
_FIRST, _LAST = 2, 6
"""Lines at the start and at the end of an article that are learned from."""
_LONGEST = 600
_LEAST_WORDS, _LEAST_LETTERS = 4, 20
"""What is shorter is a heading or a value as often as a notice."""
_TITLE_WORD = 4
"""Letters from which a word of a title says what it is about."""
_BITS = 64
_WORD = re.compile(r"[^\W_]+")
_VALUE = re.compile(r"[^:：]{1,40}[:：]\s*+(?!\S*(?:[@/]|www\.))\S+(?: \S+){0,4}")
"""A label with its value ("Depth: 10 km"): news, also where the value is often the same."""


def key_of(line: str) -> int | None:
    """What a line is recognised by, its words and numbers; None for one too short or too long to be told."""
    line = " ".join(line[: _LONGEST + 1].split())
    words = _WORD.findall(line.casefold())
    letters = sum(word.isalpha() and len(word) for word in words)
    short = len(words) < _LEAST_WORDS and letters < _LEAST_LETTERS
    if short or not letters or len(line) > _LONGEST or _VALUE.fullmatch(line):
        return None
    return crc32(" ".join(words).encode("utf-8", "replace"))


def learn_lines(known: Lines, article: Article) -> Lines:
    """The lines with those of one more article, the ones that were taken out of it included."""
    title = _bits(article.title)
    lines = {line.key: line._replace(articles=line.articles * FADES) for line in known.lines}
    for key in set(_at_edges(article)):
        lines[key] = _seen(lines.get(key, Line(key)), title)
    ranked = sorted(lines.values(), key=lambda line: -line.articles)[:LINES]
    return Lines(
        lines=tuple(line._replace(articles=round(line.articles, 3)) for line in ranked),
        articles=round(known.articles * FADES + 1, 3),
    )


def usual_lines(known: Lines) -> frozenset[int]:
    """The keys of the lines that recur."""
    least = max(ENOUGH, known.articles * SHARE)
    return frozenset(line.key for line in known.lines if line.articles >= least and line.stories >= STORIES)


def _at_edges(article: Article) -> Iterator[int]:
    """The keys of the lines at the edges of an article; none if it has but one."""
    texts = [line.text for line in all_lines(article.html)]
    edges = texts[:_FIRST] + texts[_FIRST:][-_LAST:] if len(texts) > 1 else []
    edges += [removal.text for removal in article.removed if removal.rule == RULE]
    return (key for text in edges if (key := key_of(text)) is not None)


def _seen(line: Line, title: int) -> Line:
    """The line in one more article: of a story of its own if most words of its title are new."""
    line = line._replace(articles=line.articles + 1)
    if line.stories >= STORIES or 2 * (title & ~line.words).bit_count() <= title.bit_count():
        return line
    stories = line.stories + 1
    return line._replace(stories=stories, words=line.words | title if stories < STORIES else 0)


def _bits(title: str) -> int:
    """The telling words of a title, each as one of 64 bits."""
    bits = 0
    for word in _WORD.findall(title.casefold()):
        if len(word) >= _TITLE_WORD and word.isalpha():
            bits |= 1 << crc32(word.encode("utf-8", "replace")) % _BITS
    return bits
