"""Page furniture before the article: breadcrumb, repeated title, a link to another story. Words only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_HOME = r"(?:Home|Homepage|Accueil|Inicio|Portada|Startseite|Início|Capa|الرئيسية)"
_ARROW = re.compile(r"\s*[»›>→]\s*")
_TRAIL = re.compile(_HOME + r"(?:\s*[»›>→]|\s+[/|·]\s)", re.I)
_STARTS_HOME = re.compile(_HOME + r"\b[\s»›>→/|·:]*", re.I)
_WORD = re.compile(r"\w+")
_LONG_WORD = re.compile(r"[^\W\d_]{5,}")
_SECTION_SEPARATOR = re.compile(r"\s*[»›>→/|·]\s*")
_SENTENCE_END = tuple('.!?؟…:;,”"')
_MAX_TRAIL = 60


@lru_cache(maxsize=64)
def bare(text: str) -> str:
    """Letters and digits alone, case folded, to compare what looks the same: a title with every line."""
    return "".join(_WORD.findall(text.casefold()))


def breadcrumb_before(title: str, lines: Sequence[str]) -> tuple[tuple[str, ...], str] | None:
    """Section names and true title, where the title begins with the way to it ("Home Morocco Title…").

    Without arrows between them only a body that repeats the true title tells where the way ends.
    """
    if not _STARTS_HOME.match(title):
        return None
    for line in lines:
        true = " ".join(line.split())
        if len(true.split()) > 2 and title.endswith(" " + true) and len(title) - len(true) <= _MAX_TRAIL:
            return section_names(title[: -len(true)]), true
    parts = _ARROW.split(title)
    if len(parts) > 2 and re.fullmatch(_HOME, parts[0], re.I) and len(parts[-1].split()) > 2:
        return section_names(" » ".join(parts[:-1])), parts[-1]
    return None


def is_breadcrumb_line(line: str, title: str) -> bool:
    """A line that is the way to the article: "Home » Morocco", "Home / News / Title"."""
    return bool(_TRAIL.match(line)) and len(line) - len(title) * (bare(title) in bare(line)) <= _MAX_TRAIL


def section_names(trail: str, title: str = "") -> tuple[str, ...]:
    """Names in a breadcrumb, without the home page and the article itself."""
    rest = _STARTS_HOME.sub("", trail.strip(), count=1)
    names = (" ".join(name.split()) for name in _SECTION_SEPARATOR.split(rest))
    return tuple(name for name in names if name and bare(name) != bare(title))


def is_repeated_title(line: str, title: str, as_given: str) -> bool:
    """The line says the title again, as we or as the feed has it."""
    if len(line) > 2 * len(as_given) + _MAX_TRAIL:
        return False
    words = bare(line)
    return bool(words) and words in (bare(title), bare(as_given))


def is_stray_headline(line: str, title: str, rest: str) -> bool:
    """A headline of another story: in title case, no sentence, none of its long words in title or text.

    A standfirst shares words with its article; the link to another story does not.
    """
    text = line.strip()
    words = text.split()
    if not 4 <= len(words) <= 16 or text.endswith(_SENTENCE_END):
        return False
    if sum(word[0].isupper() for word in words) * 3 < len(words) * 2:
        return False
    known = f"{title} {rest}".casefold()
    long_words = {word.casefold() for word in _LONG_WORD.findall(text)} - set(
        _LONG_WORD.findall(title.casefold())
    )
    return len(long_words) > 1 and not any(word[:5] in known for word in long_words)
