"""Where copies of a text are looked for: the keys of the articles of the last days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from aggregator.schema import Draft, Finding
from aggregator.store.dialect import among, insert_pairs
from aggregator.store.keys import chunks
from aggregator.store.tables import fingerprint

_CROWD = 30
"""Articles that share a key, from which on no more are kept under it: they open with the same form or notice."""
_CANDIDATES = 8
"""Articles that a finding may be a copy of: those with most keys in common."""

Having = Mapping[int, Sequence[int]]
"""Numbers of the articles that have a key."""


def having_keys(connection: sa.Connection, findings: Sequence[Finding]) -> Having:
    """The stored articles that share keys with the findings."""
    keys = {key for finding in findings for key in finding.keys}
    having: defaultdict[int, list[int]] = defaultdict(list)
    if keys:
        query = sa.select(fingerprint.c.key, fingerprint.c.article_id)
        for key, article_id in connection.execute(
            query.where(among(connection, fingerprint.c.key, sorted(keys)))
        ):
            having[key].append(article_id)
    return having


def likely_copies(having: Having, findings: Sequence[Finding]) -> Mapping[int, tuple[int, ...]]:
    """Numbers of the stored articles whose text findings may repeat, each with the keys they share."""
    likely: defaultdict[int, set[int]] = defaultdict(set)
    for finding in findings:
        shared = [key for key in finding.keys if key in having]
        counted = Counter(article_id for key in shared for article_id in having[key])
        for article_id, _ in counted.most_common(_CANDIDATES):
            likely[article_id].update(key for key in shared if article_id in having[key])
    return {article_id: tuple(sorted(shared)) for article_id, shared in likely.items()}


def keep_fingerprints(connection: sa.Connection, drafts: Sequence[Draft], having: Having) -> None:
    """Keeps the keys of new articles, those excepted that many have."""
    pairs = [
        (key, draft.article.id or 0)
        for draft in drafts
        for key in draft.keys
        if len(having.get(key, ())) < _CROWD
    ]
    if pairs:
        insert_pairs(connection, fingerprint, pairs)


def renew_fingerprints(connection: sa.Connection, drafts: Sequence[Draft]) -> None:
    """Keeps the keys of the articles whose words have changed in the place of the old ones."""
    replace_keys(
        connection, {draft.article.id or 0: draft.renewed for draft in drafts if draft.renewed is not None}
    )


def replace_keys(connection: sa.Connection, keys: Mapping[int, Sequence[int]]) -> None:
    """Keeps these keys for articles, by number, in the place of any others."""
    drop_fingerprints(connection, list(keys))
    pairs = [(key, id) for id, some in keys.items() for key in some]
    if pairs:
        insert_pairs(connection, fingerprint, pairs)


def drop_fingerprints(connection: sa.Connection, ids: Sequence[int | None]) -> None:
    """Forgets the keys of these articles."""
    for some in chunks(ids):
        connection.execute(sa.delete(fingerprint).where(fingerprint.c.article_id.in_(some)))


def forget_fingerprints(connection: sa.Connection, before: int) -> None:
    """Forgets the keys of the articles that arrived before this one."""
    connection.execute(sa.delete(fingerprint).where(fingerprint.c.article_id < before))
