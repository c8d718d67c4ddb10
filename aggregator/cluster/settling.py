"""Which article each finding of a batch belongs to: the same link, the same text, or an edit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from aggregator.cluster.copies import Copies, compare, keys
from aggregator.cluster.joining import assemble, is_fuller, join, remake, revise
from aggregator.schema import Article, Draft, Finding, Kept, Polled, replace

Anew = Callable[[Kept], Article]
"""Makes the article of a stored entry anew."""
_SLACK = 3.0
"""How many times the differences of a copy an edited text may have and still be one: it was, and is corrected."""


def settle(
    batch: Sequence[Polled], stored: Iterable[Draft], *, anew: Anew | None = None
) -> tuple[Draft, ...]:
    """Puts every finding of a batch into the one article it belongs to.

    `stored` holds the articles the findings may belong to, still without findings. New articles come in
    the order of publication, since feeds list the newest first, and before the edits: an edited entry may
    come home to one of them, and leaves its own article empty, for the store to drop. An edited entry that
    tells the same as the others of its article no longer gets an article of its own. Without `anew`, what
    other entries say of an article is what was stored of it.
    """
    found = [(polled.source.id, finding) for polled in batch for finding in polled.findings]
    settling = _Settling(found, stored, anew)
    for source_id, finding in sorted(
        found, key=lambda pair: (pair[1].known is not None, pair[1].article.published)
    ):
        uid, draft = settling.settled(source_id, finding)
        settling.drafts[uid] = replace(draft, findings=(*draft.findings, (source_id, finding)))
    return tuple(_renewed(draft) for draft in settling.drafts.values() if draft.findings or draft.left)


class _Settling:
    """The articles of a batch as far as it is settled."""

    def __init__(
        self, found: Sequence[tuple[str, Finding]], stored: Iterable[Draft], anew: Anew | None
    ) -> None:
        self.drafts = {draft.article.uid: draft for draft in stored}
        self._by_id = {draft.article.id: uid for uid, draft in self.drafts.items()}
        self._copies = Copies(self.drafts.values())
        self._anew = anew
        self._edits: defaultdict[int, dict[str, Article]] = defaultdict(dict)
        for source_id, finding in found:
            if finding.known:
                self._edits[finding.known.article_id][source_id] = finding.article
        self._parts: dict[str, dict[str, Article]] = {}
        """What each source of an article says, by the uid of the article."""

    def settled(self, source_id: str, finding: Finding) -> tuple[str, Draft]:
        """The draft that a finding belongs to, changed by it, under the uid it goes by."""
        if finding.known is None:
            return self._place(source_id, finding)
        own = self.drafts[self._by_id[finding.known.article_id]]
        home = self.drafts.get(finding.article.uid)
        if home is not None and _has_come_home(own, home, source_id, finding):
            self._parts.get(home.article.uid, {})[source_id] = finding.article
            return home.article.uid, _move(home, source_id, finding)
        parts = self._parts_of(own, source_id, finding)
        if parts is None:
            return own.article.uid, _edit(own, finding)
        others = [part for id, part in parts.items() if id != source_id]
        if not others or any(_belongs(finding, other) for other in others):
            return own.article.uid, replace(own, article=_assembled(own.article, parts))
        del parts[source_id]
        article = _assembled(own.article, parts)
        self.drafts[own.article.uid] = replace(own, article=article, left=(*own.left, source_id))
        return self._place(source_id, replace(finding, keys=keys(finding.article)))

    def _parts_of(self, draft: Draft, source_id: str, finding: Finding) -> dict[str, Article] | None:
        """What each source says of an article, after the edits of the batch; None where that is not known."""
        uid = draft.article.uid
        if uid not in self._parts:
            edits = self._edits[draft.article.id or 0]
            if draft.kept and self._anew:
                told = {kept.source.id: edits.get(kept.source.id) or self._anew(kept) for kept in draft.kept}
            elif draft.stored and draft.stored.sources == (source_id,):
                told = {source_id: finding.article}
            else:
                return None
            self._parts[uid] = told | {id: new.article for id, new in draft.findings}
        return self._parts[uid]

    def _place(self, source_id: str, finding: Finding) -> tuple[str, Draft]:
        """The draft of an entry that has no article yet, under the uid it goes by."""
        uid = finding.article.uid
        draft = self.drafts.get(uid)
        if draft is not None and source_id in draft.left:
            draft, uid = None, finding.other_uid
        if draft is None and (
            found := self._copies.original(finding.article, finding.keys, source_id, self.drafts)
        ):
            uid, _ = found
            draft = self.drafts[uid]
        if draft is not None and source_id in (*draft.article.sources, *draft.left):
            # The source has this link in another entry, and they are not the same: both are kept.
            uid = finding.other_uid
        draft = self.drafts.get(uid)
        if draft is None:
            draft = Draft(article=replace(finding.article, uid=uid, sources=(source_id,)), keys=finding.keys)
            self._copies.add(draft)
            return uid, draft
        self._parts.get(uid, {})[source_id] = finding.article
        sources = tuple(dict.fromkeys((*draft.article.sources, source_id)))
        return uid, replace(draft, article=replace(_carried_too(draft.article, finding), sources=sources))


def _carried_too(article: Article, finding: Finding) -> Article:
    """An article that one more source carries; where it was a teaser, with the words of the fuller text."""
    other = finding.article
    return remake(article, join(other, article)) if is_fuller(other, article) else join(article, other)


def _assembled(old: Article, parts: dict[str, Article]) -> Article:
    return replace(remake(old, assemble(tuple(parts.values()))), sources=tuple(parts))


def _belongs(finding: Finding, other: Article) -> bool:
    """Whether an edited entry is still one article with another: by link, by text, or by title if there is no text."""
    own = finding.article
    if own.uid == other.uid or (own.title == other.title and not keys(own)):
        return True
    return compare(own, other, slack=_SLACK) is not None


def _renewed(draft: Draft) -> Draft:
    """The draft with the keys of its words, if they have changed."""
    old, new = draft.stored, draft.article
    if old is None or (old.text, old.summary) == (new.text, new.summary):
        return draft
    return replace(draft, renewed=keys(new))


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
