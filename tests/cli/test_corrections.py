"""Edits that mend a fault: tried on the article, and on the stored ones, with the real steps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.cli.corrections import corrections
from aggregator.cluster import keys, settle
from aggregator.filters import place_keys
from aggregator.identity import identities
from aggregator.locate import Gazetteer
from aggregator.pipeline import Pipeline, other_uid
from aggregator.schema import (
    Article,
    CategoryRule,
    Corrected,
    Correction,
    Entry,
    Fault,
    FetchSettings,
    Finding,
    Memory,
    Outcome,
    Polled,
    Secret,
    ServiceSettings,
    Settings,
    Source,
    StoreSettings,
    Term,
    WebSettings,
    replace,
)
from aggregator.store import Store

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
SOURCE = Source(id="paper", url="https://paper.example/f", title="The Paper", origin="config.toml:7",
                categories=("Politics",))  # fmt: skip
AGENCY = Source(id="agency", url="https://agency.example/f", title="The Agency", origin="config.toml:14")
DAMS = CategoryRule(id="dams", words=("dam", "reservoir*"), origin="config.toml:20")


class Newsroom:
    """A store with articles that the real steps made."""

    def __init__(self, store: Store, pipeline: Pipeline, folder: Path) -> None:
        self.store, self.pipeline = store, pipeline
        self.wanted = Settings(
            path=folder / "config.toml", service=ServiceSettings(), fetch=FetchSettings(), web=WebSettings(),
            store=StoreSettings(url=Secret("sqlite://")), sources=(SOURCE, AGENCY), views=(), files=(),
            categories=(DAMS,),
        )  # fmt: skip
        store.configure([SOURCE, AGENCY], lambda n: [NOON] * n)

    def serve(self, *entries: Entry, of: Source = SOURCE) -> None:
        pipeline = self.pipeline.configured(self.wanted)
        findings = []
        for entry, identity in zip(entries, identities(entries), strict=True):
            article = pipeline.understand(entry, identity, of, first_seen=NOON)
            findings.append(
                Finding(entry=entry, raw_hash=entry.guid, identity=identity, known=None, article=article,
                        other_uid=other_uid(article, identity), keys=keys(article))
            )  # fmt: skip
        memory = Memory(source_id=of.id, url=of.url)
        outcome = Outcome(kind="news", at=NOON, message="")
        self.store.save(
            [Polled(source=of, outcome=outcome, memory=memory, findings=tuple(findings))],
            settle,
            now=NOON,
        )

    def article(self, title: str) -> Article:
        return next(one for one in self.store.every_article() if one.title == title)

    def correct(self, fault: Fault, what: str, title: str = "Ferry sails") -> tuple[Correction, ...]:
        number = self.article(title).id or 0
        return corrections(self.store, self.wanted, self.pipeline, number, fault, what, NOON).edits

    def place(self, name: str, title: str) -> str:
        mentions = self.article(title).mentions
        return next(place_keys(one.place)[0] for one in mentions if one.place.name == name)


@pytest.fixture
def desk(store_url: str, gazetteer: Gazetteer, tmp_path: Path) -> Any:
    store = Store.open(store_url)
    yield Newsroom(store, Pipeline(gazetteer=gazetteer), tmp_path)
    store.close()


def entry(n: int, title: str, *lines: str, **more: Any) -> Entry:
    content = "".join(f"<p>{line}</p>" for line in lines)
    made = Entry(guid=str(n), link=f"https://paper.example/{n}", title=title, content=content, language="en",
                 published=NOON - timedelta(hours=n))  # fmt: skip
    return replace(made, **more)


FERRY = "The ferry between the two ports sails again after the storm, the ministry said on Monday."


def test_a_junk_line_is_cut_in_all_articles_of_its_source(desk: Newsroom) -> None:
    desk.serve(
        entry(1, "Ferry sails", FERRY, "Bring your friends to our app", "It is full."),
        entry(2, "Bus waits", "The bus waits for the ferry.", "Bring your friends to our app", "It is late."),
        entry(3, "Train", "The train has gone.", "It is gone."),
    )
    (first, *_) = desk.correct("line", "Bring your friends to our app")
    assert (first.where, first.old) == ("config.toml:7", "")
    assert first.new == 'cut = ["Bring your friends to our app"]'
    assert (first.looked, first.changed) == (2, 2)
    assert {moved.before for moved in first.samples} == {"Bring your friends to our app"}
    assert {moved.after for moved in first.samples} == {""}


def test_a_junk_line_is_cut_where_another_source_has_the_full_text(desk: Newsroom) -> None:
    teaser = (
        "The old ferry across the bay of Norrholm will sail for the last time on Sunday, the council said. "
        "It has carried 4,200 people a day since 1961, and its captain, Marta Lindqvist, retires with it."
    )
    rest = "A bridge takes its place, and the first cars are expected on Monday. " * 3
    junk = "Bring your friends to our app"
    desk.serve(entry(1, "Ferry sails", teaser))
    desk.serve(entry(2, "Ferry sails", teaser, rest, junk, "The toll is two crowns."), of=AGENCY)
    article = desk.article("Ferry sails")
    assert (article.sources, junk in article.text) == (("paper", "agency"), True)
    edits = {(one.where, one.new) for one in desk.correct("line", junk)}
    assert ("config.toml:14", f'cut = ["{junk}"]') in edits


def test_an_edit_goes_on_from_what_is_configured(desk: Newsroom) -> None:
    desk.wanted = replace(desk.wanted, sources=(replace(SOURCE, cut=("Old line",)),))
    desk.serve(entry(1, "Ferry sails", FERRY, "Bring your friends to our app", "It is full."))
    (first, *_) = desk.correct("line", "Bring your friends to our app")
    assert first.old == 'cut = ["Old line"]'
    assert first.new == 'cut = ["Old line", "Bring your friends to our app"]'


def test_a_place_that_is_none_is_blocked_and_a_namesake_filed(desk: Newsroom) -> None:
    desk.serve(
        entry(1, "Storm over Tangier", "Ships from Tangier to Birmingham wait.", FERRY),
        entry(2, "Quiet in Birmingham", "Nothing happened in Birmingham, said the mayor of Birmingham."),
        entry(3, "Elsewhere", FERRY),
    )
    title = "Storm over Tangier"
    found = desk.correct("place", desk.place("Tangier", title), title)
    assert '[places]\n"Tangier" = { block = true }' in [one.new for one in found]
    block = next(one for one in found if "block" in one.new)
    assert (block.looked, block.changed) == (1, 1)
    other = desk.correct("place", desk.place("Birmingham", title), title)
    assert '[places]\n"Birmingham" = { country = "US" }' in [one.new for one in other]
    assert all(one.changed == 2 for one in other)


def test_a_category_of_the_admin_loses_the_phrase_that_is_not_meant(desk: Newsroom) -> None:
    desk.serve(
        entry(1, "Market at the Dam square", "Traders met on the Dam square again.", FERRY),
        entry(2, "New dam opens", "The dam opens in spring.", FERRY),
    )
    found = desk.correct("category", "dams", "Market at the Dam square")
    best = found[0]
    assert (best.where, best.changed) == ("config.toml:20", 1)
    assert best.new == 'not_words = ["dam square"]'
    assert 'words = ["reservoir*"]' in [one.new for one in found]


def test_what_the_source_is_said_to_be_about_can_be_taken_back(desk: Newsroom) -> None:
    desk.serve(entry(1, "Ferry sails", FERRY))
    found = desk.correct("category", "politics")
    assert ("categories = []", 'categories = ["Politics"]') in [(one.new, one.old) for one in found]


def test_a_term_of_the_publisher_is_kept_away_from_the_source(desk: Newsroom) -> None:
    desk.serve(
        entry(1, "Ferry sails", FERRY, terms=(Term(label="Shipping"),)),
        entry(2, "Ferry waits", FERRY + " It waits.", terms=(Term(label="Shipping"),)),
    )
    (only,) = desk.correct("category", "shipping")
    assert only.new == 'not_categories = ["Shipping"]'
    assert (only.looked, only.changed) == (2, 2)


def test_what_no_edit_mends_has_none(desk: Newsroom) -> None:
    desk.serve(entry(1, "Ferry sails", FERRY))
    assert desk.correct("line", "This stands nowhere") == ()
    assert desk.correct("category", "nothing") == ()
    assert desk.correct("place", "name:nowhere") == ()
    assert corrections(desk.store, desk.wanted, desk.pipeline, 99, "line", FERRY, NOON) == Corrected()


def test_old_articles_are_left_out(desk: Newsroom) -> None:
    old = entry(2, "Bus waits", "The bus waits.", "Bring your friends to our app", "It is late.")
    desk.serve(
        entry(1, "Ferry sails", FERRY, "Bring your friends to our app", "It is full."),
        replace(old, published=NOON - timedelta(days=40)),
    )
    (first, *_) = desk.correct("line", "Bring your friends to our app")
    assert (first.looked, first.changed, first.bounded) == (1, 1, False)


def test_nothing_stored_changes(desk: Newsroom) -> None:
    desk.serve(entry(1, "Ferry sails", FERRY, "Bring your friends to our app", "It is full."))
    before, state = desk.article("Ferry sails"), desk.store.state()
    desk.correct("line", "Bring your friends to our app")
    assert (desk.article("Ferry sails"), desk.store.state()) == (before, state)


def test_what_the_configuration_in_force_mends_already_is_said(desk: Newsroom) -> None:
    desk.serve(entry(1, "Ferry sails", FERRY, "Bring your friends to our app", "It is full."))
    desk.wanted = replace(desk.wanted, sources=(replace(SOURCE, cut=("Bring your friends*",)),))
    number = desk.article("Ferry sails").id or 0
    line = "Bring your friends to our app"
    assert corrections(desk.store, desk.wanted, desk.pipeline, number, "line", line, NOON).is_gone


def test_a_dateline_that_means_another_town_is_filed(desk: Newsroom) -> None:
    desk.serve(entry(1, "Ferry sails", "Newcastle – The night ferry sails again, the port said."))
    (place,) = {
        place_keys(one.place)[0] for one in desk.article("Ferry sails").mentions if one.role == "dateline"
    }
    found = desk.correct("place", place)
    assert any("country" in one.new for one in found)
    assert '[places]\n"Newcastle" = { block = true }' in [one.new for one in found]


def test_the_country_of_a_source_can_be_taken_back(desk: Newsroom) -> None:
    desk.wanted = replace(desk.wanted, sources=(replace(SOURCE, country="GB"),))
    desk.serve(entry(1, "Ferry sails", FERRY), of=desk.wanted.sources[0])
    (only,) = desk.correct("place", "GB")
    assert (only.old, only.new) == ('country = "GB"', "")
