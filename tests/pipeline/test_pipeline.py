"""The way through the rooms, step by step and at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from aggregator.identity import identities
from aggregator.locate import Gazetteer
from aggregator.pipeline import STEPS, Pipeline, other_uid
from aggregator.schema import Article, Entry, Source, replace

SOURCE = Source(id="daily", url="https://daily.example/feed", title="Daily", categories=("World",))
ENTRY = Entry(guid="1", link="https://daily.example/1", title="One", content="<p>Rabat – Words.</p>")


def test_the_steps_one_by_one_end_where_all_at_once_do(gazetteer: Gazetteer, now: datetime) -> None:
    pipeline = Pipeline(gazetteer=gazetteer)
    (identity,) = identities((ENTRY,))
    rooms = list(pipeline.trace(ENTRY, identity, SOURCE, first_seen=now))
    assert [name for name, _ in rooms] == ["clean", "normalise", *(name for name, _ in STEPS)]
    assert rooms[-1][1] == pipeline.understand(ENTRY, identity, SOURCE, first_seen=now)


def test_a_name_before_a_dash_that_is_no_place_stays_in_the_text(gazetteer: Gazetteer, now: datetime) -> None:
    pipeline = Pipeline(gazetteer=gazetteer)
    for name, text in (("Rabat", "The company."), ("Apple", "Apple – The company.")):
        entry = replace(ENTRY, content=f"<p>{name} – The company.</p>")
        (identity,) = identities((entry,))
        article = pipeline.understand(entry, identity, SOURCE, first_seen=now)
        assert (article.dateline, article.text) == ("" if name == "Apple" else name, text)


def test_the_other_uid_is_one_of_its_own(gazetteer: Gazetteer, now: datetime) -> None:
    (identity,) = identities((ENTRY,))
    article: Article = Pipeline(gazetteer=gazetteer).understand(ENTRY, identity, SOURCE, first_seen=now)
    other = other_uid(article, identity)
    assert UUID(other) != UUID(article.uid)
    assert other == other_uid(article, identity)
