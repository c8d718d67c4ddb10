"""What becomes of an article that a second source brings, that its publisher edits, or that is made anew."""

from __future__ import annotations

from collections.abc import Sequence

from aggregator.cluster.copies import compare
from aggregator.cluster.words import body, words
from aggregator.schema import Article, Category, Evidence, Mention, Place, replace

_FULLER = 1.5
"""How many times the words of another a text has at least to stand in its stead."""
_CONTAINED = 0.9
"""Of a teaser's words, how many the fuller text holds."""


def assemble(parts: Sequence[Article]) -> Article:
    """The article that several entries make: the words of the first that none tells more fully, what all are about."""
    told = parts[0]
    for part in parts[1:]:
        if is_fuller(part, told):
            told = part
    whole = told
    for part in parts:
        if part is not told:
            whole = join(whole, part)
    return whole


def is_fuller(other: Article, teaser: Article) -> bool:
    """Whether another text has all that a teaser says, and clearly more."""
    if len(words(body(other))) < _FULLER * len(words(body(teaser))):
        return False
    copy = compare(teaser, other)
    return copy is not None and copy.shared >= _CONTAINED


def join(first: Article, other: Article) -> Article:
    """The article that two sources carry: the words of the first, what either says it is about."""
    return replace(
        first,
        categories=_join_categories(first.categories, other.categories),
        mentions=_join_mentions(first.mentions, other.mentions),
        enclosures=first.enclosures or other.enclosures,
        image=first.image or other.image,
    )


def revise(old: Article, new: Article) -> Article:
    """The stored article after an edit: new words, but the same identity, time and place in the list.

    What other sources said it is about stays.
    """
    revised = remake(old, new)
    return join(revised, old) if len(old.sources) > 1 else revised


def remake(old: Article, new: Article) -> Article:
    """The stored article with what `new` says, made anew of all its entries."""
    return replace(
        new,
        uid=old.uid,
        identity=old.identity,
        id=old.id,
        position=old.position,
        first_seen=old.first_seen,
        published=old.published,
        published_given=old.published_given,
        edited=old.edited,
        sources=old.sources,
        story=old.story,
        marks=old.marks,
        given=old.given,
    )


def _join_categories(first: tuple[Category, ...], other: tuple[Category, ...]) -> tuple[Category, ...]:
    joined = {category.id: category for category in first}
    for category in other:
        known = joined.get(category.id)
        joined[category.id] = (
            category
            if known is None
            else replace(
                known,
                score=max(known.score, category.score),
                evidence=_join_evidence(known.evidence, category.evidence),
            )
        )
    return tuple(sorted(joined.values(), key=lambda category: (-category.score, category.id)))


def _join_mentions(first: tuple[Mention, ...], other: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """All mentions of the first, and of the other the places it lacks: where they stand there means nothing here."""
    best: dict[tuple[Place, str], Mention] = {}
    for mention in other:
        known = best.setdefault((mention.place, mention.role), mention)
        if mention.score > known.score:
            best[mention.place, mention.role] = mention
    joined = []
    for mention in first:
        again = best.get((mention.place, mention.role))
        surer = again is not None and again.score > mention.score
        joined.append(replace(mention, score=again.score) if again and surer else mention)
    known_already = {(mention.place, mention.role) for mention in first}
    added = (one for key, one in best.items() if key not in known_already)
    return (*joined, *(replace(one, start=None, end=None) for one in added))


def _join_evidence(first: tuple[Evidence, ...], other: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(first + other))
