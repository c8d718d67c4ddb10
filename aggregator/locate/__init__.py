"""Places an article is about: said outright by feed and source, and named in dateline, title and text.

`recognise` finds names, `evidence` says whether each is meant as a place, `resolve` which place of that name, `habit` what
the source usually means.
"""

from __future__ import annotations

from collections.abc import Iterator

from aggregator.locate import evidence
from aggregator.locate.build import build
from aggregator.locate.gazetteer import Gazetteer
from aggregator.locate.habit import leaning, learn
from aggregator.locate.recognise import spans
from aggregator.locate.resolve import Found, Leaning, resolve
from aggregator.locate.said import said
from aggregator.locate.text import read
from aggregator.schema import Article, Evidence, Habits, Mention, Place, Role, Source, replace

__all__ = ["Gazetteer", "build", "learn", "locate"]

_MOST = 100
"""Mentions an article gets at most."""
_ENOUGH = 0.5
_DATELINE_REACH = 400
_BESIDE = 40
_HOME = 0.5
"""What a source's own country counts before anything is learned: as if half its articles named it."""


def locate(article: Article, source: Source, gazetteer: Gazetteer, habits: Habits = Habits()) -> Article:
    """The article with its mentions: in the order of the text, then what feed and source say."""
    lean = _leaning(source, gazetteer, habits)
    mentions = [*article.mentions, *_in_text(article, gazetteer, lean), *said(article, source, gazetteer)]
    return replace(article, mentions=tuple(mentions[:_MOST]))


def _leaning(source: Source, gazetteer: Gazetteer, habits: Habits) -> Leaning:
    """What the source usually means, and the country it is configured to be of."""
    lean = leaning(habits.places, gazetteer)
    if source.country and lean.codes.get(source.country, 0.0) < _HOME:
        codes = {**lean.codes, source.country: _HOME}
        lean = Leaning(codes, lean.spots, max(lean.trust, 0.7))
    return lean


def _in_text(article: Article, gazetteer: Gazetteer, lean: Leaning) -> Iterator[Mention]:
    """The mentions in title and text, which are read as one: what the one makes clear helps with the other."""
    apart = article.title and not article.text.startswith(article.title)
    whole = f"{article.title}\n\n{article.text}" if apart else article.text
    body = len(article.title) + 2 if apart else 0
    small = article.language.partition("-")[0] not in ("en", "")
    text = read(whole)
    names = spans(text, gazetteer, small)
    opening = _dateline(article, whole, body)
    evidence.weigh(text, names, opening)
    for one in resolve(names, lean):
        if one.chance >= _ENOUGH and one.place is not None:
            start, end = one.span.start, one.span.end
            role: Role = "title" if apart and start < body else "dateline" if start in opening else "body"
            shift = 0 if role == "title" else body
            yield _mention(one, role, whole[start:end], start - shift, gazetteer)


def _dateline(article: Article, whole: str, body: int) -> range:
    """Where the dateline stands."""
    start = whole.find(article.dateline, body, body + _DATELINE_REACH) if article.dateline else -1
    return range(start, start + len(article.dateline)) if start >= 0 else range(0)


def _mention(found: Found, role: Role, text: str, start: int, gazetteer: Gazetteer) -> Mention:
    assert found.place is not None
    return Mention(
        place=gazetteer.place(found.place),
        role=role,
        text=text,
        start=start,
        end=start + len(text),
        score=round(found.chance, 3),
        evidence=tuple(Evidence(kind="rule", text=rule) for rule in found.rules),
        people=found.span.form == "people",
    )
