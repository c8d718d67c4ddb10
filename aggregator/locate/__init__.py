"""Places an article is about: said outright by feed and source, and named in dateline, title and text.

`recognise` finds names, `evidence` says whether each is meant as a place, `resolve` which place of that name,
`habit` what the source usually means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from aggregator.locate.evidence import weigh
from aggregator.locate.focus import focus
from aggregator.locate.gazetteer import Gazetteer
from aggregator.locate.habit import leaning, learn
from aggregator.locate.recognise import spans
from aggregator.locate.resolve import Found, Leaning, resolve
from aggregator.locate.said import at_home, is_dateline, said
from aggregator.locate.tables import HOMES
from aggregator.locate.text import LONGEST, read
from aggregator.schema import Article, Evidence, Habits, Mention, Place, PlaceKind, Role, Source, replace

__all__ = ["Gazetteer", "is_dateline", "learn", "locate"]

_MOST = 100
"""Mentions an article gets at most."""
_ENOUGH = 0.42
"""Score from which a name is taken for a place."""
_DATELINE_REACH = 400
_HOME = 0.72
"""What a source's own country counts before anything is learned: as if most of its articles named it."""
_NEW = Habits()
_NOWHERE: frozenset[str] = frozenset()


def locate(
    article: Article, source: Source, gazetteer: Gazetteer, habits: Habits = _NEW, *, rejected: int = 0
) -> Article:
    """The article with its mentions: in the order of the text, then what feed and source say; and its focus.

    `habits` are what the source usually writes about. Each mention names up to `rejected` places it is not.
    """
    lean = _leaning(source, gazetteer, habits, article.language)
    named = list(_in_text(article, gazetteer, lean, rejected))
    found = [*named, *_joined(said(article, source, gazetteer, named))]
    mentions = tuple(found[:_MOST])
    return replace(article, mentions=mentions, focus=focus(mentions))


def _leaning(source: Source, gazetteer: Gazetteer, habits: Habits, language: str) -> Leaning:
    """What the source usually means, the country and places it is configured to be of, and where its language is."""
    lean = leaning(habits.places, gazetteer, source.country or "")
    codes, spots, trust = dict(lean.codes), list(lean.spots), lean.trust
    if source.country:
        # Elsewhere, what was learned counts as far as home does not speak against it.
        codes = {code: share if code[:2] == source.country else share / 2 for code, share in codes.items()}
        codes[source.country] = max(codes.get(source.country, 0.0), _HOME)
        trust = 1.0
    for name in source.places:
        home = at_home(name, source, gazetteer)
        if home and home.lat is not None and home.lon is not None:
            spots.append((home.lat, home.lon, _HOME))
            codes[home.country] = _HOME
            trust = 1.0
    return Leaning(
        codes, spots, trust, HOMES.get(language.partition("-")[0].lower(), _NOWHERE), source.country or ""
    )


def _joined(mentions: Iterable[Mention]) -> list[Mention]:
    """A place once for what feed and source say, with the evidence of all."""
    found: dict[tuple[str, Place], Mention] = {}
    for one in mentions:
        known = found.setdefault((one.role, one.place), one)
        if known is not one:
            evidence = known.evidence + tuple(each for each in one.evidence if each not in known.evidence)
            found[one.role, one.place] = replace(known, score=max(known.score, one.score), evidence=evidence)
    return list(found.values())


def _in_text(article: Article, gazetteer: Gazetteer, lean: Leaning, rejected: int) -> Iterator[Mention]:
    """The mentions in title, dateline and text, read as one: what one makes clear helps with the others."""
    text = article.text[:LONGEST]
    heads = [(role, head) for role, head in _heads(article, text) if head]
    whole = "\n\n".join([*(head for _, head in heads), text])
    body = len(whole) - len(text)
    words = read(whole, article.language.partition("-")[0].lower())
    names = spans(words, gazetteer)
    title = len(article.title) if heads and heads[0][0] == "title" else 0
    opening = _opening(article, whole, title, body)
    weigh(words, names, opening)
    titled = len(article.title) if text.startswith(article.title) else 0
    near = ""
    for one in resolve(names, lean):
        if one.chance < _ENOUGH:
            continue
        near = one.place.country if one.place and one.place.country else near
        at, shift = one.span.start, body
        role: Role = "body"
        if at < title:
            role, shift = "title", 0
        elif at < body or at in opening:
            role = "dateline"
        elif at - body < titled:
            role = "title"
        yield _mention(one, role, at - shift, whole, near, gazetteer, rejected)


def _opening(article: Article, whole: str, title: int, body: int) -> range:
    """Where the dateline stands: at the start of the text, or taken out of it, behind the title."""
    if not article.dateline:
        return range(0)
    start = whole.index(article.dateline, body if _keeps_dateline(article, whole[body:]) else title)
    return range(start, start + len(article.dateline))


def _keeps_dateline(article: Article, text: str) -> bool:
    """Whether the text still has its dateline; the same name further on is not it."""
    if text.startswith(article.dateline) or any(one.rule == "dateline" for one in article.removed):
        return text.startswith(article.dateline)
    return article.dateline in text[:_DATELINE_REACH]


def _heads(article: Article, text: str) -> Iterator[tuple[str, str]]:
    """What is not in the text: the title, unless it opens with it, and a dateline that was taken out."""
    if not text.startswith(article.title):
        yield "title", article.title
    if article.dateline and not _keeps_dateline(article, text):
        yield "dateline", article.dateline


def _mention(
    found: Found, role: Role, start: int, whole: str, near: str, gazetteer: Gazetteer, rejected: int
) -> Mention:
    """The mention of a name; a street or river that the gazetteer lacks is in the country named before it.

    `start` is below 0 for a dateline that was taken out of the text.
    """
    span = found.span
    text = whole[span.start : span.end]
    kind: PlaceKind = "street" if span.form == "street" else "feature"
    others = [one for one in found.ranked if one is not found.place][:rejected]
    return Mention(
        place=gazetteer.place(found.place) if found.place else Place(name=text, kind=kind, country=near),
        role=role,
        text=text,
        start=start if start >= 0 else None,
        end=start + len(text) if start >= 0 else None,
        score=round(found.chance, 3),
        evidence=tuple(map(_evidence, found.rules)),
        people=span.form == "people",
        rejected=tuple(map(gazetteer.place, others)),
    )


@cache
def _evidence(rule: str) -> Evidence:
    return Evidence(kind="rule", text=rule)
