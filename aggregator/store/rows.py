"""Articles as rows: what is looked for and listed in columns, the whole of it packed in `detail`."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from aggregator.filters import given, words
from aggregator.schema import Article, Identity, replace
from aggregator.store.columns import to_ms
from aggregator.store.keys import chunks
from aggregator.store.rule_tables import mark, rule
from aggregator.store.tables import article, article_source, article_story, key, source

Said = tuple[str, str, str]
_NO_IDENTITY = Identity(key="")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Article).decode
_SAMPLE = b"""\
{"uid":"urn:uuid:","identity":{"key":"","aliases":[],"reuse_key":"","link_is_own":false,"guid":"","link":"","path":"",\
"title":"","content":"","published":null},"guid":"https://www.","url":"https://www.","title":"","authors":[""],\
"published":"2026-01-15T12:00:00Z","published_given":true,"updated":null,"first_seen":"2026-01-15T12:00:00.000000Z",\
"language":"en","dateline":"","summary":"","html":"<p></p><p><a href=\\"https://","text":"","enclosures":[],\
"image":"https://","terms":[{"label":"","scheme":""}],"points":[],"breadcrumb":[],"removed":[],"categories":[\
{"id":"medtop:20000000","name":"","scheme":"http://cv.iptc.org/newscodes/mediatopic/","score":0.9,\
"evidence":[{"kind":"feed term","text":""},{"kind":"words","text":""}],"broader":["medtop:11000000"]}],\
"mentions":[{"place":{"name":"","kind":"country","geonameid":2,"country":"US","lat":,"lon":,"code":"US.","admin1":"",\
"regions":["Africa","Asia","Asia-Pacific","East Asia","Europe","European Union","Latin America","Middle East",\
"North Africa","North America","South America","Sub-Saharan Africa","West Africa","Western Europe"],"disputed_by":[]},\
"role":"title","text":"","start":1,"end":,"score":0.9,"evidence":[{"kind":"population","text":""}],"people":false,\
"rejected":[]},{"place":{"name":"","kind":"city","geonameid":,"country":"","lat":,"lon":,"code":"","admin1":"",\
"regions":[],"disputed_by":[]},"role":"body","text":"","start":,"end":,"score":0.,"evidence":[{"kind":"country",\
"text":""}],"people":false,"rejected":[]}],"focus":{"name":"","kind":"city","geonameid":,"country":"","lat":,"lon":,\
"code":"","admin1":"","regions":[],"disputed_by":[]},"made_by":"clean 2, normalise 2, language 1, classify 2, \
locate 2","sources":[],"id":null,"edited":null,"position":null}"""
"""What is in every article, so that it need not be kept with each.

