"""Excluded words looked for in the articles themselves: for few articles that is cheaper than asking the index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from aggregator.filters import Filter, matches
from aggregator.store.rows import unpacked
from aggregator.store.tables import article

_PAGE = 50


def lacking(
    connection: sa.Connection, found: Sequence[int], excluded: Filter, *, now: datetime, limit: int
) -> list[int]:
    """The first of these positions whose articles agree to what a filter excludes, in the same order."""
    kept: list[int] = []
    for start in range(0, len(found), _PAGE):
        page = found[start : start + _PAGE]
        query = sa.select(article.c.position, article.c.detail).where(article.c.position.in_(page))
        details = {row.position: row.detail for row in connection.execute(query)}
        kept += [at for at in page if at in details and matches(excluded, unpacked(details[at]), now=now)]
        if len(kept) >= limit:
            break
    return kept[:limit]
