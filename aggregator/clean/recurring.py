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
LINES, MORE = 100, 20
"""Lines of a source that are kept, and how many more are gathered before the rarest go."""
FULL = 200
"""Articles after which all counts are halved, so that what is no longer used is forgotten."""
ENOUGH, SHARE = 5, 0.3
"""A line recurs if it stood in so many articles, and in such a part of them,"""
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
    letters = sum(map(len, filter(str.isalpha, words)))
    short = len(words) < _LEAST_WORDS and letters < _LEAST_LETTERS
    if short or not letters or len(line) > _LONGEST or _VALUE.fullmatch(line):
        return None
    return crc32(" ".join(words).encode("utf-8", "replace"))


def learn_lines(known: Lines, article: Article) -> Lines:
    """The lines with those of one more article, the ones that were taken out of it included."""
    title = _bits(article.title)
    by_key = {line.key: line for line in known.lines}
    for key in set(_at_edges(article)):
        by_key[key] = _seen(by_key.pop(key, Line(key)), title)
    # The line that was seen last stands last, so that of equal ones the older go.
    lines, articles = list(by_key.values()), known.articles + 1
    if articles >= FULL:
        lines = [line._replace(articles=line.articles // 2) for line in lines if line.articles > 1]
        articles //= 2
    if len(lines) > LINES + MORE:
        lines = sorted(lines, key=lambda line: line.articles)[-LINES:]
    return Lines(lines=tuple(lines), articles=articles)


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
