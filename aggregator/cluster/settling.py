"""Which article each finding of a batch belongs to: the same link, the same text, or an edit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aggregator.cluster.copies import Copies
from aggregator.cluster.joining import join, revise
from aggregator.schema import Draft, Finding, Polled, replace


def settle(batch: Sequence[Polled], stored: Iterable[Draft]) -> tuple[Draft, ...]:
    """Puts every finding of a batch into the one article it belongs to.

    `stored` holds the articles the findings may belong to, still without findings. New articles come in
    the order of publication, since feeds list the newest first, and before the edits: an edited entry may
    come home to one of them, and leaves its own article empty, for the store to drop.
    """
    drafts = {draft.article.uid: draft for draft in stored}
    by_id = {draft.article.id: uid for uid, draft in drafts.items()}
    copies = Copies(drafts.values())
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
            uid, draft = _place(drafts, copies, source_id, finding)
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


def _place(drafts: dict[str, Draft], copies: Copies, source_id: str, finding: Finding) -> tuple[str, Draft]:
    """The draft of an entry that is new to its source, under the uid it goes by."""
    uid = finding.article.uid
    draft = drafts.get(uid)
    if draft is None and (found := copies.original(finding.article, finding.keys, source_id, drafts)):
        uid, _ = found
        draft = drafts[uid]
    if draft is not None and source_id in draft.article.sources:
        # The source has this link in another entry, and they are not the same: both are kept.
        uid = finding.other_uid
        draft = drafts.get(uid)
    if draft is None:
        draft = Draft(article=replace(finding.article, uid=uid, sources=(source_id,)), keys=finding.keys)
        copies.add(draft)
        return uid, draft
    sources = tuple(dict.fromkeys((*draft.article.sources, source_id)))
    return uid, replace(draft, article=replace(join(draft.article, finding.article), sources=sources))
