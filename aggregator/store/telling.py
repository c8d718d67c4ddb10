"""The side of the store that keeps stories: which articles tell of one event, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from aggregator.schema import Article, Evidence, Told
from aggregator.store import dialect
from aggregator.store.collapsing import apart
from aggregator.store.fingerprints import forget_fingerprints
from aggregator.store.keys import chunks
from aggregator.store.rows import COLUMNS, articles_from
from aggregator.store.tables import article, article_story, story_window
from aggregator.store.writing import mark_changed

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[Evidence, ...]).decode


class Telling:
    """The stories' side of the store."""

    engine: sa.Engine

    def untold(self, limit: int) -> tuple[Article, ...]:
        """The next articles, in the order they arrived, whose story is not told yet."""
        last = sa.select(sa.func.coalesce(sa.func.max(article_story.c.article_id), 0)).scalar_subquery()
        query = sa.select(*COLUMNS).where(article.c.id > last).order_by(article.c.id).limit(limit)
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return articles_from(connection, connection.execute(query).all())

    def last_told(self) -> int:
        """The number of the latest article whose story is told; 0 if there is none."""
        query = sa.select(sa.func.coalesce(sa.func.max(article_story.c.article_id), 0))
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            last: int = connection.execute(query).scalar_one()
            return last

    def seen_lately(self, since: datetime) -> Iterator[bytes]:
        """How the window kept the articles that arrived since then, in the order they arrived."""
        query = (
            sa.select(story_window.c.seen)
            .where(story_window.c.arrived >= since)
            .order_by(story_window.c.article_id)
        )
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            yield from connection.execution_options(yield_per=500).execute(query).scalars()

    def keep_told(self, told: Sequence[tuple[Article, Told]], *, now: datetime) -> None:
        """Stores the stories of these articles, all or none; those that are gone by now are left out."""
        rows = [
            {
                "article_id": one.article_id,
                "story": one.story,
                "position": of.position,
                "score": one.score,
                "nearest": one.nearest,
                "evidence": _encode(one.evidence),
            }
            for of, one in told
        ]
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            there: set[int] = set()
            for some in chunks([one.article_id for _, one in told]):
                query = sa.select(article.c.id).where(article.c.id.in_(some)).with_for_update(read=True)
                there |= set(connection.execute(query).scalars())
            kept = [row for row in rows if row["article_id"] in there]
            if kept:
                connection.execute(sa.insert(article_story), kept)
                seen = [
                    {"article_id": one.article_id, "arrived": of.first_seen, "seen": one.seen}
                    for of, one in told
                    if one.seen and one.article_id in there
                ]
                if seen:
                    connection.execute(sa.insert(story_window), seen)
                mark_changed(connection, now)

    def told(self, id: int) -> Told | None:
        """Which story an article is in, and why; None if that was not told yet."""
        query = sa.select(article_story).where(article_story.c.article_id == id)
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return Told(
            article_id=row.article_id,
            story=row.story,
            score=row.score,
            nearest=row.nearest,
            evidence=_decode(row.evidence),
        )

    def story(self, id: str, limit: int) -> tuple[Article, ...]:
        """The latest articles of a story, oldest first."""
        chosen = (
            sa.select(article_story.c.position)
            .where(article_story.c.story == id)
            .order_by(article_story.c.position.desc())
            .limit(limit)
        )
        query = sa.select(*COLUMNS).where(article.c.position.in_(chosen)).order_by(article.c.position)
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return articles_from(connection, connection.execute(query).all())

    def apart(self, articles: Sequence[Article]) -> tuple[Article, ...]:
        """The articles, each as often as it has sources, with the link that the source gives it."""
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            return apart(connection, articles)

    def story_sizes(self, ids: Iterable[str]) -> Mapping[str, int]:
        """How many articles each story has."""
        sizes: dict[str, int] = {}
        with dialect.sentences(self.engine), self.engine.connect() as connection:
            for some in chunks(sorted(set(ids))):
                query = (
                    sa.select(article_story.c.story, sa.func.count())
                    .where(article_story.c.story.in_(some))
                    .group_by(article_story.c.story)
                )
                sizes.update({row[0]: row[1] for row in connection.execute(query)})
        return sizes

    def forget_stories(self, start: int) -> None:
        """Forgets the stories of the articles from this number on, so that they are told anew."""
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            for table in (article_story, story_window):
                connection.execute(sa.delete(table).where(table.c.article_id >= start))

    def forget_seen(self, before: datetime, most: int) -> None:
        """Forgets how the window kept what arrived before then, and all but the `most` latest articles."""
        id, last = story_window.c.article_id, self.last_told()
        fresh = sa.select(id).where(story_window.c.arrived >= before).order_by(id).limit(1)
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            first = connection.execute(fresh).scalar() or last + 1
            connection.execute(sa.delete(story_window).where(id < max(first, last - most + 1)))

    def forget_fingerprints(self, before: datetime) -> None:
        """Forgets by what copies of the articles are found that arrived before then."""
        with dialect.sentences(self.engine), dialect.writing(self.engine) as connection:
            first = sa.select(sa.func.min(article.c.id)).where(article.c.first_seen >= before)
            found = connection.execute(first).scalar()
            if found is not None:
                forget_fingerprints(connection, found)
