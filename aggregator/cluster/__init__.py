"""Which articles are one: the same article from two sources, and an article its publisher edited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aggregator.schema import Article, Category, Draft, Evidence, Finding, Mention, Place, Polled, replace


def settle(batch: Sequence[Polled], stored: Iterable[Draft]) -> tuple[Draft, ...]:
    """Puts every finding of a batch into the one article it belongs to.

    `stored` holds the articles the findings may belong to, still without findings. New articles come in
    the order of publication, since feeds list the newest first, and before the edits: an edited entry may
    come home to one of them, and leaves its own article empty, for the store to drop.
    """
    drafts = {draft.article.uid: draft for draft in stored}
    by_id = {draft.article.id: uid for uid, draft in drafts.items()}
    found = [(polled.source.id, finding) for polled in batch for finding in polled.findings]
    for source_id, finding in sorted(
        found, key=lambda pair: (pair[1].known is not None, pair[1].article.published)
    ):
        if finding.known:
            uid = by_id[finding.known.article_id]
            home = drafts.get(finding.article.uid)
            if home is not None and _has_come_home(drafts[uid], home, source_id, finding):
                uid, draft = home.article.uid, _move(home, source_id, finding)
            else:
                draft = _edit(drafts[uid], finding)
        else:
            uid, draft = _place(drafts, source_id, finding)
        drafts[uid] = replace(draft, findings=(*draft.findings, (source_id, finding)))
    return tuple(draft for draft in drafts.values() if draft.findings)


def _has_come_home(own: Draft, home: Draft, source_id: str, finding: Finding) -> bool:
    """Whether an edit gave an entry the link, and the title, of the article another source carries."""
    return (
        home is not own
        and own.article.sources == (source_id,)
        and source_id not in home.article.sources
        and home.article.title == finding.article.title
    )


def _move(home: Draft, source_id: str, finding: Finding) -> Draft:
    """The article an entry has come home to; the words stay those of the entry that was first."""
    first = finding.known is not None and (home.owner is None or finding.known.entry_n < home.owner)
    sources = (source_id, *home.article.sources) if first else (*home.article.sources, source_id)
    change = revise if first else join
    return replace(home, article=change(replace(home.article, sources=sources), finding.article))


def _edit(draft: Draft, finding: Finding) -> Draft:
    """The draft after a known entry changed: only the entry that gave the words may change them."""
    owns = finding.known is not None and finding.known.entry_n == draft.owner
    change = revise if owns else join
    return replace(draft, article=change(draft.article, finding.article))


def _place(drafts: dict[str, Draft], source_id: str, finding: Finding) -> tuple[str, Draft]:
    """The draft of an entry that is new to its source, under the uid it goes by."""
    uid = finding.article.uid
    draft = drafts.get(uid)
    if draft is not None and source_id in draft.article.sources:
        # The source has this link in another entry, and they are not the same: both are kept.
        uid = finding.other_uid
        draft = drafts.get(uid)
    if draft is None:
        return uid, Draft(article=replace(finding.article, uid=uid, sources=(source_id,)))
    sources = tuple(dict.fromkeys((*draft.article.sources, source_id)))
    return uid, replace(draft, article=replace(join(draft.article, finding.article), sources=sources))


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
