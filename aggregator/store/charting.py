"""What a map asks of the store: when and where the articles of a filter are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from aggregator.filters import Filter
from aggregator.schema import Place
from aggregator.store.dialect import among, sentences
from aggregator.store.rows import unpacked
from aggregator.store.tables import article, article_facet, article_point, key
from aggregator.store.where import positions

SPAN = 10_000
"""Articles that a map shows: a bound on the time it takes, whatever the database holds."""

Point = tuple[float, float]
"""Latitude and longitude, in degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The newest articles a filter finds, in time and on the globe."""

    positions: tuple[int, ...]
    """Newest first."""
    whole: bool
    """Whether these are all it finds."""
    points: Mapping[Point, tuple[int, ...]]
    """Positions of the articles that have a place there."""
    countries: tuple[tuple[str, int], ...]
    """Code of each country, and how many of the articles have a place in it; the most first."""


class Charting:
    """The side of the store that maps look at."""

    engine: sa.Engine

    def spread(self, where: Filter, *, now: datetime, most: int = SPAN) -> Spread:
        """How the newest articles a filter finds, so many at most, lie in time and on the globe. Raises StoreError."""
        with sentences(self.engine), self.engine.connect() as connection:
            found = positions(connection, where, now=now, limit=most + 1)
            whole, found = len(found) <= most, found[:most]
            return Spread(
                positions=tuple(found),
                whole=whole,
                points=_points(connection, found),
                countries=_countries(connection, found),
            )

    def places(self, points: Mapping[Point, int]) -> dict[Point, Place]:
        """What lies at points: the places that the articles at these positions speak of."""
        query = sa.select(article.c.position, article.c.detail)
        found: dict[Point, Place] = {}
        with sentences(self.engine), self.engine.connect() as connection:
            wanted = sorted(set(points.values()))
            rows = connection.execute(query.where(among(connection, article.c.position, wanted)))
            articles = {row.position: unpacked(row.detail) for row in rows}
        for point, position in points.items():
            mentions = articles[position].mentions if position in articles else ()
            for mention in mentions:
                if (mention.place.lat, mention.place.lon) == point:
                    found[point] = mention.place
        return found


def _points(connection: sa.Connection, found: Sequence[int]) -> Mapping[Point, tuple[int, ...]]:
    at = article_point.c
    query = sa.select(at.lat, at.lon, at.position).where(among(connection, at.position, found))
    same = {position: position for position in found}
    points: dict[Point, list[int]] = {}
    for lat, lon, position in connection.execute(query).all():
        points.setdefault((lat, lon), []).append(same[position])
    return {point: tuple(there) for point, there in points.items()}


def _countries(connection: sa.Connection, found: Sequence[int]) -> tuple[tuple[str, int], ...]:
    """Counted by number and named afterwards, as in `facets.counted`."""
    counts = (
        sa.select(article_facet.c.key_n, sa.func.count())
        .where(among(connection, article_facet.c.position, found))
        .group_by(article_facet.c.key_n)
    )
    countries = sa.select(key.c.n, key.c.value).where(key.c.kind == "place", sa.func.length(key.c.value) == 2)
    codes: dict[int, str] = {row.n: row.value for row in connection.execute(countries)}
    totals = [(codes[row[0]], row[1]) for row in connection.execute(counts).all() if row[0] in codes]
    return tuple(sorted(totals, key=lambda one: (-one[1], one[0])))
