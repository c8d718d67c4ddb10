"""A database of an earlier release is brought up to date with all that is in it."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from aggregator.filters import parse
from aggregator.schema import Entry, Term, replace
from aggregator.store import Store
from aggregator.store.backups import closing_engine
from aggregator.store.checking import problems
from aggregator.store.engines import connect
from aggregator.store.layout import layouts, snapshot
from aggregator.store.migrate import scripts
from aggregator.store.rows import unpacked
from aggregator.store.tables import metadata

first = import_module("aggregator.store.migrations.versions.0001_first")


def back_to_0003(store: Store) -> None:
    """Makes the tables of search those of revision 0003, by its own statements; articles stay as they are."""
    with store.engine.begin() as connection:
        later = (
            "fingerprint",
            "article_story",
            "story_window",
            "session",
            "token",
            "saved_view",
            "lease",
            "rule",
            "mark",
            "notice",
            "applied",
            "reader",
            "progress",
            "note",
            "tagged",
            "tag",
            "preference",
            "turn",
        )
        for name in ("article_key", "article_facet", "article_point", "key", *later):
            metadata.tables[name].drop(connection)
        connection.execute(sa.text("DROP TABLE article_words"))
        connection.execute(sa.text("DROP INDEX source_host"))
        for name in ("host", "crashes"):
            connection.execute(sa.text(f"ALTER TABLE source DROP COLUMN {name}"))
        with Operations.context(MigrationContext.configure(connection)) as op:
            first.create_article_category()
            first.create_article_place()
            first.create_article_words()
            op.create_index("article_language", "article", ["language", "position"])
        for name in ("html", "text"):
            connection.execute(sa.text(f"ALTER TABLE article ADD {name} TEXT NOT NULL DEFAULT ''"))
        connection.execute(sa.text("ALTER TABLE source DROP COLUMN asked_not_before"))
        unpack(connection)
        article = connection.execute(sa.text("SELECT id, position FROM article")).first()
        connection.execute(
            sa.text("INSERT INTO article_category VALUES ('world', :position, 'World', :id)"),
            article._asdict(),
        )
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0003'"))


def unpack(connection: sa.Connection) -> None:
    """Articles as that release wrote them: words in columns, the rest as JSON."""
    for row in connection.execute(sa.text("SELECT id, detail FROM article")).all():
        stored = unpacked(row.detail)
        detail = msgspec.json.encode(replace(stored, html="", text=""))
        connection.execute(
            sa.text("UPDATE article SET html = :html, text = :text, detail = :detail WHERE id = :id"),
            {"id": row.id, "html": stored.html, "text": stored.text, "detail": detail},
        )


def test_articles_of_the_release_before_are_found_by_everything_they_have(
    newsroom: Any, store_url: str, now: datetime
) -> None:
    newsroom.serve("alpha", *(entry(n) for n in range(1, 4)))
    back_to_0003(newsroom.store)
    again = Store.open(store_url)
    for text in (
        "peace",
        '"peace talks"',
        "term:world",
        "place:MA",
        "near:34,-6.8,9km",
        "lang:fr",
        "author:silva",
    ):
        titles = [article.title for article in again.articles(parse(text), now=now, limit=9)]
        assert titles == ["Peace talks 3", "Peace talks 2", "Peace talks 1"], text
    assert again.facets(parse(""), now=now).countries == (("MA", "MA", 3),)
    assert again.named("place", "rabat", 9) == [("2538475", "Rabat")]
    newsroom.serve("alpha", entry(2, "War"))
    assert [article.title for article in again.articles(parse("war"), now=now, limit=9)] == ["War"]
    assert len(again.articles(parse("peace"), now=now, limit=9)) == 2
    again.close()


def test_a_publisher_who_asked_to_wait_before_the_upgrade_is_heard_after_it(
    newsroom: Any, store_url: str, now: datetime
) -> None:
    newsroom.serve("alpha", entry(1))
    newsroom.serve("beta", entry(2))
    with newsroom.store.engine.begin() as connection:
        said = {
            "alpha": "Publisher asks to wait 2 h (Retry-After).",
            "beta": "Failed: asked again in 60 min.",
        }
        for id, reason in said.items():
            connection.execute(
                sa.text("UPDATE source SET reason = :reason WHERE source_id = :id"),
                {"reason": reason, "id": id},
            )
    back_to_0003(newsroom.store)
    again = Store.open(store_url)
    alpha, beta = again.memory("alpha"), again.memory("beta")
    assert alpha is not None
    assert beta is not None
    assert alpha.next_poll is not None
    assert (alpha.asked_not_before, beta.asked_not_before) == (alpha.next_poll, None)
    again.close()


def entry(n: int, title: str = "") -> Entry:
    return Entry(
        guid=f"g{n}",
        title=title or f"Peace talks {n}",
        content="Rabat – They talk.",
        link=f"https://alpha.example/{n}",
        language="fr",
        authors=("Ana Silva",),
        terms=(Term(label="World"),),
        published=datetime.fromisoformat(f"2026-01-0{n}T00:00Z"),
    )


REVISIONS = tuple(reversed([one.revision for one in scripts().walk_revisions()]))


@pytest.mark.parametrize("first", ["0004", "0009", "0012", REVISIONS[-2]])
def test_a_store_of_an_earlier_release_is_brought_up_with_all_that_is_in_it(
    stocked: Store, second_url: str, first: str, now: datetime, earlier: Any
) -> None:
    """From the first release whose articles are packed; from before readers, before sessions; and from the last."""
    same = earlier(stocked, second_url, first)
    with closing_engine(connect(second_url)) as engine:
        before = digests(engine)
        assert before["article"] == digests(stocked.engine)["article"]
    again = Store.open(second_url)
    assert again.revision() == REVISIONS[-1]
    assert problems(again.engine, lambda *_: None) == ()
    after = digests(again.engine)
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    for text in ("dam", "title:سدّ", "term:water", "place:MA", "near:34,-6.8,9km", "author:silva"):
        wanted = [one.id for one in stocked.articles(parse(text), now=now, limit=99)]
        assert [one.id for one in again.articles(parse(text), now=now, limit=99)] == wanted != [], text
    assert [one.reader for one in again.tokens()] == (["ann"] if first >= "0007" else [])
    again.close()


def digests(engine: sa.Engine) -> dict[str, list[tuple[int, str]]]:
    with snapshot(engine) as connection:
        return {layout.name: list(layout.digest(connection))[-1:] for layout in layouts(connection)}