It must never change: what is stored cannot be read with another one.
"""
COLUMNS = (article.c.id, article.c.position, article.c.title, article.c.edited, article.c.detail)

# Made once: a statement costs more to put together than to run.
_AT = sa.select(*COLUMNS).where(article.c.position.in_(sa.bindparam("places", expanding=True)))
_STORIES = sa.select(article_story.c.article_id, article_story.c.story).where(
    article_story.c.article_id.in_(sa.bindparam("ids", expanding=True))
)
_MARKS = (
    sa.select(mark.c.position, key.c.kind, key.c.value, rule.c.name)
    .join_from(mark, key, key.c.n == mark.c.key_n)
    .join(rule, rule.c.n == mark.c.rule_n)
    .where(mark.c.position.in_(sa.bindparam("places", expanding=True)))
    .distinct()
    .order_by(mark.c.position, key.c.kind, key.c.value, rule.c.name)
)
_CARRIERS = (
    sa.select(article_source.c.article_id, source.c.source_id)
    .join(source, source.c.n == article_source.c.source_n)
    .where(article_source.c.article_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(article_source.c.article_id, article_source.c.entry_n)
)


def packed(one: Article) -> bytes:
    """An article in few bytes, without what has a column of its own: a quarter of its JSON."""
    bare = replace(
        one,
        identity=_NO_IDENTITY,
        title="",
        sources=(),
        id=None,
        position=None,
        edited=None,
        story="",
        marks=(),
        given=(),
    )
    return deflated(_encode(bare))


def unpacked(detail: bytes) -> Article:
    return _decode(inflated(detail))


def deflated(data: bytes) -> bytes:
    """The JSON of an article or an entry in few bytes."""
    deflate = zlib.compressobj(level=6, zdict=_SAMPLE)
    return deflate.compress(data) + deflate.flush()


def inflated(data: bytes) -> bytes:
    """What was deflated, here or (as entries were once) by zlib alone."""
    return zlib.decompressobj(zdict=_SAMPLE).decompress(data)


def article_row(one: Article) -> dict[str, Any]:
    """The row of an article that has its id and position, with values as the driver takes them."""
    return {
        "id": one.id,
        "position": one.position,
        "uid": one.uid,
        "url": one.url,
        "title": one.title,
        "published": to_ms(one.published),
        "first_seen": to_ms(one.first_seen),
        "edited": one.edited and to_ms(one.edited),
        "language": one.language,
        "detail": packed(one),
    }


def words_row(one: Article) -> dict[str, Any]:
    """What the full-text index holds of an article: folded words."""
    return {"position": one.position, **{field: " ".join(found) for field, found in words(one).items()}}


def articles_from(connection: sa.Connection, rows: Sequence[Any]) -> tuple[Article, ...]:
    """Articles of rows of COLUMNS, in the same order, with the sources that carry them."""
    ids = [row.id for row in rows]
    carriers, stories = sources_of(connection, ids), _stories_of(connection, ids)
    marks = _marks_of(connection, [row.position for row in rows])
    return tuple(
        replace(
            made,
            title=row.title,
            id=row.id,
            position=row.position,
            edited=row.edited,
            sources=carriers.get(row.id, ()),
            story=stories.get(row.id, ""),
            marks=tuple(dict.fromkeys((kind, value) for kind, value, _ in marks.get(row.position, ()))),
            given=given(made, {value: name for _, value, name in marks.get(row.position, ()) if name}),
        )
        for row in rows
        for made in [unpacked(row.detail)]
    )


def load(connection: sa.Connection, column: sa.Column[Any], values: Collection[Any]) -> list[Article]:
    """The articles with these values in a column."""
    found: list[Article] = []
    for some in chunks(sorted(values)):
        rows = connection.execute(sa.select(*COLUMNS).where(column.in_(some))).all()
        found.extend(articles_from(connection, rows))
    return found


def _stories_of(connection: sa.Connection, ids: Iterable[int]) -> Mapping[int, str]:
    """The story of each article, where it is told."""
    return {row.article_id: row.story for row in connection.execute(_STORIES, {"ids": list(ids)})}


def _marks_of(connection: sa.Connection, places: Sequence[int]) -> Mapping[int, tuple[Said, ...]]:
    """What rules say of the articles at these positions, by position: kind, value, and the name to tell."""
    found: dict[int, tuple[Said, ...]] = {}
    for position, kind, value, name in connection.execute(_MARKS, {"places": list(places)}):
        found[position] = (*found.get(position, ()), (kind, value, name))
    return found


def articles_at(connection: sa.Connection, positions: Sequence[int]) -> tuple[Article, ...]:
    """The articles at these positions, in the same order."""
    rows = connection.execute(_AT, {"places": list(positions)}).all()
    found = {row.position: row for row in rows}
    return articles_from(connection, [found[position] for position in positions if position in found])


def sources_of(connection: sa.Connection, ids: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
    """Ids of the sources that carry each article, in the order they came to be known."""
    carriers: dict[int, tuple[str, ...]] = {}
    for article_id, source_id in connection.execute(_CARRIERS, {"ids": list(ids)}):
        carriers[article_id] = (*carriers.get(article_id, ()), source_id)
    return carriers
